/* heap_front.h - the front end for small sizes: freed blocks kept whole for the next request.
 *
 * Splitting and merging cost more than all the rest of an allocation.  Once a size was asked for 18
 * times (W196), a freed block of that size goes on a list of its own, and the next request for
 * that size, or for a little less, takes it from there: up to 2 granules less, or up to 14 as long as
 * more than a tenth of the heap is free or cached.
 *
 * What that costs in memory is kept small: the lists are emptied into the bins, where neighbours merge,
 * before the heap asks for more memory and when it gives memory back.  Measured: docs/heap.md.
 * The short paths here are compiled into heap_alloc() and heap_free().
 */
#pragma once
#include "user/ntdll/heap_block.h"

/* The compiler keeps no copy of it in a register across this: the short paths have one less to save. */
#define READ_ANEW(variable) __asm__("" : "+m"(variable))

/* Takes the first block of a list of the front end; 0 if it is damaged.  The list's head is ours; the next
 * block's address comes from the block, and is believed because the code agrees. */
static inline struct block *front_take_first(struct heap *heap, struct block **list,
                                             struct block *block, size_t size)
{
    uint32_t code = block->sizes ^ heap->key ^ hash_of(address_of(block));

    if ((code ^ address_of(block->next) ^ BLOCK_CACHED) != block->code)
        return 0;
    READ_ANEW(block->next);
    *list = block->next;
    uint32_t granules = block->size;
    heap->front_room += (int32_t)granules;
    /* busy_tag() of what is left without the header, which is taken off the constant. */
    uint32_t left = granules * GRANULE - (uint32_t)size;
    block->code =
        code ^ ((left << UNUSED_SHIFT) + (busy_tag(0) + TAG_FRONT - (HEADER << UNUSED_SHIFT)));
    return block;
}

/* The short path: a freed block of this size or a little more, kept whole; or 0. */
static inline struct block *heap_front_take(struct heap *heap, uint32_t need, size_t size)
{
    struct block **list = &heap->front[need];
    struct block *block = *list;

#pragma GCC unroll 4
    for (int i = 1; !block && i < FRONT_NEAR; i++)
        block = *++list;
    return block ? front_take_first(heap, list, block, size) : 0;
}

/* With memory to spare, a block that is longer by more than that; or 0.  What it has too much is of no
 * use as long as it lives. */
static inline struct block *heap_front_take_longer(struct heap *heap, uint32_t need, size_t size)
{
    if ((int32_t)heap->free_granules - heap->front_room <= heap->spare_from)
        return 0;
#pragma GCC unroll 16
    for (uint32_t i = FRONT_NEAR; i < FRONT_WINDOW; i++) {
        struct block **list = &heap->front[need + i];
        if (*list)
            return front_take_first(heap, list, *list, size);
    }
    return 0;
}

/* The short path of a free: a live block that the front end wants back joins the list of its size.
 * False if there is no room for it. */
static inline bool heap_front_keep(struct heap *heap, struct block *block, uint32_t plain)
{
    uint32_t size = block->size;

    heap->front_room -= (int32_t)size;
    if (!LIKELY(heap->front_room >= 0)) {
        READ_ANEW(heap->front_room);
        heap->front_room += (int32_t)size;
        return false;
    }
    struct block *next = heap->front[size];
    block->code ^= plain ^ BLOCK_CACHED ^ address_of(next);
    block->next = next;
    heap->front[size] = block;
    return true;
}

/* Drops lists that were written to, so that their blocks are lost and not handed out twice. */
void heap_front_drop_damaged(struct heap *heap, uint32_t need);

/* Gives all cached blocks back to the bins, where they merge; false if there were none. */
bool heap_front_flush(struct heap *heap);
void heap_front_flush_some(struct heap *heap);
