/* environment.c - what a program was started with: command line, environment, start-up record.
 *
 * The environment comes as one read-only-by-agreement text, NAME=value zero-separated.  We keep a
 * copy on the process heap and rebuild it with each change: it is small and seldom changes.
 */
#include "user/kernel32/kernel32.h"

static RTL_CRITICAL_SECTION lock = {.LockCount = -1};
static char *block; /* on the process heap; always ends with an empty string */
static WCHAR *wide_command_line;

/* Bytes of an environment, its closing zero included. */
static size_t block_size(const char *text)
{
    const char *at = text;

    while (*at != 0)
        at += strlen(at) + 1;
    return (size_t)(at - text) + 1;
}

BOOL environment_start(void)
{
    const char *given = (const char *)peb()->parameters->environment;
    size_t size = given == NULL ? 1 : block_size(given);

    block = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, size + 1);
    wide_command_line = text_widen_copy(GetCommandLineA());
    if (block == NULL || wide_command_line == NULL)
        return FALSE;
    if (given != NULL)
        memcpy(block, given, size);
    return TRUE;
}

/* --- command line --- */

LPSTR WINAPI GetCommandLineA(void)
{
    return (char *)peb()->parameters->command_line;
}

LPWSTR WINAPI GetCommandLineW(void)
{
    return wide_command_line;
}

void WINAPI GetStartupInfoW(LPSTARTUPINFOW info)
{
    memset(info, 0, sizeof *info);
    info->cb = sizeof *info;
    info->dwFlags = STARTF_USESTDHANDLES;
    info->hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    info->hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    info->hStdError = GetStdHandle(STD_ERROR_HANDLE);
}

/* Its texts are null pointers, so the narrow record is the same. */
void WINAPI GetStartupInfoA(LPSTARTUPINFOA info)
{
    GetStartupInfoW((STARTUPINFOW *)info);
}

/* --- variables --- */

static char upper(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character + 'A' - 'a') : character;
}

/* The entry of `name` in the block, or 0.  => the lock is held */
static char *find(const char *name)
{
    size_t length = strlen(name);

    for (char *entry = block; *entry != 0; entry += strlen(entry) + 1) {
        size_t i = 0;

        while (i < length && upper(entry[i]) == upper(name[i]))
            i++;
        if (i == length && entry[length] == '=')
            return entry;
    }
    return NULL;
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size)
{
    DWORD length = 0;
    const char *entry;

    RtlEnterCriticalSection(&lock);
    entry = name == NULL ? NULL : find(name);
    if (entry == NULL) {
        error_fail(ERROR_ENVVAR_NOT_FOUND);
    } else {
        length = text_give(buffer, size, entry + strlen(name) + 1);
        RtlSetLastWin32Error(ERROR_SUCCESS);
    }
    RtlLeaveCriticalSection(&lock);
    return length;
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size)
{
    char narrow[TEXT_NAME];
    DWORD length = 0;
    const char *entry = NULL;

    RtlEnterCriticalSection(&lock);
    if (name != NULL && text_narrow(narrow, TEXT_NAME, name))
        entry = find(narrow);
    if (entry == NULL) {
        error_fail(ERROR_ENVVAR_NOT_FOUND);
    } else {
        length = text_give_wide(buffer, size, entry + strlen(narrow) + 1);
        RtlSetLastWin32Error(ERROR_SUCCESS);
    }
    RtlLeaveCriticalSection(&lock);
    return length;
}

/* The block without `old` (0: nothing goes) and with "name=value" at its end (value 0: nothing
 * comes).  False: no memory, nothing changed.  => the lock is held */
static bool rebuild(const char *old, const char *name, const char *value)
{
    size_t size = block_size(block);
    size_t gone = old == NULL ? 0 : strlen(old) + 1;
    size_t front = old == NULL ? size - 1 : (size_t)(old - block);
    size_t come = value == NULL ? 0 : strlen(name) + strlen(value) + 2;
    char *fresh = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, size - gone + come + 1);
    char *at = fresh;

    if (fresh == NULL)
        return false;
    memcpy(at, block, front);
    at += front;
    if (old != NULL) {
        size_t rest = size - 1 - front - gone;

        memcpy(at, old + gone, rest);
        at += rest;
    }
    if (value != NULL) {
        size_t length = strlen(name);

        memcpy(at, name, length);
        at[length] = '=';
        memcpy(at + length + 1, value, strlen(value) + 1);
    }
    text_free(block);
    block = fresh;
    return true;
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
    const char *old;
    BOOL done;

    if (name == NULL || *name == 0 || strchr(name, '=') != NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    RtlEnterCriticalSection(&lock);
    old = find(name);
    if (old == NULL && value == NULL)
        done = error_fail(ERROR_ENVVAR_NOT_FOUND);
    else
        done = rebuild(old, name, value) ? TRUE : error_fail(ERROR_NOT_ENOUGH_MEMORY);
    RtlLeaveCriticalSection(&lock);
    return done;
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
    char *narrow_name = text_narrow_copy(name);
    char *narrow_value = text_narrow_copy(value);
    BOOL done = SetEnvironmentVariableA(narrow_name, narrow_value);

    text_free(narrow_name);
    text_free(narrow_value);
    return done;
}

/* --- the whole block, as a copy that the caller frees --- */

LPCH WINAPI GetEnvironmentStrings(void)
{
    char *copy;
    size_t size;

    RtlEnterCriticalSection(&lock);
    size = block_size(block);
    copy = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, size + 1);
    if (copy != NULL)
        memcpy(copy, block, size);
    RtlLeaveCriticalSection(&lock);
    return copy;
}

LPWCH WINAPI GetEnvironmentStringsW(void)
{
    char *narrow = GetEnvironmentStrings();
    size_t size = narrow == NULL ? 0 : block_size(narrow);
    WCHAR *wide = narrow == NULL
                      ? NULL
                      : RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, (size + 1) * sizeof *wide);

    if (wide != NULL)
        for (size_t i = 0; i < size; i++)
            wide[i] = (unsigned char)narrow[i];
    text_free(narrow);
    return wide;
}

BOOL WINAPI FreeEnvironmentStringsA(LPCH strings)
{
    text_free(strings);
    return TRUE;
}

/* --- %NAME% --- */

/* Expands into `out`, at most `room` bytes; returns the bytes needed, the zero included.  A name
 * that isn't set stays as it is, percent signs and all. */
static size_t expand(const char *text, char *out, size_t room)
{
    size_t at = 0;

    RtlEnterCriticalSection(&lock);
    do {
        const char *close = *text == '%' ? strchr(text + 1, '%') : NULL;
        char name[TEXT_NAME];
        const char *entry = NULL;

        if (close != NULL && close - text <= TEXT_NAME) {
            size_t length = (size_t)(close - text) - 1;

            memcpy(name, text + 1, length);
            name[length] = 0;
            entry = length == 0 ? NULL : find(name);
        }
        if (entry != NULL) {
            for (entry += strlen(name) + 1; *entry != 0; entry++, at++)
                if (at < room)
                    out[at] = *entry;
            text = close;
        } else {
            if (at < room)
                out[at] = *text;
            at++;
        }
    } while (*text++ != 0);
    RtlLeaveCriticalSection(&lock);
    return at;
}

DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR text, LPSTR buffer, DWORD size)
{
    return (DWORD)expand(text, buffer, size);
}

DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR text, LPWSTR buffer, DWORD size)
{
    char *narrow = text_narrow_copy(text);
    DWORD needed = narrow == NULL ? 0 : (DWORD)expand(narrow, NULL, 0);
    char *whole = needed == 0 ? NULL : RtlAllocateHeap(peb()->heap, 0, needed);

    if (whole != NULL) {
        expand(narrow, whole, needed);
        if (needed <= size)
            text_widen(buffer, size, whole);
    } else {
        needed = 0;
    }
    text_free(whole);
    text_free(narrow);
    return needed;
}
