/* kheap.h - the kernel heap: memory of any size that may be paged out, for what the fault path never
 * touches.  (What it does touch comes from the pool, which is always in RAM: mm/pool.h.)
 *
 * The same lib/heap.c that programs use, over the same reserve/commit calls as theirs, in the
 * kernel's own part of the address space.
 */
#pragma once
#include <stddef.h>

/* => mm_init() and thread_init() have run */
void kheap_init(void);

/* Zeroed memory, 8-byte aligned, or 0.  => interrupts are off */
void *kheap_alloc(size_t size);

/* 0 is ignored; panics when `memory` is no live block of the heap. */
void kheap_free(void *memory);
