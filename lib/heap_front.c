/* heap_front.c - the front end's rare moments: damage, and being switched on; heap_front.h has the rest. */
#include "lib/heap_front.h"

#include "lib/heap_lock.h"
#include "lib/string.h"

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

unsigned heap_front_mode(const struct heap *heap)
{
    return heap->front_mode;
}

bool heap_front_enable(struct heap *heap)
{
    if (heap->slow & NO_FRONT)
        return false;
    memset(heap->warm, 0, sizeof heap->warm);
    heap->front_mode = HEAP_FRONT_ON;
    return true;
}
