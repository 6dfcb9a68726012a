/* multibyte.c - between bytes and wide characters, in the C locale.
 *
 * A byte is the wide character of the same number, both ways; a wide character above 255 has no
 * byte: -1 and EILSEQ.  No character takes more than one byte, so there is no shift state.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <errno.h>
#include <mbctype.h>
#include <stdlib.h>

int __mb_cur_max = 1;
unsigned __lc_codepage; /* the C locale has none */

int *__p___mb_cur_max(void);
int ___mb_cur_max_func(void);
unsigned ___lc_codepage_func(void);

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
    if (!bytes || size == 0)
        return 0;
    if (wide)
        *wide = (unsigned char)*bytes;
    return *bytes != 0;
}

int wctomb(char *bytes, wchar_t wide)
{
    if (!bytes)
        return 0;
    if (wide > 0xFF)
        return crt_fail(EILSEQ);
    *bytes = (char)wide;
    return 1;
}

/* Both return the length without the 0; with a NULL target they only count. */
size_t mbstowcs(wchar_t *wide, const char *bytes, size_t size)
{
    size_t length = 0;

    for (; (!wide || length < size) && bytes[length]; length++)
        if (wide)
            wide[length] = (unsigned char)bytes[length];
    if (wide && length < size)
        wide[length] = 0;
    return length;
}

size_t wcstombs(char *bytes, const wchar_t *wide, size_t size)
{
    size_t length = 0;

    for (; (!bytes || length < size) && wide[length]; length++) {
        if (wide[length] > 0xFF)
            return (size_t)crt_fail(EILSEQ);
        if (bytes)
            bytes[length] = (char)wide[length];
    }
    if (bytes && length < size)
        bytes[length] = 0;
    return length;
}

/* ---- the restartable forms, for the code of libmingwex.a that is linked in ------------------------ */

size_t mbrtowc(wchar_t *wide, const char *bytes, size_t size, mbstate_t *state)
{
    (void)state;
    if (bytes && size == 0)
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
