/* heap_front.c - the front end for small sizes: freed blocks kept whole for the next request.
 *
 * Splitting and merging cost more than the rest of an allocation.  Once a size was asked for 18
 * times (W196), a freed block of that size goes on a list of its own and the next request takes
 * it from there.  Two rules keep this from costing memory: the lists together hold at most a small part
 * of the heap, and they are emptied into the bins before the heap asks for more memory.
 *
 * The short paths themselves are in heap.c, inside heap_alloc() and heap_free().
 */
#include "lib/heap_internal.h"

void heap_front_init(struct heap *heap)
{
    for (uint32_t i = 0; i <= FRONT_MOST; i++) {
        heap->warm[i] = FRONT_AFTER;
    }
    heap->front_hand = FRONT_MOST;
}

/* Takes the list apart even when it is damaged: the rest of it is lost then. */
static void flush_size(struct heap *heap, uint32_t size)
{
    struct block *block = heap->front[size];

    heap->front[size] = 0;
    while (block) {
        if (!block_is_cached(heap, block)) {
            heap_note(heap, HEAP_BAD_LINKS, block);
            return;
        }
        struct block *next = block->cached;
        heap_blocks_give(heap, block);
        block = next;
    }
}

bool heap_front_flush_next(struct heap *heap)
{
    if (heap->front_granules == 0) return false;
    do {
    if (--heap->front_hand < BLOCK_LEAST) heap->front_hand = FRONT_MOST;
    } while (!heap->front[heap->front_hand]);
    for (struct block *b = heap->front[heap->front_hand]; b; b = b->cached) heap->front_granules -= heap->front_hand;
    flush_size(heap, heap->front_hand);
    return true;
}

bool heap_front_flush(struct heap *heap)
{
    if (heap->front_granules == 0) {
        return false;
    }
    heap->front_granules = 0;
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
    if (heap->slow & SLOW & ~HEAP_OPTION_SHARED) {
        return false;
    }
    for (uint32_t i = 0; i <= FRONT_MOST; i++) {
        heap->warm[i] = 0;
    }
    heap->front_mode = HEAP_FRONT_ON;
    return true;
}
