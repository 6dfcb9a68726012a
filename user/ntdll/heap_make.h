/* heap_make.h - heaps: many small blocks out of reserved and committed pages; how one begins.
 *
 * One source, two users: ntdll's RtlAllocateHeap family and the host tests.  They differ only in their
 * `struct heap_provider`.  What a program can observe is that of 32-bit Windows (W161 to W199, W228);
 * docs/heap.md draws the insides.  32-bit only.
 */
#pragma once
#include "lib/heap_record.h"

/* Why a call failed. */
enum heap_refusal {
    HEAP_NO_MEMORY, /* or, with IN_PLACE_ONLY, no room */
    HEAP_NO_BLOCK,  /* no live, undamaged block of this heap */
};

/* What the blocks ask of the parts that stand on them (heap_parts.c). */
struct heap_parts {
    void (*noted)(struct heap *heap); /* damage */
    /* The front end gives its blocks back: all, false if there are none; or some. */
    bool (*flush)(struct heap *heap);
    void (*flush_some)(struct heap *heap);
    /* Holes: heap_hole.h. */
    void (*punch)(struct heap *heap, struct segment *segment, struct block *block);
    bool (*fill_hole)(struct heap *heap, struct block *block, uint32_t need, uint32_t *state);
    uint32_t (*unmark)(struct segment *segment, uint32_t from, uint32_t to);
    /* The fill of free memory (W198); is it as it was? */
    void (*fill_free)(const struct heap *heap, struct block *block);
    bool (*free_sound)(const struct heap *heap, const struct block *block);
};

/* Where a heap's memory comes from.  Sizes and addresses are whole pages of 4 KB. */
struct heap_provider {
    void *context; /* handed to each function below */
    /* Address space without memory, at a multiple of 64 KB, or 0. */
    void *(*reserve)(void *context, size_t size);
    /* Puts zeroed pages there; pages that are committed already stay as they are.  False: none of
     * the others were. */
    bool (*commit)(void *context, void *at, size_t size);
    /* Takes pages away; some may be gone already.  Can't fail. */
    void (*decommit)(void *context, void *at, size_t size);
    /* Gives a whole reservation back.  Can't fail. */
    void (*release)(void *context, void *base, size_t size);
    /* Told of damage, with the heap unlocked, just before the call that met it fails; may not return
     * (an exception, a panic).  May be 0. */
    void (*corruption)(void *context, struct heap *heap, enum heap_damage what, const void *at);
    /* heap_alloc(), heap_realloc() or heap_free() is about to fail, with the heap unlocked; `flags` are
     * the call's.  May not return (HEAP_GENERATE_EXCEPTIONS).  May be 0. */
    void (*refused)(void *context, struct heap *heap, uint32_t flags, enum heap_refusal why);
    /* Another thread holds the lock: sleep until wake() may have been called since; returning too
     * early is fine.  `slot` is one word of the heap, at first 0, for the provider's use (an event
     * that resets itself).  Both may be 0 where no two threads meet. */
    void (*wait)(void *context, void **slot);
    void (*wake)(void *context, void **slot);
    const struct heap_keeping *page_blocks; /* what HEAP_OPTION_PAGE_BLOCKS stands for */
    const struct heap_parts *parts;
    uint32_t secret; /* as random as can be had: seeds the keys of the header checksums */
};

/* A new heap of `reserve` bytes of address space, `commit` of them with memory at once, both rounded
 * up to pages; 0 stands for 64 KB and one page; more committed than reserved reserves more (W163,
 * W164).  `provider` must outlive the heap.  0 if there is no memory. */
struct heap *heap_create(const struct heap_provider *provider, uint32_t options, size_t reserve,
                         size_t commit);

/* Tells the provider of damage that was noted. */
void heap_report(struct heap *heap);
