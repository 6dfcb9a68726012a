/* heap_internal.h - what the files of the heap share: the records in memory and their checksums.
 *
 * A heap is a list of segments.  A segment is reserved address space of which a first part is
 * committed and tiled by blocks; an END mark closes the tiling:
 *
 *   base                                              committed end           reserved end
 *   | struct heap | block | block | free block | ... | END (32) |  uncommitted  |
 *     or segment
 *
 * Sizes are counted in granules of 8 bytes, so a block's whole header fits 8 bytes.  The headers are
 * the only tiling record, hence each is coded with the heap's key and its own address: neither
 * an overrun nor a copied header passes for one.
 *
 *         alloc                  alloc, take the rest      free: room in the front end
 *   FREE --------> BUSY      HOLE ---------> BUSY      BUSY --------> CACHED -----> BUSY
 *    ^   <--------  |         ^                                          | flush    (alloc)
 *    |     free               | pages taken away                         v
 *    +------------------------+ (FREE with whole free pages inside)     FREE
 */
#ifndef LIB_HEAP_INTERNAL_H
#define LIB_HEAP_INTERNAL_H

#include "lib/heap.h"
#include "lib/heap_lock.h"

_Static_assert(sizeof(void *) == 4, "a free block of 16 bytes has room for two 32-bit links only");

#define HEAP_PAGE      4096u
#define HEAP_UNIT      0x10000u    /* granularity of reservations */
#define HEAP_SIGNATURE 0xEEFFEEFFu /* what debuggers of Windows look for, too */

enum {
    GRANULE = 8,
    GRANULE_SHIFT = 3,
    HEADER = 8,              /* bytes in front of each block's data */
    BLOCK_LEAST = 2,         /* granules: a header and two links */
    BLOCK_MOST = 0xFFFF,     /* granules of a free block: what its 16 bits hold */
    TAKE_MOST = 0xFFFC,      /* granules that one request may ask of the segments; even */
    END_BYTES = 32,          /* the END mark: with 32 bytes W193's arithmetic comes true */
    LARGE_FROM = 0x7D001,    /* bytes; W172 leaves 0x7D001..0x7EFFF open */
    LARGE_HEADER = 0x20,     /* W173 */
    FREE_KEEP = 24,          /* bytes of a free block that belong to header, links and W198 */
    TRIM_FREE = 0x10000 / 8, /* granules of free memory kept before pages are returned (W180) */
};

enum block_state {
    BLOCK_BUSY = 0xA1,
    BLOCK_CACHED = 0xA2, /* freed, but kept whole by the front end */
    BLOCK_FREE = 0xA4,
    BLOCK_HOLE = 0xA5, /* free, and the whole pages inside have no memory; one bit from FREE */
    BLOCK_END = 0xA8,
    BLOCK_LARGE = 0xB0, /* a region of its own: struct large stands in front */
};

struct link {
    struct link *next, *previous;
};

/* `code` hides the tag (state, and for a busy block how many bytes behind the asked size it has) under
 * the sizes, the heap's key and the block's address: see block_tag(). */
struct block {
    union {
        struct {
            uint16_t previous; /* granules of the block in front; 0: first of its segment */
            uint16_t size;     /* granules, header included */
        };
        uint32_t sizes;
    };
    uint32_t code;
    union {
        struct link link;     /* free: in its bin */
        struct block *cached; /* cached: the next of its size, also hidden in `code` */
    };
};

/* Free blocks by size: one bin for each size below EXACT_BINS, four for each power of two above. */
enum { EXACT_BINS = 66, BINS = EXACT_BINS + 40, BIN_WORDS = (BINS + 31) / 32 };

/* The front end's sizes, in granules: blocks for up to 512 bytes. */
#ifndef FRONT_WINDOW
#define FRONT_WINDOW 4
#endif
#ifndef FRONT_SHARE
#define FRONT_SHARE 16
#endif
enum { FRONT_MOST = 65, FRONT_BYTES = 512, FRONT_AFTER = 18 };

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

struct heap {
    uint32_t signature;
    uint32_t slow; /* options that keep calls off the short paths, see SLOW */
    uint32_t key;
    struct heap_lock lock;
    uint32_t round, mask;   /* granules of a request: (size + round) / 8 & mask */
    uint32_t low, extent;   /* all segments lie in `extent` granules from `low` on */
    uint32_t free_granules; /* in bins and committed */
    struct segment *segments;
    uint32_t bin_map[BIN_WORDS]; /* which bins may hold blocks; an empty one is seen later */
    struct link bins[BINS];
    /* Cached blocks by granules, last in first out; the last few lists stay empty. */
    struct block *front[FRONT_MOST + FRONT_WINDOW];
    uint8_t warm[FRONT_MOST + 1];         /* allocations to go before a size is cached; 0: it is */
    uint32_t front_granules, front_limit; /* cached now, and at most */
    uint32_t front_mode, front_hand;
    const struct heap_provider *provider;
    uint32_t options;
    uint32_t committed, reserved; /* bytes, large blocks not included */
    enum heap_damage damage;      /* found and not yet reported */
    const void *damaged;
    struct large *large;
    struct page_chunk *chunks; /* page-heap mode */
    struct segment own;        /* the last: its bit map follows */
};

/* Flags and options that need more than the short path of heap_alloc() and heap_free(). */
#define HEAP_OPTION_NO_FRONT 0x80000000u /* ours: this heap has no front end */
#define HEAP_OPTION_SHARED   0x40000000u /* ours: several threads use it */
#define SLOW                                                                                       \
    (HEAP_OPTION_NO_SERIALIZE | HEAP_OPTION_ZERO_MEMORY | HEAP_OPTION_TAIL_CHECKING |              \
     HEAP_OPTION_FREE_CHECKING | HEAP_OPTION_DISABLE_COALESCE | HEAP_OPTION_ALIGN_16 |             \
     HEAP_OPTION_PAGE_BLOCKS | HEAP_OPTION_NO_FRONT | HEAP_OPTION_SHARED)

#define TAIL_FILL 0xABu       /* W198 */
#define FREE_FILL 0xFEEEFEEEu /* W198 */
#define NEW_FILL  0xBAADF00Du /* W198 */
enum { TAIL_BYTES = 8 };

static inline uint32_t address_of(const void *at)
{
    return (uint32_t)(uintptr_t)at;
}

static inline void *at_address(uint32_t address)
{
    return (void *)(uintptr_t)address;
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

static inline struct block *block_of_link(const struct link *link)
{
    return at_address(address_of(link) - HEADER);
}

/* The tag is 16 bits: state | unused << 8.  Any other value says that the header was overwritten.
 * The code is a plain exclusive or on purpose: a change of one field changes the code by the
 * same bits, so a header can be updated without blessing damage that is already in it. */
static inline uint32_t block_tag(const struct heap *heap, const struct block *block)
{
    return block->sizes ^ block->code ^ heap->key ^ address_of(block);
}

enum { TAG_STATE = 0xFF, TAG_UNUSED_SHIFT = 8, UNUSED_MOST = 63 };
#define TAG_EXCEPT_UNUSED 0xFFFF00FFu

static inline uint32_t tag_unused(uint32_t tag)
{
    return tag >> TAG_UNUSED_SHIFT;
}

static inline bool tag_is(uint32_t tag, enum block_state state)
{
    return (tag & TAG_EXCEPT_UNUSED) == (uint32_t)state;
}

/* FREE or HOLE. */
static inline bool tag_is_free(uint32_t tag)
{
    return (tag & ~(uint32_t)(BLOCK_FREE ^ BLOCK_HOLE)) == BLOCK_FREE;
}

/* A cached block's code hides its link, too: it is followed only if nobody wrote to it. */
static inline bool block_is_cached(const struct heap *heap, const struct block *block)
{
    return (block_tag(heap, block) ^ address_of(block->cached)) == BLOCK_CACHED;
}

static inline bool block_is(const struct heap *heap, const struct block *block,
                            enum block_state state)
{
    return tag_is(block_tag(heap, block), state);
}

static inline bool block_is_free(const struct heap *heap, const struct block *block)
{
    return tag_is_free(block_tag(heap, block));
}

/* Any state at all? */
static inline bool block_sound(const struct heap *heap, const struct block *block)
{
    uint32_t tag = block_tag(heap, block);

    return tag_is(tag, BLOCK_BUSY) || tag_is_free(tag) || tag == BLOCK_END ||
           block_is_cached(heap, block);
}

static inline uint32_t busy_tag(uint32_t unused)
{
    return BLOCK_BUSY | unused << TAG_UNUSED_SHIFT;
}

static inline void block_write(const struct heap *heap, struct block *block, uint32_t previous,
                               uint32_t size, uint32_t tag)
{
    uint32_t sizes = previous | size << 16;

    block->sizes = sizes;
    block->code = sizes ^ heap->key ^ address_of(block) ^ tag;
}

/* Gives a block whose tag is known another one. */
static inline void block_retag(struct block *block, uint32_t old, uint32_t tag)
{
    block->code ^= old ^ tag;
}

static inline void block_set_previous(struct block *block, uint32_t previous)
{
    uint32_t change = block->previous ^ previous;

    block->sizes ^= change;
    block->code ^= change;
}

/* Asked size of a busy block. */
static inline uint32_t block_asked(const struct heap *heap, const struct block *block)
{
    return block_bytes(block) - HEADER - tag_unused(block_tag(heap, block));
}

/* Rough but quick: could this word of a list point to something of ours?  Freed memory that was
 * written to makes it point anywhere, and following it would fault.  Rotated by 3 an address that is
 * no multiple of 8 becomes a huge number, too. */
static inline bool link_plausible(const struct heap *heap, const void *link)
{
    uint32_t offset = address_of(link) - heap->low;

    return (offset >> GRANULE_SHIFT | offset << (32 - GRANULE_SHIFT)) < heap->extent;
}

/* Granules for a request that is known not to overflow. */
static inline uint32_t request_granules(const struct heap *heap, size_t size)
{
    uint32_t granules = ((uint32_t)size + heap->round) >> GRANULE_SHIFT & heap->mask;

    return granules < BLOCK_LEAST ? BLOCK_LEAST : granules;
}

/* The segment in whose tiled part a block with that data could begin, or 0. */
static inline struct segment *segment_of(const struct heap *heap, const void *data)
{
    uint32_t at = address_of(data) - HEADER;

    for (struct segment *segment = heap->segments; segment; segment = segment->next) {
        if (at - segment->first < segment->span) {
            return segment;
        }
    }
    return 0;
}

/* Does the unit of that address have no memory? */
static inline bool segment_in_hole(const struct segment *segment, uint32_t at)
{
    if (segment->holes == 0) {
        return false;
    }
    uint32_t unit = (at - segment->base) >> segment->unit_shift;

    return segment->hole[unit / 8] & 1u << unit % 8;
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

/* Arguments in registers: the paths of every malloc() cross files. */
#define IN_REGISTERS __attribute__((regparm(3)))

/* heap.c */
/* Remembers damage, to be reported when the heap is unlocked; the first find counts. */
void heap_note(struct heap *heap, enum heap_damage what, const void *at);
/* Locks the heap unless it or this call isn't serialised; heap_leave() gets the answer. */
bool heap_enter(struct heap *heap, uint32_t flags);
/* Unlocks it and reports what was noted. */
void heap_leave(struct heap *heap, bool locked);

/* heap_blocks.c: free blocks in their bins. */
/* A busy block of `need` granules of which the user asked for `asked` bytes, or 0. */
IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked);
/* Frees a block that was busy or cached; merges it with free neighbours. */
IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block);
/* Into its bin: a block whose header already says that it is free. */
void heap_blocks_insert(struct heap *heap, struct block *block);
/* Out of its bin; false, and the whole bin dropped, if the links are damaged. */
bool heap_blocks_remove(struct heap *heap, struct block *block);
/* Makes a busy block `need` granules long where it is; false: no room follows.  Growing takes from
 * the free block behind, shrinking gives the rest back. */
bool heap_blocks_resize(struct heap *heap, struct block *block, uint32_t need, size_t asked);
void heap_blocks_init(struct heap *heap);

/* heap_segment.c: address space and its memory. */
/* Lays out a fresh segment whose first `committed` bytes have memory; blocks begin behind the record
 * and its bit map. */
void heap_segment_open(struct heap *heap, struct segment *segment, uint32_t base, uint32_t reserved,
                       uint32_t committed);
/* Bytes of the record's bit map in a segment of that size. */
uint32_t heap_segment_map_bytes(uint32_t reserved);
/* More memory, so that a free block of `need` granules exists; false: none to be had. */
bool heap_segment_grow(struct heap *heap, uint32_t need);
/* Puts a free block, now in no bin, into its bin, without the memory of its whole free pages. */
void heap_segment_trim(struct heap *heap, struct block *block);
/* Memory for the first `need` granules of a HOLE block and for the header of the rest; the block
 * is FREE afterwards if no hole is left.  False: no memory, nothing changed. */
bool heap_segment_fill_hole(struct heap *heap, struct block *block, uint32_t need);
/* The part [*from, *to) of a HOLE block that has no memory. */
void heap_segment_hole(const struct segment *segment, const struct block *block, uint32_t *from,
                       uint32_t *to);
bool heap_segment_sound(const struct heap *heap, const struct segment *segment);

/* heap_front.c: blocks kept whole for the next request of their size. */
/* Gives all cached blocks back to the bins; false if there were none. */
bool heap_front_flush_next(struct heap *heap);
bool heap_front_flush(struct heap *heap);
void heap_front_init(struct heap *heap);

/* heap_large.c: blocks with a region of their own. */
void *heap_large_alloc(struct heap *heap, size_t size);
struct large *heap_large_find(const struct heap *heap, const void *data);
void heap_large_free(struct heap *heap, struct large *large);
/* In place; false if it needs more memory than it has. */
bool heap_large_resize(struct heap *heap, struct large *large, size_t size);
bool heap_large_sound(const struct heap *heap, const struct large *large);
void heap_large_free_all(struct heap *heap);

/* heap_check.c: fills and checks. */
void heap_check_fill(uint32_t from, uint32_t to, uint32_t pattern);
void heap_check_fill_free(struct heap *heap, struct block *block);
bool heap_check_free_fill(const struct heap *heap, const struct block *block);
void heap_check_fill_tail(const struct heap *heap, struct block *block);
bool heap_check_tail(const struct heap *heap, const struct block *block);
/* Is `data` that of a live, undamaged block?  Else says why not. */
enum heap_damage heap_check_data(const struct heap *heap, const void *data);

/* heap_page.c: the page-heap mode. */
void *heap_page_alloc(struct heap *heap, uint32_t flags, size_t size);
void *heap_page_realloc(struct heap *heap, uint32_t flags, void *data, size_t size);
bool heap_page_free(struct heap *heap, void *data);
size_t heap_page_size(const struct heap *heap, const void *data);
enum heap_damage heap_page_check(const struct heap *heap, const void **at);
enum heap_walk_result heap_page_walk(const struct heap *heap, struct heap_entry *entry);
void heap_page_free_all(struct heap *heap);

#endif
