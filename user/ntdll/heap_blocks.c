/* heap_blocks.c - blocks: taken from the free ones, split; given back and merged with their neighbours. */
#include "user/ntdll/heap_blocks.h"

#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_segment.h"

/* A free block that is in no bin becomes busy; what it has too much becomes a free block. */
static inline struct block *carve(struct heap *heap, struct block *block, uint32_t need,
                                  size_t asked, uint32_t state)
{
    uint32_t rest = block->size - need;

    if (rest >= BLOCK_LEAST) {
        block_set_previous(block_next(block), rest);
        heap_bins_insert(heap, block_at(block, need), need, rest, state);
    } else {
        need += rest;
    }
    heap->free_granules -= need;
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    return block;
}

/* Nothing fits without more memory: cached blocks are merged before any is asked for. */
static struct block *find_or_grow(struct heap *heap, uint32_t need)
{
    struct block *block = heap_bins_find(heap, need);

    while (!block || block_state(heap, block) == BLOCK_HOLE) {
        if (!heap->provider->parts->flush(heap))
            break;
        block = heap_bins_find(heap, need);
    }
    if (!block && heap_segment_grow(heap, need))
        block = heap_bins_find(heap, need);
    if (!block) /* before nothing is said to be there */
        block = heap_bins_find_any(heap, need);
    return block;
}

/* All that can come between finding a block and handing it out. */
static __attribute__((noinline)) struct block *take_slowly(struct heap *heap, uint32_t need,
                                                           size_t asked)
{
    struct block *block = find_or_grow(heap, need);

    if (!block)
        return 0;
    uint32_t state = block_state(heap, block);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && !heap->provider->parts->free_sound(heap, block))
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(block));
    if (state == BLOCK_HOLE && !heap->provider->parts->fill_hole(heap, block, need, &state))
        return 0;
    heap_bins_remove(heap, block);
    return carve(heap, block, need, asked, state);
}

IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked)
{
    if (need < EXACT_BINS && !(heap->slow & HEAP_OPTION_FREE_CHECKING)) {
        uint32_t bin = next_bin(heap, need);
        if (bin < EXACT_BINS) {
            struct block *block = head_of(heap, bin)->next;
            uint32_t plain = block_plain(heap, block);
            if ((plain ^ address_of(block->next) ^ address_of(block->back)) == BLOCK_FREE) {
                heap_bins_remove(heap, block);
                return carve(heap, block, need, asked, BLOCK_FREE);
            }
        }
    }
    return take_slowly(heap, need, asked);
}

/* Into its bin, after what is left to do for long blocks and holes. */
static __attribute__((noinline)) void insert_slowly(struct heap *heap, struct block *block,
                                                    uint32_t previous, uint32_t size, bool hole)
{
    if (hole || (size >= HEAP_PAGE / GRANULE && heap->free_granules > TRIM_FREE)) {
        heap_segment_trim(heap, block, previous, size);
        heap->provider->parts->flush_some(
            heap); /* there is plenty: nothing small should pin pages, either */
        return;
    }
    heap_bins_insert(heap, block, previous, size, BLOCK_FREE);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING)
        heap->provider->parts->fill_free(heap, block);
}

IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block)
{
    uint32_t size = block->size;
    uint32_t previous = block->previous;
    bool hole = false; /* a joined neighbour lacks pages */

    heap->free_granules += size;
    if (heap->slow & HEAP_OPTION_DISABLE_COALESCE) {
        insert_slowly(heap, block, previous, size, false);
        return;
    }
    struct block *next = block_at(block, size);
    uint32_t joined = block_joins(heap, next, size);
    if (joined) {
        hole = joined == BLOCK_HOLE;
        size += next->size;
        heap_bins_remove(heap, next);
    }
    struct block *before = block_before(block);
    if (previous && (joined = block_joins(heap, before, size)) != 0) {
        hole |= joined == BLOCK_HOLE;
        size += before->size;
        previous = before->previous;
        /* This header ends up inside a free block, where it must not pass for a busy one. */
        block->code = ~block->code;
        block = before;
        heap_bins_remove(heap, before);
    }
    block_set_previous(block_at(block, size), size);
    if (size < EXACT_BINS && !(heap->slow & HEAP_OPTION_FREE_CHECKING))
        heap_bins_insert(heap, block, previous, size, BLOCK_FREE);
    else
        insert_slowly(heap, block, previous, size, hole);
}
