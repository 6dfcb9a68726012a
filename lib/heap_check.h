/* heap_check.h - is everything in the heap as the heap left it? */
#pragma once
#include "lib/heap_record.h"

/* Is `data` that of a live, undamaged block?  Else says why not. */
enum heap_damage heap_check_data(const struct heap *heap, const void *data);
