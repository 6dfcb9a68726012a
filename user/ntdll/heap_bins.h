/* heap_bins.h - free blocks by size: the short ways in and out, compiled into their callers. */
#pragma once
#include "user/ntdll/heap_block.h"

static inline uint32_t bin_of(uint32_t granules)
{
    if (granules < EXACT_BINS)
        return granules;
    uint32_t top = 31 - (uint32_t)__builtin_clz(granules); /* 6..15 */

    return EXACT_BINS + (top - 6) * 4 + (granules >> (top - 2) & 3);
}

/* A bin's head as the block that its members see: what lies before `code` is never touched. */
static inline struct block *head_of(const struct heap *heap, uint32_t bin)
{
    return at_address(address_of(&heap->bins[bin]) - offsetof(struct block, code));
}

/* Makes it a free block (FREE or HOLE) and puts it into its bin. */
static inline void heap_bins_insert(struct heap *heap, struct block *block, uint32_t previous,
                                    uint32_t size, uint32_t state)
{
    uint32_t bin = bin_of(size);
    struct block *head = head_of(heap, bin);
    struct block *next = head->next;

    if (next == head)
        heap->bin_map[bin / 32] |= 1u << bin % 32;
    block->next = next;
    block->back = head;
    block_write(heap, block, previous, size, state ^ address_of(next) ^ address_of(head));
    next->back = block;
    next->code ^= address_of(head) ^ address_of(block);
    head->next = block;
}

/* Out of its bin; its state was seen to be free. */
static inline void heap_bins_remove(struct heap *heap, struct block *block)
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

/* The first bin from `bin` on that isn't empty; BINS if all are. */
static inline uint32_t next_bin(const struct heap *heap, uint32_t bin)
{
    uint32_t word = bin / 32;
    uint32_t bits = heap->bin_map[word] >> bin % 32;

    if (bits)
        return bin + (uint32_t)__builtin_ctz(bits);
    do {
        if (++word == BIN_WORDS)
            return BINS;
        bits = heap->bin_map[word];
    } while (!bits);
    return word * 32 + (uint32_t)__builtin_ctz(bits);
}

void heap_bins_init(struct heap *heap);

/* A free block of at least `need` granules, the best fit or nearly, or 0. */
struct block *heap_bins_find(struct heap *heap, uint32_t need);

/* When there is none: any in the one bin that has shorter blocks, too, however many they are. */
struct block *heap_bins_find_any(struct heap *heap, uint32_t need);
