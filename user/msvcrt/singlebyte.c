/* singlebyte.c - the multi-byte character functions: in the code pages that are here a character is a byte.
 *
 * Where a function of <string.h> does the same, msvcrt.def names that one.
 */
#include "user/msvcrt/crt.h"
#include <mbctype.h>
#include <mbstring.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wattributes"

/* No byte leads, none trails. */
int crt_never(unsigned c)
{
    (void)c;
    return 0;
}

unsigned char *_mbsinc(const unsigned char *at)
{
    return (unsigned char *)at + 1;
}

unsigned char *_mbsdec(const unsigned char *start, const unsigned char *at)
{
    return at <= start ? NULL : (unsigned char *)at - 1;
}

unsigned char *_mbsninc(const unsigned char *at, size_t count)
{
    return (unsigned char *)at + strnlen((const char *)at, count);
}

unsigned int _mbsnextc(const unsigned char *at)
{
    return *at;
}

size_t _mbclen(const unsigned char *at)
{
    (void)at;
    return 1;
}

size_t _mbsnccnt(const unsigned char *text, size_t count)
{
    return strnlen((const char *)text, count);
}

void _mbccpy(unsigned char *to, const unsigned char *from)
{
    *to = *from;
}

/* 0: a single byte. */
int _mbsbtype(const unsigned char *text, size_t index)
{
    return strnlen((const char *)text, index + 1) <= index ? -1 : 0;
}

int _mbbtype(unsigned char c, int type)
{
    (void)c;
    (void)type;
    return 0;
}
