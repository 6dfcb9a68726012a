/* heap_check.c - is what a caller hands back a live block, as the heap left it?
 *
 * Nothing here changes or reports anything; the answer is the first damage found.  A check reads
 * only through addresses that were tested before, so a wrecked heap is described, not crashed on.
 */
#include "lib/heap_check.h"

enum heap_damage heap_check_data(const struct heap *heap, const void *data)
{
    const struct segment *segment = segment_of(heap, data);
    const struct block *block = block_of_data(data);

    if (!segment || address_of(data) % GRANULE)
        return HEAP_FOREIGN_FREE;
    if (segment_in_hole(segment, address_of(block)) || segment_in_hole(segment, address_of(data)))
        return HEAP_DOUBLE_FREE; /* freed long ago: its page is gone */
    uint32_t room = segment->first + segment->span - address_of(block);
    uint32_t state = block_state(heap, block);
    if (state_is_free(state) || state == BLOCK_CACHED)
        return HEAP_DOUBLE_FREE;
    if (state != BLOCK_BUSY || block->size < BLOCK_LEAST || block_bytes(block) > room ||
        block_next(block)->previous != block->size)
        return HEAP_BAD_HEADER;
    /* Below zero: more unused than there is. */
    return block_asked(heap, block) > block_bytes(block) ? HEAP_BAD_HEADER : HEAP_SOUND;
}
