/* heap_segment.c - a heap's address space, and which of it has memory.
 *
 * A segment grows page by page at the END mark and shrinks there again.  Whole free pages in the middle are given
 * back, too (heap_hole.h): such a block is a HOLE.
 */
#include "user/ntdll/heap_segment.h"

#include "lib/list.h"
#include "user/ntdll/heap_bins.h"

enum {
    SEGMENT_LEAST = 0x100000, /* a heap that grows reserves 1 MB, then as much as it has ... */
    SEGMENT_MOST = 0x1000000, /* ... up to 16 MB */
    SPARE_SHARE = 10,         /* memory to spare: more than a tenth is free or cached */
    UNITS_MOST = 4096,        /* bits of a hole map: pages up to 16 MB, coarser above */
};

static uint32_t unit_shift(uint32_t reserved)
{
    uint32_t shift = 12;

    while (reserved >> shift > UNITS_MOST)
        shift++;
    return shift;
}

/* A function, so that the paths of every free() save no registers for what they rarely ask. */
IN_REGISTERS bool heap_segment_lacks(const struct segment *segment, uint32_t at)
{
    uint32_t unit = (at - segment->base) >> segment->unit_shift;

    return segment->hole[unit / 8] & 1u << unit % 8;
}

uint32_t heap_segment_map_bytes(uint32_t reserved)
{
    return (reserved >> unit_shift(reserved)) / 8 + 1;
}

/* The record's checksum: of the fields that stay as they are. */
static uint32_t record_check(const struct heap *heap, const struct segment *segment)
{
    uint32_t sum = heap->key ^ address_of(segment);

    sum = sum * 33 + segment->base;
    sum = sum * 33 + segment->reserved;
    sum = sum * 33 + segment->first;
    return sum * 33 + segment->index * 64 + segment->unit_shift;
}

bool heap_segment_sound(const struct heap *heap, const struct segment *segment)
{
    return segment->check == record_check(heap, segment) &&
           segment->committed <= segment->reserved && segment->committed % HEAP_PAGE == 0 &&
           segment->first + segment->span <= segment->base + segment->committed;
}

/* Where the END mark stands when the segment's memory ends at `end`: data begin at a multiple of
 * the heap's alignment, and the mark stands where a block could. */
static uint32_t end_mark(const struct heap *heap, uint32_t end)
{
    uint32_t mark = end - END_BYTES;

    return heap->options & HEAP_OPTION_ALIGN_16 ? mark - HEADER : mark;
}

static void write_end(struct heap *heap, struct segment *segment, uint32_t mark, uint32_t previous)
{
    uint32_t size = (segment->base + segment->committed - mark) / GRANULE;

    block_write(heap, at_address(mark), previous, size, BLOCK_END);
    segment->span = mark - segment->first;
}

/* Free blocks from `at` to the END mark of the segment's present memory, which is written, too. */
static void tile(struct heap *heap, struct segment *segment, uint32_t at, uint32_t previous)
{
    uint32_t mark = end_mark(heap, segment->base + segment->committed);

    while (at < mark) {
        uint32_t size = (mark - at) / GRANULE;
        if (size > BLOCK_MOST)
            size = TAKE_MOST;
        struct block *block = at_address(at);
        heap_bins_insert(heap, block, previous, size, BLOCK_FREE);
        if (heap->options & HEAP_OPTION_FREE_CHECKING)
            heap->provider->parts->fill_free(heap, block);
        heap->free_granules += size;
        previous = size;
        at += size * GRANULE;
    }
    write_end(heap, segment, mark, previous);
}

void heap_segment_account(struct heap *heap, uint32_t committed)
{
    heap->committed += committed; /* may be a negative number */

    uint32_t granules = heap->committed / GRANULE;
    uint32_t limit = granules / FRONT_SHARE;
    heap->front_room += (int32_t)(limit - heap->front_limit);
    heap->front_limit = limit;
    /* Free and cached memory together is free_granules + front_limit - front_room. */
    heap->spare_from = (int32_t)(granules / SPARE_SHARE - limit);
}

void heap_segment_open(struct heap *heap, struct segment *segment, uint32_t base, uint32_t reserved,
                       uint32_t committed)
{
    uint32_t record_end = address_of(segment->hole) + heap_segment_map_bytes(reserved);

    segment->base = base;
    segment->reserved = reserved;
    segment->committed = committed;
    segment->index = heap->segments ? heap->segments->index + 1 : 0;
    segment->unit_shift = unit_shift(reserved);
    /* The data behind the first header begin at a multiple of 16, so they suit every heap. */
    segment->first = round_up(record_end + HEADER, 16) - HEADER;
    segment->check = record_check(heap, segment);
    segment->next = heap->segments;
    heap->segments = segment;
    heap->reserved += reserved;
    heap_segment_account(heap, committed);
    tile(heap, segment, segment->first, 0);
}

/* Memory behind the END mark, so that the free space before and behind it becomes one block of at
 * least `need` granules. */
bool heap_segment_extend(struct heap *heap, struct segment *segment, uint32_t need)
{
    uint32_t mark = segment->first + segment->span;
    struct block *end = at_address(mark);
    struct block *last = end->previous ? block_before(end) : 0;
    uint32_t free = 0;

    if (block_state(heap, end) != BLOCK_END) {
        heap_note(heap, HEAP_BAD_SEGMENT, end);
        return false;
    }
    if (last && block_state(heap, last) == BLOCK_FREE && last->size < need)
        free = last->size;
    uint32_t more = round_up((need - free) * GRANULE, HEAP_PAGE);
    if (more > segment->reserved - segment->committed ||
        !heap->provider->commit(heap->provider->context,
                                at_address(segment->base + segment->committed), more))
        return false;
    segment->committed += more;
    heap_segment_account(heap, more);
    if (free > 0) {
        heap_bins_remove(heap, last);
        heap->free_granules -= free;
        end->sizes = end->code = 0; /* it ends up in memory that nobody has used */
        tile(heap, segment, address_of(last), last->previous);
    } else {
        tile(heap, segment, mark, end->previous);
    }
    return true;
}

/* A new segment that can hold a block of `need` granules. */
static bool add(struct heap *heap, uint32_t need)
{
    const struct heap_provider *provider = heap->provider;
    uint32_t size =
        least(most(4 * least(heap->reserved, SEGMENT_MOST), SEGMENT_LEAST), SEGMENT_MOST);
    uint32_t record = (uint32_t)sizeof(struct segment) + heap_segment_map_bytes(size) + 16;
    uint32_t memory = round_up(record + need * GRANULE + END_BYTES + HEADER, HEAP_PAGE);
    void *base = provider->reserve(provider->context, size);

    /* Where address space is short a smaller segment does, too. */
    while (!base && size / 2 >= round_up(memory, HEAP_UNIT)) {
        size = round_up(size / 2, HEAP_UNIT);
        base = provider->reserve(provider->context, size);
    }
    if (!base)
        return false;
    if (!provider->commit(provider->context, base, memory)) {
        provider->release(provider->context, base, size);
        return false;
    }
    heap_segment_open(heap, base, address_of(base), size, memory);
    return true;
}

bool heap_segment_grow(struct heap *heap, uint32_t need)
{
    for (struct segment *segment = heap->segments; segment; segment = segment->next)
        if (heap_segment_extend(heap, segment, need))
            return true;
    return heap->options & HEAP_OPTION_GROWABLE && add(heap, need);
}

/* A segment of which nothing is in use goes back as a whole. */
static void release(struct heap *heap, struct segment *segment)
{
    uint32_t holes = segment->holes << segment->unit_shift;

    heap->free_granules -= (segment->span - holes) / GRANULE;
    heap_segment_account(heap, holes - segment->committed);
    heap->reserved -= segment->reserved;
    LIST_UNLINK(heap->segments, segment, next);
    heap->provider->release(heap->provider->context, at_address(segment->base), segment->reserved);
}

/* All from `at` to the END mark is free and in no bin: the memory behind its first page goes back,
 * and the mark moves down to it. */
static void retract(struct heap *heap, struct segment *segment, uint32_t at, uint32_t previous)
{
    uint32_t mark = segment->first + segment->span;
    uint32_t end = segment->base + segment->committed;
    uint32_t keep = round_up(at + (end - mark), HEAP_PAGE);

    /* What stays free in front of the mark must be nothing or a whole block. */
    if (end_mark(heap, keep) != at && end_mark(heap, keep) - at < BLOCK_LEAST * GRANULE)
        keep += HEAP_PAGE;
    heap->free_granules -= (mark - at) / GRANULE; /* tile() adds what is left */
    if (keep < end) {
        /* Holes in there begin behind `keep`, thanks to HOLE_KEEP; they are holes no more. */
        uint32_t holes = segment->holes ? heap->provider->parts->unmark(segment, keep, end) : 0;
        heap->free_granules += holes / GRANULE;
        heap->provider->decommit(heap->provider->context, at_address(keep), end - keep);
        segment->committed = keep - segment->base;
        heap_segment_account(heap, holes - (end - keep));
    }
    tile(heap, segment, at, previous);
}

void heap_segment_trim(struct heap *heap, struct block *block, uint32_t previous, uint32_t size)
{
    struct segment *segment = segment_of(heap, block_data(block));

    block->previous = (uint16_t)previous;
    block->size = (uint16_t)size;
    if (block_state(heap, block_next(block)) != BLOCK_END) {
        heap->provider->parts->punch(heap, segment, block);
        return;
    }
    /* Free blocks too long to be merged may lie in front of it. */
    while (block->previous && state_is_free(block_state(heap, block_before(block)))) {
        block = block_before(block);
        heap_bins_remove(heap, block);
    }
    if (address_of(block) == segment->first && segment != &heap->own)
        release(heap, segment);
    else
        retract(heap, segment, address_of(block), block->previous);
}
