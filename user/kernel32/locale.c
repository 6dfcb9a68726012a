/* locale.c - the one locale that there is: English (United States), 0409.
 *
 * Letters are those of Latin, Greek and Cyrillic; their case follows from their place in Unicode, so no
 * table is needed.
 */
#include "user/kernel32/kernel32.h"

enum { ENGLISH = 0x0409 };

/* --- letters --- */

static bool within(WCHAR c, WCHAR first, WCHAR last)
{
    return c >= first && c <= last;
}

/* In these blocks small letters follow their capitals: capital even, or odd in the second set. */
static bool paired(WCHAR c, bool *capital)
{
    bool even_first = within(c, 0x100, 0x137) || within(c, 0x14A, 0x177) ||
                      within(c, 0x460, 0x481) || within(c, 0x48A, 0x4BF) ||
                      within(c, 0x4D0, 0x52F) || within(c, 0x1E00, 0x1E95) ||
                      within(c, 0x1EA0, 0x1EFF);
    bool odd_first = within(c, 0x139, 0x148) || within(c, 0x179, 0x17E);

    *capital = (c & 1) == (odd_first ? 1 : 0);
    return (even_first || odd_first) && c != 0x130 && c != 0x131 && c != 0x149;
}

/* Distance from a capital to its small letter where they stand in separate blocks; 0: it has none. */
static unsigned distance(WCHAR capital)
{
    if (within(capital, 'A', 'Z') || (within(capital, 0xC0, 0xDE) && capital != 0xD7) ||
        (within(capital, 0x391, 0x3A9) && capital != 0x3A2) || within(capital, 0x410, 0x42F))
        return 0x20;
    return within(capital, 0x400, 0x40F) ? 0x50 : 0;
}

WCHAR locale_lower(WCHAR c)
{
    bool capital;

    if (paired(c, &capital))
        return capital ? (WCHAR)(c + 1) : c;
    return (WCHAR)(c + distance(c));
}

WCHAR locale_upper(WCHAR c)
{
    bool capital;

    if (paired(c, &capital))
        return capital ? c : (WCHAR)(c - 1);
    if (c == 0xFF)
        return 0x178;
    if (c >= 0x20 + 'A' && distance((WCHAR)(c - 0x20)) == 0x20)
        return (WCHAR)(c - 0x20);
    return within(c, 0x450, 0x45F) ? (WCHAR)(c - 0x50) : c;
}

static WORD type_of_ascii(WCHAR c)
{
    if (c < 0x20 || c == 0x7F)
        return (WORD)(C1_CNTRL | (within(c, 9, 13) ? C1_SPACE : 0) | (c == 9 ? C1_BLANK : 0));
    if (c == ' ')
        return C1_SPACE | C1_BLANK;
    if (within(c, '0', '9'))
        return C1_DIGIT | C1_XDIGIT;
    return C1_PUNCT;
}

static WORD type_of(WCHAR c)
{
    WORD hexadecimal = within(c, 'A', 'F') || within(c, 'a', 'f') ? C1_XDIGIT : 0;

    if (locale_lower(c) != c)
        return (WORD)(C1_DEFINED | C1_ALPHA | C1_UPPER | hexadecimal);
    if (locale_upper(c) != c || c == 0xDF || c == 0xAA || c == 0xB5 || c == 0xBA)
        return (WORD)(C1_DEFINED | C1_ALPHA | C1_LOWER | hexadecimal);
    if (c < 0x80)
        return (WORD)(C1_DEFINED | type_of_ascii(c));
    if (c < 0xA0)
        return C1_DEFINED | C1_CNTRL;
    if (c == 0xA0 || within(c, 0x2000, 0x200A) || c == 0x3000)
        return C1_DEFINED | C1_SPACE | C1_BLANK;
    if (c < 0x100 || within(c, 0x2010, 0x2BFF))
        return C1_DEFINED | C1_PUNCT;
    return C1_DEFINED | C1_ALPHA;
}

/* Kinds of characters; of the three sorts of kinds only the first. */
BOOL WINAPI GetStringTypeW(DWORD sort, LPCWCH text, int length, LPWORD types)
{
    if (sort != CT_CTYPE1 || text == NULL || types == NULL || length == 0)
        return error_fail(sort == CT_CTYPE1 ? ERROR_INVALID_PARAMETER : ERROR_INVALID_FLAGS);
    if (length < 0)
        length = (int)text_length(text) + 1;
    for (int i = 0; i < length; i++)
        types[i] = type_of(text[i]);
    return TRUE;
}

BOOL WINAPI GetStringTypeExW(LCID locale, DWORD sort, LPCWCH text, int length, LPWORD types)
{
    (void)locale;
    return GetStringTypeW(sort, text, length, types);
}

/* --- changing and comparing --- */

static int map(DWORD flags, const WCHAR *text, int length, WCHAR *out, int room)
{
    if (text == NULL || length == 0 || (room != 0 && out == NULL))
        return error_fail(ERROR_INVALID_PARAMETER);
    if ((flags & ~(DWORD)(LCMAP_LOWERCASE | LCMAP_UPPERCASE | LCMAP_LINGUISTIC_CASING)) != 0)
        return error_fail(ERROR_INVALID_FLAGS); /* no sort keys, no widths */
    if (length < 0)
        length = (int)text_length(text) + 1;
    if (room == 0)
        return length;
    if (room < length)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    for (int i = 0; i < length; i++)
        out[i] = (flags & LCMAP_LOWERCASE) != 0   ? locale_lower(text[i])
                 : (flags & LCMAP_UPPERCASE) != 0 ? locale_upper(text[i])
                                                  : text[i];
    return length;
}

int WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR text, int length, LPWSTR out, int room)
{
    (void)locale;
    return map(flags, text, length, out, room);
}

int WINAPI LCMapStringEx(LPCWSTR locale, DWORD flags, LPCWSTR text, int length, LPWSTR out,
                         int room, LPNLSVERSIONINFO version, LPVOID reserved, LPARAM handle)
{
    (void)locale;
    (void)version;
    (void)reserved;
    (void)handle;
    return map(flags, text, length, out, room);
}

/* The first difference between two texts as `fold` sees them: below, at or above 0. */
static int difference(const WCHAR *a, int a_length, const WCHAR *b, int b_length,
                      WCHAR (*fold)(WCHAR))
{
    for (int i = 0; i < a_length && i < b_length; i++) {
        WCHAR left = fold != NULL ? fold(a[i]) : a[i], right = fold != NULL ? fold(b[i]) : b[i];

        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a_length > b_length) - (a_length < b_length);
}

static int compare(const WCHAR *a, int a_length, const WCHAR *b, int b_length, bool ignore_case,
                   bool by_code)
{
    int order;

    if (a == NULL || b == NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (a_length < 0)
        a_length = (int)text_length(a);
    if (b_length < 0)
        b_length = (int)text_length(b);
    if (by_code)
        order = difference(a, a_length, b, b_length, ignore_case ? locale_upper : NULL);
    else
        order = difference(a, a_length, b, b_length, locale_lower);
    if (order == 0 && !by_code && !ignore_case) /* small letters come first */
        order = -difference(a, a_length, b, b_length, NULL);
    return CSTR_EQUAL + order;
}

int WINAPI CompareStringW(LCID locale, DWORD flags, LPCWCH a, int a_length, LPCWCH b, int b_length)
{
    (void)locale;
    return compare(a, a_length, b, b_length,
                   (flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE)) != 0, false);
}

int WINAPI CompareStringEx(LPCWSTR locale, DWORD flags, LPCWCH a, int a_length, LPCWCH b,
                           int b_length, LPNLSVERSIONINFO version, LPVOID reserved, LPARAM handle)
{
    (void)locale;
    (void)version;
    (void)reserved;
    (void)handle;
    return CompareStringW(ENGLISH, flags, a, a_length, b, b_length);
}

int WINAPI CompareStringOrdinal(LPCWCH a, int a_length, LPCWCH b, int b_length, BOOL ignore_case)
{
    return compare(a, a_length, b, b_length, ignore_case != FALSE, true);
}

/* --- the locale itself --- */

LCID WINAPI GetUserDefaultLCID(void)
{
    return ENGLISH;
}

BOOL WINAPI IsValidLocale(LCID locale, DWORD flags)
{
    (void)flags;
    return locale == ENGLISH || locale == LOCALE_USER_DEFAULT || locale == LOCALE_SYSTEM_DEFAULT ||
           locale == LOCALE_INVARIANT;
}

BOOL WINAPI IsValidLanguageGroup(LGRPID group, DWORD flags)
{
    (void)flags;
    return group == LGRPID_WESTERN_EUROPE;
}

static const struct {
    LCTYPE type;
    const char *text;
} facts[] = {
    {LOCALE_ILANGUAGE, "0409"},
    {LOCALE_SENGLANGUAGE, "English"},
    {LOCALE_SABBREVLANGNAME, "ENU"},
    {LOCALE_SENGCOUNTRY, "United States"},
    {LOCALE_ICOUNTRY, "1"},
    {LOCALE_IDEFAULTLANGUAGE, "0409"},
    {LOCALE_IDEFAULTCODEPAGE, "437"},
    {LOCALE_IDEFAULTANSICODEPAGE, "1252"},
    {LOCALE_SLIST, ","},
    {LOCALE_SDECIMAL, "."},
    {LOCALE_STHOUSAND, ","},
    {LOCALE_SGROUPING, "3;0"},
    {LOCALE_SDATE, "/"},
    {LOCALE_STIME, ":"},
    {LOCALE_SSHORTDATE, "M/d/yyyy"},
    {LOCALE_STIMEFORMAT, "h:mm:ss tt"},
    {LOCALE_S1159, "AM"},
    {LOCALE_S2359, "PM"},
    {LOCALE_SISO639LANGNAME, "en"},
    {LOCALE_SISO3166CTRYNAME, "US"},
    {LOCALE_SNAME, "en-US"},
    {LOCALE_SCURRENCY, "$"},
    {LOCALE_SLOCALIZEDLANGUAGENAME, "English"},
};

static DWORD number_of(const char *text, bool hexadecimal)
{
    DWORD value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * (hexadecimal ? 16 : 10) + (DWORD)(*text - '0');
    return value;
}

int WINAPI GetLocaleInfoW(LCID locale, LCTYPE type, LPWSTR out, int room)
{
    LCTYPE plain = type & ~(LCTYPE)(LOCALE_RETURN_NUMBER | LOCALE_NOUSEROVERRIDE);

    if (!IsValidLocale(locale, 0))
        return error_fail(ERROR_INVALID_PARAMETER);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        int size = (int)strlen(facts[i].text) + 1;

        if (facts[i].type != plain)
            continue;
        if ((type & LOCALE_RETURN_NUMBER) != 0)
            size = sizeof(DWORD) / sizeof(WCHAR);
        if (room == 0)
            return size;
        if (room < size)
            return error_fail(ERROR_INSUFFICIENT_BUFFER);
        if ((type & LOCALE_RETURN_NUMBER) != 0)
            *(DWORD *)out = number_of(facts[i].text, plain == LOCALE_ILANGUAGE);
        else
            text_widen(out, (size_t)room, facts[i].text);
        return size;
    }
    return error_fail(ERROR_INVALID_FLAGS);
}

/* 0 and "" are the user's and the invariant locale, which are this one, too. */
static bool is_name(const WCHAR *name)
{
    return name == NULL || *name == 0 || lstrcmpiW(name, L"en-US") == 0 ||
           lstrcmpiW(name, L"en") == 0;
}

int WINAPI GetLocaleInfoEx(LPCWSTR name, LCTYPE type, LPWSTR out, int room)
{
    return GetLocaleInfoW(is_name(name) ? ENGLISH : ~0u, type, out, room);
}

LCID WINAPI LocaleNameToLCID(LPCWSTR name, DWORD flags)
{
    (void)flags;
    return is_name(name) ? ENGLISH : (LCID)error_fail(ERROR_INVALID_PARAMETER);
}

int WINAPI LCIDToLocaleName(LCID locale, LPWSTR name, int room, DWORD flags)
{
    (void)flags;
    return GetLocaleInfoW(locale, LOCALE_SNAME, name, room);
}

int WINAPI GetUserDefaultLocaleName(LPWSTR name, int room)
{
    return GetLocaleInfoW(ENGLISH, LOCALE_SNAME, name, room);
}

BOOL WINAPI IsValidLocaleName(LPCWSTR name)
{
    return is_name(name);
}

BOOL WINAPI EnumSystemLocalesW(LOCALE_ENUMPROCW tell, DWORD flags)
{
    WCHAR name[] = L"00000409";

    (void)flags;
    tell(name);
    return TRUE;
}
