/* pagedev.h - what the paging file lies on: a RAM disk; slow, compressed or broken at wish. */
#pragma once
#include "kernel/device/zstore.h"

enum { PAGEDEV_SLOWEST = 1000000 };

/* What each page to or from the disk takes, in microseconds (0: what copying it takes), and all that
 * was waited so far. */
extern uint32_t pagedev_latency;
extern uint64_t pagedev_waited;

/* A disk that refuses to be read or written, so that one can see what becomes of the programs: by chance
 * one transfer in so many fails; 1: every one, 0: none. */
extern uint32_t pagedev_fails_read, pagedev_fails_write;

/* The device in the `blocks` frames from `first` on.  With `compress`, a quarter of them becomes a
 * compressed store in front of the rest.  0: no blocks. */
struct block_device *pagedev_start(pfn_t first, uint32_t blocks, bool compress);

/* Which transfer fails, which bit is flipped: the same in each run. */
uint32_t pagedev_chance(void);

/* The checksum of a page that is stored (checksum.h). */
uint32_t pagedev_sum(void *page);

/* The compressed store, or 0. */
const struct zstore *pagedev_store(void);
