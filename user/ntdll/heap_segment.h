/* heap_segment.h - a heap's address space, and which of it has memory. */
#pragma once
#include "user/ntdll/heap_block.h"

/* Lays out a fresh segment whose first `committed` bytes have memory; blocks begin behind the record
 * and its bit map. */
void heap_segment_open(struct heap *heap, struct segment *segment, uint32_t base, uint32_t reserved,
                       uint32_t committed);
/* Bytes of the record's bit map in a segment of that size. */
uint32_t heap_segment_map_bytes(uint32_t reserved);
/* More memory, so that a free block of `need` granules exists; false: none to be had. */
bool heap_segment_grow(struct heap *heap, uint32_t need);
/* The same at the end of this segment only. */
bool heap_segment_extend(struct heap *heap, struct segment *segment, uint32_t need);
/* Makes it a free block and puts it into its bin, without the memory of its whole free pages where that can go. */
void heap_segment_trim(struct heap *heap, struct block *block, uint32_t previous, uint32_t size);
/* `committed` more bytes (a negative number: less) have memory. */
void heap_segment_account(struct heap *heap, uint32_t committed);
bool heap_segment_sound(const struct heap *heap, const struct segment *segment);
