/* pool.h - the kernel's own small objects: nonpaged, from whole frames of the direct map.
 *
 * Size classes of 32 to 2,048 bytes and whole pages; a frame holds objects of one class.
 * With pfn_poison a freed object is poisoned, and its poison checked when it is handed out again.
 */
#pragma once
#include "mm/types.h"

struct pool_counters {
    uint32_t objects, bytes, frames; /* in use now */
    uint32_t refused;
};
extern struct pool_counters pool_counters;

/* Zeroed memory of `size` bytes (1..4096), 16-byte aligned, or 0.  `tag` is four characters that
 * the monitor shows ("Vad ", "Thrd"). */
void *pool_alloc(size_t size, const char tag[4]);

/* Give it back; 0 is ignored.  Panics on an address that pool_alloc() never returned and on a
 * double free. */
void pool_free(void *object);

/* Calls `each` for every live object; panics on a damaged one. */
void pool_walk(void (*each)(const char *tag, uint32_t size, void *context), void *context);

/* Walks every frame of the pool; panics on damage. */
void pool_check(void);
