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

enum heap_damage heap_live_data(const struct heap *heap, const void *data)
{
    enum heap_damage damage;

    if (!segment_of(heap, data))
        return heap_large_check(heap, data);
    damage = heap_check_data(heap, data);
    return damage == HEAP_SOUND ? heap_live_busy(heap, block_of_data(data)) : damage;
}
