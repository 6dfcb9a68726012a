/* heap_blocks.c - free blocks: found by size, split when taken, merged when given back.
 *
 * Small sizes have a bin each, so the first block of the first bin that isn't empty is the best
 * fit, and a bit map finds that bin in a few instructions.  Larger bins span a quarter of a
 * power of two; of their first few blocks the tightest is taken.
 *
 * The links of a free block lie in memory that its last owner may still write to.  They are
 * checked before they are followed; a bin whose links are damaged is dropped as a whole: its blocks
 * are lost, which is harmless, instead of handed out twice, which is not.
 */
#include "lib/heap_internal.h"

enum { TIGHT_TRIES = 8 }; /* blocks of a large bin that are compared */

static uint32_t bin_of(uint32_t granules)
{
    if (granules < EXACT_BINS) {
        return granules;
    }
    uint32_t top = 31 - (uint32_t)__builtin_clz(granules); /* 6..15 */

    return EXACT_BINS + (top - 6) * 4 + (granules >> (top - 2) & 3);
}

void heap_blocks_init(struct heap *heap)
{
    for (uint32_t i = 0; i < BINS; i++) {
        heap->bins[i].next = heap->bins[i].previous = &heap->bins[i];
    }
}

static inline void insert(struct heap *heap, struct block *block, uint32_t bin)
{
    struct link *head = &heap->bins[bin];
    struct link *next = head->next;

    block->link.next = next;
    block->link.previous = head;
    next->previous = &block->link;
    head->next = &block->link;
    heap->bin_map[bin / 32] |= 1u << bin % 32;
}

void heap_blocks_insert(struct heap *heap, struct block *block)
{
    insert(heap, block, bin_of(block->size));
}

static __attribute__((noinline)) void drop_bin(struct heap *heap, uint32_t bin, const void *at)
{
    heap->bins[bin].next = heap->bins[bin].previous = &heap->bins[bin];
    heap_note(heap, HEAP_BAD_LINKS, at);
}

/* Safe unlinking: both neighbours must agree.  The map is left as it is, see next_bin(). */
static inline bool remove(struct heap *heap, struct block *block)
{
    struct link *next = block->link.next;
    struct link *previous = block->link.previous;

    if (!link_plausible(heap, next) || !link_plausible(heap, previous) ||
        next->previous != &block->link || previous->next != &block->link) {
        drop_bin(heap, bin_of(block->size), block);
        return false;
    }
    next->previous = previous;
    previous->next = next;
    return true;
}

bool heap_blocks_remove(struct heap *heap, struct block *block)
{
    return remove(heap, block);
}

/* The first bin from `bin` on that isn't empty; BINS if all are.  Bits of bins that have
 * become empty are cleared only here, where they would mislead. */
static inline uint32_t next_bin(struct heap *heap, uint32_t bin)
{
    uint32_t word = bin / 32;
    uint32_t bits = heap->bin_map[word] & ~0u << bin % 32;

    for (;;) {
        while (!bits) {
            if (++word == BIN_WORDS) {
                return BINS;
            }
            bits = heap->bin_map[word];
        }
        uint32_t found = word * 32 + (uint32_t)__builtin_ctz(bits);
        if (heap->bins[found].next != &heap->bins[found]) {
            return found;
        }
        heap->bin_map[word] &= ~(bits & -bits);
        bits &= bits - 1;
    }
}

/* The tightest of a bin's first blocks that are long enough, or 0. */
static struct block *tightest(struct heap *heap, uint32_t bin, uint32_t need)
{
    struct link *head = &heap->bins[bin];
    struct block *best = 0;
    int tries = TIGHT_TRIES;

    for (struct link *link = head->next; link != head && tries > 0; link = link->next, tries--) {
        struct block *block = block_of_link(link);
        if (!link_plausible(heap, link) || !block_is_free(heap, block)) {
            drop_bin(heap, bin, block);
            return 0;
        }
        if (block->size >= need && (!best || block->size < best->size)) {
            best = block;
        }
    }
    return best;
}

/* A free block of at least `need` granules, the best fit or nearly, or 0. */
static inline struct block *find(struct heap *heap, uint32_t need)
{
    uint32_t bin = need;

    if (need >= EXACT_BINS) { /* its bin may hold shorter ones, too */
        bin = bin_of(need);
        struct block *block = tightest(heap, bin, need);
        if (block) {
            return block;
        }
        bin++;
    }
    for (; (bin = next_bin(heap, bin)) < EXACT_BINS;) {
        struct block *block = block_of_link(heap->bins[bin].next);
        if (link_plausible(heap, block) && block_is_free(heap, block)) {
            return block;
        }
        drop_bin(heap, bin, block);
    }
    for (; bin < BINS; bin = next_bin(heap, bin + 1)) {
        struct block *block = tightest(heap, bin, need);
        if (block) {
            return block;
        }
    }
    return 0;
}

/* A free block that is in no bin becomes busy; what it has too much becomes a free block. */
static inline struct block *carve(struct heap *heap, struct block *block, uint32_t need,
                                  size_t asked, uint32_t state)
{
    uint32_t rest = block->size - need;

    if (rest >= BLOCK_LEAST) {
        struct block *behind = block_at(block, need);
        block_set_previous(block_next(block), rest);
        block_write(heap, behind, need, rest, state);
        insert(heap, behind, bin_of(rest));
    } else {
        need += rest;
    }
    heap->free_granules -= need;
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    return block;
}

/* Nothing fits without more memory: cached blocks are merged before any is asked for. */
static __attribute__((noinline)) struct block *find_or_grow(struct heap *heap, uint32_t need)
{
    struct block *block = find(heap, need);

    while (!block || block_is(heap, block, BLOCK_HOLE)) {
        if (!heap_front_flush_next(heap)) {
            break;
        }
        block = find(heap, need);
    }
    if (!block && heap_segment_grow(heap, need)) {
        block = find(heap, need);
    }
    return block;
}

/* All that can come between finding a block and handing it out. */
static __attribute__((noinline)) struct block *take_slowly(struct heap *heap, uint32_t need,
                                                           size_t asked)
{
    struct block *block;

    do {
        block = find_or_grow(heap, need);
        if (!block) {
            return 0;
        }
    } while (!remove(heap, block)); /* if its bin is gone, the next try looks elsewhere */
    if (block_is(heap, block, BLOCK_HOLE) && !heap_segment_fill_hole(heap, block, need)) {
        heap_blocks_insert(heap, block);
        return 0;
    }
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && !heap_check_free_fill(heap, block)) {
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(block));
    }
    return carve(heap, block, need, asked, block_tag(heap, block));
}

IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked)
{
    struct block *block = find(heap, need);

    if (!block || block_tag(heap, block) != BLOCK_FREE || heap->slow & HEAP_OPTION_FREE_CHECKING ||
        !remove(heap, block)) {
        return take_slowly(heap, need, asked);
    }
    return carve(heap, block, need, asked, BLOCK_FREE);
}

/* Can a free neighbour become one block with `size` granules?  Then it is out of its bin. */
static inline bool joins(struct heap *heap, struct block *neighbour, uint32_t size)
{
    if (size + neighbour->size > BLOCK_MOST) {
        return false;
    }
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && !heap_check_free_fill(heap, neighbour)) {
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(neighbour));
    }
    return remove(heap, neighbour);
}

/* Into its bin, after what is left to do for long blocks, holes and debugging options. */
static __attribute__((noinline)) void insert_slowly(struct heap *heap, struct block *block,
                                                    bool hole)
{
    if (hole || (block->size >= HEAP_PAGE / GRANULE && heap->free_granules > TRIM_FREE)) {
        heap_segment_trim(heap, block);
        return;
    }
    if (heap->slow & HEAP_OPTION_FREE_CHECKING) {
        heap_check_fill_free(heap, block);
    }
    heap_blocks_insert(heap, block);
}

IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block)
{
    uint32_t size = block->size;
    uint32_t previous = block->previous;
    uint32_t hole = 0; /* a joined neighbour's, in whose middle pages are missing */

    heap->free_granules += size;
    if (!(heap->slow & HEAP_OPTION_DISABLE_COALESCE)) {
        struct block *next = block_at(block, size);
        uint32_t tag = block_tag(heap, next);
        if (tag_is_free(tag) && joins(heap, next, size)) {
            hole = tag ^ BLOCK_FREE;
            size += next->size;
        }
        struct block *before = at_address(address_of(block) - previous * (uint32_t)GRANULE);
        tag = block_tag(heap, before);
        if (previous && tag_is_free(tag) && joins(heap, before, size)) {
            /* The header ends up inside a larger block, where it must not pass for busy. */
            block_write(heap, block, previous, size, BLOCK_FREE);
            hole |= tag ^ BLOCK_FREE;
            size += before->size;
            block = before;
            previous = before->previous;
        }
    }
    block_write(heap, block, previous, size, BLOCK_FREE);
    block_set_previous(block_at(block, size), size);
    if (size < EXACT_BINS && !(heap->slow & HEAP_OPTION_FREE_CHECKING)) {
        insert(heap, block, size);
    } else {
        insert_slowly(heap, block, hole);
    }
}

/* The free block behind becomes part of this one, as far as needed. */
static bool grow(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    struct block *next = block_next(block);
    uint32_t more = need - block->size;

    if (!block_is_free(heap, next) || next->size < more || block->size + next->size > BLOCK_MOST ||
        !remove(heap, next)) {
        return false;
    }
    if (block_is(heap, next, BLOCK_HOLE) && !heap_segment_fill_hole(heap, next, more)) {
        heap_blocks_insert(heap, next);
        return false;
    }
    /* As one free block they are carved like any other. */
    uint32_t size = block->size + (uint32_t)next->size;
    heap->free_granules += block->size;
    block_set_previous(block_next(next), size);
    block_write(heap, block, block->previous, size, BLOCK_FREE);
    carve(heap, block, need, asked, block_tag(heap, next));
    return true;
}

static void shrink(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    uint32_t rest = block->size - need;

    if (rest >= BLOCK_LEAST) {
        struct block *behind = block_at(block, need);
        block_set_previous(block_next(block), rest);
        block_write(heap, behind, need, rest, BLOCK_BUSY);
    } else {
        need += rest;
        rest = 0;
    }
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    if (rest > 0) {
        heap_blocks_give(heap, block_next(block));
    }
}

bool heap_blocks_resize(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    if (need > block->size) {
        return grow(heap, block, need, asked);
    }
    shrink(heap, block, need, asked);
    return true;
}
