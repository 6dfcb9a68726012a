/* directory.c - the current directory, and _findfirst() with its many record layouts.
 *
 * Windows offers one search with 32- or 64-bit times and sizes, narrow or wide: eight pairs of
 * functions that differ only in the record they fill.  The macros at the end make them from one
 * search.
 */
#include "user/msvcrt/crt.h"
#include <direct.h>
#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

/* ---- the current directory ---------------------------------------------------------------------- */

char *_getcwd(char *buffer, int size)
{
    char path[MAX_PATH];
    DWORD length = GetCurrentDirectoryA(MAX_PATH, path);

    if (length == 0 || length >= MAX_PATH) {
        crt_fail_os();
        return NULL;
    }
    if (!buffer) {
        size = size > (int)length ? size : (int)length + 1;
        buffer = malloc((size_t)size);
    } else if (size <= (int)length) {
        crt_fail(ERANGE);
        return NULL;
    }
    return buffer ? strcpy(buffer, path) : NULL;
}

wchar_t *_wgetcwd(wchar_t *buffer, int size)
{
    char path[MAX_PATH];

    if (!_getcwd(path, MAX_PATH))
        return NULL;
    if (!buffer) {
        size = MAX_PATH;
        buffer = malloc(MAX_PATH * sizeof *buffer);
    }
    if (!buffer)
        return NULL;
    if (!crt_widen(path, buffer, size)) {
        crt_fail(ERANGE);
        return NULL;
    }
    return buffer;
}

int _chdir(const char *name)
{
    return SetCurrentDirectoryA(name) ? 0 : crt_fail_os();
}

int _mkdir(const char *name)
{
    return CreateDirectoryA(name, NULL) ? 0 : crt_fail_os();
}

int _rmdir(const char *name)
{
    return RemoveDirectoryA(name) ? 0 : crt_fail_os();
}

int _wchdir(const wchar_t *name)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _chdir(narrow) : crt_fail(ENAMETOOLONG);
}

int _wmkdir(const wchar_t *name)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _mkdir(narrow) : crt_fail(ENAMETOOLONG);
}

int _wrmdir(const wchar_t *name)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _rmdir(narrow) : crt_fail(ENAMETOOLONG);
}

/* There is one drive, C:. */
int _getdrive(void)
{
    return 3;
}

/* ---- searching ------------------------------------------------------------------------------------ */

/* A time that the file system does not keep is given as -1, as Windows does. */
static int64_t seconds(const FILETIME *time)
{
    uint64_t ticks = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;

    return ticks ? (int64_t)(ticks / 10000000) - 11644473600 : -1;
}

static int64_t size_of(const WIN32_FIND_DATAA *found)
{
    return (int64_t)((uint64_t)found->nFileSizeHigh << 32 | found->nFileSizeLow);
}

static unsigned attributes_of(const WIN32_FIND_DATAA *found)
{
    return found->dwFileAttributes == FILE_ATTRIBUTE_NORMAL ? 0 : found->dwFileAttributes;
}

static int nothing_found(void)
{
    return GetLastError() == ERROR_NO_MORE_FILES ? crt_fail(ENOENT) : crt_fail_os();
}

int _findclose(intptr_t search)
{
    return search && FindClose((HANDLE)search) ? 0 : crt_fail(EINVAL);
}

static bool narrow_pattern(const wchar_t *pattern, char *narrow)
{
    if (crt_narrow(pattern, narrow, MAX_PATH))
        return true;
    crt_fail(ENAMETOOLONG);
    return false;
}

#define FILL(record, found, time_type, size_type)                                                  \
    (record)->attrib = attributes_of(found);                                                       \
    (record)->time_create = (time_type)seconds(&(found)->ftCreationTime);                          \
    (record)->time_access = (time_type)seconds(&(found)->ftLastAccessTime);                        \
    (record)->time_write = (time_type)seconds(&(found)->ftLastWriteTime);                          \
    (record)->size = (size_type)size_of(found)

#define SEARCH(first, next, record_type, time_type, size_type)                                     \
    intptr_t first(const char *pattern, struct record_type *record)                                \
    {                                                                                              \
        WIN32_FIND_DATAA found;                                                                    \
        HANDLE search = FindFirstFileA(pattern, &found);                                           \
                                                                                                   \
        if (search == INVALID_HANDLE_VALUE)                                                        \
            return nothing_found();                                                                \
        FILL(record, &found, time_type, size_type);                                                \
        strcpy(record->name, found.cFileName);                                                     \
        return (intptr_t)search;                                                                   \
    }                                                                                              \
    int next(intptr_t search, struct record_type *record)                                          \
    {                                                                                              \
        WIN32_FIND_DATAA found;                                                                    \
                                                                                                   \
        if (!FindNextFileA((HANDLE)search, &found))                                                \
            return nothing_found();                                                                \
        FILL(record, &found, time_type, size_type);                                                \
        strcpy(record->name, found.cFileName);                                                     \
        return 0;                                                                                  \
    }

#define WIDE_SEARCH(first, next, record_type, time_type, size_type)                                \
    intptr_t first(const wchar_t *pattern, struct record_type *record)                             \
    {                                                                                              \
        WIN32_FIND_DATAA found;                                                                    \
        char narrow[MAX_PATH];                                                                     \
        HANDLE search;                                                                             \
                                                                                                   \
        if (!narrow_pattern(pattern, narrow))                                                      \
            return -1;                                                                             \
        search = FindFirstFileA(narrow, &found);                                                   \
        if (search == INVALID_HANDLE_VALUE)                                                        \
            return nothing_found();                                                                \
        FILL(record, &found, time_type, size_type);                                                \
        crt_widen(found.cFileName, record->name, MAX_PATH);                                        \
        return (intptr_t)search;                                                                   \
    }                                                                                              \
    int next(intptr_t search, struct record_type *record)                                          \
    {                                                                                              \
        WIN32_FIND_DATAA found;                                                                    \
                                                                                                   \
        if (!FindNextFileA((HANDLE)search, &found))                                                \
            return nothing_found();                                                                \
        FILL(record, &found, time_type, size_type);                                                \
        crt_widen(found.cFileName, record->name, MAX_PATH);                                        \
        return 0;                                                                                  \
    }

SEARCH(_findfirst32, _findnext32, _finddata32_t, __time32_t, _fsize_t)
SEARCH(_findfirst32i64, _findnext32i64, _finddata32i64_t, __time32_t, int64_t)
SEARCH(_findfirst64, _findnext64, __finddata64_t, __time64_t, int64_t)
WIDE_SEARCH(_wfindfirst32, _wfindnext32, _wfinddata32_t, __time32_t, _fsize_t)
/* Exported under their oldest names, as those in stat.c. */
__typeof__(_wfindfirst32i64) _wfindfirst32i64 __asm__("__wfindfirsti64");
__typeof__(_wfindnext32i64) _wfindnext32i64 __asm__("__wfindnexti64");
WIDE_SEARCH(_wfindfirst32i64, _wfindnext32i64, _wfinddata32i64_t, __time32_t, int64_t)
WIDE_SEARCH(_wfindfirst64, _wfindnext64, _wfinddata64_t, __time64_t, int64_t)

/* ---- whole names ---------------------------------------------------------------------------------------- */

/* The absolute form; buffer NULL: a block from malloc().  NULL and ERANGE when it does not fit. */
char *_fullpath(char *buffer, const char *name, size_t size)
{
    char *target = buffer;
    DWORD length;

    if (!name || !*name)
        return _getcwd(buffer, (int)size);
    if (!target) {
        size = _MAX_PATH;
        target = malloc(size);
    }
    if (!target)
        return NULL;
    length = GetFullPathNameA(name, (DWORD)size, target, NULL);
    if (length > 0 && length < size)
        return target;
    if (!buffer)
        free(target);
    crt_fail(ERANGE);
    return NULL;
}

wchar_t *_wfullpath(wchar_t *buffer, const wchar_t *name, size_t size)
{
    char narrow[MAX_PATH], full[MAX_PATH];
    wchar_t *target = buffer;

    if (!crt_narrow(name ? name : L"", narrow, MAX_PATH) || !_fullpath(full, narrow, MAX_PATH))
        return NULL;
    if (!target) {
        size = MAX_PATH;
        target = malloc(size * sizeof *target);
    }
    if (!target)
        return NULL;
    if (crt_widen(full, target, (int)size))
        return target;
    crt_fail(ERANGE);
    return NULL;
}
