/* heap_record.h - the records of a heap in memory, and their codes.
 *
 * A heap is a list of segments.  A segment is reserved address space of which a first part is
 * committed and tiled by blocks; an END mark closes the tiling:
 *
 *   base                                              committed end           reserved end
 *   | struct heap | block | block | free block | ... | END (32) |  uncommitted  |
 *     or segment
 *
 * Sizes are counted in granules of 8 bytes, so a block's whole header fits 8 bytes.  The headers are
 * the only record of the tiling, hence each is coded with the heap's key and its own address: neither
 * an overrun nor a copied header passes for one.
 *
 *         alloc                  alloc, take the rest      free: room in the front end
 *   FREE --------> BUSY      HOLE ---------> BUSY      BUSY --------> CACHED -----> BUSY
 *    ^   <--------  |         ^                                          | flush    (alloc)
 *    |     free               | pages taken away                         v
 *    +------------------------+ (FREE with whole free pages inside)     FREE
 */
#pragma once
#include "lib/heap.h"

_Static_assert(sizeof(void *) == 4, "a free block of 16 bytes has room for two 32-bit links only");

#define HEAP_PAGE      4096u
#define HEAP_UNIT      0x10000u    /* granularity of reservations */
#define HEAP_SIGNATURE 0xEEFFEEFFu /* what debuggers of Windows look for, too */

enum {
    GRANULE = 8,
    GRANULE_SHIFT = 3,
    HEADER = 8,          /* bytes in front of each block's data */
    BLOCK_LEAST = 2,     /* granules: a header and two links */
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

/* States.  They differ in every byte, so an overrun of one to three bytes can't turn one into another,
 * and in their low two bits, see block_state(). */
#define BLOCK_BUSY   0x5A0000A1u /* its second byte is free for what busy_tag() adds */
#define BLOCK_CACHED 0x96C3B952u /* freed, but kept whole by the front end */
#define BLOCK_FREE   0x693CC63Cu
#define BLOCK_HOLE   0xC3A5EAC7u /* free, and the whole pages inside have no memory */
#define BLOCK_END    0x3C69937Du
#define BLOCK_LARGE  0x2D87E4B0u /* a region of its own: struct large stands in front */

/* A busy block's data begin behind `code`. */
struct block {
    union {
        struct {
            uint16_t previous; /* granules of the block in front; 0: first of its segment */
            uint16_t size;     /* granules, header included */
        };
        uint32_t sizes;
    };
    uint32_t code;      /* says the state and guards all the rest: see block_state() */
    struct block *next; /* free: in its bin; cached: of its size */
    struct block *back; /* free: in its bin */
};

/* Free blocks by size: one bin for each size below EXACT_BINS, four for each power of two above.
 * A bin's head is a block without `sizes`. */
enum { EXACT_BINS = 66, BINS = EXACT_BINS + 40, BIN_WORDS = (BINS + 31) / 32 };
struct bin {
    uint32_t code; /* never looked at */
    struct block *next, *back;
};

/* The front end: see heap_front.h. */
enum {
    FRONT_BYTES = 512, /* the largest request it serves ... */
    FRONT_MOST = 65,   /* ... and its granules */
    FRONT_AFTER = 18,  /* a size is cached once it was asked for so often (W196) */
    FRONT_NEAR = 3,    /* a request takes a block of its size or up to 2 granules more ... */
    FRONT_WINDOW = 15, /* ... or, with memory to spare, up to 14: see heap_segment.c */
    FRONT_SHARE = 3,   /* at most a third of the committed memory is cached */
};

struct segment {
    struct segment *next;               /* the newest first: it is the largest and most used */
    uint32_t first;                     /* address of its first block */
    uint32_t span;                      /* bytes from there to the END mark */
    uint32_t base, reserved, committed; /* bytes; committed: from base to behind END */
    uint32_t index;                     /* 0 for the heap's first, for HeapWalk */
    uint32_t holes;                     /* units without memory below `committed` */
    uint32_t unit_shift;                /* log2 of the bytes of a unit, at least a page */
    uint32_t check;                     /* of the fields that never change */
    uint8_t hole[];                     /* one bit a unit */
};

struct large {
    struct large *next, *previous;
    uint32_t asked, committed, reserved; /* bytes; asked: without this header */
    uint32_t check;
    struct block header; /* only its first 8 bytes: the data begins behind them */
};

/* See heap_lock.h. */
struct heap_lock {
    uint32_t word;
    uint32_t depth; /* how often the owner holds it beyond the first time */
    void *slot;     /* the provider's: what waiters sleep on */
};

struct heap {
    uint32_t signature;
    uint32_t slow; /* options that keep calls off the short paths, see SLOW */
    uint32_t key;
    uint32_t entered;                  /* a call without the lock is under way */
    struct heap_lock lock, front_lock; /* taken in this order: see heap_lock.h */
    uint32_t round, mask;              /* granules of a request: (size + round) / 8 & mask */
    uint32_t free_granules;            /* in bins and committed */
    struct segment *segments;
    uint32_t bin_map[BIN_WORDS]; /* which bins hold blocks */
    struct bin bins[BINS];
    /* Cached blocks by granules, last in first out; the last few lists stay empty. */
    struct block *front[FRONT_MOST + FRONT_WINDOW];
    uint8_t warm[FRONT_MOST + 1]; /* allocations to go before a size is cached; 0: it is */
    int32_t front_room;           /* granules that may still be cached; below 0: full */
    uint32_t front_limit;         /* granules that may be cached in all */
    int32_t spare_from;           /* memory to spare: free_granules - front_room is above this */
    uint32_t front_mode;
    const struct heap_provider *provider;
    uint32_t options;
    uint32_t committed, reserved; /* bytes, large blocks not included */
    enum heap_damage damage;      /* found and not yet reported */
    const void *damaged;
    struct large *large;
    const struct heap_keeping *keeping; /* 0: in segments, as all the rest of lib/heap does it */
    struct page_chunk *chunks;          /* of the page heap */
    struct segment own;                 /* the last: its bit map follows */
};

/* Flags and options that need more than the short path of heap_alloc() and heap_free(). */
#define HEAP_OPTION_NO_FRONT 0x80000000u /* ours: this heap has no front end */
#define HEAP_OPTION_SHARED   0x40000000u /* ours: several threads may use it */
#define NO_FRONT                                                                                   \
    (HEAP_OPTION_NO_SERIALIZE | HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING |            \
     HEAP_OPTION_DISABLE_COALESCE | HEAP_OPTION_ALIGN_16 | HEAP_OPTION_PAGE_BLOCKS |               \
     HEAP_OPTION_NO_FRONT)
#define SPECIAL (NO_FRONT | HEAP_OPTION_ZERO_MEMORY | HEAP_OPTION_GENERATE_EXCEPTIONS)
#define SLOW    (SPECIAL | HEAP_OPTION_SHARED)

#define TAIL_FILL 0xABu       /* W198 */
#define FREE_FILL 0xFEEEFEEEu /* W198 */
#define NEW_FILL  0xBAADF00Du /* W198 */
enum { TAIL_BYTES = 8 };

/* Keeps the short paths straight. */
#define LIKELY(condition) __builtin_expect(!!(condition), 1)

static inline uint32_t address_of(const void *at)
{
    return (uint32_t)(uintptr_t)at;
}

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

static inline uint32_t block_bytes(const struct block *block)
{
    return block->size * (uint32_t)GRANULE;
}

static inline void *block_data(const struct block *block)
{
    return at_address(address_of(block) + HEADER);
}

static inline struct block *block_of_data(const void *data)
{
    return at_address(address_of(data) - HEADER);
}

/* The code is the exclusive or of the sizes, the heap's key, a hash of the block's address, its tag
 * and, if it isn't busy, its links.  So nobody can write to a header, or to the links in freed memory,
 * without the state becoming none; and no link is followed that isn't as it was written.
 * It is linear on purpose: who changes a field changes the code by the same bits, and so doesn't bless
 * damage that is already there. */
static inline uint32_t hash_of(uint32_t address)
{
    return address *
           0x9E3779B1u; /* one instruction, and no two headers differ in a few bits only */
}

static inline uint32_t block_plain_at(const struct heap *heap, const struct block *block,
                                      uint32_t address)
{
    return block->sizes ^ block->code ^ heap->key ^ hash_of(address);
}

static inline uint32_t block_plain(const struct heap *heap, const struct block *block)
{
    return block_plain_at(heap, block, address_of(block));
}

/* The tag is the state; that of a busy block says, too, how many bytes behind the asked size it has,
 * and whether the front end wants it back (its size was warm when it was handed out). */
enum { UNUSED_SHIFT = 8, UNUSED_MOST = 127 };
_Static_assert(UNUSED_MOST >= FRONT_WINDOW * GRANULE, "size 0 in the longest block for it");
#define EXCEPT_UNUSED (~((uint32_t)UNUSED_MOST << UNUSED_SHIFT))
#define TAG_FRONT     0x8000u

static inline uint32_t busy_tag(uint32_t unused)
{
    return BLOCK_BUSY | unused << UNUSED_SHIFT;
}

static inline uint32_t plain_unused(uint32_t plain)
{
    return plain >> UNUSED_SHIFT & UNUSED_MOST;
}

static inline bool plain_is_busy(uint32_t plain)
{
    return (plain & EXCEPT_UNUSED & ~TAG_FRONT) == BLOCK_BUSY;
}

/* The state, or 0 for a header (or links) that was overwritten.  Asked in this order, leftover data of
 * a user can't pass for links: links are multiples of 4 and states that have some differ in their
 * low two bits from those asked before. */
static inline uint32_t state_of_plain(uint32_t plain, const struct block *block)
{
    if (plain_is_busy(plain))
        return BLOCK_BUSY;
    if (plain == BLOCK_END)
        return BLOCK_END;
    plain ^= address_of(block->next);
    if (plain == BLOCK_CACHED)
        return BLOCK_CACHED;
    plain ^= address_of(block->back);
    return plain == BLOCK_FREE || plain == BLOCK_HOLE ? plain : 0;
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
    if (heap->provider->parts)
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
