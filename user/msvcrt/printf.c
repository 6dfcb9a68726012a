/* printf.c - the printf family under the names and with the habits of msvcrt.
 *
 * The formatting is mingw-w64's (__mingw_v*printf in libmingwex.a): complete, with "%I64d", "%S" and
 * correctly rounded floating point.  What is ours: locking, the return values of a truncated
 * _snprintf(), and "%s" in wide formats, which means a wide string to msvcrt and a narrow one to the
 * C standard.  Where the two print numbers differently ("1e+10", "inf" against "1e+010", "1.#INF"),
 * the standard's form is kept, as Windows' own newer run-time does.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int __mingw_vfprintf(FILE *stream, const char *format, va_list arguments);
int __mingw_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
int __mingw_vsprintf(char *buffer, const char *format, va_list arguments);
int __mingw_vsnwprintf(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments);

/* Under these names in the .def file: the headers reserve the public ones for other signatures. */
int crt_swprintf(wchar_t *buffer, const wchar_t *format, ...);
int crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments);
wchar_t *crt_wide_format(const wchar_t *format);
int __ms_fwprintf(FILE *stream, const wchar_t *format, ...);

#define FORWARD(result, last, call)                                                                \
    int result;                                                                                    \
    va_list arguments;                                                                             \
                                                                                                   \
    va_start(arguments, last);                                                                     \
    result = call;                                                                                 \
    va_end(arguments);                                                                             \
    return result

/* ---- to streams ------------------------------------------------------------------------------------- */

/* Short output, which is nearly all, is made in memory first: one fwrite() is much cheaper than one
 * locked fputc() a character. */
int vfprintf(FILE *stream, const char *format, va_list arguments)
{
    char text[512];
    va_list again;
    int length;

    if (!stream)
        return crt_fail(EINVAL);
    va_copy(again, arguments);
    length = __mingw_vsnprintf(text, sizeof text, format, again);
    va_end(again);
    if (length < 0)
        return length;
    if (length < (int)sizeof text)
        return fwrite(text, 1, (size_t)length, stream) == (size_t)length ? length : -1;
    crt_stream_enter(stream);
    length = __mingw_vfprintf(stream, format, arguments);
    if (ferror(stream))
        length = -1;
    crt_stream_leave(stream);
    return length;
}

int vprintf(const char *format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int printf(const char *format, ...)
{
    FORWARD(length, format, vfprintf(stdout, format, arguments));
}

int fprintf(FILE *stream, const char *format, ...)
{
    FORWARD(length, format, vfprintf(stream, format, arguments));
}

/* ---- to memory ---------------------------------------------------------------------------------------- */

int _vscprintf(const char *format, va_list arguments)
{
    return __mingw_vsnprintf(NULL, 0, format, arguments);
}

int _scprintf(const char *format, ...)
{
    FORWARD(length, format, _vscprintf(format, arguments));
}

int vsprintf(char *buffer, const char *format, va_list arguments)
{
    return buffer ? __mingw_vsprintf(buffer, format, arguments) : crt_fail(EINVAL);
}

int sprintf(char *buffer, const char *format, ...)
{
    FORWARD(length, format, vsprintf(buffer, format, arguments));
}

/* msvcrt's rules: what fits without a 0 is complete (the 0 is left out), what does not is cut at
 * `size` characters, without a 0, and -1 is returned.  NULL and 0: only counts. */
int _vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    va_list again;
    char *whole;
    int length;

    if (!buffer && size > 0)
        return crt_fail(EINVAL);
    va_copy(again, arguments);
    length = __mingw_vsnprintf(buffer, size, format, again);
    va_end(again);
    if (length < 0 || (size_t)length < size || !buffer)
        return length;
    whole = malloc((size_t)length + 1);
    if (!whole)
        return -1;
    __mingw_vsnprintf(whole, (size_t)length + 1, format, arguments);
    memcpy(buffer, whole, size);
    free(whole);
    return (size_t)length == size ? length : -1;
}

int _snprintf(char *buffer, size_t size, const char *format, ...)
{
    FORWARD(length, format, _vsnprintf(buffer, size, format, arguments));
}

/* ---- wide ------------------------------------------------------------------------------------------------ */

static bool is_one_of(wchar_t c, const char *set)
{
    for (; *set; set++)
        if (c == (unsigned char)*set)
            return true;
    return false;
}

/* Copies one "%[...]" of a scanf format after its '[': up to the ']' that ends it. */
static const wchar_t *copy_set(const wchar_t *in, wchar_t **out)
{
    if (*in == L'^')
        *(*out)++ = *in++;
    if (*in == L']')
        *(*out)++ = *in++;
    while (*in && *in != L']')
        *(*out)++ = *in++;
    return in;
}

/* Copies one conversion after its '%', from msvcrt's meaning to the standard's. */
static const wchar_t *copy_conversion(const wchar_t *in, wchar_t **out)
{
    bool has_length = false;

    while (is_one_of(*in, "-+ #0123456789.*'"))
        *(*out)++ = *in++;
    while (is_one_of(*in, "hlLwjzt")) {
        has_length = true;
        *(*out)++ = *in == L'w' ? L'l' : *in;
        in++;
    }
    if (!has_length && is_one_of(*in, "sc["))
        *(*out)++ = L'l';
    if (!has_length && is_one_of(*in, "SC"))
        *(*out)++ = *in++ == L'S' ? L's' : L'c';
    else if (*in == L'[') {
        *(*out)++ = *in++;
        in = copy_set(in, out);
    } else if (*in)
        *(*out)++ = *in++;
    return in;
}

/* A format whose "%s" means a narrow string, from one of msvcrt, where it means a wide one.  The
 * block comes from malloc(); NULL: no memory. */
wchar_t *crt_wide_format(const wchar_t *format)
{
    wchar_t *result = !format ? NULL : malloc((2 * wcslen(format) + 1) * sizeof *result);
    wchar_t *out = result;

    if (!format)
        crt_fail(EINVAL);
    if (!result)
        return NULL;
    while (*format) {
        wchar_t c = *format++;

        *out++ = c;
        if (c == L'%')
            format = copy_conversion(format, &out);
    }
    *out = 0;
    return result;
}

/* Like __mingw_vsnwprintf() but with msvcrt's formats: the length that the whole text has. */
static int format_wide(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
    wchar_t *standard = crt_wide_format(format);
    int length;

    if (!standard)
        return -1;
    length = __mingw_vsnwprintf(buffer, size, standard, arguments);
    free(standard);
    return length;
}

int _vscwprintf(const wchar_t *format, va_list arguments)
{
    return format_wide(NULL, 0, format, arguments);
}

int _scwprintf(const wchar_t *format, ...)
{
    FORWARD(length, format, _vscwprintf(format, arguments));
}

int crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments)
{
    return format_wide(buffer, INT32_MAX, format, arguments);
}

int crt_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    FORWARD(length, format, crt_vswprintf(buffer, format, arguments));
}

/* The text in a block from malloc(), or NULL. */
static wchar_t *wide_text(const wchar_t *format, va_list arguments, int *length)
{
    va_list again;
    wchar_t *text;

    va_copy(again, arguments);
    *length = format_wide(NULL, 0, format, again);
    va_end(again);
    if (*length < 0)
        return NULL;
    text = malloc(((size_t)*length + 1) * sizeof *text);
    if (text)
        format_wide(text, (size_t)*length + 1, format, arguments);
    return text;
}

int _vsnwprintf(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
    int length;
    wchar_t *text = wide_text(format, arguments, &length);
    size_t needed = (size_t)length + 1;

    if (!text)
        return -1;
    if (buffer)
        memcpy(buffer, text, (needed < size ? needed : size) * sizeof *text);
    free(text);
    return !buffer || (size_t)length <= size ? length : -1;
}

int _snwprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...)
{
    FORWARD(length, format, _vsnwprintf(buffer, size, format, arguments));
}

int vfwprintf(FILE *stream, const wchar_t *format, va_list arguments)
{
    int length;
    wchar_t *text = wide_text(format, arguments, &length);

    if (!text)
        return -1;
    crt_stream_enter(stream);
    for (int i = 0; i < length; i++)
        if (fputwc(text[i], stream) == WEOF) {
            length = -1;
            break;
        }
    crt_stream_leave(stream);
    free(text);
    return length;
}

int vwprintf(const wchar_t *format, va_list arguments)
{
    return vfwprintf(stdout, format, arguments);
}

int fwprintf(FILE *stream, const wchar_t *format, ...)
{
    FORWARD(length, format, vfwprintf(stream, format, arguments));
}

int wprintf(const wchar_t *format, ...)
{
    FORWARD(length, format, vfwprintf(stdout, format, arguments));
}

/* libmingwex.a's own name for it. */
int __ms_fwprintf(FILE *stream, const wchar_t *format, ...)
{
    FORWARD(length, format, vfwprintf(stream, format, arguments));
}
