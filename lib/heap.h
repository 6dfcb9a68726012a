/* heap.h - heaps: many small blocks out of reserved and committed pages.
 *
 * One source, three users: the kernel heap, ntdll's RtlAllocateHeap family and the host tests.
 * They differ only in their `struct heap_provider`.  What a program can observe is that of 32-bit
 * Windows (W161 to W199, W228); docs/heap.md draws the insides.  32-bit only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap; /* its address is the heap's handle: a multiple of 64 KB */

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

/* Why a call failed. */
enum heap_refusal {
    HEAP_NO_MEMORY, /* or, with IN_PLACE_ONLY, no room */
    HEAP_NO_BLOCK,  /* no live, undamaged block of this heap */
};

struct block;
struct segment;

/* What only heaps of programs have (user/ntdll/heap_parts.c) and the blocks must know of.  A heap without is plain: one
 * thread uses it, and no option of debugging is set. */
struct heap_parts {
    void (*noted)(struct heap *heap); /* damage */
    /* The front end gives its blocks back: all, false if there are none; or some. */
    bool (*flush)(struct heap *heap);
    void (*flush_some)(struct heap *heap);
    /* Holes: user/ntdll/heap_hole.h. */
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
    const struct heap_parts *parts;         /* 0: a plain heap */
    uint32_t secret; /* as random as can be had: seeds the keys of the header checksums */
};

/* A new heap of `reserve` bytes of address space, `commit` of them with memory at once, both rounded
 * up to pages; 0 stands for 64 KB and one page; more committed than reserved reserves more (W163,
 * W164).  `provider` must outlive the heap.  0 if there is no memory. */
struct heap *heap_create(const struct heap_provider *provider, uint32_t options, size_t reserve,
                         size_t commit);

/* Tells the provider of damage that was noted. */
void heap_report(struct heap *heap);

/* Of a plain heap, while nobody else is in it: a block of `size` zeros at a multiple of 8, or 0. */
void *heap_take(struct heap *heap, size_t size);
/* Gives a block back; false, nothing changed and the damage reported, if it is no live block of this heap. */
bool heap_give(struct heap *heap, void *data);
