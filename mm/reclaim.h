/* reclaim.h - *how* pages go: trim, write, stand by.
 *
 * Below `low` available frames, a fault trims working sets and writes modified pages to the paging file until
 * a few more than `low` are available: only a few, since the program waits.  A trimmed page stands by with
 * its content, so touching it again soon is a soft fault.  The balancer goes on to `high`.
 *
 * How the thresholds fit together, in frames that are available:
 *
 *   0     8      low        2 low     high                                        frames at the start
 *   |-----|-------|-----------|---------|------- ... -------|---------- ... ---------|
 *    pins  faults  a fault     the       reclaim has         pinned: tables, pool,
 *    only  find    starts      margin    done enough         stacks, locked pages;
 *          some    reclaim                                   pfn_pin_limit = all but 2 low
 *
 *   8 (RESERVE, pfn.c)      below it pfn_alloc() refuses programs: page tables still find a frame
 *   low, high               frames/64 and three times that; see reclaim_run()
 *   2 low (mm_init())       neither promised (commit_limit()) nor pinned (pfn_pin_limit): with all that
 *                           may be promised dirty and no slot free, so many frames can still be had;
 *                           a fault needs 8 and one or two
 *   commit_limit()          frames - 2 low + slots, and it sinks by each frame that is taken unpromised:
 *                           pool, stacks, locked pages of sections
 *   slots/8 free            pagefile_is_tight(): a page that comes back gives up its slot
 */
#pragma once
#include "mm/resident.h"

struct reclaim_settings {
    uint32_t low, high; /* watermarks, frames available */
    uint32_t cluster;   /* modified pages written in one go */
    uint32_t effort;    /* pages trimmed in one run, at most */
};
extern struct reclaim_settings reclaim_settings;

struct reclaim_counters {
    uint32_t runs, trimmed, written, failed_writes;
};
extern struct reclaim_counters reclaim_counters;

/* Choose watermarks for `frames` frames of RAM. */
void reclaim_init(uint32_t frames);

/* Frames that can be handed out now, and those that can be as soon as they are written.  A modified page that needs
 * a slot when none is free, or whose device refuses, is not among them: then it is clean pages that have to go. */
uint32_t reclaim_ready(void);

/* Few frames are left, and a run may help. */
bool reclaim_due(void);

/* A step to a few frames above the low watermark: trim pages, `effort` at most, and write those that can
 * be written.  false: there was no need, or another step would not get further either. */
bool reclaim_run(void);

/* Trim up to `pages` pages of the sets that are above their maximum, the largest excess first, and
 * leave them on the standby and modified lists; returns how many. */
uint32_t reclaim_to_maximum(uint32_t pages);

/* Make room in one working set that has reached its cap: one page goes.  If it can't be
 * written (no slot, or a broken device) it stays on the modified list.
 * => not all of its pages are locked: virtual_lock() sees to that. */
void reclaim_one(struct working_set *ws);

/* At least `frames` frames can be taken afterwards, or STATUS_NO_MEMORY. */
status_t reclaim_make_room(uint32_t frames);
static inline status_t reclaim_ensure(uint32_t frames)
{
    return pfn_available() >= frames + reclaim_settings.low ? STATUS_SUCCESS
                                                            : reclaim_make_room(frames);
}

/* Trim all removable pages of a region, or of a space (W128). */
void reclaim_empty_region(const struct vad *vad);
void reclaim_empty(struct space *space);

/* Write up to `pages` modified pages that have a slot or can get one; returns how many were written. */
uint32_t reclaim_write(uint32_t pages);
