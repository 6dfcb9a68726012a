/* heap_page.h - the page-heap mode. */
#pragma once
#include "lib/heap_record.h"

void *heap_page_alloc(struct heap *heap, uint32_t flags, size_t size);
void *heap_page_realloc(struct heap *heap, uint32_t flags, void *data, size_t size);
bool heap_page_free(struct heap *heap, void *data);
size_t heap_page_size(const struct heap *heap, const void *data);
enum heap_damage heap_page_check(const struct heap *heap, const void **at);
enum heap_walk_result heap_page_walk(const struct heap *heap, struct heap_entry *entry);
void heap_page_free_all(struct heap *heap);
