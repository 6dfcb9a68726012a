/* heap_hole.h - free blocks whose whole pages have no memory. */
#pragma once
#include "user/ntdll/heap_block.h"

/* Takes the memory of the whole units inside a free block that is in no bin, and puts it into one. */
void heap_hole_punch(struct heap *heap, struct segment *segment, struct block *block);
/* Memory for the first `need` granules of a HOLE block, which stays in its bin, and for the header of
 * the rest; *state is that of the rest.  False: no memory, nothing changed. */
bool heap_hole_fill(struct heap *heap, struct block *block, uint32_t need, uint32_t *state);
/* No unit of [from, to) counts as a hole any more; the bytes of those that did. */
uint32_t heap_hole_unmark(struct segment *segment, uint32_t from, uint32_t to);
