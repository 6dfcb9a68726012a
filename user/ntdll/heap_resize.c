/* heap_resize.c - a block of a segment grows or shrinks where it is. */
#include "user/ntdll/heap_resize.h"

#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_blocks.h"
#include "user/ntdll/heap_segment.h"
#include "user/ntdll/heap_hole.h"

/* The last block of a segment, or the last but a free one, takes back what it gave up (X10): more of the segment gets
 * memory. */
static bool extend_behind(struct heap *heap, struct block *block, uint32_t more)
{
    struct block *next = block_next(block);
    bool room = block_joins(heap, next, 0) != 0;

    return !(room && next->size >= more) &&
           block_state(heap, room ? block_next(next) : next) == BLOCK_END &&
           heap_segment_extend(heap, segment_of(heap, block_data(block)), more);
}

/* The free block behind becomes part of this one, as far as needed. */
static bool grow(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    uint32_t more = need - block->size;
    (void)extend_behind(heap, block, more);
    struct block *next = block_next(block);
    uint32_t state =
        block_joins(heap, next, 0); /* together they may be longer than a block can be */

    if (!state || next->size < more ||
        (state == BLOCK_HOLE && !heap_hole_fill(heap, next, more, &state)))
        return false;
    uint32_t rest = next->size - more;
    heap_bins_remove(heap, next);
    if (rest < BLOCK_LEAST) {
        more += rest;
        rest = 0;
    }
    heap->free_granules -= more;
    need = block->size + more;
    block_set_previous(block_next(next), rest ? rest : need);
    if (rest)
        heap_bins_insert(heap, block_at(block, need), need, rest, state);
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    return true;
}

static void shrink(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    uint32_t rest = block->size - need;

    if (rest >= BLOCK_LEAST) {
        struct block *behind = block_at(block, need);
        block_set_previous(block_next(block), rest);
        block_write(heap, behind, need, rest, BLOCK_BUSY);
    } else {
        need += rest;
        rest = 0;
    }
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    if (rest > 0)
        heap_blocks_give(heap, block_next(block));
}

bool heap_resize_block(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    if (need > block->size)
        return grow(heap, block, need, asked);
    shrink(heap, block, need, asked);
    return true;
}
