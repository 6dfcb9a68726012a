/* heap_parts.h - what heaps of programs have beyond a plain one. */
#pragma once
#include "lib/heap.h"

extern const struct heap_parts heap_parts; /* for struct heap_provider */
