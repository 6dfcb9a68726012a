/* heap_calls.h - the calls of a heap that programs make. */
#pragma once
#include "user/ntdll/heap_make.h"

/* Another way to keep blocks: that of a heap made with HEAP_OPTION_PAGE_BLOCKS.  Each is the inner part of the
 * call of its name: the heap is locked if it needs to be, and a size is (size_t)-1 where there is no block. */
struct heap_keeping {
    void *(*alloc)(struct heap *heap, uint32_t flags, size_t size);
    void *(*realloc)(struct heap *heap, uint32_t flags, void *block, size_t size);
    bool (*free)(struct heap *heap, void *block);
    size_t (*size)(const struct heap *heap, const void *block);
    void (*free_all)(struct heap *heap);
};

/* May several threads use the heap at the same time?  They may after heap_create().  A caller who
 * knows that there is only one can say so: then most calls take no lock.  When a second thread comes
 * it first shares the heap again and then waits until no call without the lock is under way. */
void heap_share(struct heap *heap, bool shared);

/* The path of every malloc().  In ntdll these two are RtlAllocateHeap() and RtlFreeHeap() themselves,
 * so nothing comes between a program's HeapAlloc() and the heap; elsewhere arguments travel in
 * registers. */
#ifdef _WIN32
#define HEAP_CALL           __attribute__((stdcall))
#define HEAP_SYMBOL(symbol) __asm(symbol)
#else
#define HEAP_CALL __attribute__((regparm(3)))
#define HEAP_SYMBOL(symbol)
#endif

/* A block of `size` bytes at a multiple of 8, or 0.  Size 0 gives a block of its own, too. */
HEAP_CALL void *heap_alloc(struct heap *heap, uint32_t flags, size_t size)
    HEAP_SYMBOL("_RtlAllocateHeap@12");

/* Gives the block back; `block` 0 is fine, even with heap 0 (W187).  0 (not 1), nothing changed and
 * the damage reported, if it is no live block of this heap: free already, foreign, or with a damaged
 * header or tail (W188). */
HEAP_CALL int heap_free(struct heap *heap, uint32_t flags, void *block)
    HEAP_SYMBOL("_RtlFreeHeap@12");

/* The front end for small sizes (W196): HeapCompatibilityInformation is 0 or 2. */
enum { HEAP_FRONT_OFF = 0, HEAP_FRONT_ON = 2 };

/* The inner parts of the calls above, for further ones: heap_enter() has locked the heap if it needs to be. */
void *heap_alloc_locked(struct heap *heap, uint32_t flags, size_t size);
bool heap_free_locked(struct heap *heap, void *block);
/* A call is about to fail: tell the provider.  The heap is unlocked. */
void heap_refuse(struct heap *heap, uint32_t flags, enum heap_refusal why);

/* Is a call without the lock under way?  See heap_share(). */
bool heap_is_entered(const struct heap *heap);

/* Gives back every segment and large block.  No call may be under way or follow. */
void heap_destroy(struct heap *heap);

/* Is this the address of a heap made by heap_create()?  Reads one word there. */
bool heap_is_heap(const struct heap *heap);

/* The options given at creation. */
uint32_t heap_options(const struct heap *heap);

/* Changes the size of `block`, which may move unless flags say IN_PLACE_ONLY.  0: not done, and the
 * old block is as it was.  With ZERO_MEMORY the bytes above the old size are zero (W181 to W186). */
void *heap_realloc(struct heap *heap, uint32_t flags, void *block, size_t size);

/* The size asked for, or (size_t)-1 if it is no live block (W189). */
size_t heap_size(struct heap *heap, uint32_t flags, const void *block);

/* HeapLock and HeapUnlock (W195): nests; without effect on a heap that isn't serialised, and on sizes that the front
 * end has at hand.  heap_unlock is false if the caller doesn't hold the lock. */
void heap_lock(struct heap *heap);
bool heap_unlock(struct heap *heap);
/* The provider's words, one for each lock, to be tidied up before heap_destroy(). */
void **heap_wait_slot(struct heap *heap, bool front);

/* HEAP_FRONT_OFF or HEAP_FRONT_ON. */
unsigned heap_front_mode(const struct heap *heap);
/* Switches it on for every size; false if this heap can't have one (fixed size, not serialised, or
 * a debugging mode). */
bool heap_front_enable(struct heap *heap);

/* The whole heap (block 0), or: is `block` a live, undamaged block (W190)?  Reports nothing. */
bool heap_validate(struct heap *heap, uint32_t flags, const void *block);

/* Checks the whole heap and says what is broken and where (*at; may be 0). */
enum heap_damage heap_check(struct heap *heap, uint32_t flags, const void **at);

/* Joins all free blocks and answers with the size of the largest committed one (W194). */
size_t heap_compact(struct heap *heap, uint32_t flags);

/* One step of HeapWalk; byte for byte PROCESS_HEAP_ENTRY. */
enum { HEAP_ENTRY_REGION = 1, HEAP_ENTRY_UNCOMMITTED = 2, HEAP_ENTRY_BUSY = 4 };
enum { HEAP_ENTRY_LARGE = 64 }; /* region index of large blocks (W191) */
struct heap_entry {
    void *data;
    uint32_t size;
    uint8_t overhead;
    uint8_t region;
    uint16_t flags;                  /* HEAP_ENTRY_x; 0: a free block */
    uint32_t committed, uncommitted; /* these four in region entries only */
    void *first_block, *last_block;
};

/* The entry after *entry, in the order of W191; data 0 starts.  A lock held over the whole walk makes
 * it meaningful.  HEAP_WALK_BAD: *entry isn't one of this heap, or the heap is damaged. */
enum heap_walk_result { HEAP_WALK_NEXT, HEAP_WALK_END, HEAP_WALK_BAD };
enum heap_walk_result heap_walk(struct heap *heap, struct heap_entry *entry);
