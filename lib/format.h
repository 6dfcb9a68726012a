/* format.h - printf's formatting, into a buffer.
 *
 * What the kernel and ntdll print: conversions d u x X c s %, flags - and 0, width, precision, *, and the lengths
 * l and ll.  No floating point: the kernel has none.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf: at most `size` bytes go to `buffer`, the closing zero included (size 0: none, and
 * `buffer` may be 0).  Returns the length of the whole text, which may be larger.  A null %s
 * prints "(null)"; a conversion it doesn't know is printed as it stands. */
int format_v(char *buffer, size_t size, const char *text, va_list arguments)
    __attribute__((format(printf, 3, 0)));

int format(char *buffer, size_t size, const char *text, ...) __attribute__((format(printf, 3, 4)));
