/* legacy.c - calls of older days that run-times and programs still make: atoms, files by small numbers, initialization
 * files, WinExec.
 */
#include "user/kernel32/kernel32.h"

/* --- atoms: texts known by a number from C000 on; numbers below stand for themselves --- */

enum { FIRST_ATOM = 0xC000, ATOMS = 1024 };

static CRITICAL_SECTION guard = {.LockCount = -1};
static struct {
    WCHAR *text;
    DWORD uses;
} atoms[ATOMS];

static bool same_text(const WCHAR *a, const WCHAR *b)
{
    while (*a != 0 && locale_lower(*a) == locale_lower(*b)) {
        a++;
        b++;
    }
    return locale_lower(*a) == locale_lower(*b);
}

/* => the guard is held.  ATOMS: there is none; *free: a place that nobody uses. */
static DWORD find_atom(const WCHAR *text, DWORD *free)
{
    *free = ATOMS;
    for (DWORD i = 0; i < ATOMS; i++) {
        if (atoms[i].text == NULL)
            *free = *free == ATOMS ? i : *free;
        else if (same_text(atoms[i].text, text))
            return i;
    }
    return ATOMS;
}

static WCHAR *copy_text(const WCHAR *text)
{
    size_t bytes = (text_length(text) + 1) * sizeof *text;
    WCHAR *copy = RtlAllocateHeap(peb()->heap, 0, bytes);

    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

ATOM WINAPI FindAtomW(LPCWSTR text)
{
    DWORD free, index;

    if (IS_INTRESOURCE(text))
        return (ATOM)(ULONG_PTR)text;
    RtlEnterCriticalSection(&guard);
    index = find_atom(text, &free);
    RtlLeaveCriticalSection(&guard);
    return index == ATOMS ? (ATOM)error_fail(ERROR_FILE_NOT_FOUND) : (ATOM)(FIRST_ATOM + index);
}

ATOM WINAPI AddAtomW(LPCWSTR text)
{
    DWORD free, index;

    if (IS_INTRESOURCE(text))
        return (ATOM)(ULONG_PTR)text;
    RtlEnterCriticalSection(&guard);
    index = find_atom(text, &free);
    if (index == ATOMS && free != ATOMS) {
        atoms[free].text = copy_text(text);
        index = atoms[free].text != NULL ? free : ATOMS;
    }
    if (index != ATOMS)
        atoms[index].uses++;
    RtlLeaveCriticalSection(&guard);
    return index == ATOMS ? (ATOM)error_fail(ERROR_NOT_ENOUGH_MEMORY) : (ATOM)(FIRST_ATOM + index);
}

/* 0 when it went well. */
ATOM WINAPI DeleteAtom(ATOM atom)
{
    DWORD index = (DWORD)atom - FIRST_ATOM;
    bool known = true;

    if (atom < FIRST_ATOM)
        return 0;
    RtlEnterCriticalSection(&guard);
    known = index < ATOMS && atoms[index].text != NULL;
    if (known && --atoms[index].uses == 0) {
        text_free(atoms[index].text);
        atoms[index].text = NULL;
    }
    RtlLeaveCriticalSection(&guard);
    if (!known)
        error_fail(ERROR_INVALID_HANDLE);
    return known ? 0 : atom;
}

UINT WINAPI GetAtomNameW(ATOM atom, LPWSTR buffer, int size)
{
    DWORD index = (DWORD)atom - FIRST_ATOM, length = 0;

    RtlEnterCriticalSection(&guard);
    if (index < ATOMS && atoms[index].text != NULL && size > 0) {
        length = (DWORD)text_length(atoms[index].text);
        length = length < (DWORD)size ? length : (DWORD)size - 1;
        memcpy(buffer, atoms[index].text, length * sizeof *buffer);
        buffer[length] = 0;
    }
    RtlLeaveCriticalSection(&guard);
    return length != 0 ? length : (UINT)error_fail(ERROR_INVALID_HANDLE);
}

ATOM WINAPI AddAtomA(LPCSTR text)
{
    WCHAR wide[TEXT_NAME];

    if (IS_INTRESOURCE(text))
        return (ATOM)(ULONG_PTR)text;
    return text_widen(wide, TEXT_NAME, text) ? AddAtomW(wide)
                                             : (ATOM)error_fail(ERROR_INVALID_PARAMETER);
}

ATOM WINAPI FindAtomA(LPCSTR text)
{
    WCHAR wide[TEXT_NAME];

    if (IS_INTRESOURCE(text))
        return (ATOM)(ULONG_PTR)text;
    return text_widen(wide, TEXT_NAME, text) ? FindAtomW(wide)
                                             : (ATOM)error_fail(ERROR_INVALID_PARAMETER);
}

UINT WINAPI GetAtomNameA(ATOM atom, LPSTR buffer, int size)
{
    WCHAR wide[TEXT_NAME];
    UINT length = GetAtomNameW(atom, wide, size < TEXT_NAME ? size : TEXT_NAME);

    if (length != 0)
        text_narrow(buffer, (size_t)size, wide);
    return length;
}

/* --- files: a handle is a small number that fits into an HFILE --- */

HFILE WINAPI _lopen(LPCSTR name, int mode)
{
    static const DWORD access[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, 0};

    return (HFILE)(ULONG_PTR)CreateFileA(name, access[mode & 3], FILE_SHARE_READ | FILE_SHARE_WRITE,
                                         NULL, OPEN_EXISTING, 0, NULL);
}

HFILE WINAPI _lcreat(LPCSTR name, int attributes)
{
    return (HFILE)(ULONG_PTR)CreateFileA(name, GENERIC_READ | GENERIC_WRITE,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS,
                                         (DWORD)attributes & 0x27, NULL);
}

HFILE WINAPI _lclose(HFILE file)
{
    return CloseHandle((HANDLE)(ULONG_PTR)file) ? 0 : HFILE_ERROR;
}

UINT WINAPI _lread(HFILE file, LPVOID buffer, UINT size)
{
    DWORD done;

    return ReadFile((HANDLE)(ULONG_PTR)file, buffer, size, &done, NULL) ? done : (UINT)HFILE_ERROR;
}

/* Size 0 cuts the file off where it stands. */
UINT WINAPI _lwrite(HFILE file, LPCCH buffer, UINT size)
{
    DWORD done = 0;
    BOOL good = size == 0 ? SetEndOfFile((HANDLE)(ULONG_PTR)file)
                          : WriteFile((HANDLE)(ULONG_PTR)file, buffer, size, &done, NULL);

    return good ? done : (UINT)HFILE_ERROR;
}

LONG WINAPI _llseek(HFILE file, LONG offset, int origin)
{
    return (LONG)SetFilePointer((HANDLE)(ULONG_PTR)file, offset, NULL, (DWORD)origin);
}

/* --- programs --- */

/* Above 31: it runs. */
UINT WINAPI WinExec(LPCSTR line, UINT show)
{
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESHOWWINDOW};
    PROCESS_INFORMATION process;
    char copy[1024];

    start.wShowWindow = (WORD)show;
    if (strlen(line) >= sizeof copy)
        return ERROR_BAD_FORMAT;
    memcpy(copy, line, strlen(line) + 1);
    if (!CreateProcessA(NULL, copy, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process))
        return ERROR_FILE_NOT_FOUND;
    NtClose(process.hProcess);
    NtClose(process.hThread);
    return 33;
}
