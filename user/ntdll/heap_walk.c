/* heap_walk.c - passes over all blocks: HeapWalk in the order of W191, HeapCompact, HeapValidate.
 *
 * A walk has no state but the entry that the caller hands back, so every step first finds that
 * entry again and refuses one that it didn't make.
 *
 *   for each segment: region, blocks from low to high (a HOLE is followed by the range it lacks),
 *   the range behind the END mark; then the large blocks.
 */
#include "user/ntdll/heap_calls.h"
#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_blocks.h"
#include "user/ntdll/heap_segment.h"
#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_front.h"
#include "user/ntdll/heap_large.h"
#include "user/ntdll/heap_live.h"
#include "user/ntdll/heap_lock.h"
#include "user/ntdll/heap_page.h"

enum { FREE_OVERHEAD = 16 /* W191 */, REGION_MOST = HEAP_ENTRY_LARGE - 1 };

static uint8_t region_index(const struct segment *segment)
{
    return (uint8_t)least(segment->index, REGION_MOST);
}

/* The segment of the lowest index from `index` on: the list itself is newest first. */
static struct segment *segment_from(const struct heap *heap, uint32_t index)
{
    struct segment *best = 0;

    for (struct segment *segment = heap->segments; segment; segment = segment->next) {
        if (segment->index >= index && (!best || segment->index < best->index)) {
            best = segment;
        }
    }
    return best;
}

static enum heap_walk_result say_large(const struct large *large, struct heap_entry *entry)
{
    if (!large) {
        return HEAP_WALK_END;
    }
    *entry = (struct heap_entry){
        .data = block_data(&large->header),
        .size = large->asked,
        .overhead = LARGE_HEADER,
        .region = HEAP_ENTRY_LARGE,
        .flags = HEAP_ENTRY_BUSY,
    };
    return HEAP_WALK_NEXT;
}

/* The first large block that was made: a walk goes from there to the newest (X10). */
static const struct large *oldest(const struct heap *heap)
{
    const struct large *large = heap->large;

    while (large && large->next)
        large = large->next;
    return large;
}

static enum heap_walk_result say_region(const struct heap *heap, const struct segment *segment,
                                        struct heap_entry *entry)
{
    if (!segment) {
        return say_large(oldest(heap), entry);
    }
    *entry = (struct heap_entry){
        .data = at_address(segment->base),
        .size = segment->first - segment->base,
        .region = region_index(segment),
        .flags = HEAP_ENTRY_REGION,
        .committed = segment->committed,
        .uncommitted = segment->reserved - segment->committed,
        .first_block = at_address(segment->first),
        .last_block = at_address(segment->base + segment->reserved),
    };
    return HEAP_WALK_NEXT;
}

static enum heap_walk_result say_uncommitted(const struct segment *segment, uint32_t from,
                                             uint32_t to, const struct block *hole,
                                             struct heap_entry *entry)
{
    *entry = (struct heap_entry){
        .data = at_address(from),
        .size = to - from,
        .region = region_index(segment),
        .flags = HEAP_ENTRY_UNCOMMITTED,
        .last_block = at_address(address_of(hole)), /* the way back, for the next step */
    };
    return HEAP_WALK_NEXT;
}

/* A block of the tiling, or the END mark. */
static enum heap_walk_result say_block(const struct heap *heap, const struct segment *segment,
                                       const struct block *block, struct heap_entry *entry)
{
    uint32_t from, to;
    uint32_t state = block_state(heap, block);

    if (!state) {
        return HEAP_WALK_BAD;
    }
    if (state == BLOCK_END) {
        from = segment->base + segment->committed;
        to = segment->base + segment->reserved;
        return from < to ? say_uncommitted(segment, from, to, 0, entry)
                         : say_region(heap, segment_from(heap, segment->index + 1), entry);
    }
    bool busy = state == BLOCK_BUSY;
    uint32_t data = address_of(block) + HEADER;
    uint32_t size = busy ? block_asked(heap, block) : block_bytes(block) - HEADER;
    if (state == BLOCK_HOLE) {
        segment_hole(segment, block, &from, &to);
        size = from - END_BYTES - data; /* W193: what is missing begins 32 bytes behind the data */
    }
    *entry = (struct heap_entry){
        .data = at_address(data),
        .size = size,
        .overhead = (uint8_t)(busy ? block_bytes(block) - HEADER - size : FREE_OVERHEAD),
        .region = region_index(segment),
        .flags = busy ? HEAP_ENTRY_BUSY : 0,
    };
    return HEAP_WALK_NEXT;
}

/* The block of an entry that a caller claims to have from us, or 0. */
static const struct block *known_block(const struct heap *heap, const struct segment *segment,
                                       uint32_t at, uint16_t flags)
{
    const struct block *block = at_address(at);

    if (!segment || at % GRANULE || at - segment->first >= segment->span ||
        segment_in_hole(segment, at) || segment_in_hole(segment, at + HEADER) ||
        !block_state(heap, block) || block_bytes(block) > segment->first + segment->span - at ||
        (block_state(heap, block) == BLOCK_BUSY) != (flags == HEAP_ENTRY_BUSY)) {
        return 0;
    }
    return block;
}

static enum heap_walk_result after_block(const struct heap *heap, struct heap_entry *entry)
{
    const struct segment *segment = segment_of(heap, entry->data);
    const struct block *block =
        known_block(heap, segment, address_of(entry->data) - HEADER, entry->flags);

    if (!block) {
        return HEAP_WALK_BAD;
    }
    if (block_state(heap, block) == BLOCK_HOLE) {
        uint32_t from, to;
        segment_hole(segment, block, &from, &to);
        return say_uncommitted(segment, from, to, block, entry);
    }
    return say_block(heap, segment, block_next(block), entry);
}

static enum heap_walk_result after_uncommitted(const struct heap *heap, struct heap_entry *entry)
{
    const struct segment *segment = heap->segments;
    uint32_t at = address_of(entry->data);

    while (segment && at - segment->base > segment->reserved) {
        segment = segment->next;
    }
    if (segment && at == segment->base + segment->committed) {
        return say_region(heap, segment_from(heap, segment->index + 1), entry);
    }
    const struct block *hole = known_block(heap, segment, address_of(entry->last_block), 0);
    return hole ? say_block(heap, segment, block_next(hole), entry) : HEAP_WALK_BAD;
}

static enum heap_walk_result after_region(const struct heap *heap, struct heap_entry *entry)
{
    for (const struct segment *segment = heap->segments; segment; segment = segment->next) {
        if (at_address(segment->base) == entry->data) {
            return say_block(heap, segment, at_address(segment->first), entry);
        }
    }
    return HEAP_WALK_BAD;
}

static enum heap_walk_result step(const struct heap *heap, struct heap_entry *entry)
{
    switch (entry->flags) {
    case HEAP_ENTRY_REGION:
        return after_region(heap, entry);
    case HEAP_ENTRY_UNCOMMITTED:
        return after_uncommitted(heap, entry);
    case HEAP_ENTRY_BUSY:
        if (entry->region == HEAP_ENTRY_LARGE) {
            const struct large *large = heap_large_find(heap, entry->data);
            return large ? say_large(large->previous, entry) : HEAP_WALK_BAD;
        }
        return after_block(heap, entry);
    case 0:
        return after_block(heap, entry);
    default:
        return HEAP_WALK_BAD;
    }
}

enum heap_walk_result heap_walk(struct heap *heap, struct heap_entry *entry)
{
    bool locked = heap_enter(heap, 0);
    enum heap_walk_result result;

    if (heap->keeping) {
        result = heap_page_walk(heap, entry);
    } else if (entry->data) {
        result = step(heap, entry);
    } else {
        heap_front_flush(heap); /* cached blocks are free blocks to the program */
        result = say_region(heap, segment_from(heap, 0), entry);
    }
    heap_leave(heap, locked);
    return result;
}

/* A heap that doesn't merge when it frees (DISABLE_COALESCE) merges here. */
static void merge_all(struct heap *heap, struct segment *segment)
{
    struct block *block = at_address(segment->first);
    uint32_t state = block_state(heap, block);

    while (state && state != BLOCK_END) {
        struct block *next = block_next(block);
        uint32_t next_state = block_state(heap, next);
        uint32_t size = block->size + (uint32_t)next->size;
        if (state == BLOCK_FREE && next_state == BLOCK_FREE && size <= BLOCK_MOST) {
            heap_bins_remove(heap, block);
            heap_bins_remove(heap, next);
            heap_bins_insert(heap, block, block->previous, size, BLOCK_FREE);
            block_set_previous(block_next(block), size);
            if (heap->options & HEAP_OPTION_FREE_CHECKING) {
                heap_fill_free(heap, block); /* over the second one's header and links */
            }
        } else {
            block = next;
            state = next_state;
        }
    }
}

/* The longest free block with memory. */
static uint32_t longest(const struct heap *heap, const struct segment *segment)
{
    const struct block *block = at_address(segment->first);
    uint32_t state, best = 0;

    while ((state = block_state(heap, block)) != 0 && state != BLOCK_END) {
        if (state == BLOCK_FREE) {
            best = most(best, block_bytes(block) - HEADER);
        }
        block = block_next(block);
    }
    return best;
}

size_t heap_compact(struct heap *heap, uint32_t flags)
{
    bool locked = heap_enter(heap, flags);
    uint32_t best = 0;

    heap_front_flush(heap);
    for (struct segment *segment = heap->segments; segment; segment = segment->next) {
        if (heap->options & HEAP_OPTION_DISABLE_COALESCE) {
            merge_all(heap, segment);
        }
        best = most(best, longest(heap, segment));
    }
    heap_leave(heap, locked);
    return best;
}

/* --- is everything as the heap left it?  Nothing here changes or reports anything. --- */

/* One block of the tiling. */
static enum heap_damage check_block(const struct heap *heap, const struct block *block)
{
    switch (block_state(heap, block)) {
    case BLOCK_BUSY:
        return heap_live_busy(heap, block);
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
    enum heap_damage damage =
        heap->keeping ? heap_page_check(heap, &where) : check_all(heap, &where);

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
    bool live = heap->keeping ? heap->keeping->size(heap, data) != (size_t)-1
                              : heap_live_data(heap, data) == HEAP_SOUND;

    heap_leave(heap, locked);
    return live;
}
