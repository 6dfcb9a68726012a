/* secure.c - the checked forms ("_s") of functions from many headers: those that are common in programs.
 *
 * They take the size of the target and refuse what does not fit.  Windows would then call a handler
 * that ends the program; here the target is made empty and the error is returned, as Windows does
 * for programs that install an empty handler.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The headers declare some of these as imported whatever one says; the definition overrules that. */
#pragma GCC diagnostic ignored "-Wattributes"

#undef sprintf_s
#undef vsprintf_s

int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments);
int sprintf_s(char *buffer, size_t size, const char *format, ...);
errno_t getenv_s(size_t *needed, char *buffer, size_t size, const char *name);

/* ---- files -------------------------------------------------------------------------------------------- */

errno_t fopen_s(FILE **stream, const char *name, const char *mode)
{
    if (!stream || !name || !mode) {
        crt_fail(EINVAL);
        return EINVAL;
    }
    *stream = fopen(name, mode);
    return *stream ? 0 : *_errno();
}

errno_t _wfopen_s(FILE **stream, const wchar_t *name, const wchar_t *mode)
{
    if (!stream || !name || !mode) {
        crt_fail(EINVAL);
        return EINVAL;
    }
    *stream = _wfopen(name, mode);
    return *stream ? 0 : *_errno();
}

/* ---- formatting ---------------------------------------------------------------------------------------- */

static int too_long(char *buffer, size_t size)
{
    if (buffer && size > 0)
        *buffer = 0;
    return crt_fail(ERANGE);
}

int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
    int length = buffer && size > 0 ? _vsnprintf(buffer, size, format, arguments) : -1;

    return length < 0 || (size_t)length >= size ? too_long(buffer, size) : length;
}

int sprintf_s(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsprintf_s(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

/* At most `count` characters are written; _TRUNCATE: as many as fit.  What was cut gives -1. */
int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list arguments)
{
    bool cut_allowed = count == _TRUNCATE || count < size;
    int length;

    if (!buffer || size == 0)
        return crt_fail(EINVAL);
    length = _vsnprintf(buffer, size, format, arguments);
    if (count < size && (length < 0 || (size_t)length > count)) {
        buffer[count] = 0;
        return -1;
    }
    if (length >= 0 && (size_t)length < size)
        return length;
    if (!cut_allowed)
        return too_long(buffer, size);
    buffer[size - 1] = 0;
    return -1;
}

int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = _vsnprintf_s(buffer, size, count, format, arguments);
    va_end(arguments);
    return length;
}

/* ---- memory and strings -------------------------------------------------------------------------------- */

errno_t memcpy_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from || count > size) {
        if (to)
            memset(to, 0, size);
        crt_fail(to && from ? ERANGE : EINVAL);
        return *_errno();
    }
    memcpy(to, from, count);
    return 0;
}

errno_t memmove_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from || count > size) {
        crt_fail(to && from ? ERANGE : EINVAL);
        return *_errno();
    }
    memmove(to, from, count);
    return 0;
}

errno_t strerror_s(char *buffer, size_t size, int error)
{
    return strncpy_s(buffer, size, strerror(error), _TRUNCATE) == EINVAL ? EINVAL : 0;
}

/* *needed counts the 0; 0 means that there is no such variable. */
errno_t getenv_s(size_t *needed, char *buffer, size_t size, const char *name)
{
    const char *value = getenv(name);

    *needed = value ? strlen(value) + 1 : 0;
    if (buffer && size > 0)
        *buffer = 0;
    if (!value || !buffer)
        return 0;
    return *needed > size ? ERANGE : strcpy_s(buffer, size, value);
}

/* ---- time ------------------------------------------------------------------------------------------------ */

/* The 32-bit ones get their public names in the .def file: the headers have inline forms of those. */
#define CHECKED_TIME(name, plain, type)                                                            \
    errno_t name(struct tm *to, const type *time);                                                 \
    errno_t name(struct tm *to, const type *time)                                                  \
    {                                                                                              \
        struct tm *tm = to && time ? plain(time) : NULL;                                           \
                                                                                                   \
        if (!tm)                                                                                   \
            return EINVAL;                                                                         \
        *to = *tm;                                                                                 \
        return 0;                                                                                  \
    }

CHECKED_TIME(crt_localtime32_s, _localtime32, __time32_t)
CHECKED_TIME(_localtime64_s, _localtime64, __time64_t)
CHECKED_TIME(crt_gmtime32_s, _gmtime32, __time32_t)
CHECKED_TIME(_gmtime64_s, _gmtime64, __time64_t)
