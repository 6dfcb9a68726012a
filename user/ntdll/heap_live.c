/* heap_live.c - is what a program hands back a live block, as the heap left it?
 *
 * Nothing here changes or reports anything; the answer is the first damage found.  A check reads
 * only through addresses that were tested before, so a wrecked heap is described, not crashed on.
 */
#include "user/ntdll/heap_live.h"

#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_large.h"

enum heap_damage heap_live_busy(const struct heap *heap, const struct block *block)
{
    if (block_asked(heap, block) > block_bytes(block)) /* below zero: more unused than there is */
        return HEAP_BAD_HEADER;
    if (heap->options & HEAP_OPTION_TAIL_CHECKING && !heap_fill_tail_sound(heap, block))
        return HEAP_BAD_TAIL;
    return HEAP_SOUND;
}

/* What lies at an address of a segment where no sound header is?  The tiling tells. */
static enum heap_damage explain(const struct heap *heap, const struct segment *segment,
                                const struct block *block)
{
    const struct block *here = at_address(segment->first);

    while (here < block && block_state(heap, here) && block_next(here) <= block && here->size > 0)
        here = block_next(here);
    if (here == block)
        return HEAP_BAD_HEADER;
    uint32_t state = block_state(heap, here);
    return state_is_free(state) || state == BLOCK_CACHED ? HEAP_DOUBLE_FREE : HEAP_FOREIGN_FREE;
}

/* => its segment is `segment` */
static enum heap_damage look_at_header(const struct heap *heap, const struct segment *segment,
                                       const void *data)
{
    const struct block *block = block_of_data(data);

    if (address_of(data) % GRANULE)
        return HEAP_FOREIGN_FREE;
    if (segment_in_hole(segment, address_of(block)) || segment_in_hole(segment, address_of(data)))
        return HEAP_DOUBLE_FREE; /* freed long ago: its page is gone */
    uint32_t room = segment->first + segment->span - address_of(block);
    uint32_t state = block_state(heap, block);
    if (state_is_free(state) || state == BLOCK_CACHED)
        return HEAP_DOUBLE_FREE;
    if (state != BLOCK_BUSY || block->size < BLOCK_LEAST || block_bytes(block) > room ||
        block_next(block)->previous != block->size)
        return explain(heap, segment, block);
    return heap_live_busy(heap, block);
}

enum heap_damage heap_live_data(const struct heap *heap, const void *data)
{
    const struct segment *segment = segment_of(heap, data);

    return segment ? look_at_header(heap, segment, data) : heap_large_check(heap, data);
}
