/* heap_front.c - the front end is emptied: some of its blocks, all, or a list that was written to. */
#include "user/ntdll/heap_front.h"

#include "user/ntdll/heap_blocks.h"

enum { FLUSHED = 64 }; /* blocks at a time */

/* A few cached blocks become free ones: so many that frees which need it keep up with those that cache, so few
 * that none of them takes long.  Meanwhile nothing counts as cached, and so this does not call itself. */
void heap_front_flush_some(struct heap *heap)
{
    int32_t cached = (int32_t)heap->front_limit - heap->front_room;
    uint32_t size = BLOCK_LEAST;

    heap->front_room = (int32_t)heap->front_limit;
    for (uint32_t left = FLUSHED; left && cached > 0 && size <= FRONT_MOST;) {
        struct block *block = heap->front[size];

        if (!block || block_state(heap, block) != BLOCK_CACHED) {
            size++; /* a list that was written to is found out by who takes from it */
            continue;
        }
        heap->front[size] = block->next;
        cached -= block->size;
        heap_blocks_give(heap, block);
        left--;
    }
    heap->front_room -= cached;
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
    if (heap->front_room == (int32_t)heap->front_limit)
        return false;
    heap->front_room = (int32_t)heap->front_limit;
    for (uint32_t size = BLOCK_LEAST; size <= FRONT_MOST; size++)
        flush_size(heap, size);
    return true;
}

void heap_front_drop_damaged(struct heap *heap, uint32_t need)
{
    for (uint32_t i = 0; i < FRONT_WINDOW; i++) {
        struct block *block = heap->front[need + i];
        if (block && block_state(heap, block) != BLOCK_CACHED) {
            heap_note(heap, HEAP_BAD_LINKS, block);
            heap->front[need + i] = 0;
        }
    }
}
