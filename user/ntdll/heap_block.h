/* heap_block.h - a block's header, read and written, and the segment that it lies in: what every file of the heap does.
 *
 * lib/heap_record.h draws the records; the monitor reads those, too.
 */
#pragma once
#include "lib/heap_record.h"
#include "user/ntdll/heap_make.h"

#define HEAP_PAGE 4096u
#define HEAP_UNIT 0x10000u /* granularity of reservations */

enum {
    GRANULE_SHIFT = 3,
    BLOCK_MOST = 0xFFFF, /* granules of a free block: what its 16 bits hold */
    TAKE_MOST = 0xFFFC,  /* granules that one request may ask of the segments; even */
    REQUEST_MOST =
        TAKE_MOST * GRANULE - GRANULE - GRANULE, /* bytes of it, with a header and a tail of W198 */
    END_BYTES = 32,       /* the END mark: with 32 bytes W193's arithmetic comes true */
    LARGE_FROM = 0x7D001, /* bytes; W172 leaves 0x7D001..0x7EFFF open */
    LARGE_HEADER = 0x20,  /* W173 */
    FREE_KEEP = 24,       /* bytes of a free block that belong to header, links and W198 */
    HOLE_KEEP =
        FREE_KEEP + 24,      /* of a HOLE block: W193 counts 32 bytes behind a free block's data */
    TRIM_FREE = 0x10000 / 8, /* granules of free memory kept before pages are returned (W180) */
};

/* The front end: see heap_front.h. */
enum {
    FRONT_BYTES = 512, /* the largest request it serves */
    FRONT_AFTER = 18,  /* a size is cached once it was asked for so often (W196) */
    FRONT_NEAR = 3,    /* a request takes a block of its size or up to 2 granules more, or,
                        * with memory to spare, up to FRONT_WINDOW - 1: see heap_segment.c */
    FRONT_SHARE = 3,   /* at most a third of the committed memory is cached */
};

#define SPECIAL (NO_FRONT | HEAP_OPTION_ZERO_MEMORY | HEAP_OPTION_GENERATE_EXCEPTIONS)
#define SLOW    (SPECIAL | HEAP_OPTION_SHARED)

#define TAIL_FILL 0xABu       /* W198 */
#define FREE_FILL 0xFEEEFEEEu /* W198 */
#define NEW_FILL  0xBAADF00Du /* W198 */
enum { TAIL_BYTES = 8 };

/* Keeps the short paths straight. */
#define LIKELY(condition) __builtin_expect(!!(condition), 1)

static inline void *at_address(uint32_t address)
{
    return (void *)(uintptr_t)address;
}

static inline uint32_t round_up(uint32_t size, uint32_t to)
{
    return (size + to - 1) & ~(to - 1);
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static inline struct block *block_at(const struct block *block, uint32_t granules)
{
    return at_address(address_of(block) + granules * GRANULE);
}

static inline struct block *block_next(const struct block *block)
{
    return block_at(block, block->size);
}

static inline struct block *block_before(const struct block *block)
{
    return at_address(address_of(block) - block->previous * (uint32_t)GRANULE);
}

static inline void *block_data(const struct block *block)
{
    return at_address(address_of(block) + HEADER);
}

static inline struct block *block_of_data(const void *data)
{
    return at_address(address_of(data) - HEADER);
}

static inline uint32_t block_plain(const struct heap *heap, const struct block *block)
{
    return block_plain_at(heap, block, address_of(block));
}

static inline uint32_t busy_tag(uint32_t unused)
{
    return BLOCK_BUSY | unused << UNUSED_SHIFT;
}

static inline uint32_t block_state(const struct heap *heap, const struct block *block)
{
    return state_of_plain(block_plain(heap, block), block);
}

static inline bool state_is_free(uint32_t state)
{
    return state == BLOCK_FREE || state == BLOCK_HOLE;
}

/* Writes a header.  `tag` is that of a busy block or of END, or a state exclusive-ored with the links. */
static inline void block_write(const struct heap *heap, struct block *block, uint32_t previous,
                               uint32_t size, uint32_t tag)
{
    uint32_t sizes = previous | size << 16;

    block->sizes = sizes;
    block->code = sizes ^ heap->key ^ hash_of(address_of(block)) ^ tag;
}

static inline void block_set_previous(struct block *block, uint32_t previous)
{
    uint32_t change = block->previous ^ previous;

    block->sizes ^= change;
    block->code ^= change;
}

/* The size that was asked for, of a busy block. */
static inline uint32_t block_asked(const struct heap *heap, const struct block *block)
{
    return block_bytes(block) - HEADER - plain_unused(block_plain(heap, block));
}

/* Granules for a request that is known not to overflow. */
static inline uint32_t request_granules(const struct heap *heap, size_t size)
{
    uint32_t granules = ((uint32_t)size + heap->round) >> GRANULE_SHIFT & heap->mask;

    return most(granules, BLOCK_LEAST);
}

/* Remembers damage, to be told when the call is over, since whoever is told may use the heap, raise an exception
 * or never return; the first find counts. */
static inline void heap_note(struct heap *heap, enum heap_damage what, const void *at)
{
    if (heap->damage == HEAP_SOUND) {
        heap->damage = what;
        heap->damaged = at;
    }
    heap->provider->parts->noted(heap);
}

/* Arguments in registers: the paths of every malloc() cross functions and files. */
#define IN_REGISTERS __attribute__((regparm(3)))

/* The segment in whose tiled part a block with that data could begin, or 0. */
static inline struct segment *segment_of(const struct heap *heap, const void *data)
{
    uint32_t at = address_of(data) - HEADER;

    struct segment *segment = heap->segments; /* there is one, always */

    do {
        if (LIKELY(at - segment->first < segment->span))
            return segment;
        segment = segment->next;
    } while (segment);
    return 0;
}

/* Does the unit of that address have no memory?  Who wants to read links asks for the data, too: a
 * stale header may end where a hole begins. */
IN_REGISTERS bool heap_segment_lacks(const struct segment *segment, uint32_t at);

static inline bool segment_in_hole(const struct segment *segment, uint32_t at)
{
    return segment->holes && heap_segment_lacks(segment, at);
}

/* The part [*from, *to) of a HOLE block that has no memory: its whole units. */
static inline void segment_hole(const struct segment *segment, const struct block *block,
                                uint32_t *from, uint32_t *to)
{
    uint32_t unit = 1u << segment->unit_shift;
    uint32_t offset = address_of(block) - segment->base;
    uint32_t end = offset + block_bytes(block);

    *from = segment->base + round_up(offset + HOLE_KEEP, unit);
    *to = segment->base + (end & ~(unit - 1));
}
