/* heap_live.c - is what a program hands back a live block, as the heap left it? */
#include "user/ntdll/heap_live.h"

#include "lib/heap_check.h"
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

enum heap_damage heap_live_data(const struct heap *heap, const void *data)
{
    const struct segment *segment = segment_of(heap, data);
    enum heap_damage damage;

    if (!segment)
        return heap_large_check(heap, data);
    damage = heap_check_data(heap, data);
    if (damage == HEAP_BAD_HEADER)
        return explain(heap, segment, block_of_data(data));
    return damage == HEAP_SOUND ? heap_live_busy(heap, block_of_data(data)) : damage;
}
