/* shlwapi.c - paths taken apart and put together, and texts searched: what needs no shell. */
#include "user/small/small.h"

#include <limits.h>
#include <shlwapi.h>

/* Letters in one case. */
static unsigned fold(WCHAR c)
{
    WCHAR out = c;

    LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_LOWERCASE, &c, 1, &out, 1);
    return out;
}

#define CHARACTER   char
#define NAME(short) short##A
#define LETTER(c)   ((WCHAR)(unsigned char)(c))
#include "user/small/shlwapi_text.h"
#undef CHARACTER
#undef NAME
#undef LETTER
#define CHARACTER   WCHAR
#define NAME(short) short##W
#define LETTER(c)   (c)
#include "user/small/shlwapi_text.h"

int WINAPI StrCmpW(PCWSTR a, PCWSTR b)
{
    return compareW(a, b, INT_MAX, false);
}

int WINAPI StrCmpIW(PCWSTR a, PCWSTR b)
{
    return compareW(a, b, INT_MAX, true);
}
