/* heap_blocks.c - free blocks: found by size, split when taken, merged when given back.
 *
 * Small sizes have a bin each, so the first block of the first bin that isn't empty is the best
 * fit, and a bit map finds that bin in a few instructions.  Larger bins span a quarter of a
 * power of two; of their first few blocks the tightest is taken.
 *
 * The links of a free block lie in memory that its last owner may still write to.  The block's code
 * covers them (see block_state()), so no damaged link is followed; a bin whose first block is damaged
 * is dropped: its blocks are lost, which is harmless, instead of handed out twice, which is not.
 */
#include "lib/heap_internal.h"

enum { TIGHT_TRIES = 8 }; /* blocks of a large bin that are compared */

static inline uint32_t bin_of(uint32_t granules)
{
    if (granules < EXACT_BINS) {
        return granules;
    }
    uint32_t top = 31 - (uint32_t)__builtin_clz(granules); /* 6..15 */

    return EXACT_BINS + (top - 6) * 4 + (granules >> (top - 2) & 3);
}

/* A bin's head as the block that its members see: what lies before `code` is never touched. */
static inline struct block *head_of(const struct heap *heap, uint32_t bin)
{
    return at_address(address_of(&heap->bins[bin]) - offsetof(struct block, code));
}

void heap_blocks_init(struct heap *heap)
{
    for (uint32_t bin = 0; bin < BINS; bin++) {
        struct block *head = head_of(heap, bin);
        head->next = head->back = head;
    }
}

static inline void insert(struct heap *heap, struct block *block, uint32_t previous, uint32_t size,
                          uint32_t state, uint32_t bin)
{
    struct block *head = head_of(heap, bin);
    struct block *next = head->next;

    if (next == head) {
        heap->bin_map[bin / 32] |= 1u << bin % 32;
    }
    block->next = next;
    block->back = head;
    block_write(heap, block, previous, size, state ^ address_of(next) ^ address_of(head));
    next->back = block;
    next->code ^= address_of(head) ^ address_of(block);
    head->next = block;
}

void heap_blocks_insert(struct heap *heap, struct block *block, uint32_t previous, uint32_t size,
                        uint32_t state)
{
    insert(heap, block, previous, size, state, bin_of(size));
}

static inline void remove(struct heap *heap, struct block *block)
{
    struct block *next = block->next;
    struct block *back = block->back;

    next->back = back;
    back->next = next;
    next->code ^= address_of(block) ^ address_of(back);
    back->code ^= address_of(block) ^ address_of(next);
    if (next == back) { /* only the head is left */
        uint32_t bin = bin_of(block->size);
        heap->bin_map[bin / 32] &= ~(1u << bin % 32);
    }
}

void heap_blocks_remove(struct heap *heap, struct block *block)
{
    remove(heap, block);
}

static __attribute__((noinline)) void drop_bin(struct heap *heap, uint32_t bin, const void *at)
{
    struct block *head = head_of(heap, bin);

    head->next = head->back = head;
    heap->bin_map[bin / 32] &= ~(1u << bin % 32);
    heap_note(heap, HEAP_BAD_LINKS, at);
}

/* The first bin from `bin` on that isn't empty; BINS if all are. */
static inline uint32_t next_bin(const struct heap *heap, uint32_t bin)
{
    uint32_t word = bin / 32;
    uint32_t bits = heap->bin_map[word] >> bin % 32;

    if (bits) {
        return bin + (uint32_t)__builtin_ctz(bits);
    }
    do {
        if (++word == BIN_WORDS) {
            return BINS;
        }
        bits = heap->bin_map[word];
    } while (!bits);
    return word * 32 + (uint32_t)__builtin_ctz(bits);
}

/* The tightest of a bin's first blocks that are long enough, or 0. */
static __attribute__((noinline)) struct block *tightest(struct heap *heap, uint32_t bin,
                                                        uint32_t need)
{
    struct block *head = head_of(heap, bin);
    struct block *block = head->next;
    struct block *best = 0;

    for (int tries = TIGHT_TRIES; block != head && tries > 0; block = block->next, tries--) {
        if (!state_is_free(block_state(heap, block))) {
            drop_bin(heap, bin, block);
            return 0;
        }
        if (block->size >= need && (!best || block->size < best->size)) {
            best = block;
        }
    }
    return best;
}

/* A free block that is in no bin becomes busy; what it has too much becomes a free block. */
static inline struct block *carve(struct heap *heap, struct block *block, uint32_t need,
                                  size_t asked, uint32_t state)
{
    uint32_t rest = block->size - need;

    if (rest >= BLOCK_LEAST) {
        block_set_previous(block_next(block), rest);
        insert(heap, block_at(block, need), need, rest, state, bin_of(rest));
    } else {
        need += rest;
    }
    heap->free_granules -= need;
    block_write(heap, block, block->previous, need,
                busy_tag(need * GRANULE - HEADER - (uint32_t)asked));
    return block;
}

/* A free block of at least `need` granules, the best fit or nearly, or 0. */
static struct block *find(struct heap *heap, uint32_t need)
{
    uint32_t bin = next_bin(heap, bin_of(need));

    for (; bin < EXACT_BINS; bin = next_bin(heap, bin)) {
        struct block *block = head_of(heap, bin)->next;
        if (state_is_free(block_state(heap, block))) {
            return block;
        }
        drop_bin(heap, bin, block);
    }
    /* The first of these may hold shorter ones, too. */
    while (bin < BINS) {
        struct block *block = tightest(heap, bin, need);
        if (block) {
            return block;
        }
        bin = bin + 1 < BINS ? next_bin(heap, bin + 1) : BINS;
    }
    return 0;
}

/* Nothing fits without more memory: cached blocks are merged before any is asked for. */
static struct block *find_or_grow(struct heap *heap, uint32_t need)
{
    struct block *block = find(heap, need);

    while (!block || block_state(heap, block) == BLOCK_HOLE) {
        if (!heap_front_flush(heap)) {
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
    struct block *block = find_or_grow(heap, need);

    if (!block) {
        return 0;
    }
    uint32_t state = block_state(heap, block);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && !heap_check_free_fill(heap, block)) {
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(block));
    }
    if (state == BLOCK_HOLE && !heap_segment_fill_hole(heap, block, need, &state)) {
        return 0;
    }
    remove(heap, block);
    return carve(heap, block, need, asked, state);
}

IN_REGISTERS struct block *heap_blocks_take(struct heap *heap, uint32_t need, size_t asked)
{
    if (need < EXACT_BINS && !(heap->slow & HEAP_OPTION_FREE_CHECKING)) {
        uint32_t bin = next_bin(heap, need);
        if (bin < EXACT_BINS) {
            struct block *block = head_of(heap, bin)->next;
            uint32_t plain = block_plain(heap, block);
            if ((plain ^ address_of(block->next) ^ address_of(block->back)) == BLOCK_FREE) {
                remove(heap, block);
                return carve(heap, block, need, asked, BLOCK_FREE);
            }
        }
    }
    return take_slowly(heap, need, asked);
}

/* Into its bin, after what is left to do for long blocks and holes. */
static __attribute__((noinline)) void insert_slowly(struct heap *heap, struct block *block,
                                                    uint32_t previous, uint32_t size, bool hole)
{
    if (hole || (size >= HEAP_PAGE / GRANULE && heap->free_granules > TRIM_FREE)) {
        heap_segment_trim(heap, block, previous, size);
        heap_front_flush(heap); /* there is plenty: nothing small should pin pages, either */
        return;
    }
    heap_blocks_insert(heap, block, previous, size, BLOCK_FREE);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING) {
        heap_check_fill_free(heap, block);
    }
}

/* The state of a neighbour that can become one block with `size` granules, else 0. */
static inline uint32_t joins(struct heap *heap, const struct block *neighbour, uint32_t size)
{
    uint32_t plain = block_plain(heap, neighbour);

    if (plain_is_busy(plain)) {
        return 0;
    }
    uint32_t state = state_of_plain(plain, neighbour);
    if (heap->slow & HEAP_OPTION_FREE_CHECKING && state_is_free(state) &&
        !heap_check_free_fill(heap, neighbour)) {
        heap_note(heap, HEAP_BAD_FREE_FILL, block_data(neighbour));
    }
    return state_is_free(state) && size + neighbour->size <= BLOCK_MOST ? state : 0;
}

IN_REGISTERS void heap_blocks_give(struct heap *heap, struct block *block)
{
    uint32_t size = block->size;
    uint32_t previous = block->previous;
    bool hole = false; /* a joined neighbour lacks pages */

    heap->free_granules += size;
    if (heap->slow & HEAP_OPTION_DISABLE_COALESCE) {
        insert_slowly(heap, block, previous, size, false);
        return;
    }
    struct block *next = block_at(block, size);
    uint32_t joined = joins(heap, next, size);
    if (joined) {
        hole = joined == BLOCK_HOLE;
        size += next->size;
        remove(heap, next);
    }
    struct block *before = block_before(block);
    if (previous && (joined = joins(heap, before, size)) != 0) {
        hole |= joined == BLOCK_HOLE;
        size += before->size;
        previous = before->previous;
        /* This header ends up inside a free block, where it must not pass for a busy one. */
        block->code = ~block->code;
        block = before;
        remove(heap, before);
    }
    block_set_previous(block_at(block, size), size);
    if (size < EXACT_BINS && !(heap->slow & HEAP_OPTION_FREE_CHECKING)) {
        insert(heap, block, previous, size, BLOCK_FREE, size);
    } else {
        insert_slowly(heap, block, previous, size, hole);
    }
}

/* The free block behind becomes part of this one, as far as needed. */
static bool grow(struct heap *heap, struct block *block, uint32_t need, size_t asked)
{
    struct block *next = block_next(block);
    uint32_t more = need - block->size;
    uint32_t state = joins(heap, next, block->size);

    if (!state || next->size < more ||
        (state == BLOCK_HOLE && !heap_segment_fill_hole(heap, next, more, &state))) {
        return false;
    }
    /* As one free block they are carved like any other. */
    uint32_t size = block->size + (uint32_t)next->size;
    remove(heap, next);
    heap->free_granules += block->size;
    block_set_previous(block_at(block, size), size);
    block->size = (uint16_t)size;
    carve(heap, block, need, asked, state);
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
