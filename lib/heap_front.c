/* heap_front.c - the front end for small sizes: freed blocks kept whole for the next request.
 *
 * Splitting and merging cost more than all the rest of an allocation.  Once a size was asked for 18
 * times (W196), a freed block of that size goes on a list of its own, and the next request for
 * that size, or for a little less, takes it from there: up to 2 granules less, or up to 14 as long as
 * more than a tenth of the heap is free or cached.
 *
 * What that costs in memory is kept small: the lists are emptied into the bins, where neighbours merge,
 * before the heap asks for more memory and when it gives memory back.  Measured: docs/heap.md.
 * The short paths themselves are in heap.c, inside heap_alloc() and heap_free().
 */
#include "lib/heap_internal.h"

void heap_front_init(struct heap *heap)
{
    for (uint32_t i = 0; i <= FRONT_MOST; i++) {
        heap->warm[i] = FRONT_AFTER;
    }
}

/* Takes the list apart even when it is damaged: the rest of it is lost then. */
static void flush_size(struct heap *heap, uint32_t size)
{
    struct block *block = heap->front[size];

    heap->front[size] = 0;
    while (block) {
        if (block_state(heap, block) != BLOCK_CACHED) {
            heap_note(heap, HEAP_BAD_LINKS, block);
            return;
        }
        struct block *next = block->next;
        heap_blocks_give(heap, block);
        block = next;
    }
}

bool heap_front_flush(struct heap *heap)
{
    if (heap->front_room == (int32_t)heap->front_limit) {
        return false;
    }
    heap->front_room = (int32_t)heap->front_limit;
    for (uint32_t size = BLOCK_LEAST; size <= FRONT_MOST; size++) {
        flush_size(heap, size);
    }
    return true;
}

unsigned heap_front_mode(const struct heap *heap)
{
    return heap->front_mode;
}

bool heap_front_enable(struct heap *heap)
{
    if (heap->slow & NO_FRONT) {
        return false;
    }
    for (uint32_t i = 0; i <= FRONT_MOST; i++) {
        heap->warm[i] = 0;
    }
    heap->front_mode = HEAP_FRONT_ON;
    return true;
}
