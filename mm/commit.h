/* commit.h - the promise ledger.
 *
 * A committed page is a promise that it can always be kept somewhere: in RAM or in the
 * paging file.  The ledger refuses a promise that could not be held (W26, W27), so nobody is
 * ever stopped later for want of memory (unless a device refuses to keep what was promised).
 */
#pragma once
#include "mm/status.h"
#include "mm/types.h"

struct commit_counters {
    uint32_t at_start; /* pages that could be promised then; commit_limit() is what can be now */
    uint32_t total;    /* pages promised now */
    uint32_t peak;
    uint32_t refused; /* calls refused */
};
extern struct commit_counters commit_counters;

/* `limit` pages can be promised while the kernel's pool and stacks stay as they are now. */
void commit_init(uint32_t limit);

/* Pages that can be promised: the limit less the frames that nobody promised, and that can't be had
 * back all the same: what pool and stacks have taken since, and locked pages of sections. */
uint32_t commit_limit(void);

/* Pages that could still be promised.  With none left the kernel may not take a frame for good, either:
 * the limit would fall below what is promised. */
uint32_t commit_left(void);

/* Promise `pages` pages; STATUS_COMMITMENT_LIMIT and no change when they would pass the limit. */
status_t commit_charge(uint32_t pages);
void commit_release(uint32_t pages);
