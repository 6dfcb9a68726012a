/* pagedev.h - what the paging file lies on: a RAM disk, slowed down and compressed at wish. */
#ifndef KERNEL_PAGEDEV_H
#define KERNEL_PAGEDEV_H

#include "kernel/zstore.h"

enum { PAGEDEV_SLOWEST = 1000000 };

/* What each page to or from the disk takes, in microseconds (0: what copying it takes), and all that
 * was waited so far. */
extern uint32_t pagedev_latency;
extern uint64_t pagedev_waited;

/* The device in the `blocks` frames from `first` on.  With `compress`, a quarter of them becomes a
 * compressed store in front of the rest.  0: no blocks. */
struct block_device *pagedev_start(pfn_t first, uint32_t blocks, bool compress);

/* The compressed store, or 0. */
const struct zstore *pagedev_store(void);

#endif
