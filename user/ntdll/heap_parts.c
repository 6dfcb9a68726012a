/* heap_parts.c - what heaps of programs have beyond a plain one. */
#include "user/ntdll/heap_parts.h"

#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_large.h"
#include "user/ntdll/heap_page.h"
#include "user/ntdll/heap_wait.h"

const struct heap_parts heap_parts = {
    .lock = heap_wait_lock,
    .unlock = heap_wait_unlock,
    .large_alloc = heap_large_alloc,
    .large_free = heap_large_free,
    .large_check = heap_large_check,
    .fill_busy = heap_fill_busy,
    .fill_words = heap_fill_words,
    .fill_free = heap_fill_free,
    .free_sound = heap_fill_free_sound,
    .tail_sound = heap_fill_tail_sound,
    .page_blocks = &heap_page_keeping,
};
