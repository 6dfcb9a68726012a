/* heap_large.h - blocks with a region of their own. */
#pragma once
#include "user/ntdll/heap_block.h"

void *heap_large_alloc(struct heap *heap, size_t size);
struct large *heap_large_find(const struct heap *heap, const void *data);
/* => heap_large_find() finds it */
void heap_large_free(struct heap *heap, void *data);
/* In place; false if it needs more memory than it has. */
bool heap_large_resize(struct heap *heap, struct large *large, size_t size);
bool heap_large_sound(const struct heap *heap, const struct large *large);
/* Is it the data of a live large block? */
enum heap_damage heap_large_check(const struct heap *heap, const void *data);
void heap_large_free_all(struct heap *heap);
