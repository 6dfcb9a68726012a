/* heap_fill.h - the fills of the debugging options (W198). */
#pragma once
#include "user/ntdll/heap_block.h"

/* Words of [from, to). */
void heap_fill_words(uint32_t from, uint32_t to, uint32_t pattern);
/* Of a free block, all but its header and links and the pages that it lacks: filled; is it still? */
void heap_fill_free(const struct heap *heap, struct block *block);
bool heap_fill_free_sound(const struct heap *heap, const struct block *block);
/* Of a busy block that was just taken, what its heap's options ask for. */
void heap_fill_busy(struct heap *heap, uint32_t flags, struct block *block);
/* The bytes of a busy block behind the size that was asked for. */
void heap_fill_tail(const struct heap *heap, struct block *block);
bool heap_fill_tail_sound(const struct heap *heap, const struct block *block);
