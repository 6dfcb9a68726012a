/* heap_hole.c - free blocks whose whole pages have no memory.
 *
 * Which pages a HOLE lacks follows from its address and size alone, so splitting and merging need no bookkeeping but
 * the bit map, and that exists only to tell a hostile pointer into a hole before it is read through.
 */
#include "user/ntdll/heap_hole.h"

#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_segment.h"
#include "user/ntdll/heap_fill.h"

static uint32_t unit_bytes(const struct segment *segment)
{
    return 1u << segment->unit_shift;
}

/* Marks the units of [from, to) as with or without memory; returns how many bytes that changes. */
static uint32_t mark(struct segment *segment, uint32_t from, uint32_t to, bool hole)
{
    uint32_t changed = 0;

    for (; from < to; from += unit_bytes(segment)) {
        uint32_t unit = (from - segment->base) >> segment->unit_shift;
        if (!(segment->hole[unit / 8] & 1u << unit % 8) == hole) {
            segment->hole[unit / 8] ^= (uint8_t)(1u << unit % 8);
            changed++;
        }
    }
    segment->holes += hole ? changed : 0u - changed;
    return changed << segment->unit_shift;
}

uint32_t heap_hole_unmark(struct segment *segment, uint32_t from, uint32_t to)
{
    return mark(segment, from, to, false);
}

void heap_hole_punch(struct heap *heap, struct segment *segment, struct block *block)
{
    uint32_t from, to;

    segment_hole(segment, block, &from, &to);
    if (from < to) {
        heap->provider->decommit(heap->provider->context, at_address(from), to - from);
        uint32_t taken = mark(segment, from, to, true);
        heap->free_granules -= taken / GRANULE;
        heap_segment_account(heap, 0u - taken);
    }
    heap_bins_insert(heap, block, block->previous, block->size,
                     from < to ? BLOCK_HOLE : BLOCK_FREE);
    if (heap->options & HEAP_OPTION_FREE_CHECKING)
        heap_fill_free(heap, block);
}

bool heap_hole_fill(struct heap *heap, struct block *block, uint32_t need, uint32_t *state)
{
    struct segment *segment = segment_of(heap, block_data(block));
    uint32_t from, to, last;

    segment_hole(segment, block, &from, &last);
    to = last;
    if (block->size >= need + BLOCK_LEAST) {
        uint32_t rest = address_of(block) + need * GRANULE - segment->base;
        to = least(to, segment->base + round_up(rest + HOLE_KEEP, unit_bytes(segment)));
    }
    if (from < to && !heap->provider->commit(heap->provider->context, at_address(from), to - from))
        return false;
    heap->free_granules += mark(segment, from, to, false) / GRANULE;
    heap_segment_account(heap, to - from);
    *state = to == last ? BLOCK_FREE : BLOCK_HOLE;
    if (heap->options & HEAP_OPTION_FREE_CHECKING)
        heap_fill_words(from, to, FREE_FILL);
    return true;
}
