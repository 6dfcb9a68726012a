/* heap_bins.c - free blocks by size: found, and a bin that was written to dropped.
 *
 * Small sizes have a bin each, so the first block of the first bin that isn't empty is the best
 * fit, and a bit map finds that bin in a few instructions.  Larger bins span a quarter of a
 * power of two; of their first few blocks the tightest is taken.
 *
 * The links of a free block lie in memory that its last owner may still write to.  The block's code
 * covers them (see block_state()), so no damaged link is followed; a bin whose first block is damaged
 * is dropped: its blocks are lost, which is harmless, instead of handed out twice, which is not.
 */
#include "user/ntdll/heap_bins.h"

enum { TIGHT_TRIES = 8 }; /* blocks of a large bin that are compared */

void heap_bins_init(struct heap *heap)
{
    for (uint32_t bin = 0; bin < BINS; bin++) {
        struct block *head = head_of(heap, bin);
        head->next = head->back = head;
    }
}

static __attribute__((noinline)) void drop_bin(struct heap *heap, uint32_t bin, const void *at)
{
    struct block *head = head_of(heap, bin);

    head->next = head->back = head;
    heap->bin_map[bin / 32] &= ~(1u << bin % 32);
    heap_note(heap, HEAP_BAD_LINKS, at);
}

/* The tightest of a bin's first `tries` blocks that are long enough, or 0. */
static __attribute__((noinline)) struct block *tightest(struct heap *heap, uint32_t bin,
                                                        uint32_t need, uint32_t tries)
{
    struct block *head = head_of(heap, bin);
    struct block *block = head->next;
    struct block *best = 0;

    for (; block != head && tries > 0; block = block->next, tries--) {
        if (!state_is_free(block_state(heap, block))) {
            drop_bin(heap, bin, block);
            return 0;
        }
        if (block->size >= need && (!best || block->size < best->size))
            best = block;
    }
    return best;
}

struct block *heap_bins_find(struct heap *heap, uint32_t need)
{
    uint32_t bin = next_bin(heap, bin_of(need));

    for (; bin < EXACT_BINS; bin = next_bin(heap, bin)) {
        struct block *block = head_of(heap, bin)->next;
        if (state_is_free(block_state(heap, block)))
            return block;
        drop_bin(heap, bin, block);
    }
    /* The first of these may hold shorter ones, too. */
    while (bin < BINS) {
        struct block *block = tightest(heap, bin, need, TIGHT_TRIES);
        if (block)
            return block;
        bin = bin + 1 < BINS ? next_bin(heap, bin + 1) : BINS;
    }
    return 0;
}

struct block *heap_bins_find_any(struct heap *heap, uint32_t need)
{
    uint32_t bin = bin_of(need);

    return bin < EXACT_BINS ? 0 : tightest(heap, bin, need, UINT32_MAX);
}
