/* ucrtbase.c - what the Universal C run-time has beyond msvcrt.dll; everything else is forwarded to that.
 *
 * One implementation, two tables of names: small.mk makes the forwarders from msvcrt.def.  Here are the
 * functions with which programs of newer Visual C++ start, end and format.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "user/small/small.h"

#include <errno.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int __getmainargs(int *count, char ***arguments, char ***environment, int expand, void *start);
int __wgetmainargs(int *count, wchar_t ***arguments, wchar_t ***environment, int expand,
                   void *start);

/* --- start --- */

/* Mode 0: no arguments, 1: as they are, 2: patterns replaced by the files they match.  (Exported with a leading _;
 * mingw-w64 13 declares these with an enumeration that older ones don't have.) */
int configure_narrow_argv(int mode);
int configure_narrow_argv(int mode)
{
    char **arguments, **environment;
    int count, start = 0;

    return __getmainargs(&count, &arguments, &environment, mode == 2, &start);
}

int configure_wide_argv(int mode);
int configure_wide_argv(int mode)
{
    wchar_t **arguments, **environment;
    int count, start = 0;

    return __wgetmainargs(&count, &arguments, &environment, mode == 2, &start);
}

/* The environment is there from the beginning. */
int _initialize_narrow_environment(void);
int _initialize_narrow_environment(void)
{
    return 0;
}

char **_get_initial_narrow_environment(void);
char **_get_initial_narrow_environment(void)
{
    return *__p__environ();
}

wchar_t **_get_initial_wide_environment(void);
wchar_t **_get_initial_wide_environment(void)
{
    return *__p__wenviron();
}

/* The command line behind the program's name. */
char *_get_narrow_winmain_command_line(void);
char *_get_narrow_winmain_command_line(void)
{
    char *line = GetCommandLineA();
    bool quoted = false;

    for (; *line != 0 && (quoted || (*line != ' ' && *line != '\t')); line++)
        if (*line == '"')
            quoted = !quoted;
    while (*line == ' ' || *line == '\t')
        line++;
    return line;
}

/* --- the end: tables of functions --- */

int _initialize_onexit_table(_onexit_table_t *table)
{
    if (table == NULL)
        return -1;
    if (table->_first == table->_end)
        table->_first = table->_last = table->_end = NULL;
    return 0;
}

int _register_onexit_function(_onexit_table_t *table, _onexit_t added)
{
    if (table == NULL)
        return -1;
    if (table->_last == table->_end) {
        size_t count = (size_t)(table->_last - table->_first), room = count != 0 ? 2 * count : 32;
        _PVFV *longer = realloc(table->_first, room * sizeof *longer);

        if (longer == NULL)
            return -1;
        table->_first = longer;
        table->_last = longer + count;
        table->_end = longer + room;
    }
    *table->_last++ = (_PVFV)(void *)added;
    return 0;
}

/* Last registered, first called. */
int _execute_onexit_table(_onexit_table_t *table)
{
    if (table == NULL)
        return -1;
    while (table->_last != table->_first)
        (*--table->_last)();
    free(table->_first);
    table->_first = table->_last = table->_end = NULL;
    return 0;
}

int _crt_atexit(_PVFV added)
{
    return _onexit((_onexit_t)(void *)added) != NULL ? 0 : -1;
}

/* Called when a thread ends that the run-time started; the destructors of thread-local objects come by TLS
 * callbacks, which the loader calls. */
void _register_thread_local_exe_atexit_callback(_tls_callback_type callback)
{
    (void)callback;
}

/* A wrong argument ends the program at once, as there. */
void _invalid_parameter_noinfo_noreturn(void) __attribute__((noreturn));
void _invalid_parameter_noinfo_noreturn(void)
{
    for (;;)
        TerminateProcess(GetCurrentProcess(), 0xC0000417);
}

void _invalid_parameter_noinfo(void);
void _invalid_parameter_noinfo(void)
{
    *_errno() = EINVAL;
}

/* --- formatting --- */

enum { NULL_TERMINATION = 1, STANDARD_SNPRINTF = 2 };

int __stdio_common_vfprintf(uint64_t options, FILE *stream, const char *format, void *locale,
                            va_list arguments);
int __stdio_common_vfprintf(uint64_t options, FILE *stream, const char *format, void *locale,
                            va_list arguments)
{
    (void)options;
    (void)locale;
    return vfprintf(stream, format, arguments);
}

int __stdio_common_vfwprintf(uint64_t options, FILE *stream, const wchar_t *format, void *locale,
                             va_list arguments);
int __stdio_common_vfwprintf(uint64_t options, FILE *stream, const wchar_t *format, void *locale,
                             va_list arguments)
{
    (void)options;
    (void)locale;
    return vfwprintf(stream, format, arguments);
}

/* What a call returns that has formatted `length` characters for `size`, of which at least one is the end. */
static int outcome(uint64_t options, int length, size_t size)
{
    if ((options & STANDARD_SNPRINTF) != 0 || length < 0)
        return length;
    if ((options & NULL_TERMINATION) != 0)
        return (size_t)length <= size ? length : -1;
    return (size_t)length < size ? length : -1;
}

int __stdio_common_vsprintf(uint64_t options, char *buffer, size_t size, const char *format,
                            void *locale, va_list arguments);
int __stdio_common_vsprintf(uint64_t options, char *buffer, size_t size, const char *format,
                            void *locale, va_list arguments)
{
    va_list again;
    int length;

    (void)locale;
    va_copy(again, arguments);
    length = _vscprintf(format, again);
    va_end(again);
    if (buffer == NULL || size == 0)
        return length;
    _vsnprintf(buffer, size, format, arguments);
    if ((options & NULL_TERMINATION) == 0)
        buffer[size - 1] = (size_t)length < size ? buffer[size - 1] : 0;
    return outcome(options, length, size);
}

int __stdio_common_vswprintf(uint64_t options, wchar_t *buffer, size_t size, const wchar_t *format,
                             void *locale, va_list arguments);
int __stdio_common_vswprintf(uint64_t options, wchar_t *buffer, size_t size, const wchar_t *format,
                             void *locale, va_list arguments)
{
    va_list again;
    int length;

    (void)locale;
    va_copy(again, arguments);
    length = _vscwprintf(format, again);
    va_end(again);
    if (buffer == NULL || size == 0)
        return length;
    _vsnwprintf(buffer, size, format, arguments);
    if ((options & NULL_TERMINATION) == 0)
        buffer[size - 1] = (size_t)length < size ? buffer[size - 1] : 0;
    return outcome(options, length, size);
}

/* What doesn't fit is an error, and leaves an empty text. */
int __stdio_common_vsprintf_s(uint64_t options, char *buffer, size_t size, const char *format,
                              void *locale, va_list arguments);
int __stdio_common_vsprintf_s(uint64_t options, char *buffer, size_t size, const char *format,
                              void *locale, va_list arguments)
{
    int length = __stdio_common_vsprintf(options & ~3ull, buffer, size, format, locale, arguments);

    if (length < 0 && buffer != NULL && size != 0) {
        *buffer = 0;
        *_errno() = ERANGE;
    }
    return length;
}

/* --- scanning: SECURE means that sizes follow --- */

enum { SECURE = 1 };
int crt_vsscanf(const char *text, const char *format, va_list arguments);
int crt_vfscanf(FILE *stream, const char *format, va_list arguments);
int crt_vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments);
int crt_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments);
int vsscanf_s(const char *text, const char *format, va_list arguments);
int vfscanf_s(FILE *stream, const char *format, va_list arguments);

int __stdio_common_vfscanf(uint64_t options, FILE *stream, const char *format, void *locale,
                           va_list arguments);
int __stdio_common_vfscanf(uint64_t options, FILE *stream, const char *format, void *locale,
                           va_list arguments)
{
    (void)locale;
    return (options & SECURE) != 0 ? vfscanf_s(stream, format, arguments)
                                   : crt_vfscanf(stream, format, arguments);
}

/* At most `size` characters of the text count; it ends with a zero or there. */
int __stdio_common_vsscanf(uint64_t options, const char *text, size_t size, const char *format,
                           void *locale, va_list arguments);
int __stdio_common_vsscanf(uint64_t options, const char *text, size_t size, const char *format,
                           void *locale, va_list arguments)
{
    size_t length = strnlen(text, size);
    char *copy = NULL;
    int count;

    (void)locale;
    if (length == size && size != (size_t)-1) {
        copy = malloc(length + 1);
        if (copy == NULL)
            return EOF;
        memcpy(copy, text, length);
        copy[length] = 0;
        text = copy;
    }
    count = (options & SECURE) != 0 ? vsscanf_s(text, format, arguments)
                                    : crt_vsscanf(text, format, arguments);
    free(copy);
    return count;
}

int __stdio_common_vfwscanf(uint64_t options, FILE *stream, const wchar_t *format, void *locale,
                            va_list arguments);
int __stdio_common_vfwscanf(uint64_t options, FILE *stream, const wchar_t *format, void *locale,
                            va_list arguments)
{
    (void)options;
    (void)locale;
    return crt_vfwscanf(stream, format, arguments);
}

int __stdio_common_vswscanf(uint64_t options, const wchar_t *text, size_t size,
                            const wchar_t *format, void *locale, va_list arguments);
int __stdio_common_vswscanf(uint64_t options, const wchar_t *text, size_t size,
                            const wchar_t *format, void *locale, va_list arguments)
{
    (void)options;
    (void)size;
    (void)locale;
    return crt_vswscanf(text, format, arguments);
}

/* What doesn't fit is an error, and leaves an empty text. */
int __stdio_common_vswprintf_s(uint64_t options, wchar_t *buffer, size_t size,
                               const wchar_t *format, void *locale, va_list arguments);
int __stdio_common_vswprintf_s(uint64_t options, wchar_t *buffer, size_t size,
                               const wchar_t *format, void *locale, va_list arguments)
{
    int length = __stdio_common_vswprintf(options & ~3ull, buffer, size, format, locale, arguments);

    if (length < 0 && buffer != NULL && size != 0) {
        *buffer = 0;
        *_errno() = ERANGE;
    }
    return length;
}

/* No more than `most` characters of the result, which are cut off without a word when `most` is -1. */
int __stdio_common_vsnprintf_s(uint64_t options, char *buffer, size_t size, size_t most,
                               const char *format, void *locale, va_list arguments);
int __stdio_common_vsnprintf_s(uint64_t options, char *buffer, size_t size, size_t most,
                               const char *format, void *locale, va_list arguments)
{
    size_t room = most < size ? most + 1 : size;
    int length;

    if (buffer == NULL || size == 0)
        return most == 0 ? 0 : -1;
    length = __stdio_common_vsprintf(options & ~3ull, buffer, room, format, locale, arguments);
    if (length < 0 && most >= size && most != (size_t)-1) {
        *buffer = 0;
        *_errno() = ERANGE;
    }
    return length;
}

int __stdio_common_vsnwprintf_s(uint64_t options, wchar_t *buffer, size_t size, size_t most,
                                const wchar_t *format, void *locale, va_list arguments);
int __stdio_common_vsnwprintf_s(uint64_t options, wchar_t *buffer, size_t size, size_t most,
                                const wchar_t *format, void *locale, va_list arguments)
{
    size_t room = most < size ? most + 1 : size;
    int length;

    if (buffer == NULL || size == 0)
        return most == 0 ? 0 : -1;
    length = __stdio_common_vswprintf(options & ~3ull, buffer, room, format, locale, arguments);
    if (length < 0 && most >= size && most != (size_t)-1) {
        *buffer = 0;
        *_errno() = ERANGE;
    }
    return length;
}

/* --- numbers --- */

/* NaN 2, infinite 1, zero 0, denormal -2, others -1. */
short _dclass(double x);
short _dclass(double x)
{
    union {
        double value;
        uint64_t bits;
    } it = {.value = x};
    unsigned exponent = (unsigned)(it.bits >> 52) & 0x7FF;
    bool fraction = (it.bits << 12) != 0;

    if (exponent == 0x7FF)
        return fraction ? 2 : 1;
    return exponent != 0 ? -1 : fraction ? -2 : 0;
}

short _fdclass(float x);
short _fdclass(float x)
{
    union {
        float value;
        uint32_t bits;
    } it = {.value = x};
    unsigned exponent = it.bits >> 23 & 0xFF;
    bool fraction = (it.bits << 9) != 0;

    if (exponent == 0xFF)
        return fraction ? 2 : 1;
    return exponent != 0 ? -1 : fraction ? -2 : 0;
}

int _dsign(double x);
int _dsign(double x)
{
    return __builtin_signbit(x) ? 0x8000 : 0;
}
