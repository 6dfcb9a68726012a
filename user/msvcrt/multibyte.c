/* multibyte.c - between bytes and wide characters, as the locale's code page has them.
 *
 * In the C locale, whose code page is 0, a byte is the wide character of the same number, both ways; a wide character
 * above 255 has no byte: -1 and EILSEQ.  There is no shift state: a character is one byte, or two in code page 949.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <errno.h>
#include <ctype.h>
#include <mbctype.h>
#include <stdlib.h>
#include <string.h>

int __mb_cur_max = 1;
unsigned __lc_codepage; /* 0: the C locale has none */

int *__p___mb_cur_max(void);
int ___mb_cur_max_func(void);
unsigned ___lc_codepage_func(void);
wchar_t **___lc_locale_name_func(void);

int *__p___mb_cur_max(void)
{
    return &__mb_cur_max;
}

int ___mb_cur_max_func(void)
{
    return __mb_cur_max;
}

unsigned ___lc_codepage_func(void)
{
    return __lc_codepage;
}

/* For each category; the C locale has no name. */
wchar_t **___lc_locale_name_func(void)
{
    static wchar_t *names[6];

    return names;
}

int _getmbcp(void)
{
    return 0;
}

int _setmbcp(int codepage)
{
    return codepage == 0 || codepage == _MB_CP_ANSI || codepage == _MB_CP_SBCS ? 0
                                                                               : crt_fail(EINVAL);
}

int mblen(const char *bytes, size_t size)
{
    return mbtowc(NULL, bytes, size);
}

int mbtowc(wchar_t *wide, const char *bytes, size_t size)
{
    int count;
    wchar_t spare;

    if (!bytes || size == 0)
        return 0;
    count = isleadbyte((unsigned char)*bytes) ? 2 : 1;
    if (!wide)
        wide = &spare;
    if (!__lc_codepage)
        *wide = (unsigned char)*bytes;
    else if ((size_t)count > size ||
             !MultiByteToWideChar(__lc_codepage, MB_ERR_INVALID_CHARS, bytes, count, wide, 1))
        return crt_fail(EILSEQ);
    return *bytes ? count : 0;
}

int wctomb(char *bytes, wchar_t wide)
{
    BOOL lost = FALSE;
    int count = 1;

    if (!bytes)
        return 0;
    if (!__lc_codepage && wide > 0xFF)
        return crt_fail(EILSEQ);
    if (!__lc_codepage)
        *bytes = (char)wide;
    else
        count = WideCharToMultiByte(__lc_codepage, 0, &wide, 1, bytes, 2, NULL, &lost);
    return lost || !count ? crt_fail(EILSEQ) : count;
}

/* Both return the length without the 0; with a NULL target they only count. */
size_t mbstowcs(wchar_t *wide, const char *bytes, size_t size)
{
    size_t length = 0;

    if (!bytes)
        return (size_t)crt_fail(EINVAL);
    for (; (!wide || length < size) && *bytes; length++) {
        int count = mbtowc(wide ? wide + length : NULL, bytes, bytes[1] ? 2 : 1);

        if (count < 0)
            return (size_t)-1;
        bytes += count;
    }
    if (wide && length < size)
        wide[length] = 0;
    return length;
}

size_t wcstombs(char *bytes, const wchar_t *wide, size_t size)
{
    size_t length = 0;

    if (!wide)
        return (size_t)crt_fail(EINVAL);
    for (; (!bytes || length < size) && *wide; wide++) {
        char one[2];
        int count = wctomb(one, *wide);

        if (count < 0)
            return (size_t)-1;
        if (bytes && length + (size_t)count > size)
            return length; /* half a character is none */
        if (bytes)
            memcpy(bytes + length, one, (size_t)count);
        length += (size_t)count;
    }
    if (bytes && length < size)
        bytes[length] = 0;
    return length;
}

/* ---- the restartable forms, for the code of libmingwex.a that is linked in ------------------------ */

size_t mbrtowc(wchar_t *wide, const char *bytes, size_t size, mbstate_t *state)
{
    (void)state;
    if (bytes && (size == 0 || (size == 1 && isleadbyte((unsigned char)*bytes))))
        return (size_t)-2;
    return (size_t)mbtowc(wide, bytes, size);
}

size_t mbrlen(const char *bytes, size_t size, mbstate_t *state)
{
    return mbrtowc(NULL, bytes, size, state);
}

size_t wcrtomb(char *bytes, wchar_t wide, mbstate_t *state)
{
    (void)state;
    return bytes ? (size_t)wctomb(bytes, wide) : 1;
}
