/* zstore.h - a compressed store: RAM in front of a slow device, which holds more than its size.
 *
 * Every block has its home on the device behind, so the promise of memory is kept whatever the
 * content; but a page that gets small enough stays here, and neither it nor its reader waits for the
 * device.
 */
#pragma once
#include "mm/mm.h"

struct zstore_counters {
    uint32_t pages;           /* held now */
    uint32_t cells, used;     /* of ZSTORE_CELL bytes each */
    uint32_t most_used;       /* at its fullest, */
    uint32_t most_pages;      /* when it held so many pages */
    uint32_t reads, writes;   /* answered here */
    uint32_t too_large, full; /* pages that went to the device: not small enough, or no room */
};

enum { ZSTORE_CELL = 256 };

struct zstore {
    struct block_device device; /* what the paging file sees: as many blocks as `behind` */
    struct block_device *behind;
    pfn_t first;      /* frame of the tables; the cells follow */
    pfn_t first_cell; /* frame of the cells */
    uint32_t free;    /* list of free cells */
    struct zstore_counters counters;
};

/* A store in `frames` frames from `first` on.  => more frames than its tables need: one for 1024
 * blocks of `behind`, and one for 64 frames of cells. */
void zstore_init(struct zstore *store, pfn_t first, uint32_t frames, struct block_device *behind);
