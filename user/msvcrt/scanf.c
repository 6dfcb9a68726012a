/* scanf.c - the scanf family: mingw-w64's code under the names of msvcrt.
 *
 * As with printf, "%s" in a wide format is a wide string here and has to be translated.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wattributes"

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

/* ---- sets: mingw-w64 has another opinion about "%[1-2-4]", so each set is written out ------------------ */

enum { SET_MOST = 260 }; /* bytes of one that is written out */

/* msvcrt's rule: a range is two characters around '-', in either order; a '-' with nothing before or behind it, and one
 * right behind a range, is itself (X18).  `at` is behind "[" or "[^"; the result is at the closing bracket. */
static const char *read_set(const char *at, bool member[256])
{
    const char *begin = at;
    int before = 0;

    for (; *at && (*at != ']' || at == begin); at++) {
        int c = (unsigned char)*at, low, high;

        if (c != '-' || !before || !at[1] || at[1] == ']') {
            member[c] = true;
            before = c;
            continue;
        }
        c = (unsigned char)*++at;
        low = before < c ? before : c;
        high = before < c ? c : before;
        memset(member + low, true, (size_t)(high - low + 1));
        before = 0;
    }
    return at;
}

/* A bracket first, a dash last, a caret anywhere but first: there each is itself. */
static char *write_set(char *out, const bool member[256])
{
    if (member[']'])
        *out++ = ']';
    for (int c = 1; c < 256; c++)
        if (member[c] && !strchr("]^-", c))
            *out++ = (char)c;
    if (member['^'])
        *out++ = '^';
    if (member['-'])
        *out++ = '-';
    return out;
}

/* The format with its sets written out, from malloc(); NULL: no memory. */
static char *write_out(const char *format)
{
    size_t sets = 0;
    char *copy, *out;

    for (const char *p = format; *p; p++)
        sets += *p == '[';
    out = copy = malloc(strlen(format) + sets * SET_MOST + 1);
    while (copy && *format) {
        bool member[256] = {false}, conversion = *format == '%';

        *out++ = *format++;
        if (!conversion)
            continue;
        while (*format && strchr("*0123456789hlLwI", *format))
            *out++ = *format++;
        if (*format != '[') {
            if (*format)
                *out++ = *format++;
            continue;
        }
        *out++ = *format++;
        if (*format == '^')
            *out++ = *format++;
        format = read_set(format, member);
        out = write_set(out, member);
    }
    if (copy)
        *out = 0;
    return copy;
}

static int scan_stream(FILE *stream, const char *format, va_list arguments)
{
    char *plain = format && stream ? write_out(format) : NULL;
    int count;

    if (!format || !stream)
        return crt_fail(EINVAL);
    if (!plain)
        return EOF;
    crt_stream_enter(stream);
    count = __mingw_vfscanf(stream, plain, arguments);
    crt_stream_leave(stream);
    free(plain);
    return count;
}

static int scan_text(const char *text, const char *format, va_list arguments)
{
    char *plain = format && text ? write_out(format) : NULL;
    int count = !format || !text ? crt_fail(EINVAL)
                : plain          ? __mingw_vsscanf(text, plain, arguments)
                                 : EOF;

    free(plain);
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
    FORWARD(count, format, scan_text(text, format, arguments));
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

/* ---- the checked forms: %s, %c and %[ take the size of their target, too ------------------------------ */

enum { MOST_TARGETS = 32 };

/* What an ordinary scan wants instead: a format whose widths keep to the sizes, and the targets alone. */
struct checked {
    char format[512];
    void *target[MOST_TARGETS];
    unsigned targets;
};

/* Behind the set that begins at '['. */
static const char *skip_set(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    at += *at == ']';
    while (*at && *at != ']')
        at++;
    return at;
}

/* One conversion, `at` behind its '%'; returns behind it. */
static const char *check_conversion(struct checked *checked, char **out, const char *at,
                                    va_list *arguments)
{
    const char *start = at, *digits = at;
    unsigned width = 0;
    bool suppressed = *at == '*', sized;

    at += suppressed;
    for (digits = at; *at >= '0' && *at <= '9'; at++)
        width = width * 10 + (unsigned)(*at - '0');
    while (*at && strchr("hlLIwjzt", *at))
        at += *at == 'I' && (at[1] == '6' || at[1] == '3') ? 3 : 1;
    sized = strchr("sScC[", *at) != NULL && *at && !suppressed;
    if (*at && *at != '%' && !suppressed && checked->targets < MOST_TARGETS)
        checked->target[checked->targets++] = va_arg(*arguments, void *);
    if (sized) {
        unsigned size = va_arg(*arguments, unsigned), most = size - (*at != 'c' && *at != 'C');
        const char *modifiers = digits;

        while (*modifiers >= '0' && *modifiers <= '9')
            modifiers++;
        width = width == 0 ? (*at == 'c' || *at == 'C' ? 1 : most) : width < most ? width : most;
        *out += _snprintf(*out, 12, "%u", width);
        start = modifiers;
    }
    at = *at == '[' ? skip_set(at) : at;
    at += *at != 0;
    memcpy(*out, start, (size_t)(at - start));
    *out += at - start;
    return at;
}

static bool check_format(struct checked *checked, const char *format, va_list arguments)
{
    char *out = checked->format;
    va_list rest;

    va_copy(rest, arguments);
    checked->targets = 0;
    while (*format && out < checked->format + sizeof checked->format - 64) {
        *out++ = *format;
        if (*format++ == '%')
            format = check_conversion(checked, &out, format, &rest);
    }
    *out = 0;
    va_end(rest);
    return *format == 0;
}

/* Targets are pointers, one word each: the array is what a caller would have pushed. */
static int scan_checked(FILE *stream, const char *text, const char *format, va_list arguments)
{
    struct checked checked;

    if (!check_format(&checked, format, arguments))
        return crt_fail(EINVAL);
    return text ? __mingw_vsscanf(text, checked.format, (va_list)(void *)checked.target)
                : scan_stream(stream, checked.format, (va_list)(void *)checked.target);
}

int vsscanf_s(const char *text, const char *format, va_list arguments);
int vsscanf_s(const char *text, const char *format, va_list arguments)
{
    return scan_checked(NULL, text, format, arguments);
}

int vfscanf_s(FILE *stream, const char *format, va_list arguments);
int vfscanf_s(FILE *stream, const char *format, va_list arguments)
{
    return scan_checked(stream, NULL, format, arguments);
}

int sscanf_s(const char *text, const char *format, ...)
{
    FORWARD(count, format, scan_checked(NULL, text, format, arguments));
}

int fscanf_s(FILE *stream, const char *format, ...)
{
    FORWARD(count, format, scan_checked(stream, NULL, format, arguments));
}

int scanf_s(const char *format, ...)
{
    FORWARD(count, format, scan_checked(stdin, NULL, format, arguments));
}

/* Wide: the format is translated first, so that %s means a wide string with a size in characters. */
static int scan_wide_checked(const wchar_t *text, FILE *stream, const wchar_t *format,
                             va_list arguments)
{
    struct checked checked;
    char narrow[512];
    wchar_t wide[512];

    if (!crt_narrow(format, narrow, sizeof narrow) || !check_format(&checked, narrow, arguments) ||
        !crt_widen(checked.format, wide, 512))
        return crt_fail(EINVAL);
    return text ? scan_wide_text(text, wide, (va_list)(void *)checked.target)
                : scan_wide_stream(stream, wide, (va_list)(void *)checked.target);
}

int swscanf_s(const wchar_t *text, const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_checked(text, NULL, format, arguments));
}

int fwscanf_s(FILE *stream, const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_checked(NULL, stream, format, arguments));
}

int wscanf_s(const wchar_t *format, ...)
{
    FORWARD(count, format, scan_wide_checked(NULL, stdin, format, arguments));
}

/* What ucrtbase.dll's one function for all of them wants. */
int crt_vsscanf(const char *text, const char *format, va_list arguments);
int crt_vsscanf(const char *text, const char *format, va_list arguments)
{
    return __mingw_vsscanf(text, format, arguments);
}

int crt_vfscanf(FILE *stream, const char *format, va_list arguments);
int crt_vfscanf(FILE *stream, const char *format, va_list arguments)
{
    return scan_stream(stream, format, arguments);
}

int crt_vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments);
int crt_vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments)
{
    return scan_wide_text(text, format, arguments);
}

int crt_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments);
int crt_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments)
{
    return scan_wide_stream(stream, format, arguments);
}
