/* heap_page.h - the page-heap mode: what HEAP_OPTION_PAGE_BLOCKS stands for. */
#pragma once
#include "user/ntdll/heap_block.h"
#include "user/ntdll/heap_calls.h"

extern const struct heap_keeping heap_page_keeping;

enum heap_damage heap_page_check(const struct heap *heap, const void **at);
enum heap_walk_result heap_page_walk(const struct heap *heap, struct heap_entry *entry);
