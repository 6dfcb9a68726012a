/* heap_parts.c - what the blocks of a heap ask of the parts that stand on them. */
#include "user/ntdll/heap_parts.h"

#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_front.h"
#include "user/ntdll/heap_hole.h"
#include "user/ntdll/heap_lock.h"

const struct heap_parts heap_parts = {
    .noted = heap_lock_mark,
    .flush = heap_front_flush,
    .flush_some = heap_front_flush_some,
    .punch = heap_hole_punch,
    .fill_hole = heap_hole_fill,
    .unmark = heap_hole_unmark,
    .fill_free = heap_fill_free,
    .free_sound = heap_fill_free_sound,
};
