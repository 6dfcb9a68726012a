/* heap_walk.h - passes over all blocks of a heap: HeapWalk, HeapValidate, HeapCompact. */
#pragma once
#include "lib/heap.h"

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
