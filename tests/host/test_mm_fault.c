/* test_mm_fault.c - one check for each thing that a fault can turn out to be.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/one_space.h"

#include <string.h>

enum { NOACCESS = 1 };

static va_t allocated(va_t at, uint32_t size, uint32_t type, uint32_t protect)
{
    return virtual_allocate(space, &at, &size, type, protect) ? 0 : at;
}

static uint32_t protect_page(va_t at, uint32_t protect)
{
    uint32_t size = 1, old = 0;

    return virtual_protect(space, &at, &size, protect, &old) ? 0 : old;
}

static bool last_was(enum fault_kind kind)
{
    return machine_last_fault.kind == kind;
}

static void test_demand_zero(void)
{
    va_t a;
    uint8_t byte = 1;

    start("test", 200, 100);
    a = allocated(0, 4 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    test_ok(a && !machine_read(space, a, &byte) && byte == 0 && last_was(FAULT_DEMAND_ZERO),
            "a fresh page is zero, by a demand-zero fault");
    test_ok(machine_faults == 1 && !machine_write(space, a, 7) && machine_faults == 1,
            "the first write to a page that was read costs no second fault");
    test_ok(machine_write(space, a + 4 * PAGE_SIZE, 1) == STATUS_ACCESS_VIOLATION &&
                machine_last_fault.reason == REASON_FREE,
            "beyond the region: refused");
    stop("demand zero");
}

static void test_refusals(void)
{
    va_t reserved, read_only, none;
    uint8_t byte;

    start("test", 200, 100);
    reserved = allocated(0, PAGE_SIZE, VIRTUAL_RESERVE, READWRITE);
    read_only = allocated(0, PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READONLY);
    none = allocated(0, PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, NOACCESS);
    test_ok(machine_read(space, 0, &byte) && machine_last_fault.reason == REASON_NULL, "null");
    test_ok(machine_read(space, 0xFFFF, &byte) && machine_last_fault.reason == REASON_NULL,
            "last byte of the null partition");
    test_ok(machine_read(space, 0x7FFF0000, &byte) &&
                machine_last_fault.reason == REASON_NO_ACCESS_ZONE,
            "no-access partition");
    test_ok(machine_write(space, 0x80000000, 1) && machine_last_fault.reason == REASON_KERNEL,
            "the kernel's half");
    test_ok(machine_read(space, reserved, &byte) && machine_last_fault.reason == REASON_RESERVED,
            "reserved");
    test_ok(machine_read(space, none, &byte) && machine_last_fault.reason == REASON_NOACCESS,
            "no access");
    test_ok(!machine_read(space, read_only, &byte) && machine_write(space, read_only, 1) &&
                machine_last_fault.reason == REASON_READ_ONLY,
            "read-only: read, not written");
    test_ok(!machine_read(space, 0x7FFE0000, &byte), "the page shared with the kernel can be read");
    test_ok(machine_write(space, 0x7FFE0000, 1) == STATUS_ACCESS_VIOLATION,
            "the page shared with the kernel can't be written");
    stop("refusals");
}

static void test_guard(void)
{
    va_t a;
    uint8_t byte;

    start("test", 200, 100);
    a = allocated(0, 2 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE | GUARD);
    test_ok(machine_read(space, a, &byte) == STATUS_GUARD_PAGE_VIOLATION && last_was(FAULT_GUARD),
            "first touch of a guard page is told");
    test_ok(!machine_read(space, a, &byte), "the second succeeds");
    test_ok(machine_write(space, a + PAGE_SIZE, 1) == STATUS_GUARD_PAGE_VIOLATION,
            "its neighbour is still guarded");
    machine_write(space, a, 42);
    test_ok(protect_page(a, READWRITE | GUARD) == READWRITE, "armed again");
    test_ok(machine_read(space, a, &byte) == STATUS_GUARD_PAGE_VIOLATION &&
                !machine_read(space, a, &byte) && byte == 42,
            "content survives the guard");
    stop("guard");
}

static void test_stack(void)
{
    va_t base, top;
    uint32_t pages = 8;
    status_t status = STATUS_SUCCESS;
    va_t at;

    start("test", 200, 100);
    base = allocated(0, pages * PAGE_SIZE, VIRTUAL_RESERVE, READWRITE);
    top = base + pages * PAGE_SIZE;
    allocated(top - PAGE_SIZE, PAGE_SIZE, VIRTUAL_COMMIT, READWRITE);
    allocated(top - 2 * PAGE_SIZE, PAGE_SIZE, VIRTUAL_COMMIT, READWRITE | GUARD);
    machine_stack_low = base;
    machine_stack_top = top;
    for (at = top - 4; at >= base + 2 * PAGE_SIZE && !status; at -= PAGE_SIZE)
        status = machine_write32(space, at & ~3u, 1);
    test_ok(!status && space->counters.kind[FAULT_GROWTH] == 5, "the stack grows page by page (%u)",
            space->counters.kind[FAULT_GROWTH]);
    test_ok(machine_write32(space, base + PAGE_SIZE, 1) == STATUS_STACK_OVERFLOW,
            "the last but one page: stack overflow");
    test_ok(machine_write32(space, base + PAGE_SIZE, 1) == STATUS_SUCCESS, "it is then usable");
    test_ok(machine_write32(space, base, 1) == STATUS_ACCESS_VIOLATION, "the last page never is");
    machine_stack_low = machine_stack_top = 0;
    stop("stack");
}

/* Working set four times RAM, every page checked. */
static void test_swap(const char *name, const struct replace_policy *policy)
{
    struct mm_options options = {.policy = policy};
    uint32_t pages = 1200, wrong = 0, value, seed = 99;
    va_t a;

    machine_start(320, 1600, &options);
    mm_space_create(&space, 4, "swap");
    a = allocated(0, pages * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    for (uint32_t i = 0; i < pages; i++)
        machine_write32(space, a + i * PAGE_SIZE, i * 2654435761u);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t page = (seed = seed * 1103515245u + 12345u) / 65536 % pages;

        wrong += machine_read32(space, a + page * PAGE_SIZE, &value) || value != page * 2654435761u;
    }
    test_ok(wrong == 0, "%s: 4 x RAM, 0 of 20000 reads wrong (%u)", name, wrong);
    test_ok(pagefile_counters.reads > 1000 && fault_soft(fault_kind_count) > 100,
            "%s: page-ins %u, page-outs %u, hard %u, soft %u", name, pagefile_counters.reads,
            pagefile_counters.writes, fault_hard(fault_kind_count), fault_soft(fault_kind_count));
    test_ok(pagefile_counters.writes < pages + 400, "clean pages are not written again");
    stop(name);
}

static void test_full_paging_file(void)
{
    va_t a;
    uint32_t pages = 0, value, wrong = 0;

    start("test", 200, 100);
    a = allocated(0, 4000 * PAGE_SIZE, VIRTUAL_RESERVE, READWRITE);
    while (allocated(a + pages * PAGE_SIZE, PAGE_SIZE, VIRTUAL_COMMIT, READWRITE))
        pages++;
    test_ok(pages > 200 && pages < 300 && commit_counters.refused == 1,
            "commit stops at RAM + paging file (%u pages)", pages);
    for (int round = 0; round < 4; round++)
        for (uint32_t i = 0; i < pages; i++)
            wrong += machine_write32(space, a + i * PAGE_SIZE, i + 1) != STATUS_SUCCESS;
    for (uint32_t i = 0; i < pages; i++)
        wrong += machine_read32(space, a + i * PAGE_SIZE, &value) || value != i + 1;
    test_ok(wrong == 0, "and every promised page can be written and read (%u wrong)", wrong);
    wrong = 0;
    for (uint32_t i = 0, page = 7; i < 20000; i++, page = (page * 5 + 3) % pages)
        wrong += machine_read32(space, a + page * PAGE_SIZE, &value) || value != page + 1 ||
                 (i % 3 == 0 && machine_write32(space, a + page * PAGE_SIZE, page + 1));
    test_ok(wrong == 0, "also when clean pages have to give up their slots (%u wrong)", wrong);
    stop("full house");
}

static void test_bad_disk(void)
{
    va_t a;
    uint32_t pages = 300, value, bad = 0, good = 0;

    start("test", 200, 400);
    a = allocated(0, pages * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    for (uint32_t i = 0; i < pages; i++)
        machine_write32(space, a + i * PAGE_SIZE, i);
    machine_fail_read = 1;
    for (uint32_t i = 0; i < pages; i++) {
        status_t status = machine_read32(space, a + i * PAGE_SIZE, &value);

        bad += status == STATUS_IN_PAGE_ERROR;
        good += !status && value == i;
    }
    test_ok(bad == 1 && good == pages - 1, "one read fails: one in-page error, %u pages good",
            good);
    machine_fail_write = 3;
    for (uint32_t i = 0; i < pages; i++)
        machine_write32(space, a + i * PAGE_SIZE, i + 5);
    for (good = 0; good < pages; good++)
        if (machine_read32(space, a + good * PAGE_SIZE, &value) || value != good + 5)
            break;
    test_ok(good == pages && reclaim_counters.failed_writes == 1,
            "one write fails: nothing is lost (%u)", good);
    stop("bad disk");
}

/* No page can be written, so there is no frame, however often it is asked for; then the disk is well again. */
static void test_no_frame(void)
{
    va_t a;
    uint32_t pages = 300, resident = 0, refused = 0;

    start("test", 200, 400);
    a = allocated(0, pages * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    machine_refuses_writes = true;
    while (resident < pages && !machine_write32(space, a + resident * PAGE_SIZE, resident))
        resident++;
    for (uint32_t i = 0; i < 200; i++)
        refused += machine_write32(space, a + resident * PAGE_SIZE, 1) == STATUS_NO_MEMORY &&
                   machine_last_fault.kind == FAULT_NO_MEMORY;
    test_ok(refused == 200,
            "no frame to be had: refused 200 times, the tries that are given up at once, too (%u)",
            refused);
    test_ok(machine_last_fault.pte_before == 0 && machine_last_fault.pte_after == 0 &&
                machine_last_fault.prot == 0,
            "a try that is given up at once tells of no word that it never looked at");
    machine_refuses_writes = false;
    test_ok(!machine_write32(space, a + (pages - 1) * PAGE_SIZE, 1) &&
                !machine_write32(space, a + resident * PAGE_SIZE, 1),
            "and the disk that is well again gives one");
    stop("no frame");
}

/* A program can say that its stack is a view, whose pages are not its own. */
static void test_stack_in_view(void)
{
    struct section *section;
    va_t base = 0;
    uint32_t size = 0;

    start("test", 200, 100);
    section_create(&section, 8 * PAGE_SIZE, PROT_READWRITE, NULL, false, true);
    view_map(section, space, &base, 0, &size, PROT_READWRITE, false);
    section_release(section);
    allocated(base + 5 * PAGE_SIZE, PAGE_SIZE, VIRTUAL_COMMIT, READWRITE);
    protect_page(base + 5 * PAGE_SIZE, READWRITE | GUARD);
    machine_stack_low = base;
    machine_stack_top = base + 8 * PAGE_SIZE;
    test_ok(machine_write32(space, base + 5 * PAGE_SIZE, 1) == STATUS_GUARD_PAGE_VIOLATION,
            "a guard page of a view is an exception, wherever the stack is said to be");
    test_ok(machine_write32(space, base + 4 * PAGE_SIZE, 1) == STATUS_ACCESS_VIOLATION,
            "and nothing grows there");
    machine_stack_low = machine_stack_top = 0;
    stop("stack in a view");
}

static void test_copy_on_write(void)
{
    struct space *other;
    struct section *section;
    va_t w = 0, c = 0, c2 = 0;
    uint32_t size = 0, value = 0;

    start("test", 200, 100);
    mm_space_create(&other, 8, "other");
    test_ok(!section_create(&section, 4 * PAGE_SIZE, PROT_READWRITE, NULL, false, false),
            "a section");
    view_map(section, space, &w, 0, &size, PROT_READWRITE, false);
    size = 0;
    view_map(section, other, &c, 0, &size, PROT_WRITECOPY, false);
    size = 0;
    view_map(section, other, &c2, 0, &size, PROT_READONLY, false);
    section_release(section);
    machine_write32(space, w, 11);
    machine_write32(space, w + 8, 44);
    machine_write32(space, w + 2 * PAGE_SIZE, 55);
    machine_read32(other, c, &value);
    test_ok(value == 11 && last_was(FAULT_PROTOTYPE), "two views, one page");
    machine_write32(other, c, 22);
    test_ok(last_was(FAULT_COPY), "the first write to a copy view copies");
    machine_read32(space, w, &value);
    test_ok(value == 11, "the section does not see it");
    machine_read32(other, c + 8, &value);
    test_ok(value == 44, "the rest of the page came along");
    machine_read32(other, c2, &value);
    test_ok(value == 11, "nor does another view in the same process");
    machine_write32(space, w + PAGE_SIZE, 33);
    machine_read32(other, c + PAGE_SIZE, &value);
    test_ok(value == 33, "a page that was not written still shows the section");
    mm_check();
    reclaim_empty(space);
    reclaim_empty(other);
    mm_check();
    machine_read32(other, c, &value);
    test_ok(value == 22 && last_was(FAULT_TRANSITION), "the copy survives trimming");
    machine_read32(other, c2, &value);
    test_ok(value == 11, "so does the section's page");
    fault_page_in(other, c + 2 * PAGE_SIZE, FAULT_WRITE); /* a copy that nobody writes to */
    reclaim_empty(other);
    reclaim_write(100);
    while (pfn_first(PFN_STANDBY))
        pfn_take_away(pfn_first(PFN_STANDBY));
    machine_read32(other, c + 2 * PAGE_SIZE, &value);
    test_ok(value == 55, "a copy is kept even if it was never written (%u)", value);
    mm_space_delete(other);
    stop("copy on write");
}

/* The frame of a shared page is in the working set of whoever touched it first. */
static void test_first_user_leaves(void)
{
    struct section *section;
    struct space *other;
    va_t here = 0, there = 0;
    uint32_t size = 0, value = 0;

    start("test", 200, 100);
    mm_space_create(&other, 8, "other");
    section_create(&section, PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    view_map(section, other, &there, 0, &size, PROT_READWRITE, false);
    size = 0;
    view_map(section, space, &here, 0, &size, PROT_READWRITE, false);
    section_release(section);
    machine_write32(other, there, 11);
    machine_read32(space, here, &value);
    test_ok(other->ws.count == 1 && space->ws.count == 0, "a shared page is one process's");
    mm_space_delete(other);
    test_ok(space->ws.count == 1, "when that process ends, the page is the other's");
    mm_check();
    reclaim_empty(space);
    machine_read32(space, here, &value);
    test_ok(value == 11 && last_was(FAULT_TRANSITION), "and is trimmed like any other");
    stop("first user leaves");
}

static void test_write_watch(void)
{
    va_t a, pages[8];
    uint32_t count = 8;

    start("test", 200, 100);
    a = allocated(0, 16 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT | VIRTUAL_WRITE_WATCH,
                  READWRITE);
    machine_write(space, a + 3 * PAGE_SIZE, 1);
    machine_write(space, a + 9 * PAGE_SIZE, 1);
    reclaim_empty(space);
    watch_written(space, a, 16 * PAGE_SIZE, pages, &count);
    watch_reset(space, a, 16 * PAGE_SIZE);
    test_ok(count == 2 && pages[0] == a + 3 * PAGE_SIZE && pages[1] == a + 9 * PAGE_SIZE,
            "written pages are listed, also after a trim");
    machine_write(space, a + 3 * PAGE_SIZE, 1);
    count = 8;
    watch_written(space, a, 16 * PAGE_SIZE, pages, &count);
    test_ok(count == 1 && pages[0] == a + 3 * PAGE_SIZE, "reset, and written again");
    watch_reset(space, a, 16 * PAGE_SIZE);
    machine_write(space, a + 3 * PAGE_SIZE, 2);
    count = 8;
    watch_written(space, a, 16 * PAGE_SIZE, pages, &count);
    test_ok(count == 1, "a page that never left RAM is noticed, too");
    stop("write watch");
}

/* Slots and frames are used many times over. */
static void test_churn(void)
{
    uint32_t zero = 0, wrong = 0;

    start("test", 200, 200);
    for (uint32_t round = 0; round < 10; round++) {
        va_t a = allocated(0, 300 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);

        for (uint32_t i = 0; i < 300; i++)
            wrong += machine_write32(space, a + i * PAGE_SIZE, i) != STATUS_SUCCESS;
        zero = 0;
        wrong += virtual_free(space, &a, &zero, VIRTUAL_RELEASE) != STATUS_SUCCESS;
    }
    test_ok(wrong == 0, "ten generations of 300 pages in 200 frames and 200 slots (%u wrong)",
            wrong);
    stop("churn");
}

/* One bit of eight, and at most one modifier that goes with it (W37, W39, W40). */
static bool protect_is_good(uint32_t page)
{
    uint32_t base = page & 0xFF, modifier = page & 0x700;

    return page < 0x800 && base && !(base & (base - 1)) && !(modifier & (modifier - 1)) &&
           !(modifier && base == NOACCESS);
}

static void test_protections(void)
{
    uint32_t wrong = 0;

    for (uint32_t page = 0; page < 0x10000; page++) {
        prot_t prot = prot_from_windows(page);

        wrong += (prot != PROT_BAD) != protect_is_good(page);
        wrong += prot != PROT_BAD && prot_to_windows(prot) != page;
    }
    test_ok(wrong == 0, "all 65,536 protection values are judged and come back (%u wrong)", wrong);
}

static void test_lock(void)
{
    va_t a, b;
    uint32_t size = 4 * PAGE_SIZE;

    start("test", 200, 400);
    a = b = allocated(0, 300 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    test_ok(!virtual_lock(space, &b, &size), "locked");
    for (uint32_t i = 0; i < 300; i++)
        machine_write32(space, a + i * PAGE_SIZE, i);
    reclaim_empty(space);
    test_ok(pte_is_valid(*paging_find(space->dir, a)), "a locked page stays");
    test_ok(!virtual_unlock(space, &b, &size) &&
                virtual_unlock(space, &b, &size) == STATUS_NOT_LOCKED,
            "unlocked once, not twice");
    stop("lock");
}

static void run_check(void *context)
{
    (void)context;
    mm_check();
}

static void expect_noticed(const char *what)
{
    const char *why;
    bool panicked = test_panics(run_check, NULL, &why);

    test_ok(panicked, "%s is noticed: %s", what, why);
}

/* mm_check() that never fails is worth nothing. */
static void test_check_notices(void)
{
    va_t a;
    const char *why;
    pte_t *pte, old;

    start("test", 200, 100);
    a = allocated(0, PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    machine_write(space, a, 1);
    pte = paging_find(space->dir, a);
    old = *pte;
    test_ok(!test_panics(run_check, NULL, &why), "sound tables pass the check");
    *pte = old + PAGE_SIZE;
    expect_noticed("a word for another frame");
    *pte = old;
    space->resident++;
    expect_noticed("a wrong counter");
    space->resident--;
    pfn_count[PFN_FREE]--;
    expect_noticed("a wrong list length");
    pfn_count[PFN_FREE]++;
    stop("check");
}

/* Each of these leaves all sums as they were. */
static void test_check_notices_more(void)
{
    struct section *section;
    pfn_t frame, shared;
    pte_t *one, *two, old;
    va_t a;

    start("test", 200, 100);
    a = allocated(0, 4 * PAGE_SIZE, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    for (uint32_t i = 0; i < 4; i++)
        machine_write(space, a + i * PAGE_SIZE, 1);
    one = paging_find(space->dir, a);
    two = paging_find(space->dir, a + PAGE_SIZE);
    frame = pte_frame(*one);
    commit_charge(1);
    expect_noticed("a charge that nobody has");
    commit_release(1);
    replace_remove(frame);
    replace_insert(&space_kernel.ws, frame);
    expect_noticed("a frame in another program's ring");
    replace_remove(frame);
    expect_noticed("a page in no ring");
    replace_insert(&space->ws, frame);
    pfn_record(frame)->locks++;
    pfn_locked++;
    expect_noticed("a lock that nobody holds");
    pfn_record(frame)->locks--;
    pfn_locked--;
    pfn_record(pfn_record(frame)->next)->prev = pfn_record(frame)->next;
    expect_noticed("a ring with a wrong link");
    pfn_record(pfn_record(frame)->next)->prev = frame;
    mm_section_create(&section, PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    resident_get(section, 0, true, &shared);
    expect_noticed("a frame of a section that was got and never put back");
    resident_put(section, 0);
    section_release(section);
    reclaim_empty(space);
    while (reclaim_write(4))
        ;
    while (pfn_first(PFN_STANDBY))
        pfn_take_away(pfn_first(PFN_STANDBY));
    old = *two;
    *two = *one;
    expect_noticed("two pages in one slot, and a slot that is nobody's");
    *two = old;
    mm_check();
    stop("check");
}

int main(void)
{
    test_demand_zero();
    test_refusals();
    test_guard();
    test_stack();
    test_stack_in_view();
    test_swap("fifo", &replace_fifo);
    test_swap("clock", &replace_clock);
    test_full_paging_file();
    test_bad_disk();
    test_no_frame();
    test_copy_on_write();
    test_first_user_leaves();
    test_write_watch();
    test_lock();
    test_churn();
    test_protections();
    test_check_notices();
    test_check_notices_more();
    return test_end();
}
