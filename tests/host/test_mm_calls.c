/* test_mm_calls.c - what the calls of mm/ refuse, with which status, and that a refusal changes
 * nothing; and the calls that other tests have no occasion for.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * The conformance programs hold the same statuses as programs see them; here the sanitizers and
 * mm_check() look on.
 */
#include "tests/host/machine.h"

#include <string.h>

enum { FRAMES = 500, SLOTS = 4000 };
enum {
    NOACCESS = 1,
    READONLY = 2,
    READWRITE = 4,
    WRITECOPY = 8,
    EXECUTE_READ = 0x20,
    GUARD = 0x100
};
enum {
    COMMIT = VIRTUAL_COMMIT,
    RESERVE = VIRTUAL_RESERVE,
    RESET = VIRTUAL_RESET,
    WATCH = VIRTUAL_WRITE_WATCH,
    LARGE = VIRTUAL_LARGE_PAGES,
    PHYSICAL = VIRTUAL_PHYSICAL,
};
enum { REGION = 0x10000000, VIEW = 0x20000000, WATCHED = 0x30000000, NOWHERE = 0x40000000 };

static struct space *space;
static struct section *section;

/* --- a space with 16 reserved pages of which 4 are committed, a view, and a watched region --- */

static status_t allocate(va_t base, uint32_t size, uint32_t type, uint32_t protect)
{
    return virtual_allocate(space, &base, &size, type, protect);
}

static status_t give_back(va_t base, uint32_t size, uint32_t type)
{
    return virtual_free(space, &base, &size, type);
}

static status_t protect(va_t base, uint32_t size, uint32_t page)
{
    uint32_t old;

    return virtual_protect(space, &base, &size, page, &old);
}

static status_t lock(va_t base, uint32_t size, bool on)
{
    return on ? virtual_lock(space, &base, &size) : virtual_unlock(space, &base, &size);
}

static status_t map(struct section *of, va_t base, uint32_t offset, uint32_t size, prot_t prot)
{
    return view_map(of, space, &base, offset, &size, prot, false);
}

static void start(void)
{
    machine_start(FRAMES, SLOTS, NULL);
    test_ok(!mm_space_create(&space, 4, "calls"), "a space");
    test_ok(!allocate(REGION, 16 * PAGE_SIZE, RESERVE, READWRITE) &&
                !allocate(REGION, 4 * PAGE_SIZE, COMMIT, READWRITE),
            "a region, partly committed");
    test_ok(!section_create(&section, 0x30000, PROT_READWRITE, NULL, false, false) &&
                !map(section, VIEW, 0, 0, PROT_READONLY),
            "a section and its read-only view");
    test_ok(!allocate(WATCHED, 4 * PAGE_SIZE, RESERVE | COMMIT | WATCH, READWRITE),
            "a watched region");
}

static void finish(void)
{
    section_release(section);
    mm_space_delete(space);
    mm_check();
}

/* What a refused call must leave as it was. */
struct ledger {
    uint32_t commit, regions, resident, objects, available;
};

static struct ledger ledger_now(void)
{
    return (struct ledger){commit_counters.total, space->regions.count, space->resident,
                           pool_counters.objects, pfn_available()};
}

/* --- refusals --- */

struct refusal {
    enum { ALLOCATE, FREE, PROTECT, LOCK, UNLOCK, MAP, UNMAP, WRITTEN, FORGET } call;
    va_t base;
    uint32_t size, type, page; /* MAP: type is the offset, page the prot_t */
    status_t status;
};

static const struct refusal refusals[] = {
    {ALLOCATE, 0, 0, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_4},
    {ALLOCATE, 0x1000, 4096, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_2},
    {ALLOCATE, 0x7FFE0000, 4096, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_2},
    {ALLOCATE, 0xC0000000, 4096, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_2},
    {ALLOCATE, 0x7FFD0000, 0x20000, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_4},
    {ALLOCATE, 0, 0xFFFFFFFF, RESERVE, READWRITE, STATUS_INVALID_PARAMETER_4},
    {ALLOCATE, 0, 0x7FFD0000, RESERVE, READWRITE, STATUS_NO_MEMORY},
    {ALLOCATE, 0, 4096, 0, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESERVE | 0x40000000, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESET | COMMIT, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, REGION, 4096, COMMIT | WATCH, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESERVE | LARGE, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESERVE | COMMIT | LARGE, READWRITE, STATUS_PRIVILEGE_NOT_HELD},
    {ALLOCATE, 0, 4096, RESERVE | COMMIT | PHYSICAL, READWRITE, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESERVE | PHYSICAL, READONLY, STATUS_INVALID_PARAMETER_5},
    {ALLOCATE, 0, 4096, RESERVE, 0, STATUS_INVALID_PAGE_PROTECTION},
    {ALLOCATE, 0, 4096, RESERVE, 3, STATUS_INVALID_PAGE_PROTECTION},
    {ALLOCATE, 0, 4096, RESERVE, NOACCESS | GUARD, STATUS_INVALID_PAGE_PROTECTION},
    {ALLOCATE, 0, 4096, RESERVE, WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
    {ALLOCATE, REGION, 4096, COMMIT, WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
    {ALLOCATE, REGION, 4096, RESERVE, READWRITE, STATUS_CONFLICTING_ADDRESSES},
    {ALLOCATE, REGION + 15 * 4096, 8192, COMMIT, READWRITE, STATUS_CONFLICTING_ADDRESSES},
    {ALLOCATE, NOWHERE, 4096, COMMIT, READWRITE, STATUS_CONFLICTING_ADDRESSES},
    {ALLOCATE, NOWHERE, 4096, RESET, READWRITE, STATUS_MEMORY_NOT_ALLOCATED},
    {ALLOCATE, REGION + 15 * 4096, 8192, RESET, READWRITE, STATUS_CONFLICTING_ADDRESSES},
    {ALLOCATE, VIEW, 4096, COMMIT, READWRITE, STATUS_INVALID_PAGE_PROTECTION},

    {FREE, REGION, 0, COMMIT, 0, STATUS_INVALID_PARAMETER_4},
    {FREE, REGION, 0, VIRTUAL_RELEASE | VIRTUAL_DECOMMIT, 0, STATUS_INVALID_PARAMETER_4},
    {FREE, 0x1000, 0, VIRTUAL_RELEASE, 0, STATUS_INVALID_PARAMETER_2},
    {FREE, LAYOUT_SHARED_PAGE, 0, VIRTUAL_RELEASE, 0, STATUS_INVALID_PARAMETER_2},
    {FREE, REGION, 0x70000000, VIRTUAL_RELEASE, 0, STATUS_INVALID_PARAMETER_3},
    {FREE, NOWHERE, 0, VIRTUAL_RELEASE, 0, STATUS_MEMORY_NOT_ALLOCATED},
    {FREE, VIEW, 0, VIRTUAL_RELEASE, 0, STATUS_UNABLE_TO_DELETE_SECTION},
    {FREE, REGION + 4096, 0, VIRTUAL_RELEASE, 0, STATUS_FREE_VM_NOT_AT_BASE},
    {FREE, REGION + 15 * 4096, 8192, VIRTUAL_DECOMMIT, 0, STATUS_UNABLE_TO_FREE_VM},
    {FREE, WATCHED, 4096, VIRTUAL_RELEASE, 0, STATUS_INSUFFICIENT_RESOURCES},

    {PROTECT, 0x7FFE0000, 4096, 0, READONLY, STATUS_INVALID_PARAMETER_2},
    {PROTECT, REGION, 0, 0, READONLY, STATUS_INVALID_PARAMETER_3},
    {PROTECT, REGION, 0x70000000, 0, READONLY, STATUS_INVALID_PARAMETER_3},
    {PROTECT, REGION, 4096, 0, 0x30, STATUS_INVALID_PAGE_PROTECTION},
    {PROTECT, REGION, 4096, 0, WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
    {PROTECT, NOWHERE, 4096, 0, READONLY, STATUS_CONFLICTING_ADDRESSES},
    {PROTECT, REGION, 17 * 4096, 0, READONLY, STATUS_CONFLICTING_ADDRESSES},
    {PROTECT, REGION + 3 * 4096, 8192, 0, READONLY, STATUS_NOT_COMMITTED},
    {PROTECT, VIEW, 4096, 0, READWRITE, STATUS_SECTION_PROTECTION},
    {PROTECT, VIEW, 4096, 0, EXECUTE_READ, STATUS_SECTION_PROTECTION},

    {LOCK, 0x7FFE0000, 4096, 0, 0, STATUS_INVALID_PARAMETER_3},
    {LOCK, REGION, 0, 0, 0, STATUS_INVALID_PARAMETER_3},
    {LOCK, NOWHERE, 4096, 0, 0, STATUS_ACCESS_VIOLATION},
    {LOCK, REGION, 17 * 4096, 0, 0, STATUS_ACCESS_VIOLATION},
    {LOCK, REGION + 8 * 4096, 4096, 0, 0, STATUS_ACCESS_VIOLATION},
    {LOCK, VIEW + 0x2F000, 0x2000, 0, 0, STATUS_ACCESS_VIOLATION},
    {UNLOCK, NOWHERE, 4096, 0, 0, STATUS_ACCESS_VIOLATION},
    {UNLOCK, REGION, 4096, 0, 0, STATUS_NOT_LOCKED},

    {MAP, 0, 0, 0x1000, PROT_READONLY, STATUS_MAPPED_ALIGNMENT},
    {MAP, NOWHERE + 0x800, 0, 0, PROT_READONLY, STATUS_MAPPED_ALIGNMENT},
    {MAP, 0, 0, 0x30000, PROT_READONLY, STATUS_INVALID_PARAMETER_4},
    {MAP, 0, 0x20001, 0x10000, PROT_READONLY, STATUS_INVALID_VIEW_SIZE},
    {MAP, 0x7FFF0000, 0, 0, PROT_READONLY, STATUS_INVALID_PARAMETER_3},
    {MAP, REGION, 0, 0, PROT_READONLY, STATUS_CONFLICTING_ADDRESSES},
    {UNMAP, NOWHERE, 0, 0, 0, STATUS_NOT_MAPPED_VIEW},
    {UNMAP, REGION, 0, 0, 0, STATUS_NOT_MAPPED_VIEW},

    {WRITTEN, REGION, 4096, 0, 0, STATUS_INVALID_PARAMETER_3},
    {WRITTEN, WATCHED, 5 * 4096, 0, 0, STATUS_INVALID_PARAMETER_3},
    {WRITTEN, WATCHED, 0, 0, 0, STATUS_INVALID_PARAMETER_3},
    {FORGET, NOWHERE, 4096, 0, 0, STATUS_INVALID_PARAMETER_3},
};

static status_t call(const struct refusal *r)
{
    va_t pages[4];
    uint32_t count = 4;

    switch (r->call) {
    case ALLOCATE:
        return allocate(r->base, r->size, r->type, r->page);
    case FREE:
        return give_back(r->base, r->size, r->type);
    case PROTECT:
        return protect(r->base, r->size, r->page);
    case LOCK:
        return lock(r->base, r->size, true);
    case UNLOCK:
        return lock(r->base, r->size, false);
    case MAP:
        return map(section, r->base, r->type, r->size, r->page);
    case UNMAP:
        return view_unmap(space, r->base);
    case WRITTEN:
        return watch_written(space, r->base, r->size, pages, &count);
    case FORGET:
        return watch_reset(space, r->base, r->size);
    }
    return STATUS_UNSUCCESSFUL;
}

static void test_refusals(void)
{
    static const char *const names[] = {"allocate", "free",  "protect", "lock",  "unlock",
                                        "map",      "unmap", "written", "forget"};

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        struct ledger before = ledger_now(), after;
        status_t status = call(r);

        after = ledger_now();
        test_ok(status == r->status && memcmp(&before, &after, sizeof before) == 0,
                "%s %08X, %X, %X, %X is refused with %08X (%08X) and changes nothing",
                names[r->call], r->base, r->size, r->type, r->page, r->status, status);
    }
    mm_check();
}

/* --- calls that succeed --- */

static uint32_t state_at(va_t va, uint32_t *page)
{
    struct virtual_region region;

    virtual_query(space, va, &region);
    *page = region.protect;
    return region.state;
}

/* A middle part goes: what is left are two regions. */
static void test_release_middle(void)
{
    uint32_t regions = space->regions.count, page;

    test_ok(!allocate(NOWHERE, 64 * PAGE_SIZE, RESERVE | COMMIT, READWRITE), "64 pages");
    test_ok(!give_back(NOWHERE + 16 * PAGE_SIZE, 16 * PAGE_SIZE, VIRTUAL_RELEASE) &&
                space->regions.count == regions + 2,
            "the second quarter goes: two regions are left");
    test_ok(state_at(NOWHERE + 16 * PAGE_SIZE, &page) == VIRTUAL_FREE &&
                state_at(NOWHERE + 32 * PAGE_SIZE, &page) == VIRTUAL_COMMIT,
            "free, and still committed behind it");
    mm_check();
    test_ok(!give_back(NOWHERE, 16 * PAGE_SIZE, VIRTUAL_RELEASE) &&
                !give_back(NOWHERE + 32 * PAGE_SIZE, 0, VIRTUAL_RELEASE) &&
                space->regions.count == regions,
            "and so do the others");
}

/* MEM_RESET forgets what the paging file holds; the page stays committed. */
static void test_reset(void)
{
    uint32_t word = 1, used;

    machine_write32(space, REGION, 7);
    reclaim_empty(space);
    reclaim_write(100);
    while (pte_kind(*paging_find(space->dir, REGION)) == PTE_TRANSITION)
        pfn_take_away(pte_frame(*paging_find(space->dir, REGION)));
    used = pagefile_counters.used;
    test_ok(!allocate(REGION, 4 * PAGE_SIZE, RESET, READWRITE) && pagefile_counters.used < used,
            "reset gives the slots back");
    test_ok(!machine_read32(space, REGION, &word) && word == 0, "and the page is zero again");
    machine_write32(space, REGION, 9);
    used = reclaim_counters.written;
    test_ok(!allocate(REGION, PAGE_SIZE, RESET, READWRITE), "a written page in RAM is reset");
    reclaim_empty(space);
    reclaim_write(100);
    test_ok(reclaim_counters.written == used && !machine_read32(space, REGION, &word) && word == 9,
            "nothing writes it to the paging file (X4)");
    machine_write32(space, REGION, 10);
    reclaim_empty(space);
    reclaim_write(100);
    test_ok(reclaim_counters.written > used, "until it is written again");
    mm_check();
}

/* Top-down, attributes and names. */
static void test_placement(void)
{
    va_t high = 0, low = 0;
    uint32_t size = PAGE_SIZE;

    virtual_allocate(space, &high, &size, RESERVE | VIRTUAL_TOP_DOWN, READWRITE);
    virtual_allocate(space, &low, &size, RESERVE, READWRITE);
    test_ok(high == LAYOUT_USER_TOP - UNIT_SIZE && low == LAYOUT_USER_LOW, "highest and lowest");
    virtual_mark(space, low, VAD_FIXED, "a region with a name longer than there is room for");
    test_ok(strlen(space_region(space, low)->tag) == sizeof space_region(space, low)->tag - 1,
            "its name is cut short");
    test_ok(give_back(low, 0, VIRTUAL_RELEASE) == STATUS_UNABLE_TO_DELETE_SECTION &&
                allocate(low, PAGE_SIZE, COMMIT, READWRITE) == STATUS_CONFLICTING_ADDRESSES &&
                protect(low, PAGE_SIZE, READONLY) == STATUS_CONFLICTING_ADDRESSES,
            "a fixed region can't be changed by its program");
    virtual_mark(space, NOWHERE, VAD_FIXED, "nothing");
    test_ok(virtual_attach(space, NOWHERE, NULL) == STATUS_MEMORY_NOT_ALLOCATED &&
                virtual_attach(space, VIEW, NULL) == STATUS_MEMORY_NOT_ALLOCATED,
            "only a private region gets a working set of its own");
    space_region(space, low)->flags &= ~(unsigned)VAD_FIXED;
    give_back(low, 0, VIRTUAL_RELEASE);
    give_back(high, 0, VIRTUAL_RELEASE);
}

/* --- sections --- */

/* A section whose pages start uncommitted; committing through one view commits for all. */
static void test_reserved_section(void)
{
    struct section *lazy;
    va_t other = NOWHERE + 0x100000;
    uint32_t charge = commit_counters.total, word;

    test_ok(!section_create(&lazy, 0x20000, PROT_READWRITE, NULL, false, true) &&
                !map(lazy, NOWHERE, 0, 0, PROT_READWRITE) && !map(lazy, other, 0, 0, PROT_READONLY),
            "a reserved section and two views");
    section_release(lazy);
    test_ok(machine_write32(space, NOWHERE, 1) == STATUS_ACCESS_VIOLATION, "nothing is committed");
    test_ok(allocate(other, PAGE_SIZE, COMMIT, READWRITE) == STATUS_INVALID_PAGE_PROTECTION,
            "a read-only view can't be committed for writing");
    test_ok(!allocate(NOWHERE, 2 * PAGE_SIZE, COMMIT, READWRITE), "two pages are");
    test_ok(!machine_write32(space, NOWHERE, 5) && !machine_read32(space, other, &word) &&
                word == 5,
            "in both views");
    test_ok(machine_write32(space, other, 5) == STATUS_ACCESS_VIOLATION, "one of them read-only");
    mm_check();
    test_ok(!view_unmap(space, NOWHERE) && !view_unmap(space, other + PAGE_SIZE) &&
                commit_counters.total == charge,
            "unmapped: all charge is back");
}

static uint32_t reads, releases;
static uint8_t store[4][4];

static status_t file_read(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file;
    reads++;
    memset(machine_frame(into), 0, PAGE_SIZE);
    memcpy(machine_frame(into), store[index], sizeof store[index]);
    return STATUS_SUCCESS;
}

static void file_release(struct section_file *file)
{
    (void)file;
    releases++;
}

static struct section_file file = {.read = file_read, .release = file_release};

/* Pages of a file: read when touched.  The file is never written: what views write is the section's own,
 * charged from the start, and kept by the paging file. */
static void test_file_section(void)
{
    uint32_t word, charge = commit_counters.total;
    struct section *data;

    memcpy(store[1], "\1\2\3\4", 4);
    test_ok(!section_create(&data, 4 * PAGE_SIZE, PROT_READWRITE, &file, false, false) &&
                !map(data, NOWHERE, 0, 0, PROT_READWRITE),
            "a file and its view");
    test_ok(data->commit == 4 && commit_counters.total >= charge + 4,
            "whose pages may be written in place: they are charged");
    test_ok(!machine_read32(space, NOWHERE + PAGE_SIZE, &word) && word == 0x04030201 &&
                reads == 1 && machine_last_fault.kind == FAULT_FILE,
            "a page is read when it is touched");
    machine_write32(space, NOWHERE + 2 * PAGE_SIZE, 0x0A0B0C0D);
    reclaim_empty(space);
    while (reclaim_write(100))
        ;
    while (pfn_first(PFN_STANDBY))
        pfn_take_away(pfn_first(PFN_STANDBY));
    test_ok(!machine_read32(space, NOWHERE + 2 * PAGE_SIZE, &word) && word == 0x0A0B0C0D &&
                machine_last_fault.kind == FAULT_PAGEFILE && store[2][0] == 0,
            "and what was written comes back from the paging file");
    test_ok(allocate(NOWHERE, PAGE_SIZE, COMMIT, READWRITE) == STATUS_ALREADY_COMMITTED,
            "a file's pages are committed");
    mm_check();
    view_unmap(space, NOWHERE);
    section_release(data);
    test_ok(releases == 1, "the last user lets the file go");
}

/* An executable: every page has a protection of its own; writing data makes a private copy. */
static void test_image_section(void)
{
    struct section *image;
    uint32_t word, old, size = PAGE_SIZE;
    va_t base = NOWHERE + PAGE_SIZE;

    memcpy(store[0], "\x11\0\0", 4);
    memcpy(store[1], "\x22\0\0", 4);
    test_ok(!section_create(&image, 4 * PAGE_SIZE, PROT_EXECUTE_WRITECOPY, &file, true, false),
            "an image");
    test_ok(!section_set_pages(image, 0, 1, PROT_EXECUTE_READ, false) &&
                !section_set_pages(image, 1, 1, PROT_WRITECOPY, false) &&
                !section_set_pages(image, 2, 2, PROT_WRITECOPY, true) && image->commit == 0,
            "whose pages are copied when they are written: the section pays for none");
    test_ok(!map(image, NOWHERE, 0, 0, PROT_READONLY), "mapped");
    section_release(image);
    test_ok(!machine_read32(space, NOWHERE, &word) && word == 0x11 &&
                machine_write32(space, NOWHERE, 1) == STATUS_ACCESS_VIOLATION,
            "code can be read, not written");
    test_ok(!machine_write32(space, base, 0x33) && machine_last_fault.kind == FAULT_FILE &&
                store[1][0] == 0x22,
            "data that is not in RAM is read and copied in one hard fault, the file stays");
    test_ok(!machine_write32(space, NOWHERE + 2 * PAGE_SIZE, 1) &&
                machine_last_fault.kind == FAULT_DEMAND_ZERO,
            "what is not in the file starts as zeros");
    base = NOWHERE;
    test_ok(!virtual_protect(space, &base, &size, READWRITE, &old) && old == EXECUTE_READ &&
                state_at(NOWHERE, &word) == VIRTUAL_COMMIT && word == WRITECOPY,
            "read/write on code means a copy when it is written");
    test_ok(!machine_write32(space, NOWHERE, 0x44) && store[0][0] == 0x11, "the copy is written");
    mm_check();
    test_ok(!view_unmap(space, NOWHERE) && releases == 2, "unmapped");
}

/* Bytes of a section by the kernel's hand, across pages; and a section that grows. */
static void test_section_copy(void)
{
    struct section *grows;
    char out[6000], in[6000];
    uint32_t charge = commit_counters.total;

    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (char)(i * 7);
    test_ok(!section_create(&grows, 0, PROT_READWRITE, NULL, false, false) &&
                !section_extend(grows, 100) && !section_extend(grows, 3 * PAGE_SIZE),
            "an empty section grows");
    test_ok(!mm_section_copy(grows, 3000, out, sizeof out, true), "bytes go in");
    for (int i = 0; i < 3; i++)
        reclaim_run();
    test_ok(!mm_section_copy(grows, 3000, in, sizeof in, false) && memcmp(in, out, sizeof in) == 0,
            "and come out the same");
    test_ok(section_extend(grows, 0x7FFFF000) == STATUS_COMMITMENT_LIMIT &&
                grows->size == 3 * PAGE_SIZE,
            "it does not grow beyond what can be promised");
    section_release(grows);
    test_ok(commit_counters.total == charge, "all charge is back");
}

/* --- the rest --- */

static uint32_t tags_seen;

static void see_tag(const char *tag, uint32_t bytes, void *context)
{
    if (memcmp(tag, "Test", 4) == 0)
        tags_seen++;
    *(uint32_t *)context += bytes;
}

static void free_twice(void *object)
{
    pool_free(object);
    pool_free(object);
}

static void free_foreign(void *object)
{
    pool_free((char *)object + 16);
}

static void test_pool(void)
{
    static const size_t sizes[] = {1, 16, 17, 100, 500, 2000, 2048, 3000, 4096};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    void *object[SIZES];
    uint32_t bytes = 0;
    bool zero = true;
    const char *why;

    for (int i = 0; i < SIZES; i++) {
        object[i] = pool_alloc(sizes[i], "Test");
        for (size_t at = 0; at < sizes[i]; at++)
            zero &= ((char *)object[i])[at] == 0;
        memset(object[i], 0x77, sizes[i]);
    }
    pool_walk(see_tag, &bytes);
    test_ok(zero && tags_seen == SIZES && bytes == pool_counters.bytes,
            "objects of every size, by tag (%u)", tags_seen);
    pool_check();
    for (int i = 0; i < SIZES; i++)
        pool_free(object[i]);
    pool_free(NULL);
    bool twice = test_panics(free_twice, pool_alloc(64, "Test"), &why);
    test_ok(twice, "a double free is noticed: %s", why);
    bool foreign = test_panics(free_foreign, pool_alloc(64, "Test"), &why);
    test_ok(foreign, "a foreign free is noticed: %s", why);
}

static void test_totals(void)
{
    struct mm_totals t;

    mm_totals(&t);
    test_ok(t.ram_frames >= FRAMES - 32 &&
                t.resident + t.kernel_frames + t.free + t.zeroed + t.standby + t.modified ==
                    t.ram_frames,
            "every frame is counted once");
    test_ok(t.hard + t.soft <= t.faults && t.commit <= t.commit_limit && t.slots_used <= t.slots,
            "totals agree with each other");
    test_ok(!mm_touch(space, REGION + 100, 3 * PAGE_SIZE, true) &&
                !mm_touch(space, REGION, 0, true) &&
                mm_touch(space, REGION + 100, 4 * PAGE_SIZE, true) == STATUS_ACCESS_VIOLATION,
            "touching stops at the first refusal");
    *(uint32_t *)mm_shared_page() = 0x12345678;
    machine_read32(space, LAYOUT_SHARED_PAGE, &t.faults);
    test_ok(t.faults == 0x12345678 &&
                machine_write32(space, LAYOUT_SHARED_PAGE, 1) == STATUS_ACCESS_VIOLATION,
            "the shared page is seen, and not written");
}

int main(void)
{
    start();
    test_refusals();
    test_release_middle();
    test_reset();
    test_placement();
    test_reserved_section();
    test_file_section();
    test_image_section();
    test_section_copy();
    test_totals();
    finish();
    test_pool();
    return test_end();
}
