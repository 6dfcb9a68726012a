/* heap_blocks.h - blocks: taken from the free ones, given back to them. */
#pragma once
#include "lib/heap_record.h"

/* A busy block of `need` granules of which the user asked for `asked` bytes, or 0. */
IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked);
/* Frees a block that was busy or cached; merges it with free neighbours. */
IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block);
/* Makes a busy block `need` granules long where it is; false: no room follows.  Growing takes from
 * the free block behind, shrinking gives the rest back. */
bool heap_blocks_resize(struct heap *heap, struct block *block, uint32_t need, size_t asked);

/* Gives all cached blocks back to the bins, where they merge; false if there were none. */
bool heap_blocks_flush(struct heap *heap);
