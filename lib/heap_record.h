/* heap_record.h - the records of a heap in memory, and their codes: what ntdll keeps (user/ntdll/heap_block.h) and the
 * monitor reads.
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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(void *) == 4, "a free block of 16 bytes has room for two 32-bit links only");

/* Options of a heap and flags of a call, with the numbers of Windows.  Flags of a call are joined
 * with the heap's options. */
#define HEAP_OPTION_NO_SERIALIZE        0x00000001u /* no lock */
#define HEAP_OPTION_GROWABLE            0x00000002u /* else `reserve` is all it ever gets */
#define HEAP_OPTION_GENERATE_EXCEPTIONS 0x00000004u /* left to the provider's refused() */
#define HEAP_OPTION_ZERO_MEMORY         0x00000008u
#define HEAP_OPTION_IN_PLACE_ONLY       0x00000010u
#define HEAP_OPTION_TAIL_CHECKING       0x00000020u /* at creation only */
#define HEAP_OPTION_FREE_CHECKING       0x00000040u /* at creation only */
#define HEAP_OPTION_DISABLE_COALESCE    0x00000080u
#define HEAP_OPTION_ALIGN_16            0x00010000u /* at creation only (W228) */
#define HEAP_OPTION_PAGE_BLOCKS         0x01000000u /* at creation only: the page-heap mode */

/* What a heap found broken. */
enum heap_damage {
    HEAP_SOUND,
    HEAP_DOUBLE_FREE,   /* the block is free already */
    HEAP_FOREIGN_FREE,  /* no block of this heap begins there */
    HEAP_BAD_HEADER,    /* a block's 8-byte header was overwritten */
    HEAP_BAD_TAIL,      /* bytes behind the asked size were overwritten (tail checking) */
    HEAP_BAD_FREE_FILL, /* freed memory was written (free checking) */
    HEAP_BAD_LINKS,     /* a free list was overwritten */
    HEAP_BAD_SEGMENT,   /* the heap's own records were overwritten */
};

#define HEAP_SIGNATURE 0xEEFFEEFFu /* what debuggers of Windows look for, too */

enum {
    GRANULE = 8,
    HEADER = 8,        /* bytes in front of each block's data */
    BLOCK_LEAST = 2,   /* granules: a header and two links */
    FRONT_MOST = 65,   /* granules of the largest block that the front end keeps, */
    FRONT_WINDOW = 15, /* and how many more of its lists stay empty: user/ntdll/heap_front.h */
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
    const struct heap_keeping *keeping; /* 0: in segments, as all the rest of the heap does it */
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

static inline uint32_t address_of(const void *at)
{
    return (uint32_t)(uintptr_t)at;
}

static inline uint32_t block_bytes(const struct block *block)
{
    return block->size * (uint32_t)GRANULE;
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

/* The tag is the state; that of a busy block says, too, how many bytes behind the asked size it has,
 * and whether the front end wants it back (its size was warm when it was handed out). */
enum { UNUSED_SHIFT = 8, UNUSED_MOST = 127 };
_Static_assert(UNUSED_MOST >= FRONT_WINDOW * GRANULE, "size 0 in the longest block for it");
#define EXCEPT_UNUSED (~((uint32_t)UNUSED_MOST << UNUSED_SHIFT))
#define TAG_FRONT     0x8000u

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
