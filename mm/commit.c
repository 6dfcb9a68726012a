/* commit.c - the promise ledger: commit charge never exceeds what RAM and paging file can hold. */
#include "mm/commit.h"
#include "mm/pfn.h"

struct commit_counters commit_counters = {.at_start = UINT32_MAX}; /* until the limit is known */

static uint32_t nonpaged_at_start;

static uint32_t nonpaged(void)
{
    return pfn_uses[PFN_USE_POOL] + pfn_uses[PFN_USE_STACK] + pfn_locked_shared;
}

void commit_init(uint32_t limit)
{
    commit_counters = (struct commit_counters){.at_start = limit};
    nonpaged_at_start = nonpaged();
}

uint32_t commit_limit(void)
{
    uint32_t limit = commit_counters.at_start + nonpaged_at_start, taken = nonpaged();

    return limit > taken ? limit - taken : 0;
}

uint32_t commit_left(void)
{
    uint32_t limit = commit_limit();

    return limit > commit_counters.total ? limit - commit_counters.total : 0;
}

status_t commit_charge(uint32_t pages)
{
    struct commit_counters *c = &commit_counters;

    if (pages > commit_left()) {
        c->refused++;
        return STATUS_COMMITMENT_LIMIT;
    }
    c->total += pages;
    if (c->total > c->peak)
        c->peak = c->total;
    return STATUS_SUCCESS;
}

void commit_release(uint32_t pages)
{
    MM_ASSERT(pages <= commit_counters.total);
    commit_counters.total -= pages;
}
