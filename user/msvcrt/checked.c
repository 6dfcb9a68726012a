/* checked.c - checked forms ("_s") of number, path, environment, sorting and date functions.
 *
 * As in secure.c: what does not fit makes the target empty and returns the error.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <io.h>
#include <sys/timeb.h>

#pragma GCC diagnostic ignored "-Wattributes"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

enum { DIGITS = 68 }; /* 64 bits in base 2, a sign, the end */

static errno_t refuse(int error)
{
    crt_fail(error);
    return error;
}

/* `text` into a target of `size`; one that is too small becomes empty. */
static errno_t give(char *buffer, size_t size, const char *text)
{
    if (!buffer || size == 0)
        return refuse(EINVAL);
    *buffer = 0;
    if (strlen(text) >= size)
        return refuse(ERANGE);
    strcpy(buffer, text);
    return 0;
}

static errno_t give_wide(wchar_t *buffer, size_t size, const char *text)
{
    if (!buffer || size == 0)
        return refuse(EINVAL);
    *buffer = 0;
    if (strlen(text) >= size)
        return refuse(ERANGE);
    crt_widen(text, buffer, (int)size);
    return 0;
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

#define NUMBERS(name, wide, type, make)                                                            \
    errno_t name(type value, char *buffer, size_t size, int base)                                  \
    {                                                                                              \
        char text[DIGITS];                                                                         \
                                                                                                   \
        return base < 2 || base > 36 ? refuse(EINVAL)                                              \
                                     : give(buffer, size, make(value, text, base));                \
    }                                                                                              \
    errno_t wide(type value, wchar_t *buffer, size_t size, int base)                               \
    {                                                                                              \
        char text[DIGITS];                                                                         \
                                                                                                   \
        return base < 2 || base > 36 ? refuse(EINVAL)                                              \
                                     : give_wide(buffer, size, make(value, text, base));           \
    }
NUMBERS(_ltoa_s, _ltow_s, long, _ltoa)
NUMBERS(_ultoa_s, _ultow_s, unsigned long, _ultoa)
NUMBERS(_i64toa_s, _i64tow_s, int64_t, _i64toa)
NUMBERS(_ui64toa_s, _ui64tow_s, uint64_t, _ui64toa)

errno_t _gcvt_s(char *buffer, size_t size, double value, int digits)
{
    char text[400];

    return give(buffer, size, _gcvt(value, digits, text));
}

/* ---- letters ------------------------------------------------------------------------------------------ */

errno_t _strlwr_s(char *text, size_t size)
{
    if (!text || strnlen(text, size) == size)
        return refuse(EINVAL);
    _strlwr(text);
    return 0;
}

errno_t _strupr_s(char *text, size_t size)
{
    if (!text || strnlen(text, size) == size)
        return refuse(EINVAL);
    _strupr(text);
    return 0;
}

errno_t _wcslwr_s(wchar_t *text, size_t size)
{
    if (!text || wcsnlen(text, size) == size)
        return refuse(EINVAL);
    _wcslwr(text);
    return 0;
}

errno_t _wcsupr_s(wchar_t *text, size_t size)
{
    if (!text || wcsnlen(text, size) == size)
        return refuse(EINVAL);
    _wcsupr(text);
    return 0;
}

/* ---- paths -------------------------------------------------------------------------------------------- */

errno_t _splitpath_s(const char *path, char *drive, size_t drive_size, char *directory,
                     size_t directory_size, char *name, size_t name_size, char *extension,
                     size_t extension_size)
{
    char parts[4][MAX_PATH];
    char *out[4] = {drive, directory, name, extension};
    const size_t size[4] = {drive_size, directory_size, name_size, extension_size};
    errno_t error = path && strlen(path) < MAX_PATH ? 0 : refuse(EINVAL);

    if (!error)
        _splitpath(path, parts[0], parts[1], parts[2], parts[3]);
    for (int i = 0; i < 4 && !error; i++)
        if (out[i])
            error = give(out[i], size[i], parts[i]);
    return error;
}

errno_t _makepath_s(char *path, size_t size, const char *drive, const char *directory,
                    const char *name, const char *extension)
{
    char made[4 * MAX_PATH];

    _makepath(made, drive, directory, name, extension);
    return give(path, size, made);
}

/* The pieces of a wide path, as _splitpath() cuts them. */
errno_t _wsplitpath_s(const wchar_t *path, wchar_t *drive, size_t drive_size, wchar_t *directory,
                      size_t directory_size, wchar_t *name, size_t name_size, wchar_t *extension,
                      size_t extension_size)
{
    char narrow[MAX_PATH], parts[4][MAX_PATH];
    wchar_t *out[4] = {drive, directory, name, extension};
    const size_t size[4] = {drive_size, directory_size, name_size, extension_size};
    errno_t error = path && crt_narrow(path, narrow, MAX_PATH) ? 0 : refuse(EINVAL);

    if (!error)
        _splitpath(narrow, parts[0], parts[1], parts[2], parts[3]);
    for (int i = 0; i < 4 && !error; i++)
        if (out[i])
            error = give_wide(out[i], size[i], parts[i]);
    return error;
}

void _wsplitpath(const wchar_t *path, wchar_t *drive, wchar_t *directory, wchar_t *name,
                 wchar_t *extension)
{
    _wsplitpath_s(path, drive, 3, directory, MAX_PATH, name, MAX_PATH, extension, MAX_PATH);
}

static const char *narrowed(const wchar_t *wide, char narrow[MAX_PATH])
{
    return wide && crt_narrow(wide, narrow, MAX_PATH) ? narrow : NULL;
}

errno_t _wmakepath_s(wchar_t *path, size_t size, const wchar_t *drive, const wchar_t *directory,
                     const wchar_t *name, const wchar_t *extension)
{
    char made[4 * MAX_PATH], part[4][MAX_PATH];

    _makepath(made, narrowed(drive, part[0]), narrowed(directory, part[1]), narrowed(name, part[2]),
              narrowed(extension, part[3]));
    return give_wide(path, size, made);
}

void _wmakepath(wchar_t *path, const wchar_t *drive, const wchar_t *directory, const wchar_t *name,
                const wchar_t *extension)
{
    _wmakepath_s(path, MAX_PATH, drive, directory, name, extension);
}

/* The file `name` in the directories of the variable, which are one: that where the program runs. */
void _searchenv(const char *name, const char *variable, char *out)
{
    (void)variable;
    *out = 0;
    if (_access(name, 0) == 0)
        _fullpath(out, name, MAX_PATH);
}

errno_t tmpnam_s(char *buffer, size_t size)
{
    char name[MAX_PATH];

    return tmpnam(name) ? give(buffer, size, name) : refuse(ENOENT);
}

errno_t tmpfile_s(FILE **stream)
{
    *stream = tmpfile();
    return *stream ? 0 : *_errno();
}

errno_t freopen_s(FILE **stream, const char *name, const char *mode, FILE *old)
{
    *stream = freopen(name, mode, old);
    return *stream ? 0 : *_errno();
}

errno_t clearerr_s(FILE *stream)
{
    if (!stream)
        return refuse(EINVAL);
    clearerr(stream);
    return 0;
}

/* ---- environment -------------------------------------------------------------------------------------- */

/* A copy on the heap, NULL when there is no such variable. */
errno_t _dupenv_s(char **copy, size_t *size, const char *name)
{
    const char *value = name ? getenv(name) : NULL;

    if (!copy || !name)
        return refuse(EINVAL);
    *copy = value ? _strdup(value) : NULL;
    if (size)
        *size = *copy ? strlen(*copy) + 1 : 0;
    return value && !*copy ? refuse(ENOMEM) : 0;
}

errno_t _wdupenv_s(wchar_t **copy, size_t *size, const wchar_t *name)
{
    const wchar_t *value = name ? _wgetenv(name) : NULL;

    if (!copy || !name)
        return refuse(EINVAL);
    *copy = value ? _wcsdup(value) : NULL;
    if (size)
        *size = *copy ? wcslen(*copy) + 1 : 0;
    return value && !*copy ? refuse(ENOMEM) : 0;
}

errno_t _wgetenv_s(size_t *needed, wchar_t *buffer, size_t size, const wchar_t *name)
{
    const wchar_t *value = name ? _wgetenv(name) : NULL;

    *needed = value ? wcslen(value) + 1 : 0;
    if (buffer && size)
        *buffer = 0;
    if (!value || (!buffer && size == 0))
        return 0;
    if (*needed > size)
        return ERANGE;
    wcscpy(buffer, value);
    return 0;
}

errno_t _wputenv_s(const wchar_t *name, const wchar_t *value)
{
    char narrow_name[256], narrow_value[4096];

    if (!name || !value || !crt_narrow(name, narrow_name, sizeof narrow_name) ||
        !crt_narrow(value, narrow_value, sizeof narrow_value))
        return refuse(EINVAL);
    return _putenv_s(narrow_name, narrow_value);
}

int _wputenv(const wchar_t *text)
{
    char narrow[4096];

    return crt_narrow(text, narrow, sizeof narrow) ? _putenv(narrow) : crt_fail(EINVAL);
}

/* The program's file. */
errno_t _get_pgmptr(char **name)
{
    extern char **__p__pgmptr(void);

    *name = *__p__pgmptr();
    return 0;
}

errno_t _get_wpgmptr(wchar_t **name)
{
    static wchar_t path[MAX_PATH];

    GetModuleFileNameW(NULL, path, MAX_PATH);
    *name = path;
    return 0;
}

/* ---- dates -------------------------------------------------------------------------------------------- */

errno_t asctime_s(char *buffer, size_t size, const struct tm *tm)
{
    return tm ? give(buffer, size, asctime(tm)) : refuse(EINVAL);
}

errno_t _ctime64_s(char *buffer, size_t size, const __time64_t *time)
{
    return time ? give(buffer, size, _ctime64(time)) : refuse(EINVAL);
}

errno_t crt_ctime32_s(char *buffer, size_t size, const __time32_t *time)
{
    return time ? give(buffer, size, _ctime32(time)) : refuse(EINVAL);
}

wchar_t *_wctime64(const __time64_t *time)
{
    return _wasctime(_localtime64(time));
}

wchar_t *_wctime32(const __time32_t *time)
{
    return _wasctime(_localtime32(time));
}

errno_t _ftime64_s(struct __timeb64 *time)
{
    if (!time)
        return refuse(EINVAL);
    _ftime64(time);
    return 0;
}

errno_t _ftime32_s(struct __timeb32 *time)
{
    if (!time)
        return refuse(EINVAL);
    _ftime32(time);
    return 0;
}

errno_t _strdate_s(char *buffer, size_t size)
{
    char text[9];

    return give(buffer, size, _strdate(text));
}

errno_t _strtime_s(char *buffer, size_t size)
{
    char text[9];

    return give(buffer, size, _strtime(text));
}

/* ---- sorting and searching with a context ------------------------------------------------------------- */

typedef int(__cdecl *context_comparison)(void *context, const void *a, const void *b);

/* A merge sort: nothing of qsort()'s knows a context.  `spare` has room for half of the elements. */
static void merge_sort(char *base, size_t count, size_t size, context_comparison compare,
                       void *context, char *spare)
{
    size_t half = count / 2, taken = 0;
    char *right = base + half * size, *end = base + count * size, *out = base;

    if (count < 2)
        return;
    merge_sort(base, half, size, compare, context, spare);
    merge_sort(right, count - half, size, compare, context, spare);
    memcpy(spare, base, half * size);
    while (taken < half) {
        bool from_right = right < end && compare(context, right, spare + taken * size) < 0;

        memcpy(out, from_right ? right : spare + taken * size, size);
        right += from_right ? size : 0;
        taken += !from_right;
        out += size;
    }
}

void qsort_s(void *base, size_t count, size_t size, context_comparison compare, void *context)
{
    char *spare = count > 1 ? malloc(count / 2 * size) : NULL;

    if (spare)
        merge_sort(base, count, size, compare, context, spare);
    else if (count > 1)
        crt_fail(ENOMEM);
    free(spare);
}

void *bsearch_s(const void *key, const void *base, size_t count, size_t size,
                context_comparison compare, void *context)
{
    const char *start = base;

    for (; count > 0; count /= 2) {
        const char *middle = start + count / 2 * size;
        int order = compare(context, key, middle);

        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            start = middle + size;
            count--;
        }
    }
    return NULL;
}
