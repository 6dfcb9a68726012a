/* kpages.h - kernel memory by the page, for what is too large for the pool (mm/pool.h).
 *
 * Each block is a region of its own in the kernel's part of the address space, reserved and committed by the same calls as a
 * program's; what does not fill its last 64 KB leaves pages without access behind it.  Its pages never leave
 * RAM: one that could not be read back would end not a program but the kernel.
 */
#pragma once
#include <stddef.h>

/* Zeroed memory at a multiple of 64 KB, or 0.  => thread_init() has run: its pages come by faults */
void *kpages_alloc(size_t size);

/* 0 is ignored; panics when nothing begins at `memory`. */
void kpages_free(void *memory);
