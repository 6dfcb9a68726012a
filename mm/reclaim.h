/* reclaim.h - *how* pages go: trim, write, stand by.
 *
 * Below `low` available frames, reclaim trims working sets until `high` are available, and writes
 * modified pages to the paging file in clusters.  A trimmed page stands by with its content, so
 * touching it again soon is a soft fault: working to a high watermark is what makes standby
 * visible.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H

#include "mm/resident.h"

struct reclaim_settings {
    uint32_t low, high; /* watermarks, frames available */
    uint32_t cluster;   /* modified pages written in one go */
};
extern struct reclaim_settings reclaim_settings;

struct reclaim_counters {
    uint32_t runs, trimmed, written, failed_writes;
};
extern struct reclaim_counters reclaim_counters;

/* Choose watermarks for `frames` frames of RAM. */
void reclaim_init(uint32_t frames);

/* Bring the available frames up to the high watermark, or as far as it goes.
 * Returns how many are available now more than before. */
uint32_t reclaim_run(void);

/* Trim up to `pages` pages of the sets that are above their maximum, the largest excess first, and
 * leave them on the standby and modified lists; returns how many. */
uint32_t reclaim_to_maximum(uint32_t pages);

/* Make room in one working set that has reached its hard maximum: one page goes.  If it can't be
 * written (no slot, or a broken device) it stays on the modified list, and nobody suffers for it.
 * STATUS_NO_MEMORY: all pages are locked, which virtual_lock() does not let happen. */
status_t reclaim_one(struct working_set *ws);

/* At least `frames` frames can be taken afterwards, or STATUS_NO_MEMORY. */
status_t reclaim_ensure(uint32_t frames);

/* Trim all removable pages of a space (W128). */
void reclaim_empty(struct space *space);

/* Write up to `pages` modified pages; returns how many were written. */
uint32_t reclaim_write(uint32_t pages);

#endif
