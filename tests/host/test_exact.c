/* test_exact.c - what mm/ does at the border and no sooner: which set gives, how often an instruction may fault, what is
 * left of a call that fails half way, what a record says.  Each check once failed to be made by any other test, and a
 * small bug of tests/mutate lived on.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/one_space.h"

#include "lib/string.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 600, SLOTS = 600, BASE = 0x10000000, TABLE = 1 << 22 };

static pte_t word(struct space *in, va_t at)
{
    return *paging_find(in->dir, at);
}

/* --- the start, and limits --- */

static uint32_t sets(void)
{
    uint32_t count = 0;

    for (const struct working_set *ws = replace_sets; ws; ws = ws->next)
        count++;
    return count;
}

static void test_start(void)
{
    const uint8_t *shared;
    uint32_t wrong = 0;
    pfn_t frame;

    balance_counters.written = 7;
    balance_settings.modified = 1;
    start("exact", FRAMES, SLOTS);
    test_ok(balance_counters.written == 0 && balance_settings.modified == reclaim_settings.high,
            "a machine starts its balancer");
    shared = mm_shared_page();
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        wrong += shared[i];
    test_ok(!wrong &&
                strcmp(space_region(space, LAYOUT_SHARED_PAGE)->tag, "shared with kernel") == 0,
            "the page shared with the kernel starts with zeros, and is called so");
    test_ok(space_kernel.id == 0 && strcmp(space_kernel.name, "kernel") == 0 && sets() == 2,
            "the kernel's space and ours: each has a working set");
    frame = pte_frame(*paging_directory_entry(space->dir, LAYOUT_SHARED_PAGE));
    test_ok(pfn_record(frame)->shares == 1, "a table has one user");
    for (frame = 1; pfn_record(frame)->use != PFN_USE_POOL; frame++)
        ;
    test_ok(pfn_record(frame)->shares == 1, "a frame of the pool, too");
    pfn_record(pfn_limit)->state = PFN_ACTIVE; /* behind the end */
    pfn_record(pfn_limit)->use = PFN_USE_POOL;
    pfn_record(pfn_limit)->va = 1;
    mm_check();
    memset(pfn_record(pfn_limit), 0, sizeof *pfn_record(pfn_limit));
    balance_counters.written = balance_counters.trimmed = 7;
    balance_init();
    test_ok(balance_counters.written == 0 && balance_counters.trimmed == 0 &&
                balance_settings.modified == reclaim_settings.high,
            "the balancer starts with nothing done");
    stop("the start");
    test_ok(sets() == 1, "a space that goes takes its working set along");
    wrong = 0;
    for (frame = pfn_first(PFN_ZEROED); frame; frame = pfn_record(frame)->next) {
        const uint32_t *words = machine_frame(frame);

        for (uint32_t i = 0; i < PAGE_SIZE / 4; i++)
            wrong += words[i] != 0;
    }
    test_ok(!wrong && pfn_count[PFN_ZEROED] > 0, "and its tables go as zeros: %u frames",
            pfn_count[PFN_ZEROED]);
}

static void test_limits(void)
{
    struct commit_counters was;
    uint32_t limit, count = 0;
    pfn_t frame, taken[FRAMES];
    void *object;

    start("exact", FRAMES, SLOTS);
    limit = commit_limit();
    frame = pfn_alloc(PFN_USE_STACK, PFN_LOW | PFN_PIN);
    test_ok(frame && commit_limit() == limit - 1, "a kernel stack is one page less to promise");
    pfn_free(frame, false);
    test_ok(commit_limit() == limit, "until it goes");
    test_ok(pfn_record(frame)->use == PFN_USE_NONE && !pfn_record(frame)->locks &&
                !pfn_record(frame)->shares && !pfn_record(frame)->pte,
            "and then its record says nothing of it");
    while ((taken[count] = pfn_alloc(PFN_USE_KERNEL, PFN_ANY)) != PFN_NONE)
        count++;
    object = pool_alloc(PAGE_SIZE, "Test");
    test_ok(object, "the pool may take one of the last eight frames");
    pool_free(object);
    frame = pfn_available() == 8 ? pfn_alloc(PFN_USE_KERNEL, PFN_PIN) : PFN_NONE;
    test_ok(frame, "8 frames are for tables alone");
    pfn_free(frame, false);
    while (count--)
        pfn_free(taken[count], false);
    was = commit_counters;
    commit_init(1000);
    test_ok(pfn_uses[PFN_USE_POOL] && commit_limit() == 1000 && commit_left() == 1000,
            "the limit is that of the start, whatever was taken before");
    commit_counters = was;
    stop("limits");
}

/* Is so little memory enough to start? */
static bool starts_with(uint32_t frames)
{
    struct mm_options options = {.frames = frames};

    machine_start(FRAMES, SLOTS, NULL);
    return mm_init(&options) == STATUS_SUCCESS;
}

/* Twice the low watermark would leave no frame for programs. */
static void test_least(void)
{
    test_ok(!starts_with(24), "24 frames are refused");
    test_ok(starts_with(25) && commit_limit() == pagefile_counters.slots + 1,
            "of 25 one may be promised");
}

/* The bits of a view's locks are its own, wherever it lies. */
static void test_unlock(void)
{
    va_t at = 0x70000000, reserved = 0x50000000;
    uint32_t size = PAGE_SIZE;
    struct section *section;
    const struct vad *view;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&section, UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    map(section, &at, 0, UNIT_SIZE, PROT_READWRITE);
    view = space_region(space, at);
    test_ok(at == 0x70000000 && !virtual_lock(space, &at, &size) && view->lock_map[0],
            "a lock of a high view's first page is in its first word");
    test_ok(!virtual_unlock(space, &at, &size) && !view->lock_map[0], "until it goes");
    allocate(reserved, UNIT_SIZE, RESERVE);
    test_ok(!paging_find(space->dir, reserved) &&
                virtual_unlock(space, &reserved, &size) == STATUS_NOT_LOCKED,
            "nothing is locked where no table is");
    view_unmap(space, at);
    section_release(section);
    give_back(reserved, 0, VIRTUAL_RELEASE);
    stop("unlocked");
}

/* A program waits for a pass: it trims 8 pages, and fewer when fewer are wanted. */
static void test_pass(void)
{
    uint32_t count;

    start("exact", FRAMES, SLOTS);
    space->ws.maximum = 60;
    allocate(BASE, 100 * PAGE_SIZE, RESERVE | COMMIT);
    for (uint32_t i = 0; i < 100; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, i);
    count = space->ws.count;
    reclaim_settings.high = reclaim_ready() + 100;
    balance_pass();
    test_ok(count == 100 && space->ws.count == 92, "a pass trims 8 pages of 100: %u",
            count - space->ws.count);
    reclaim_settings.high = reclaim_ready() + 3;
    balance_pass();
    test_ok(space->ws.count == 89, "or the 3 that are missing");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("passes");
}

/* Two ranges of RAM, the smaller one first or last: every frame can be had. */
static void test_ranges(pfn_t first, pfn_t border, pfn_t end, bool upward)
{
    static struct pfn database[400];
    uint32_t count = 0;

    memset(database, 0, sizeof database);
    pfn_locked = pfn_locked_shared = pfn_slotless = 3; /* of another machine */
    pfn_last_victim.owner = &space_kernel;
    pfn_init(database, 400);
    if (upward)
        pfn_add(first, border);
    pfn_add(border + 1, end);
    if (!upward)
        pfn_add(first, border);
    pfn_check();
    count += pfn_last_victim.owner != NULL;
    while (pfn_alloc(PFN_USE_KERNEL, PFN_PIN))
        count++;
    pfn_check();
    test_ok(count == end - first - 1, "frames %u to %u and from %u on, %s: %u", first, border - 1,
            border + 1, upward ? "upward" : "downward", count);
}

/* --- the calls --- */

/* Frames above the direct map are for programs: they go first, also when another one is free. */
static void test_high(void)
{
    const pfn_t border = LAYOUT_DIRECT_FRAMES;
    struct pfn *database = calloc(border + 10, sizeof *database);
    pfn_t low, frame;
    uint32_t high = 0;

    pfn_init(database, border + 10);
    pfn_add(border - 20, border + 10);
    low = pfn_alloc(PFN_USE_KERNEL, PFN_LOW | PFN_PIN);
    pfn_free(low, false);
    for (uint32_t i = 0; i < 10; i++)
        high += pfn_alloc(PFN_USE_PRIVATE, PFN_ANY) >= border;
    frame = pfn_alloc(PFN_USE_PRIVATE, PFN_ANY);
    test_ok(low < border && high == 10 && frame && frame < border,
            "the high frames go first, then a low one");
    pfn_check();
    pfn_init(database, 1);
    free(database);
}

static void test_empty_tree(void)
{
    struct vad_tree tree = {0};

    test_ok(vad_find_hole(&tree, UNIT_SIZE, LAYOUT_USER_LOW, LAYOUT_USER_TOP, false) ==
                    LAYOUT_USER_LOW &&
                vad_find_hole(&tree, UNIT_SIZE, LAYOUT_USER_LOW, LAYOUT_USER_TOP, true) ==
                    LAYOUT_USER_TOP - UNIT_SIZE,
            "where nothing is, the lowest and the highest place are free");
    test_ok(!vad_find_hole(&tree, UINT32_MAX, LAYOUT_USER_LOW, LAYOUT_USER_TOP, false) &&
                !vad_find_hole(&tree, LAYOUT_USER_TOP, LAYOUT_USER_LOW, LAYOUT_USER_TOP, true) &&
                vad_find_hole(&tree, LAYOUT_USER_TOP - LAYOUT_USER_LOW, LAYOUT_USER_LOW,
                              LAYOUT_USER_TOP, true) == LAYOUT_USER_LOW,
            "if it is not too small");
}

static void test_calls(void)
{
    struct virtual_region r;
    va_t at = 0;
    uint32_t size = 5000, objects;

    start("exact", FRAMES, SLOTS);
    test_ok(!virtual_allocate(space, &at, &size, RESERVE, READWRITE) && size == 2 * PAGE_SIZE,
            "5,000 bytes anywhere are two pages");
    give_back(at, 0, VIRTUAL_RELEASE);
    test_ok(allocate(0, PAGE_SIZE, VIRTUAL_RESET) == STATUS_MEMORY_NOT_ALLOCATED &&
                space->regions.count == 1,
            "nothing can be reset nowhere");
    allocate(BASE, 4 * PAGE_SIZE, RESERVE | COMMIT);
    at = BASE;
    size = PAGE_SIZE;
    test_ok(!virtual_allocate(space, &at, &size, COMMIT, READONLY) &&
                machine_write32(space, BASE, 1) == STATUS_ACCESS_VIOLATION &&
                !machine_write32(space, BASE + PAGE_SIZE, 1),
            "a page that is committed again is protected anew");
    allocate(BASE + TABLE, 200 * TABLE, RESERVE);
    virtual_query(space, BASE + TABLE, &r);
    test_ok(r.state == RESERVE && r.size == 200 * TABLE, "800 MB are reserved: seen at once");
    give_back(BASE + TABLE, 0, VIRTUAL_RELEASE);
    virtual_query(space, 2 * UNIT_SIZE, &r);
    test_ok(r.state == VIRTUAL_FREE && r.size == BASE - 2 * UNIT_SIZE,
            "free up to the next region");
    virtual_query(space, BASE + PAGE_SIZE + 5, &r);
    test_ok(r.type == VIRTUAL_PRIVATE && r.allocation_protect == READWRITE &&
                r.base == BASE + PAGE_SIZE && r.size == 3 * PAGE_SIZE,
            "an address inside of a page is that page's");
    objects = pool_counters.objects;
    test_ok(!give_back(BASE + 2 * PAGE_SIZE, 2 * PAGE_SIZE, VIRTUAL_RELEASE) &&
                pool_counters.objects == objects &&
                space_region(space, BASE)->end == BASE + 2 * PAGE_SIZE,
            "the end of a region goes, and leaves one region");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("calls");
}

/* The same of views. */
static void test_view_calls(void)
{
    struct section *section, *reserved;
    struct virtual_region r;
    va_t at, low = LAYOUT_USER_LOW, view = 0;
    uint32_t size, old;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&section, 0, PROT_READWRITE, NULL, false, false);
    test_ok(!section_extend(section, 0) && section->tables == 0 && section->pages == 0,
            "a section of nothing grows by nothing");
    section_release(section);
    mm_section_create(&section, TABLE, PROT_READWRITE, NULL, false, true);
    test_ok(section->tables == 1, "one of 4 MB has one table");
    section_release(section);
    mm_section_create(&section, 2 * UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    string_copy(section->name, "of two parts", sizeof section->name);
    mm_section_create(&reserved, UNIT_SIZE, PROT_READWRITE, NULL, false, true);
    test_ok(!map(section, &low, 0, 0, PROT_READWRITE) && low == LAYOUT_USER_LOW,
            "a view at the lowest address");
    test_ok(
        !map(reserved, &view, 0, 0, PROT_READWRITE) &&
            !(size = PAGE_SIZE, virtual_allocate(space, &view, &size, VIRTUAL_COMMIT, READONLY)) &&
            machine_write32(space, view, 1) == STATUS_ACCESS_VIOLATION,
        "a page committed for reading in a view is read-only");
    at = view;
    size = PAGE_SIZE;
    test_ok(!virtual_protect(space, &at, &size, READWRITE, &old) && old == READONLY &&
                !machine_write32(space, view, 1),
            "as it says, until it is protected otherwise");
    at = 0;
    size = 5000;
    test_ok(!view_map(section, space, &at, 0, &size, PROT_READONLY, false) &&
                size == 2 * PAGE_SIZE && !view_unmap(space, at),
            "5,000 bytes of a view are two pages");
    virtual_query(space, low, &r);
    test_ok(strcmp(space_region(space, low)->tag, "of two parts") == 0,
            "a view has its section's name");
    test_ok(r.type == VIRTUAL_MAPPED && r.size == 2 * UNIT_SIZE, "a view says that it is one");
    view_unmap(space, low);
    view_unmap(space, view);
    section->view_count = 60000;
    at = 0;
    test_ok(map(section, &at, 0, 0, PROT_READWRITE) == STATUS_NO_MEMORY, "60,000 views are enough");
    section->view_count--;
    test_ok(!map(section, &at, 0, 0, PROT_READWRITE) && section->view_count == 60000,
            "but so many there may be");
    section->view_count = 1;
    view_unmap(space, at);
    section_release(section);
    section_release(reserved);
    stop("calls of views");
}

/* MEM_RESET: a page that waits outside of its working set is forgotten at once. */
static void test_reset(void)
{
    uint32_t value = 1;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, 2 * PAGE_SIZE, RESERVE | COMMIT);
    machine_write32(space, BASE, 5);
    machine_write32(space, BASE + PAGE_SIZE, 6);
    reclaim_empty(space);
    allocate(BASE, PAGE_SIZE, VIRTUAL_RESET);
    test_ok(pte_kind(word(space, BASE)) == PTE_DEMAND_ZERO && pfn_count[PFN_MODIFIED] == 1 &&
                !machine_read32(space, BASE, &value) && value == 0 &&
                !machine_read32(space, BASE + PAGE_SIZE, &value) && value == 6,
            "one page is forgotten, its neighbour is not");
    reclaim_empty(space);
    reclaim_write(2);
    pfn_take_away(pte_frame(word(space, BASE + PAGE_SIZE)));
    machine_read32(space, BASE + PAGE_SIZE, &value);
    value = pagefile_counters.used;
    allocate(BASE + PAGE_SIZE, PAGE_SIZE, VIRTUAL_RESET);
    test_ok(pagefile_counters.used == value - 1, "a page that was read back gives up its slot");
    mm_check();
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("reset");
}

/* Pages of an image that are copied when written are charged: those that the view has. */
static void test_image(void)
{
    static struct section_file file;
    struct section *image;
    struct virtual_region r;
    va_t whole = 0, part = 0;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&image, 3 * UNIT_SIZE, PROT_EXECUTE_WRITECOPY, &file, true, false);
    section_set_pages(image, 0, 48, PROT_EXECUTE_READ, false);
    section_set_pages(image, 20, 15, PROT_WRITECOPY, false);
    test_ok(!map(image, &whole, 0, 0, PROT_EXECUTE_WRITECOPY) &&
                space_region(space, whole)->commit == 15,
            "an image is charged for each page that it may copy");
    test_ok(!map(image, &part, UNIT_SIZE, UNIT_SIZE, PROT_EXECUTE_WRITECOPY) &&
                space_region(space, part)->commit == 12,
            "its second 64 KB for those of them");
    virtual_query(space, whole, &r);
    test_ok(r.type == VIRTUAL_IMAGE && r.allocation_base == whole, "it says that it is an image");
    mm_check();
    view_unmap(space, whole);
    view_unmap(space, part);
    section_release(image);
    stop("images");
}

/* A call that gets the first of two tables, and no second one, gives the first one back. */
static void test_half(void)
{
    struct section *section, *other;
    struct space *second;
    uint32_t refused, tables, commit, total, most = pfn_pin_limit, objects;
    va_t at = 0;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&section, 2 * TABLE, PROT_READWRITE, NULL, false, true);
    pool_free(pool_alloc(40, "Test"));
    tables = space->tables;
    commit = space->commit;
    total = commit_counters.total;
    objects = pool_counters.objects;
    most = pfn_pin_limit;
    pfn_pin_limit = pfn_pinned() + 1;
    test_ok(map(section, &at, 0, 0, PROT_READWRITE) == STATUS_NO_MEMORY &&
                space->tables == tables && space->commit == commit &&
                pool_counters.objects == objects,
            "a view that would need two tables");
    test_ok(allocate(BASE + TABLE - UNIT_SIZE, 2 * UNIT_SIZE, RESERVE | COMMIT) ==
                    STATUS_NO_MEMORY &&
                space->tables == tables && space->commit == commit && space->private_commit == 1,
            "committed memory, too");
    pfn_pin_limit = pfn_pinned() + 2;
    test_ok(mm_section_create(&other, 2 * TABLE, PROT_READWRITE, NULL, false, true) &&
                commit_counters.total == total && pool_counters.objects == objects,
            "a section");
    pfn_pin_limit = pfn_pinned();
    refused = pool_counters.refused;
    test_ok(!pool_alloc(PAGE_SIZE, "Test") && pool_counters.refused == refused + 1,
            "the pool counts what it refuses");
    test_ok(mm_space_create(&second, 8, "second") && commit_counters.total == total &&
                pool_counters.objects == objects,
            "a space without its directory");
    pfn_pin_limit = pfn_pinned() + 1;
    test_ok(mm_space_create(&second, 8, "second") && commit_counters.total == total &&
                pool_counters.objects == objects && sets() == 2,
            "and one without its first table");
    pfn_pin_limit = most;
    mm_check();
    section_release(section);
    stop("half a call");
}

/* --- faults --- */

static struct fault fault_at(va_t pc, va_t va)
{
    return (struct fault){.space = space,
                          .va = va,
                          .pc = pc,
                          .tid = 1,
                          .user = true,
                          .reason = REASON_NONE,
                          .pte_before = 77,
                          .prot = 5};
}

static bool spurious(va_t pc, va_t va)
{
    struct fault fault = fault_at(pc, va);
    status_t status = mm_fault(&fault);

    test_ok(status ? fault.reason == REASON_CPU && fault.kind == FAULT_VIOLATION
                   : fault.reason == REASON_NONE && fault.kind == FAULT_UPGRADE,
            "a fault of %X at a page that is there", pc);
    return !status;
}

/* So many faults of other kinds. */
static void others(uint32_t count)
{
    while (count--) {
        struct fault fault = fault_at(5, 0);

        mm_fault(&fault);
    }
}

static void test_repeats(void)
{
    va_t a = BASE, b = BASE + PAGE_SIZE;

    start("exact", FRAMES, SLOTS);
    allocate(a, 2 * PAGE_SIZE, RESERVE | COMMIT);
    machine_write32(space, a, 1);
    machine_write32(space, b, 1);
    test_ok(spurious(1, a) && spurious(1, a) && spurious(1, a) && !spurious(1, a),
            "the fourth time there is another reason");
    test_ok(spurious(2, a) && spurious(2, a) && spurious(2, a) && spurious(2, b) && !spurious(2, a),
            "another page between does not count");
    test_ok(spurious(3, a) && spurious(3, a) && spurious(3, a) && spurious(4, b) && spurious(3, a),
            "another instruction between does");
    others(20);
    test_ok(spurious(6, a) && (others(7), spurious(6, a)) && (others(7), spurious(6, a)) &&
                (others(7), !spurious(6, a)),
            "with seven faults between it is the same time");
    test_ok((others(20), spurious(7, a)) && (others(8), spurious(7, a)) &&
                (others(8), spurious(7, a)) && (others(8), spurious(7, a)),
            "with eight it is another time");
    give_back(a, 0, VIRTUAL_RELEASE);
    stop("repeated faults");
}

/* Where memory is short, an instruction that faults again and again at one page is hopeless after so many times. */
static void test_patience(void)
{
    uint32_t count = 0;
    struct fault fault;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, PAGE_SIZE, RESERVE | COMMIT);
    reclaim_settings.low = 2 * FRAMES;
    do {
        fault = fault_at(9, BASE);
        if (pte_is_valid(word(space, BASE)))
            resident_trim(space_region(space, BASE), BASE, paging_find(space->dir, BASE));
    } while (!mm_fault(&fault) && ++count < 1000);
    test_ok(count == 65 && fault.status == STATUS_NO_MEMORY && fault.kind == FAULT_NO_MEMORY &&
                fault.reason == REASON_NO_FRAME,
            "after %u times it is refused", count);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    reclaim_settings.low = 12;
    stop("patience");
}

static void test_stack(void)
{
    struct fault fault;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, UNIT_SIZE, RESERVE);
    allocate(BASE + 8 * PAGE_SIZE, 8 * PAGE_SIZE, COMMIT);
    for (unsigned i = 0; i < 3; i++) {
        va_t at = BASE + (i == 0 ? 8 : i == 1 ? 6 : 1) * PAGE_SIZE;
        uint32_t size = PAGE_SIZE;

        allocate(at, PAGE_SIZE, COMMIT);
        virtual_protect(space, &at, &size, READWRITE | GUARD, &size);
    }
    machine_stack_top = BASE + UNIT_SIZE;
    machine_stack_low = BASE + 8 * PAGE_SIZE;
    test_ok(machine_write32(space, BASE + 8 * PAGE_SIZE, 1) == STATUS_STACK_OVERFLOW,
            "the lowest byte of a stack is the stack's");
    machine_stack_low = BASE - PAGE_SIZE;
    fault = fault_at(1, BASE + 6 * PAGE_SIZE + 4);
    test_ok(!mm_fault(&fault) && fault.kind == FAULT_GROWTH &&
                fault.stack_limit == BASE + 6 * PAGE_SIZE,
            "a record of growth tells the new limit");
    test_ok(!machine_write32(space, BASE + PAGE_SIZE, 1) && space->counters.kind[FAULT_GROWTH] == 2,
            "it grows down to the region's first page");
    test_ok(machine_last_fault.policy == space->ws.policy, "a record names the policy");
    machine_stack_low = machine_stack_top = 0;
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("stacks");
}

/* However much is touched, some frames stay available. */
static void test_watermark(void)
{
    uint32_t least = UINT32_MAX;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, 1000 * PAGE_SIZE, RESERVE | COMMIT);
    for (uint32_t i = 0; i < 1000; i++) {
        machine_write32(space, BASE + i * PAGE_SIZE, i);
        least = pfn_available() < least ? pfn_available() : least;
    }
    test_ok(least == reclaim_settings.low - 1, "a fault begins to reclaim below %u (%u)",
            reclaim_settings.low, least);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("the watermark");
}

/* --- who gives --- */

static struct space *made(uint32_t id, uint32_t pages)
{
    struct space *one = NULL;
    va_t at = BASE;
    uint32_t size = pages * PAGE_SIZE;

    if (mm_space_create(&one, id, "one") ||
        virtual_allocate(one, &at, &size, RESERVE | COMMIT, READWRITE))
        machine_panic("no space");
    for (uint32_t i = 0; i < pages; i++)
        machine_write32(one, at + i * PAGE_SIZE, i);
    return one;
}

/* Sets with so many pages, one after the other; the one that gives the first page. */
static void test_giver(const uint32_t a[3], const uint32_t b[3], bool first, const char *what)
{
    struct space *x, *y;
    const uint32_t *numbers[2] = {a, b};

    for (unsigned order = 0; order < 2; order++) {
        start("exact", FRAMES, SLOTS);
        x = made(8, numbers[order][0]);
        y = made(12, numbers[!order][0]);
        x->ws.minimum = numbers[order][1], x->ws.maximum = numbers[order][2];
        y->ws.minimum = numbers[!order][1], y->ws.maximum = numbers[!order][2];
        reclaim_settings.effort = 1;
        reclaim_settings.low = 0;
        reclaim_ensure(pfn_available() + 1);
        test_ok((x->ws.evictions > 0) == (first == !order) &&
                    (y->ws.evictions > 0) == (first == !!order),
                "%s gives (%u, %u)", what, x->ws.evictions, y->ws.evictions);
        mm_space_delete(x);
        mm_space_delete(y);
        stop("who gives");
    }
}

static void test_givers(void)
{
    static const uint32_t table[][2][3] = {
        {{100, 89, 90}, {60, 5, 55}}, /* 10 and 5 above the maximum, 11 and 55 above the minimum */
        {{70, 10, 200}, {90, 40, 200}},  /* 60 and 50 above the minimum */
        {{100, 60, 200}, {60, 20, 200}}, /* both 40 above it: the larger one */
        {{61, 60, 200}, {80, 90, 200}},  /* one above, one not */
        {{80, 90, 200}, {60, 90, 200}},  /* both not: the larger one */
    };

    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        test_giver(table[i][0], table[i][1], true, "the first of two sets");
}

static void test_run(void)
{
    uint32_t want;

    start("exact", FRAMES, SLOTS);
    test_ok(!reclaim_run() && !reclaim_run(), "with all that is free a run has nothing to do");
    allocate(BASE, 8 * PAGE_SIZE, RESERVE | COMMIT);
    machine_write32(space, BASE, 1);
    reclaim_empty(space);
    want = pfn_available() + 1;
    reclaim_settings.low = want - 4;
    machine_fail_write = 1;
    test_ok(reclaim_run() && pagefile_refuses,
            "a run that only finds out that the paging file refuses was not for nothing");
    reclaim_settings.low = 12;
    pagefile_refuses = false;
    for (uint32_t i = 0; i < 8; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, 1);
    reclaim_settings.low = pfn_available();
    test_ok(reclaim_run(), "nor one that trims");
    reclaim_settings.low = 12;
    for (uint32_t i = 0; i < 8; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, 2);
    reclaim_empty(space);
    want = reclaim_counters.trimmed;
    reclaim_settings.low = pfn_available();
    test_ok(reclaim_run() && reclaim_counters.trimmed == want, "nor one that only writes");
    reclaim_settings.low = 12;
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("runs");
}

/* When all has been trimmed and it was not enough, the next 16 faults do without. */
static void test_pause(void)
{
    pfn_t taken[FRAMES];
    uint32_t count = 0, faults, effort, kept;
    bool before, at_once, soon, later;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, PAGE_SIZE, RESERVE | COMMIT);
    machine_write32(space, BASE, 1);
    while ((taken[count] = pfn_alloc(PFN_USE_KERNEL, PFN_ANY)) != PFN_NONE)
        count++;
    effort = reclaim_settings.effort;
    reclaim_settings.effort = 0;
    kept = space->resident;
    reclaim_run();
    kept -= space->resident;
    before = reclaim_due(); /* nobody has tried yet */
    reclaim_settings.effort = effort;
    reclaim_run();
    faults = fault_count;
    at_once = reclaim_due();
    fault_count += 15;
    soon = reclaim_due();
    fault_count++;
    later = reclaim_due();
    fault_count = faults;
    test_ok(kept == 0, "a run without effort trims nothing");
    test_ok(before && !at_once && !soon && later,
            "a run that was of no use is the last one for 16 faults");
    while (count--)
        pfn_free(taken[count], false);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("a pause");
}

/* Idle time: a cluster is written before a frame is zeroed; a paging file that refuses rests. */
static void test_idle(void)
{
    uint32_t zeroed, modified;

    start("exact", FRAMES, SLOTS);
    allocate(BASE, 100 * PAGE_SIZE, RESERVE | COMMIT);
    for (uint32_t i = 0; i < 100; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, i);
    reclaim_empty(space);
    pagefile_refuses = true;
    test_ok(reclaim_ready() == pfn_available(), "what can't be written is not ready");
    pagefile_refuses = false;
    test_ok(reclaim_ready() == pfn_available() + pfn_count[PFN_MODIFIED], "what can be, is");
    zeroed = balance_counters.zeroed;
    modified = pfn_count[PFN_MODIFIED];
    test_ok(balance_idle() && balance_counters.zeroed == zeroed &&
                balance_counters.written == reclaim_settings.cluster &&
                pfn_count[PFN_MODIFIED] == modified - reclaim_settings.cluster,
            "a cluster is written, and no frame zeroed");
    balance_settings.modified = pfn_count[PFN_MODIFIED];
    test_ok(balance_idle() && balance_counters.zeroed == zeroed + 1 &&
                balance_counters.written == reclaim_settings.cluster,
            "when no more are modified than may be, one is zeroed");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("idle time");
    start("exact", FRAMES, 0);
    allocate(BASE, 100 * PAGE_SIZE, RESERVE | COMMIT);
    for (uint32_t i = 0; i < 100; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, i);
    reclaim_empty(space);
    for (zeroed = 0; zeroed < 1000 && balance_idle();)
        zeroed++;
    test_ok(pfn_count[PFN_MODIFIED] > balance_settings.modified &&
                zeroed == pfn_count[PFN_ZEROED] && pfn_count[PFN_FREE] == 0,
            "without a paging file all %u free frames are zeroed, and that is the end", zeroed);
    give_back(BASE, 0, VIRTUAL_RELEASE);
    stop("idle time without a paging file");
}

/* --- sections --- */

static uint32_t reads;

static status_t read_index(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file;
    reads++;
    memset(machine_frame(into), (int)index + 1, PAGE_SIZE);
    return STATUS_SUCCESS;
}

/* A page of a file that nobody changed comes from the file again. */
static void test_file(void)
{
    static struct section_file file = {.read = read_index};
    struct section *section;
    va_t at = 0;
    uint8_t byte = 0;

    start("exact", FRAMES, SLOTS);
    section_create(&section, 4 * PAGE_SIZE, PROT_READONLY, &file, false, false);
    map(section, &at, 0, 0, PROT_READONLY);
    test_ok(!machine_read(space, at + 2 * PAGE_SIZE, &byte) && byte == 3 && reads == 1,
            "a page of a file");
    reclaim_empty(space);
    pfn_take_away(pfn_first(PFN_STANDBY));
    test_ok(!machine_read(space, at + 2 * PAGE_SIZE, &byte) && byte == 3 && reads == 2,
            "that has left RAM is read again");
    byte = 9;
    test_ok(!section->commit && !mm_section_copy(section, 0, &byte, 1, true) &&
                section->commit == 1 && !mm_section_copy(section, 1, &byte, 1, true) &&
                section->commit == 1,
            "a page that is changed is the section's own, and charged once");
    view_unmap(space, at);
    section_release(section);
    stop("files");
}

/* A shared page belongs to the working set of one that maps it. */
static void test_shared(void)
{
    struct section *section;
    struct space *other;
    struct mm_totals totals;
    va_t here = 0, there = 0;
    uint32_t size = 0, value, visits;
    void *object;
    pfn_t frame;

    start("exact", FRAMES, SLOTS);
    mm_space_create(&other, 8, "other");
    mm_section_create(&section, UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    map(section, &here, 0, 0, PROT_READWRITE);
    view_map(section, other, &there, 0, &size, PROT_READWRITE, false);
    for (unsigned i = 0; i < 4; i++)
        machine_write32(space, here + i * PAGE_SIZE, 1);
    frame = pte_frame(word(space, here));
    test_ok(resident_mappings(frame) == 1 && pfn_record(frame)->ws == &space->ws,
            "a page that one of two views maps");
    test_ok(!machine_read32(other, there, &value) && resident_mappings(frame) == 2 &&
                pfn_record(frame)->ws == &space->ws,
            "and now the other");
    *paging_find(other->dir, there + PAGE_SIZE) =
        pte_pagefile(pte_frame(word(space, here + PAGE_SIZE)), PROT_READWRITE);
    test_ok(resident_mappings(pte_frame(word(space, here + PAGE_SIZE))) == 1,
            "a word that names a slot maps no frame of that number");
    *paging_find(other->dir, there + PAGE_SIZE) = 0;
    mm_totals(&totals);
    test_ok(pfn_uses[PFN_USE_SHARED] == 4 &&
                totals.resident == pfn_uses[PFN_USE_PRIVATE] + 4 + pfn_uses[PFN_USE_PHYSICAL],
            "%u resident frames, four of them shared", totals.resident);
    size = PAGE_SIZE;
    object = pool_alloc(4, "Test"); /* the pool has a frame for the bitmap of locks */
    value = commit_left();
    test_ok(!commit_charge(value) &&
                virtual_lock(space, &here, &size) == STATUS_WORKING_SET_QUOTA &&
                (commit_release(value), !virtual_lock(space, &here, &size)) &&
                commit_left() == value - 1 && !virtual_unlock(space, &here, &size),
            "a shared page can be locked while one more page may be promised");
    pool_free(object);
    visits = resident_visits;
    resident_mappings(frame);
    test_ok(resident_visits == visits + 2, "two views were looked at, and count as two visits");
    resident_trim(space_region(space, here), here, paging_find(space->dir, here));
    test_ok(pfn_record(frame)->ws == &other->ws && other->ws.count == 1,
            "trimmed in one program, it is the other's");
    view_unmap(space, here);
    mm_space_delete(other);
    section_release(section);
    stop("shared pages");
}

/* A pass ends when it has looked at 512 views: with 64 of one section, after 8 of its pages. */
static void test_looks(void)
{
    struct section *section;
    struct space *others[8];
    va_t at[64];
    uint32_t trimmed, value;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&section, UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t size = 0;

        if (i % 8 == 0)
            mm_space_create(&others[i / 8], 8 + i, "other");
        replace_switch(&others[i / 8]->ws, replace_find("fifo"));
        at[i] = 0;
        view_map(section, others[i / 8], &at[i], 0, &size, PROT_READWRITE, false);
    }
    for (uint32_t i = 0; i < 12; i++)
        machine_read32(others[0], at[0] + i * PAGE_SIZE, &value);
    pfn_withhold(4);
    trimmed = reclaim_counters.trimmed;
    reclaim_run();
    test_ok(reclaim_counters.trimmed - trimmed == 8, "of 12 pages that 64 views may map %u go",
            reclaim_counters.trimmed - trimmed);
    for (unsigned i = 0; i < 8; i++)
        mm_space_delete(others[i]);
    section_release(section);
    stop("looks");
}

/* Two views side by side: the second one's first page is no page of the first. */
static void test_neighbours(void)
{
    struct section *section;
    va_t low = BASE, high = BASE + UNIT_SIZE;

    start("exact", FRAMES, SLOTS);
    mm_section_create(&section, 2 * UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    map(section, &low, 0, UNIT_SIZE, PROT_READWRITE);
    map(section, &high, UNIT_SIZE, UNIT_SIZE, PROT_READWRITE);
    machine_write32(space, high, 1);
    machine_write32(space, high - PAGE_SIZE, 1);
    test_ok(resident_mappings(pte_frame(word(space, high))) == 1 &&
                resident_mappings(pte_frame(word(space, high - PAGE_SIZE))) == 1,
            "each page is mapped once");
    view_unmap(space, low);
    view_unmap(space, high);
    section_release(section);
    stop("neighbours");
}

/* --- the paging file's sums --- */

static status_t nothing(struct block_device *device, uint32_t block, pfn_t frame)
{
    (void)device, (void)block, (void)frame;
    return STATUS_SUCCESS;
}

static uint32_t own_sum;

static uint32_t count_sum(void *page)
{
    (void)page;
    return own_sum;
}

static uint32_t flipped_block, flipped_bit;

static void flip(struct block_device *device, uint32_t block, uint32_t bit)
{
    (void)device;
    flipped_block = block;
    flipped_bit = bit;
}

/* Of a device that has them itself, and of one that has not. */
static void test_sums(bool sums)
{
    struct block_device device = {
        .name = "sums", .read = nothing, .write = nothing, .blocks = 40, .sums = sums};
    uint32_t memory[100] = {0}, slot, other;

    pagefile_init(&device, memory, count_sum);
    slot = pagefile_alloc();
    other = pagefile_alloc();
    device.sum = own_sum = 5;
    pagefile_write(slot, 1);
    device.sum = own_sum = 6;
    pagefile_write(other, 1);
    test_ok(pagefile_counters.writes == 2 && pagefile_counters.errors == 0 && slot != other,
            "two pages are written");
    test_ok(!pagefile_read(other, 1) && pagefile_read(slot, 1) == STATUS_CRC_ERROR &&
                pagefile_counters.damaged == 1,
            "the one's sum is not the other's");
    *(sums ? &device.sum : &own_sum) = 5;
    *(sums ? &own_sum : &device.sum) = 9;
    test_ok(!pagefile_read(slot, 1) && pagefile_read(other, 1) == STATUS_CRC_ERROR &&
                pagefile_counters.damaged == 2 && pagefile_counters.reads == 4,
            "%s sum says so", sums ? "the device's" : "the page's");
    pagefile_flip(slot, 99);
    test_ok(!flipped_bit, "who can't turn bits leaves them");
    device.flip = flip;
    pagefile_flip(slot, 99);
    test_ok(flipped_block == slot && flipped_bit == 99, "who can, does");
    flipped_bit = 0;
    pagefile_init(NULL, NULL, count_sum);
}

/* A capped set with pages that stand by: the one that does for longest goes. */
static void test_standby(void)
{
    static struct working_set cap;
    uint32_t written;

    start("exact", FRAMES, SLOTS);
    cap = (struct working_set){.maximum = 4, .capped = true, .standby = 2};
    replace_init(&cap, replace_find("fifo"), &resident_view);
    allocate(BASE, 16 * PAGE_SIZE, RESERVE | COMMIT);
    virtual_attach(space, BASE, &cap);
    written = reclaim_counters.written;
    for (uint32_t i = 0; i < 7; i++)
        machine_write32(space, BASE + i * PAGE_SIZE, i);
    test_ok(cap.count == 4 && cap.evictions == 3 && cap.writes == 3 &&
                reclaim_counters.written == written + 3,
            "four pages stay, three are written");
    test_ok(pte_kind(word(space, BASE)) == PTE_PAGEFILE &&
                pte_kind(word(space, BASE + PAGE_SIZE)) == PTE_TRANSITION &&
                pte_kind(word(space, BASE + 2 * PAGE_SIZE)) == PTE_TRANSITION,
            "the first has left RAM, two stand by");
    give_back(BASE, 0, VIRTUAL_RELEASE);
    replace_retire(&cap);
    stop("standing by");
}

int main(void)
{
    test_start();
    test_limits();
    test_least();
    test_unlock();
    test_pass();
    test_ranges(1, 100, 300, true);
    test_ranges(1, 100, 300, false);
    test_high();
    test_empty_tree();
    test_calls();
    test_view_calls();
    test_reset();
    test_image();
    test_half();
    test_repeats();
    test_patience();
    test_stack();
    test_watermark();
    test_givers();
    test_run();
    test_pause();
    test_idle();
    test_file();
    test_shared();
    test_looks();
    test_standby();
    test_neighbours();
    test_sums(false);
    test_sums(true);
    return test_end();
}
