/* remote.h - the memory of a process that is not the current one. */
#pragma once
#include "mm/mm.h"

/* Copy between kernel memory and any address space, as its own program would do it: protections hold,
 * guard pages are used up.  *done (or 0) counts the bytes that were copied before the first
 * refusal, whose status comes back. */
status_t remote_read(struct space *space, void *to, va_t from, uint32_t size, uint32_t *done);
status_t remote_write(struct space *space, va_t to, const void *from, uint32_t size,
                      uint32_t *done);
