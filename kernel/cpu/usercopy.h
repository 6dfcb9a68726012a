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
#include "mm/status.h"
#include "mm/types.h"

struct trap_frame;

status_t usercopy_read(void *to, va_t from, size_t size);
status_t usercopy_write(va_t to, const void *from, size_t size);

/* A zero-terminated string of at most `limit` bytes with its zero.  Longer:
 * STATUS_OBJECT_NAME_INVALID. */
status_t usercopy_string(char *to, va_t from, size_t limit);

/* Could [to, to + size) be written now?  Touches every page of it and changes no byte. */
status_t usercopy_probe(va_t to, size_t size);

/* Single words: what most arguments and results are. */
status_t usercopy_get(uint32_t *to, va_t from);
status_t usercopy_put(va_t to, uint32_t value);
/* A word that will be overwritten with a result: read, and found to be writable. */
status_t usercopy_take(uint32_t *to, va_t from);
/* A result that the program need not want: `to` 0 is fine. */
status_t usercopy_probe_wish(va_t to, size_t size);
status_t usercopy_put_wish(va_t to, uint32_t value);

/* Was the fault in usercopy.asm?  Then make it return `status`. */
bool usercopy_recover(struct trap_frame *frame, status_t status);
