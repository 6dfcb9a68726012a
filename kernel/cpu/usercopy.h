/* usercopy.h - the only way the kernel touches a program's memory.
 *
 * The range is checked against the user partition and then simply copied; a page that is not there
 * is brought in by the page-fault handler, and a page that may not be touched makes the
 * copy stop at a recovery point (usercopy.asm) and return the fault's own status: a guard
 * page gives STATUS_GUARD_PAGE_VIOLATION and is consumed (W89), everything else
 * STATUS_ACCESS_VIOLATION or STATUS_IN_PAGE_ERROR (W106).  Never raises an exception in the program.
 * Where the CPU has SMAP this is also the only place that lifts it.
 */
#pragma once
#include "mm/mm.h"

struct trap_frame;

status_t usercopy_read(void *to, va_t from, size_t size);
status_t usercopy_write(va_t to, const void *from, size_t size);

/* A zero-terminated string of at most `limit` bytes with its zero.  Longer:
 * STATUS_OBJECT_NAME_INVALID. */
status_t usercopy_string(char *to, va_t from, size_t limit);

/* Could [to, to + size) be written now?  Touches every page of it and changes no byte. */
status_t usercopy_probe(va_t to, size_t size);

/* usercopy.asm: for what lies in one page of the program's part. */
status_t usercopy_move(void *to, const void *from, size_t size);
status_t usercopy_get_word(uint32_t *to, va_t from);
status_t usercopy_put_word(va_t to, uint32_t value);
status_t usercopy_take_word(uint32_t *to, va_t from);
status_t usercopy_take_far(uint32_t *to, va_t from);

/* A few bytes, single words: what most arguments and results are. */
static inline status_t usercopy_fetch(void *to, va_t from, size_t size)
{
    if (from < LAYOUT_USER_END && (from & PAGE_MASK) <= PAGE_SIZE - size)
        return usercopy_move(to, (const void *)(uintptr_t)from, size);
    return usercopy_read(to, from, size);
}

static inline bool usercopy_is_word(va_t va)
{
    return va < LAYOUT_USER_END && va % sizeof(uint32_t) == 0;
}

static inline status_t usercopy_get(uint32_t *to, va_t from)
{
    return usercopy_is_word(from) ? usercopy_get_word(to, from)
                                  : usercopy_read(to, from, sizeof *to);
}

static inline status_t usercopy_put(va_t to, uint32_t value)
{
    return usercopy_is_word(to) ? usercopy_put_word(to, value)
                                : usercopy_write(to, &value, sizeof value);
}

/* A word that will be overwritten with a result: read, and found to be writable. */
static inline status_t usercopy_take(uint32_t *to, va_t from)
{
    return usercopy_is_word(from) ? usercopy_take_word(to, from) : usercopy_take_far(to, from);
}

/* A result that the program need not want: `to` 0 is fine. */
status_t usercopy_probe_wish(va_t to, size_t size);
status_t usercopy_put_wish(va_t to, uint32_t value);

/* Was the fault in usercopy.asm?  Then make it return `status`. */
bool usercopy_recover(struct trap_frame *frame, status_t status);
