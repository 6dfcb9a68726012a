/* heap_live.h - is what a program hands back a live block, as the heap left it? */
#pragma once
#include "user/ntdll/heap_block.h"

/* Is `data` that of a live, undamaged block?  Else says why not. */
enum heap_damage heap_live_data(const struct heap *heap, const void *data);
/* The same of a block whose header is known to be sound and busy: its size, and what stands behind it. */
enum heap_damage heap_live_busy(const struct heap *heap, const struct block *block);
