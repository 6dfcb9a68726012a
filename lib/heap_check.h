/* heap_check.h - is what a caller hands back a live block, as the heap left it? */
#pragma once
#include "lib/heap_record.h"

/* Is `data` that of a live, undamaged block of a segment?  Else says why not. */
enum heap_damage heap_check_data(const struct heap *heap, const void *data);
