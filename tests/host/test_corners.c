/* test_corners.c - what is seldom asked: bits of shared pages, windows of more than one table, limits that are just
 * reached, memory that is poisoned, calls for which there is no room.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/one_space.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 900, SLOTS = 600, TABLE = 1 << 22, BASE = 0x10000000 };

static status_t protect(va_t at, uint32_t size, uint32_t page)
{
    uint32_t old;

    return virtual_protect(space, &at, &size, page, &old);
}

static status_t map_anywhere(struct section *section, va_t *at, prot_t prot)
{
    *at = 0;
    return map(section, at, 0, 0, prot);
}

static struct virtual_region query(va_t at)
{
    struct virtual_region region = {0};

    virtual_query(space, at, &region);
    return region;
}

/* --- what policies see --- */

/* A and D of a page with one word, and of one with two. */
static void test_bits(void)
{
    struct section *section;
    va_t one, two;
    pfn_t frame;
    uint32_t word;

    start("corners", FRAMES, SLOTS);
    allocate(BASE, PAGE_SIZE, RESERVE | COMMIT);
    machine_read32(space, BASE, &word);
    frame = pte_frame(*paging_find(space->dir, BASE));
    test_ok(resident_view.accessed(frame) && !resident_view.dirty(frame), "a page that was read");
    machine_write32(space, BASE, 1);
    test_ok(resident_view.dirty(frame), "and written");
    resident_view.clear_accessed(frame);
    test_ok(!resident_view.accessed(frame) && resident_view.dirty(frame), "A is cleared, D is not");
    test_ok(!mm_section_create(&section, PAGE_SIZE, PROT_READWRITE, NULL, false, false) &&
                !map_anywhere(section, &one, PROT_READWRITE) &&
                !map_anywhere(section, &two, PROT_READWRITE),
            "a section and two views");
    machine_read32(space, one, &word);
    machine_read32(space, two, &word);
    frame = pte_frame(*paging_find(space->dir, one));
    test_ok(resident_view.accessed(frame) && !resident_view.dirty(frame), "read in both");
    resident_view.clear_accessed(frame);
    test_ok(!resident_view.accessed(frame), "A is cleared in both");
    machine_read32(space, two, &word);
    test_ok(resident_view.accessed(frame) && !resident_view.dirty(frame), "read in the second");
    resident_view.clear_accessed(frame);
    machine_write32(space, one, 1);
    test_ok(resident_view.accessed(frame) && resident_view.dirty(frame), "written in the first");
    *paging_find(space->dir, one) &= ~(pte_t)PTE_D;
    test_ok(!resident_view.dirty(frame), "without the D bit it is clean");
    pfn_record(frame)->modified = true;
    test_ok(resident_view.dirty(frame), "or it was written before");
    view_unmap(space, one);
    view_unmap(space, two);
    section_release(section);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("bits");
}

/* MEM_RESET does not forget that a watched page was written; asking for the written pages does not lose what is. */
static void test_marks(void)
{
    va_t pages[4];
    uint32_t count = 4, word;

    start("corners", FRAMES, SLOTS);
    allocate(BASE, 4 * PAGE_SIZE, RESERVE | COMMIT | VIRTUAL_WRITE_WATCH);
    machine_read32(space, BASE, &word);
    machine_write32(space, BASE + PAGE_SIZE, 7);
    allocate(BASE, 4 * PAGE_SIZE, VIRTUAL_RESET);
    watch_written(space, BASE, 4 * PAGE_SIZE, pages, &count);
    watch_reset(space, BASE, 4 * PAGE_SIZE);
    test_ok(count == 1 && pages[0] == BASE + PAGE_SIZE,
            "a page that was written and reset is listed, one that was read is not");
    machine_write32(space, BASE + PAGE_SIZE, 8);
    count = 4;
    watch_written(space, BASE, 4 * PAGE_SIZE, pages, &count);
    watch_reset(space, BASE, 4 * PAGE_SIZE);
    reclaim_empty(space);
    reclaim_write(4);
    while (pte_kind(*paging_find(space->dir, BASE + PAGE_SIZE)) == PTE_TRANSITION)
        pfn_take_away(pte_frame(*paging_find(space->dir, BASE + PAGE_SIZE)));
    test_ok(count == 1 && !machine_read32(space, BASE + PAGE_SIZE, &word) && word == 8,
            "a listed page still has to be stored");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("marks");
}

/* The page that had to go for another one is told of. */
static void test_victim(void)
{
    const struct pfn_victim *victim = &pfn_last_victim;
    va_t at;

    start("corners", FRAMES, SLOTS);
    allocate(BASE, 1300 * PAGE_SIZE, RESERVE | COMMIT);
    for (at = BASE; at < BASE + 1300 * PAGE_SIZE; at += PAGE_SIZE) {
        machine_write32(space, at, 1);
        if (machine_last_fault.taken)
            break;
    }
    test_ok(machine_last_fault.taken && victim->owner == space && victim->va >= BASE &&
                victim->va < at && pte_kind(*paging_find(space->dir, victim->va)) == PTE_PAGEFILE &&
                victim->dirty && pte_slot(*paging_find(space->dir, victim->va)) == victim->slot &&
                machine_last_fault.victim_va == victim->va &&
                machine_last_fault.victim_slot == victim->slot && machine_last_fault.victim_dirty &&
                machine_last_fault.victim_private && victim->fault == fault_count,
            "a frame was taken from %08X, which was written to slot %u", victim->va, victim->slot);
    machine_write32(space, at, 2);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("victims");
}

/* A shared page that has to go belongs to no process. */
static void test_shared_victim(void)
{
    struct section *section;
    va_t view, at;

    start("corners", FRAMES, SLOTS);
    test_ok(!mm_section_create(&section, 1300 * PAGE_SIZE, PROT_READWRITE, NULL, false, false) &&
                !map_anywhere(section, &view, PROT_READWRITE),
            "a view of more pages than there are frames");
    for (at = view; at < view + 1300 * PAGE_SIZE; at += PAGE_SIZE) {
        machine_write32(space, at, 1);
        if (machine_last_fault.taken)
            break;
    }
    test_ok(machine_last_fault.taken && !machine_last_fault.victim_private &&
                machine_last_fault.victim_pid == 0,
            "a shared page that has to go is told of as nobody's");
    section_release(section);
    view_unmap(space, view);
    stop("shared victims");
}

/* The program's own word for the limits of its stack is read where a guard page is touched, and nowhere else. */
static unsigned stack_asked;

static void count_stack(va_t *low, va_t *top)
{
    *low = *top = 0;
    stack_asked++;
}

static void test_stack_asked(void)
{
    start("corners", FRAMES, SLOTS);
    fault_stack = count_stack;
    allocate(BASE, 2 * PAGE_SIZE, RESERVE | COMMIT);
    protect(BASE, PAGE_SIZE, READONLY);
    protect(BASE + PAGE_SIZE, PAGE_SIZE, READWRITE | GUARD);
    test_ok(machine_write32(space, BASE, 1) == STATUS_ACCESS_VIOLATION && stack_asked == 0,
            "a page that is no guard: the limits of the stack are not asked for");
    test_ok(machine_write32(space, BASE + PAGE_SIZE, 1) == STATUS_GUARD_PAGE_VIOLATION &&
                stack_asked == 1,
            "a guard page: they are, once");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("limits of the stack");
}

/* --- faults that are refused --- */

static void test_refused(void)
{
    uint32_t word;

    start("corners", FRAMES, SLOTS);
    test_ok(machine_read32(space, BASE, &word) == STATUS_ACCESS_VIOLATION &&
                machine_last_fault.pte_after == 0 && fault_frame(&machine_last_fault) == PFN_NONE &&
                machine_last_fault.prot == 0 && !machine_last_fault.region,
            "where there is nothing, a fault tells of no word, frame, protection, region");
    allocate(BASE, UNIT_SIZE, RESERVE | COMMIT);
    virtual_mark(space, BASE, VAD_STACK, "");
    protect(BASE + 8 * PAGE_SIZE, PAGE_SIZE, READWRITE | GUARD);
    machine_stack_low = BASE;
    machine_stack_top = BASE + 8 * PAGE_SIZE;
    test_ok(machine_write32(space, BASE + 8 * PAGE_SIZE, 1) == STATUS_GUARD_PAGE_VIOLATION,
            "a guard page at the top of the stack is not the stack's");
    protect(BASE, PAGE_SIZE, READWRITE | GUARD);
    machine_stack_low = 0;
    test_ok(machine_write32(space, BASE, 1) == STATUS_STACK_OVERFLOW,
            "nor does a stack grow out of its region");
    machine_stack_low = machine_stack_top = 0;
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("refused faults");
}

/* --- windows, tables, limits --- */

/* Runs of alike pages go on from table to table. */
static void test_runs(void)
{
    va_t edge = BASE + TABLE;
    struct virtual_region r;

    start("corners", FRAMES, SLOTS);
    allocate(BASE, 3 * TABLE, RESERVE);
    allocate(edge - 2 * PAGE_SIZE, 5 * PAGE_SIZE, COMMIT);
    protect(edge + 2 * PAGE_SIZE, PAGE_SIZE, READONLY);
    r = query(BASE);
    test_ok(r.state == RESERVE && r.size == TABLE - 2 * PAGE_SIZE,
            "reserved up to the last two pages of the first table");
    r = query(edge - 2 * PAGE_SIZE);
    test_ok(r.state == COMMIT && r.size == 4 * PAGE_SIZE && r.protect == READWRITE,
            "committed across its end, four pages");
    r = query(edge + 2 * PAGE_SIZE);
    test_ok(r.state == COMMIT && r.size == PAGE_SIZE && r.protect == READONLY,
            "another protection ends it");
    r = query(edge + 3 * PAGE_SIZE);
    test_ok(r.state == RESERVE && r.size == 2 * TABLE - 3 * PAGE_SIZE,
            "and reserved up to the end of the region");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    r = query(LAYOUT_SHARED_PAGE);
    test_ok(r.state == COMMIT && r.protect == READONLY && r.allocation_protect == READONLY &&
                r.size == PAGE_SIZE,
            "the page shared with the kernel can be read");
    r = query(LAYOUT_SHARED_PAGE + PAGE_SIZE);
    test_ok(r.state == RESERVE && r.protect == 1, "what is behind it says no access");
    test_ok(strcmp(space->name, "corners") == 0 && space->ws.minimum == 50 &&
                space->ws.maximum == 345,
            "the space's name and limits");
    stop("runs");
}

static void test_top(void)
{
    va_t last = LAYOUT_USER_TOP - UNIT_SIZE;

    start("corners", FRAMES, SLOTS);
    test_ok(!allocate(last, UNIT_SIZE, RESERVE | COMMIT) &&
                !give_back(last, UNIT_SIZE, VIRTUAL_DECOMMIT) &&
                !allocate(last, UNIT_SIZE, COMMIT) && !protect(last, UNIT_SIZE, READONLY) &&
                !give_back(last, UNIT_SIZE, VIRTUAL_RELEASE),
            "the last 64 KB can be reserved, decommitted, committed, protected and released as a "
            "whole");
    stop("the top");
}

/* Locks of a view: more than 32 pages; a view that is as large as a bitmap can be. */
static void test_view_locks(void)
{
    struct section *section;
    va_t at, part;
    uint32_t size = 3 * PAGE_SIZE;

    start("corners", FRAMES, SLOTS);
    test_ok(!mm_section_create(&section, 128u << 20, PROT_READWRITE, NULL, false, true) &&
                !map_anywhere(section, &at, PROT_READWRITE),
            "a view of 128 MB");
    part = at + 31 * PAGE_SIZE;
    allocate(part, size, COMMIT);
    test_ok(!virtual_lock(space, &part, &size) && space->locked == 3,
            "pages 31, 32, 33 are locked");
    mm_check();
    reclaim_empty(space);
    test_ok(pte_is_valid(*paging_find(space->dir, part)) &&
                pte_is_valid(*paging_find(space->dir, part + PAGE_SIZE)) &&
                pte_is_valid(*paging_find(space->dir, part + 2 * PAGE_SIZE)),
            "and stay");
    size = PAGE_SIZE;
    part += PAGE_SIZE;
    test_ok(!virtual_unlock(space, &part, &size) && space->locked == 2 &&
                virtual_unlock(space, &part, &size) == STATUS_NOT_LOCKED,
            "one is unlocked, once");
    reclaim_empty(space);
    test_ok(!pte_is_valid(*paging_find(space->dir, part)) &&
                pte_is_valid(*paging_find(space->dir, part + PAGE_SIZE)),
            "and goes, its neighbour does not");
    view_unmap(space, at);
    section_release(section);
    stop("locks of a view");
}

static status_t unreadable(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file, (void)index, (void)into;
    return STATUS_UNSUCCESSFUL;
}

/* A file's page that can't be read; and what is touched for reading is there. */
static void test_file(void)
{
    static struct section_file file = {.read = unreadable};
    struct section *section;
    uint32_t word;
    va_t at;

    start("corners", FRAMES, SLOTS);
    test_ok(!section_create(&section, PAGE_SIZE, PROT_READONLY, &file, false, false) &&
                !map_anywhere(section, &at, PROT_READONLY),
            "a view of a file");
    test_ok(machine_read32(space, at, &word) == STATUS_IN_PAGE_ERROR &&
                machine_last_fault.kind == FAULT_IN_PAGE &&
                machine_last_fault.reason == REASON_READ_ERROR,
            "that can't be read, says why");
    view_unmap(space, at);
    section_release(section);
    allocate(BASE, 2 * PAGE_SIZE, RESERVE | COMMIT);
    test_ok(!mm_touch(space, BASE, 1, false) && pte_is_valid(*paging_find(space->dir, BASE)) &&
                !pte_is_valid(*paging_find(space->dir, BASE + PAGE_SIZE)),
            "a touched page is there, its neighbour is not");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("files");
}

/* Who gives first: sets above their minimum, the one furthest above it. */
static void test_who_gives(void)
{
    struct space *more, *less;
    va_t a = BASE, b = BASE;
    uint32_t size = 100 * PAGE_SIZE;
    status_t status;

    start("corners", FRAMES, SLOTS);
    status = mm_space_create(&more, 8, "more") | mm_space_create(&less, 12, "less");
    status |= virtual_allocate(more, &a, &size, RESERVE | COMMIT, READWRITE);
    size = 60 * PAGE_SIZE;
    status |= virtual_allocate(less, &b, &size, RESERVE | COMMIT, READWRITE);
    for (uint32_t i = 0; i < 100; i++)
        status |= machine_write32(more, a + i * PAGE_SIZE, i);
    for (uint32_t i = 0; i < 60; i++)
        status |= machine_write32(less, b + i * PAGE_SIZE, i);
    more->ws.minimum = 98; /* 2 above it */
    less->ws.minimum = 20; /* 40 above it */
    status |= reclaim_ensure(pfn_available() - reclaim_settings.low + 8);
    test_ok(!status && more->ws.evictions == 0 && less->ws.evictions >= 8,
            "the smaller set gives all %u pages, being furthest above its minimum",
            less->ws.evictions);
    less->ws.minimum = less->ws.count;
    status |= reclaim_ensure(pfn_available() - reclaim_settings.low + 2);
    test_ok(!status && more->ws.evictions > 0, "then the other");
    mm_space_delete(more);
    mm_space_delete(less);
    stop("who gives");
}

/* A page that a view has copied stays the program's own, whatever is asked for. */
static void test_copied(void)
{
    struct section *section;
    va_t at;
    uint32_t word;

    start("corners", FRAMES, SLOTS);
    mm_section_create(&section, 2 * PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    test_ok(!map_anywhere(section, &at, PROT_WRITECOPY) && !machine_read32(space, at, &word),
            "a view that copies, read");
    test_ok(!mm_touch(space, at, 1, true) && *paging_find(space->dir, at) & PTE_W,
            "touched for writing it has a copy that can be written");
    test_ok(!protect(at, PAGE_SIZE, READONLY) && !protect(at, PAGE_SIZE, WRITECOPY) &&
                query(at).protect == READWRITE && query(at + PAGE_SIZE).protect == WRITECOPY,
            "which is not copied again");
    view_unmap(space, at);
    section_release(section);
    stop("copies");
}

/* --- frames --- */

static void test_frames(void)
{
    pfn_t frame, zeroed;
    const uint8_t *byte;
    uint32_t wrong = 0, pinned;

    start("corners", FRAMES, SLOTS);
    pinned = pfn_pinned();
    frame = pfn_alloc(PFN_USE_STACK, PFN_LOW | PFN_PIN);
    test_ok(pfn_pinned() == pinned + 1, "a kernel stack is pinned");
    pfn_free(frame, false);
    test_ok(pfn_record(space->dir)->shares == 1 && pfn_record(space->dir)->use == PFN_USE_TABLE,
            "a table is used once");
    pfn_poison = true;
    memset(machine_frame(frame), 0x55, PAGE_SIZE);
    frame = pfn_alloc(PFN_USE_STACK, PFN_LOW);
    byte = machine_frame(frame);
    for (uint32_t i = 1; i < PAGE_SIZE; i++)
        wrong += byte[i] != byte[0];
    test_ok(wrong == 0 && byte[0] != 0 && byte[0] != 0x55,
            "with poison nobody sees what was in a frame");
    zeroed = pfn_alloc(PFN_USE_STACK, PFN_LOW | PFN_CLEAR);
    byte = machine_frame(zeroed);
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        wrong += byte[i] != 0;
    test_ok(wrong == 0, "who wants zeros gets zeros");
    pfn_poison = false;
    pfn_free(frame, false);
    pfn_free(zeroed, false);
    stop("frames");
}

static void free_it(void *object)
{
    pool_free(object);
}

static void take_one(void *context)
{
    (void)context;
    pool_alloc(40, "Test");
}

/* The pool notices a second free also when the frame has gone, and with poison any word written into a free block. */
static void test_pool(void)
{
    const char *why;
    uint32_t frames = pool_counters.frames, shared = 0, *first, *second;
    bool twice;

    first = pool_alloc(600, "Test");
    test_ok(pool_counters.frames == frames + 1 && pfn_uses[PFN_USE_POOL] == pool_counters.frames,
            "a frame for the pool");
    pool_free(first);
    twice = test_panics(free_it, first, &why);
    test_ok(pool_counters.frames == frames && twice,
            "goes with its last object; a second free panics: %s", why);
    pfn_poison = true;
    first = pool_alloc(40, "Test");
    second = pool_alloc(40, "Test");
    pool_free(second);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t right = second[i];

        second[i] ^= 0x100;
        test_ok(test_panics(take_one, NULL, &why), "word %u of a free block is written: noticed",
                i);
        second[i] = right;
    }
    take_one(NULL);
    pool_free(second);
    pool_free(first);
    pfn_poison = false;
    for (uint32_t size = 1; size <= PAGE_SIZE && pool_counters.frames == frames; size++) {
        first = pool_alloc(size, "Test");
        second = pool_alloc(size, "Test");
        shared = pool_counters.frames - frames == 1 ? size : shared;
        pool_free(first);
        pool_free(second);
    }
    test_ok(shared == 2016, "two objects of up to %u bytes share a frame", shared);
    test_ok(pool_counters.frames == frames, "and all goes");
}

/* --- slots --- */

static status_t no_transfer(struct block_device *device, uint32_t block, pfn_t frame)
{
    (void)device, (void)block, (void)frame;
    return STATUS_SUCCESS;
}

static uint32_t no_sum(void *page)
{
    (void)page;
    return 0;
}

/* Every slot is given out once, none twice; the memory behind the bitmaps stays as it was. */
static void test_slots(uint32_t blocks)
{
    static uint32_t slot[5000];
    struct block_device device = {
        .name = "none", .read = no_transfer, .write = no_transfer, .blocks = blocks};
    uint32_t words = pagefile_words(blocks), *memory = calloc(words + 2, sizeof *memory), count = 0,
             bad = 0;
    static uint8_t taken[5000];

    memset(taken, 0, sizeof taken);
    memory[words] = memory[words + 1] = 0xCAFE;
    pagefile_init(&device, memory, no_sum);
    for (uint32_t round = 0; round < 4; round++) {
        while ((slot[count] = pagefile_alloc()) != PAGEFILE_NONE) {
            bad += slot[count] >= blocks || taken[slot[count]]++;
            bad += pagefile_write(slot[count], 1) != STATUS_SUCCESS;
            count++;
        }
        bad += count != blocks - 1 || pagefile_counters.peak != blocks - 1;
        for (uint32_t i = 0; i < blocks && count > 0; i++) {
            uint32_t at = round == 3 ? 0 : test_below(count);

            if (round < 3 && i > count / 2)
                break;
            pagefile_free(slot[at]);
            taken[slot[at]] = 0;
            slot[at] = slot[--count];
        }
    }
    bad += pagefile_counters.used != 0 || memory[words] != 0xCAFE || memory[words + 1] != 0xCAFE;
    test_ok(!bad, "a paging file of %u blocks: each slot once (%u wrong)", blocks, bad);
    pagefile_init(NULL, NULL, no_sum);
    free(memory);
}

int main(void)
{
    static const uint32_t sizes[] = {2,    31,   32,   33,   63,   64,  1023,
                                     1024, 1025, 1056, 2048, 2049, 4097};

    test_seed();
    test_bits();
    test_marks();
    test_victim();
    test_shared_victim();
    test_stack_asked();
    test_refused();
    test_runs();
    test_top();
    test_view_locks();
    test_file();
    test_who_gives();
    test_copied();
    test_frames();
    test_pool();
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        test_slots(sizes[i]);
    return test_end();
}
