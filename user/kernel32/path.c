/* path.c - names made whole: the current directory, "." and "..", and what is made of a name before the kernel
 * sees it.
 *
 * Each process has its current directory here; the kernel knows whole names only.
 */
#include "user/kernel32/kernel32.h"

static CRITICAL_SECTION guard = {.LockCount = -1};
static WCHAR current[TEXT_NAME]; /* "C:\" or "C:\dir"; empty: not asked for yet */

static bool is_separator(WCHAR c)
{
    return c == '\\' || c == '/';
}

/* => the guard is held */
static void start(void)
{
    const char *from = (const char *)peb()->parameters->current_directory;

    if (current[0] == 0 && (from == NULL || !text_widen(current, TEXT_NAME, from)))
        text_widen(current, TEXT_NAME, "C:\\");
}

/* Names that are no path: of devices, and those that nobody edits. */
static bool is_whole(const WCHAR *name)
{
    static const WCHAR *const consoles[] = {L"CON", L"CONIN$", L"CONOUT$"};

    if (name[0] == '\\' && (name[1] == '\\' || name[1] == '?'))
        return true;
    for (int i = 0; i < 3; i++)
        if (lstrcmpiW(name, consoles[i]) == 0)
            return true;
    return false;
}

/* Behind the drive, which is C: or another: 0 then, as it is not there. */
static const WCHAR *behind_drive(const WCHAR *name)
{
    if (name[0] == 0 || name[1] != ':')
        return name;
    return name[0] == 'c' || name[0] == 'C' ? name + 2 : NULL;
}

/* One name less; the root keeps its separator. */
static void drop_last(WCHAR *path, size_t *length)
{
    while (*length > 3 && path[*length - 1] != '\\')
        --*length;
    if (*length > 3)
        --*length;
}

bool path_full(const WCHAR *name, WCHAR full[TEXT_NAME])
{
    const WCHAR *rest = behind_drive(name);
    size_t length = 3;

    if (is_whole(name) || rest == NULL) {
        length = text_length(name);
        if (length < TEXT_NAME)
            memcpy(full, name, (length + 1) * sizeof *full);
        return length < TEXT_NAME;
    }
    memcpy(full, L"C:\\", 4 * sizeof *full);
    if (!is_separator(*rest))
        length = GetCurrentDirectoryW(TEXT_NAME, full);
    while (*rest != 0) {
        size_t size = 0;

        while (rest[size] != 0 && !is_separator(rest[size]))
            size++;
        if (size == 2 && rest[0] == '.' && rest[1] == '.') {
            drop_last(full, &length);
        } else if (size != 0 && !(size == 1 && rest[0] == '.')) {
            if (length + size + 2 > TEXT_NAME)
                return false;
            if (full[length - 1] != '\\')
                full[length++] = '\\';
            memcpy(full + length, rest, size * sizeof *full);
            length += size;
        }
        rest += size;
        if (*rest != 0 && rest[1] == 0 && length < TEXT_NAME - 1 && full[length - 1] != '\\')
            full[length++] = '\\'; /* a separator at the end stays */
        rest += *rest != 0;
    }
    full[length] = 0;
    return true;
}

DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR buffer, LPWSTR *file_part)
{
    WCHAR full[TEXT_NAME], *part = NULL;
    DWORD length;

    if (name == NULL || *name == 0 || text_length(name) >= TEXT_NAME || !path_full(name, full))
        return (DWORD)error_fail(ERROR_INVALID_NAME);
    length = (DWORD)text_length(full);
    if (length >= size)
        return length + 1;
    memcpy(buffer, full, (length + 1) * sizeof *buffer);
    for (WCHAR *at = buffer; *at != 0; at++)
        part = is_separator(*at) ? at + 1 : part;
    if (file_part != NULL)
        *file_part = part == NULL || *part == 0 ? NULL : part;
    return length;
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR buffer)
{
    DWORD length;

    RtlEnterCriticalSection(&guard);
    start();
    length = (DWORD)text_length(current);
    if (length < size)
        memcpy(buffer, current, (length + 1) * sizeof *buffer);
    RtlLeaveCriticalSection(&guard);
    return length < size ? length : length + 1;
}

void path_set_current(WCHAR full[TEXT_NAME])
{
    size_t length = text_length(full);

    if (length > 3 && full[length - 1] == '\\')
        full[length - 1] = 0;
    RtlEnterCriticalSection(&guard);
    memcpy(current, full, TEXT_NAME * sizeof *full);
    RtlLeaveCriticalSection(&guard);
}
