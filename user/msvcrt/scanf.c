/* scanf.c - the scanf family: mingw-w64's code under the names of msvcrt.
 *
 * As with printf, "%s" in a wide format is a wide string here and has to be translated.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

int __mingw_vfscanf(FILE *stream, const char *format, va_list arguments);
int __mingw_vsscanf(const char *text, const char *format, va_list arguments);
int __mingw_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments);
int __mingw_vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments);
wchar_t *crt_wide_format(const wchar_t *format); /* printf.c */

#define FORWARD(result, last, call)                                                                \
    int result;                                                                                    \
    va_list arguments;                                                                             \
                                                                                                   \
    va_start(arguments, last);                                                                     \
    result = call;                                                                                 \
    va_end(arguments);                                                                             \
    return result

static int scan_stream(FILE *stream, const char *format, va_list arguments)
{
    int count;

    crt_stream_enter(stream);
    count = __mingw_vfscanf(stream, format, arguments);
    crt_stream_leave(stream);
    return count;
}

static int scan_wide_stream(FILE *stream, const wchar_t *format, va_list arguments)
{
    wchar_t *standard = crt_wide_format(format);
    int count;

    if (!standard)
        return EOF;
    crt_stream_enter(stream);
    count = __mingw_vfwscanf(stream, standard, arguments);
    crt_stream_leave(stream);
    free(standard);
    return count;
}

static int scan_wide_text(const wchar_t *text, const wchar_t *format, va_list arguments)
{
    wchar_t *standard = crt_wide_format(format);
    int count;

    if (!standard)
        return EOF;
    count = __mingw_vswscanf(text, standard, arguments);
    free(standard);
    return count;
}

int fscanf(FILE *stream, const char *format, ...)
{
    FORWARD(count, format, scan_stream(stream, format, arguments));
}

int scanf(const char *format, ...)
{
    FORWARD(count, format, scan_stream(stdin, format, arguments));
}

int sscanf(const char *text, const char *format, ...)
{
    FORWARD(count, format, __mingw_vsscanf(text, format, arguments));
}

int fwscanf(FILE *stream, const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_stream(stream, format, arguments));
}

int wscanf(const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_stream(stdin, format, arguments));
}

int swscanf(const wchar_t *text, const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_text(text, format, arguments));
}
