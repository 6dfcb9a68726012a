/* heap_check.c - is everything in the heap as the heap left it?
 *
 * Nothing here changes or reports anything; the answer is the first damage found.  A check reads
 * only through addresses that were tested before, so a wrecked heap is described, not crashed on.
 */
#include "lib/heap_check.h"

#include "lib/heap_fill.h"
#include "lib/heap_large.h"
#include "lib/heap_lock.h"
#include "lib/heap_page.h"
#include "lib/heap_segment.h"

static enum heap_damage check_busy(const struct heap *heap, const struct block *block)
{
    if (block_asked(heap, block) > block_bytes(block)) { /* below zero: more unused than there is */
        return HEAP_BAD_HEADER;
    }
    if (heap->options & HEAP_OPTION_TAIL_CHECKING && !heap_fill_tail_sound(heap, block)) {
        return HEAP_BAD_TAIL;
    }
    return HEAP_SOUND;
}

/* What lies at an address of a segment where no sound header is?  The tiling tells. */
static enum heap_damage explain(const struct heap *heap, const struct segment *segment,
                                const struct block *block)
{
    const struct block *here = at_address(segment->first);

    while (here < block && block_state(heap, here) && block_next(here) <= block && here->size > 0) {
        here = block_next(here);
    }
    if (here == block) {
        return HEAP_BAD_HEADER;
    }
    uint32_t state = block_state(heap, here);
    return state_is_free(state) || state == BLOCK_CACHED ? HEAP_DOUBLE_FREE : HEAP_FOREIGN_FREE;
}

enum heap_damage heap_check_data(const struct heap *heap, const void *data)
{
    const struct segment *segment = segment_of(heap, data);
    const struct block *block = block_of_data(data);

    if (!segment) {
        const struct large *large = heap_large_find(heap, data);
        return !large                          ? HEAP_FOREIGN_FREE
               : heap_large_sound(heap, large) ? HEAP_SOUND
                                               : HEAP_BAD_HEADER;
    }
    if (address_of(data) % GRANULE) {
        return HEAP_FOREIGN_FREE;
    }
    if (segment_in_hole(segment, address_of(block)) || segment_in_hole(segment, address_of(data))) {
        return HEAP_DOUBLE_FREE; /* freed long ago: its page is gone */
    }
    uint32_t room = segment->first + segment->span - address_of(block);
    uint32_t state = block_state(heap, block);
    if (state_is_free(state) || state == BLOCK_CACHED) {
        return HEAP_DOUBLE_FREE;
    }
    if (state != BLOCK_BUSY || block->size < BLOCK_LEAST || block_bytes(block) > room) {
        return explain(heap, segment, block);
    }
    if (block_next(block)->previous != block->size) {
        return HEAP_BAD_HEADER;
    }
    return check_busy(heap, block);
}

/* One block of the tiling. */
static enum heap_damage check_block(const struct heap *heap, const struct block *block)
{
    switch (block_state(heap, block)) {
    case BLOCK_BUSY:
        return check_busy(heap, block);
    case BLOCK_CACHED:
        return HEAP_SOUND;
    case BLOCK_FREE:
    case BLOCK_HOLE:
        return heap->options & HEAP_OPTION_FREE_CHECKING && !heap_fill_free_sound(heap, block)
                   ? HEAP_BAD_FREE_FILL
                   : HEAP_SOUND;
    default:
        return HEAP_BAD_HEADER;
    }
}

/* Follows the tiling of one segment from its first block to its END mark. */
static enum heap_damage check_segment(const struct heap *heap, const struct segment *segment,
                                      const void **at)
{
    uint32_t mark = segment->first + segment->span;
    uint32_t previous = 0;

    *at = segment;
    if (!heap_segment_sound(heap, segment)) {
        return HEAP_BAD_SEGMENT;
    }
    for (uint32_t here = segment->first; here < mark;) {
        const struct block *block = at_address(here);
        *at = block_data(block);
        if (block->previous != previous || block->size < BLOCK_LEAST ||
            block_bytes(block) > mark - here) {
            return HEAP_BAD_HEADER;
        }
        enum heap_damage damage = check_block(heap, block);
        if (damage != HEAP_SOUND) {
            return damage;
        }
        previous = block->size;
        here += block_bytes(block);
    }
    const struct block *end = at_address(mark);
    *at = end;
    return block_state(heap, end) == BLOCK_END && end->previous == previous ? HEAP_SOUND
                                                                            : HEAP_BAD_SEGMENT;
}

static enum heap_damage check_all(const struct heap *heap, const void **at)
{
    for (const struct segment *segment = heap->segments; segment; segment = segment->next) {
        enum heap_damage damage = check_segment(heap, segment, at);
        if (damage != HEAP_SOUND) {
            return damage;
        }
    }
    for (const struct large *large = heap->large; large; large = large->next) {
        *at = block_data(&large->header);
        if (!heap_large_sound(heap, large)) {
            return HEAP_BAD_HEADER;
        }
    }
    *at = 0;
    return HEAP_SOUND;
}

enum heap_damage heap_check(struct heap *heap, uint32_t flags, const void **at)
{
    const void *where;
    bool locked = heap_enter(heap, flags);
    enum heap_damage damage = heap->options & HEAP_OPTION_PAGE_BLOCKS
                                  ? heap_page_check(heap, &where)
                                  : check_all(heap, &where);

    heap_leave(heap, locked);
    if (at) {
        *at = where;
    }
    return damage;
}

bool heap_validate(struct heap *heap, uint32_t flags, const void *data)
{
    if (!data) {
        return heap_check(heap, flags, 0) == HEAP_SOUND;
    }
    bool locked = heap_enter(heap, flags);
    bool live = heap->options & HEAP_OPTION_PAGE_BLOCKS ? heap_page_size(heap, data) != (size_t)-1
                                                        : heap_check_data(heap, data) == HEAP_SOUND;

    heap_leave(heap, locked);
    return live;
}
