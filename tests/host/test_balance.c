/* test_balance.c - work done ahead, and who gives pages when memory is short.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

enum { READWRITE = 4, SMALL_PAGES = 40, LARGE_PAGES = 1500, FRAMES = 1200 };

static struct space *space_of(uint32_t id)
{
    struct space *space;

    if (mm_space_create(&space, id, "test"))
        machine_panic("no space");
    return space;
}

static va_t memory_of(struct space *space, uint32_t pages)
{
    va_t base = 0;
    uint32_t size = pages * PAGE_SIZE;

    if (virtual_allocate(space, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE))
        machine_panic("no memory");
    return base;
}

static void touch(struct space *space, va_t base, uint32_t pages)
{
    for (uint32_t page = 0; page < pages; page++)
        if (machine_write(space, base + page * PAGE_SIZE, (uint8_t)page))
            machine_panic("page %u was refused", page);
}

static void test_zero(void)
{
    struct space *space;
    uint32_t free;
    uint8_t byte = 1;
    va_t base;

    machine_start(200, 100, NULL);
    free = pfn_count[PFN_FREE];
    test_ok(free > 100 && pfn_zero_one() && pfn_count[PFN_FREE] == free - 1 &&
                pfn_count[PFN_ZEROED] == 1,
            "one frame went from free to zeroed");
    while (balance_idle())
        ;
    test_ok(pfn_count[PFN_FREE] == 0 && pfn_count[PFN_ZEROED] == free && !pfn_zero_one(),
            "idle work ends when every free frame is zeroed");
    mm_check();
    space = space_of(4);
    base = memory_of(space, 10);
    test_ok(!machine_read(space, base, &byte) && byte == 0, "and such a frame is zero");
    mm_space_delete(space);
}

static void test_writer(void)
{
    struct space *space;
    uint32_t before;

    machine_start(400, 400, NULL);
    space = space_of(4);
    touch(space, memory_of(space, 200), 200);
    reclaim_empty(space);
    before = pfn_count[PFN_MODIFIED];
    test_ok(before >= 200 && balance_idle() &&
                pfn_count[PFN_MODIFIED] == before - reclaim_settings.cluster,
            "a long modified list is written, a cluster at a time");
    test_ok(balance_counters.zeroed == 0 && balance_counters.written == reclaim_settings.cluster,
            "before any frame is zeroed");
    while (balance_idle())
        ;
    test_ok(pfn_count[PFN_MODIFIED] <= balance_settings.modified && pfn_count[PFN_STANDBY] > 0,
            "... until it is short: %u", pfn_count[PFN_MODIFIED]);
    mm_check();
    mm_space_delete(space);
}

/* The set with the largest excess is locked whole: then the others give what they have too much. */
static void test_locked_whole(void)
{
    struct space *locked, *other;
    uint32_t size = 30 * PAGE_SIZE;
    va_t base;

    machine_start(400, 400, NULL);
    locked = space_of(4);
    other = space_of(8);
    base = memory_of(locked, 30);
    test_ok(!virtual_lock(locked, &base, &size), "30 pages are locked");
    touch(other, memory_of(other, 15), 15);
    locked->ws.maximum = other->ws.maximum = 10;
    resident_visits = 1000000; /* what was looked at before doesn't count */
    test_ok(reclaim_to_maximum(100) == 5 && other->ws.count == 10 && locked->ws.count == 30,
            "and another set comes down to its maximum (%u, %u)", locked->ws.count,
            other->ws.count);
    mm_check();
    mm_space_delete(locked);
    mm_space_delete(other);
}

/* A device that refuses writes must not keep the idle thread busy for ever. */
static void test_broken_disk(void)
{
    struct space *space;
    uint32_t turns = 0;

    machine_start(400, 0, NULL);
    space = space_of(4);
    touch(space, memory_of(space, 200), 200);
    reclaim_empty(space);
    while (balance_idle() && turns < 10000)
        turns++;
    test_ok(turns < 10000 && reclaim_counters.failed_writes == 0,
            "without a paging file nothing is tried");
    mm_space_delete(space);
}

/* Two that want more than all of RAM, and one that has a few pages and uses them now and then. */
static void test_fairness(const struct replace_policy *policy)
{
    struct mm_options options = {.policy = policy};
    struct space *small, *large[2];
    va_t few, many[2];
    uint32_t hard;

    machine_start(FRAMES, 3 * FRAMES, &options);
    small = space_of(4);
    few = memory_of(small, SMALL_PAGES);
    touch(small, few, SMALL_PAGES);
    for (uint32_t i = 0; i < 2; i++) {
        large[i] = space_of(8 + i * 4);
        many[i] = memory_of(large[i], LARGE_PAGES);
    }
    hard = fault_hard(small->counters.kind);
    for (uint32_t round = 0; round < 6; round++) {
        for (uint32_t page = 0; page < LARGE_PAGES; page++)
            for (uint32_t i = 0; i < 2; i++)
                touch(large[i], many[i] + page * PAGE_SIZE, 1);
        touch(small, few, SMALL_PAGES);
        balance_pass();
    }
    test_ok(fault_hard(small->counters.kind) == hard && small->ws.count == SMALL_PAGES,
            "%s: the small one keeps its %u pages, %u hard faults more", policy->name,
            small->ws.count, fault_hard(small->counters.kind) - hard);
    test_ok(large[0]->ws.count > FRAMES / 3 && large[1]->ws.count > FRAMES / 3,
            "%s: the large ones have equal shares, %u and %u pages", policy->name,
            large[0]->ws.count, large[1]->ws.count);
    mm_check();
    mm_space_delete(small);
    mm_space_delete(large[0]);
    mm_space_delete(large[1]);
}

/* Ahead of need, and only from sets above their maximum. */
static void test_trim_to_maximum(void)
{
    struct space *space;

    machine_start(600, 600, NULL);
    space = space_of(4);
    space->ws.maximum = 300;
    touch(space, memory_of(space, 500), 500);
    reclaim_settings.low = 20;
    reclaim_settings.high = 400;
    for (uint32_t before = 1; before != space->ws.count;) {
        before = space->ws.count;
        balance_pass();
        test_ok(before - space->ws.count <= 32, "a pass is short: %u pages",
                before - space->ws.count);
    }
    test_ok(space->ws.count == 300 && balance_counters.trimmed > 0,
            "a working set above its maximum is trimmed to it, not below: %u pages",
            space->ws.count);
    balance_second();
    test_ok(space->ws.recent >= 500, "the faults of the last second are known: %u",
            space->ws.recent);
    mm_check();
    mm_space_delete(space);
}

int main(void)
{
    test_zero();
    test_writer();
    test_locked_whole();
    test_broken_disk();
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        test_fairness(*p);
    test_trim_to_maximum();
    return test_end();
}
