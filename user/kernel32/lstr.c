/* lstr.c - the old string functions of the Win32 interface.
 *
 * They came with a promise that C's don't give: a bad pointer makes them fail instead of the
 * program.  Asking IsBad...Ptr first keeps it.
 */
#include "user/kernel32/kernel32.h"

int WINAPI lstrlenA(LPCSTR text)
{
    return text == NULL || IsBadStringPtrA(text, INT_MAX) ? 0 : (int)strlen(text);
}

int WINAPI lstrlenW(LPCWSTR text)
{
    return text == NULL || IsBadStringPtrW(text, INT_MAX) ? 0 : (int)text_length(text);
}

LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from)
{
    size_t size = (size_t)lstrlenA(from) + 1;

    if (from == NULL || IsBadReadPtr(from, size) || IsBadWritePtr(to, size))
        return NULL;
    return memmove(to, from, size);
}

LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from)
{
    size_t size = ((size_t)lstrlenW(from) + 1) * sizeof *to;

    if (from == NULL || IsBadReadPtr(from, size) || IsBadWritePtr(to, size))
        return NULL;
    return memmove(to, from, size);
}

/* At most `room` characters, the zero included. */
LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR from, int room)
{
    int length = lstrlenA(from);

    if (room <= 0 || from == NULL || IsBadWritePtr(to, (UINT_PTR)room))
        return NULL;
    length = length < room ? length : room - 1;
    memmove(to, from, (size_t)length);
    to[length] = 0;
    return to;
}

LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR from, int room)
{
    int length = lstrlenW(from);

    if (room <= 0 || from == NULL || IsBadWritePtr(to, (UINT_PTR)room * sizeof *to))
        return NULL;
    length = length < room ? length : room - 1;
    memmove(to, from, (size_t)length * sizeof *to);
    to[length] = 0;
    return to;
}

LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from)
{
    return lstrcpyA(to + lstrlenA(to), from) == NULL ? NULL : to;
}

LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from)
{
    return lstrcpyW(to + lstrlenW(to), from) == NULL ? NULL : to;
}

static unsigned fold(unsigned character, bool nocase)
{
    return nocase && character >= 'A' && character <= 'Z' ? character + 'a' - 'A' : character;
}

/* A null pointer comes before any text. */
static int compare_narrow(const char *a, const char *b, bool nocase)
{
    unsigned left, right;

    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    do {
        left = fold((unsigned char)*a++, nocase);
        right = fold((unsigned char)*b++, nocase);
    } while (left == right && left != 0);
    return (left > right) - (left < right);
}

static int compare_wide(const WCHAR *a, const WCHAR *b, bool nocase)
{
    unsigned left, right;

    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    do {
        left = fold(*a++, nocase);
        right = fold(*b++, nocase);
    } while (left == right && left != 0);
    return (left > right) - (left < right);
}

int WINAPI lstrcmpA(LPCSTR a, LPCSTR b)
{
    return compare_narrow(a, b, false);
}

int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b)
{
    return compare_narrow(a, b, true);
}

int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b)
{
    return compare_wide(a, b, false);
}

int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b)
{
    return compare_wide(a, b, true);
}
