/* heap_wait.h - a heap's lock when it isn't free, and what is left to do when it is given back. */
#pragma once
#include "lib/heap.h"

void heap_wait_lock(struct heap *heap, uint32_t self);
void heap_wait_unlock(struct heap *heap);
