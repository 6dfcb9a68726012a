/* heap_blocks.h - blocks: taken from the free ones, given back to them. */
#pragma once
#include "user/ntdll/heap_block.h"

/* A busy block of `need` granules of which the user asked for `asked` bytes, or 0. */
IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked);
/* Frees a block that was busy or cached; merges it with free neighbours. */
IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block);
/* The state of a neighbour that can become one block with `size` granules, else 0. */
static inline uint32_t block_joins(struct heap *heap, const struct block *neighbour, uint32_t size)
{
    uint32_t plain = block_plain(heap, neighbour);

    if (plain_is_busy(plain))
        return 0;
    uint32_t state = state_of_plain(plain, neighbour);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && state_is_free(state) &&
        !heap->provider->parts->free_sound(heap, neighbour))
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(neighbour));
    return state_is_free(state) && size + neighbour->size <= BLOCK_MOST ? state : 0;
}
