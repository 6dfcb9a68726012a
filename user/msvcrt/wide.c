/* wide.c - the wcs functions: string.inc for 16-bit characters. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

wchar_t *crt_wcstok(wchar_t *text, const wchar_t *separators);

size_t wcslen(const wchar_t *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

static size_t span(const wchar_t *text, const wchar_t *set, bool wanted)
{
    size_t length = 0;

    while (text[length] && (wcschr(set, text[length]) != NULL) == wanted)
        length++;
    return length;
}

#define CHAR          wchar_t
#define CHAR_ARGUMENT wchar_t
#define CODE(c)       (c)
#define NAME(x)       wcs##x
#define OWN(x)        _wcs##x
#define LOWER(c)      towlower(c)
#define UPPER(c)      towupper(c)
#include "user/msvcrt/string.inc"

int wcscmp(const wchar_t *left, const wchar_t *right)
{
    return wcsncmp(left, right, SIZE_MAX);
}

/* Two arguments, as msvcrt.dll has it; the .def file gives it the public name. */
wchar_t *crt_wcstok(wchar_t *text, const wchar_t *separators)
{
    return wcstok_s(text, separators, &crt_thread()->wide_token);
}
