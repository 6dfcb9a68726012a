/* heap_resize.h - a block of a segment grows or shrinks where it is. */
#pragma once
#include "user/ntdll/heap_block.h"

/* Makes a busy block `need` granules long where it is; false: no room follows.  Growing takes from
 * the free block behind, shrinking gives the rest back. */
bool heap_resize_block(struct heap *heap, struct block *block, uint32_t need, size_t asked);
