/* test_locks.c - under every policy (or the one that is named) a locked page stays, whatever else must go.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

#include <string.h>

enum { FRAMES = 300, SLOTS = 2000, READWRITE = 4, PAGES = 600, LOCKED = 12 };

static struct space *space;
static va_t base;

static bool resident(uint32_t page)
{
    const pte_t *pte = paging_find(space->dir, base + page * PAGE_SIZE);

    return pte && pte_is_valid(*pte);
}

/* The pages 100, 101, ... are locked: in the middle of the ring, not at its ends. */
static va_t first_locked(void)
{
    return base + 100 * PAGE_SIZE;
}

static void start(const struct replace_policy *policy)
{
    struct mm_options options = {.policy = policy};
    uint32_t size = PAGES * PAGE_SIZE;

    machine_start(FRAMES, SLOTS, &options);
    test_ok(mm_space_create(&space, 4, policy->name) == STATUS_SUCCESS &&
                space->ws.policy == policy,
            "%s: a space", policy->name);
    base = 0;
    test_ok(virtual_allocate(space, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE) ==
                STATUS_SUCCESS,
            "more pages than frames");
}

/* Write every page twice; returns how often a locked page was not there. */
static uint32_t thrash(void)
{
    uint32_t missing = 0;

    for (uint32_t i = 0; i < 2 * PAGES; i++) {
        machine_write32(space, base + i % PAGES * PAGE_SIZE, i);
        for (uint32_t page = 100; page < 100 + LOCKED; page++)
            missing += !resident(page);
    }
    return missing;
}

/* One lock more (or less) on every frame of the working set but `except`. */
static void lock_all(pfn_t except, int more)
{
    pfn_t frame = space->ws.hand;

    for (uint32_t i = 0; i < space->ws.count; i++, frame = pfn_record(frame)->next)
        if (frame != except)
            pfn_record(frame)->locks = (uint8_t)(pfn_record(frame)->locks + more);
}

static pfn_t victim_with_all_locked_but(pfn_t except)
{
    pfn_t victim;

    lock_all(except, 1);
    victim = replace_victim(&space->ws);
    lock_all(except, -1);
    return victim;
}

static void test_policy(const struct replace_policy *policy)
{
    va_t va;
    uint32_t size = LOCKED * PAGE_SIZE, missing;
    pfn_t last;

    start(policy);
    va = first_locked();
    test_ok(virtual_lock(space, &va, &size) == STATUS_SUCCESS, "%d pages locked", LOCKED);
    missing = thrash();
    test_ok(missing == 0, "%s: they were always there (missed %u times)", policy->name, missing);
    test_ok(space->counters.page_outs > 0, "while %u other pages went", space->counters.page_outs);
    va = first_locked();
    size = LOCKED * PAGE_SIZE;
    test_ok(virtual_unlock(space, &va, &size) == STATUS_SUCCESS, "unlocked");
    test_ok(victim_with_all_locked_but(PFN_NONE) == PFN_NONE, "all locked: no victim");
    last = pfn_record(space->ws.hand)->prev;
    test_ok(victim_with_all_locked_but(last) == last, "all but one locked: that one");
    mm_check();
    mm_space_delete(space);
}

int main(int argc, char **argv)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        if (argc < 2 || strcmp(argv[1], (*p)->name) == 0)
            test_policy(*p);
    return test_end();
}
