/* number.c - whole numbers from text and to text.
 *
 * One reader and one writer, for 64 bits; the narrower functions check their range.  The wide forms
 * convert to a narrow buffer first: a number is ASCII, whatever string it stands in.
 */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct parsed {
    uint64_t magnitude;
    bool negative, overflow;
    const char *end; /* NULL: no number */
};

static int digit_value(char c)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    return isalpha((unsigned char)c) ? tolower(c) - 'a' + 10 : 99;
}

/* "0x" counts as a prefix only if a digit follows: "0xg" is a zero and then an 'x'. */
static const char *skip_prefix(const char *p, int *base)
{
    bool hex = p[0] == '0' && tolower(p[1]) == 'x' && digit_value(p[2]) < 16;

    if (*base == 0)
        *base = hex ? 16 : p[0] == '0' ? 8 : 10;
    return *base == 16 && hex ? p + 2 : p;
}

static struct parsed parse(const char *text, int base)
{
    struct parsed result = {0};
    const char *p = text;

    if (!text || base < 0 || base == 1 || base > 36) {
        crt_fail(EINVAL);
        return result;
    }
    while (isspace((unsigned char)*p))
        p++;
    if (*p == '-' || *p == '+')
        result.negative = *p++ == '-';
    p = skip_prefix(p, &base);
    for (; digit_value(*p) < base; p++) {
        uint64_t shifted;

        /* What is too large goes on modulo 2^64: atoi() has no other limit. */
        result.overflow |= __builtin_mul_overflow(result.magnitude, (uint64_t)base, &shifted);
        result.overflow |=
            __builtin_add_overflow(shifted, (uint64_t)digit_value(*p), &result.magnitude);
        result.end = p + 1;
    }
    return result;
}

static void set_end(char **end, const char *text, const struct parsed *number)
{
    if (end)
        *end = (char *)(number->end ? number->end : text);
}

/* `limit` is the largest magnitude on the positive side; one more fits on the negative side. */
static int64_t to_signed(const struct parsed *number, uint64_t limit)
{
    uint64_t most = limit + number->negative;

    if (number->overflow || number->magnitude > most) {
        crt_fail(ERANGE);
        return number->negative ? (int64_t)(0 - most) : (int64_t)limit;
    }
    return (int64_t)(number->negative ? 0 - number->magnitude : number->magnitude);
}

/* A minus sign is allowed for unsigned numbers, too, and wraps around. */
static uint64_t to_unsigned(const struct parsed *number, uint64_t limit)
{
    uint64_t magnitude = number->magnitude;

    if (number->overflow || magnitude > limit) {
        crt_fail(ERANGE);
        magnitude = limit;
    }
    return number->negative ? 0 - magnitude : magnitude;
}

long strtol(const char *text, char **end, int base)
{
    struct parsed number = parse(text, base);

    set_end(end, text, &number);
    return (long)to_signed(&number, LONG_MAX);
}

unsigned long strtoul(const char *text, char **end, int base)
{
    struct parsed number = parse(text, base);

    set_end(end, text, &number);
    return (unsigned long)to_unsigned(&number, ULONG_MAX);
}

int64_t _strtoi64(const char *text, char **end, int base)
{
    struct parsed number = parse(text, base);

    set_end(end, text, &number);
    return to_signed(&number, INT64_MAX);
}

uint64_t _strtoui64(const char *text, char **end, int base)
{
    struct parsed number = parse(text, base);

    set_end(end, text, &number);
    return to_unsigned(&number, UINT64_MAX);
}

/* The names that C gives them; the scanf of libmingwex.a calls these. */
long long strtoll(const char *text, char **end, int base) __attribute__((alias("_strtoi64")));
unsigned long long strtoull(const char *text, char **end, int base)
    __attribute__((alias("_strtoui64")));

/* Wraps at 32 bits and says nothing (X18). */
int atoi(const char *text)
{
    struct parsed number = parse(text, 10);

    return (int)(uint32_t)(number.negative ? 0 - number.magnitude : number.magnitude);
}

int64_t _atoi64(const char *text)
{
    return _strtoi64(text, NULL, 10);
}

/* ---- from wide text ------------------------------------------------------------------------------------ */

enum { LONGEST = 128 }; /* characters of blanks, sign and digits that are looked at */

static void narrow_number(const wchar_t *text, char *narrow)
{
    int i = 0;

    for (; i < LONGEST - 1 && text[i] && text[i] < 0x80; i++)
        narrow[i] = (char)text[i];
    narrow[i] = 0;
}

#define FROM_WIDE(type, name, narrow_name)                                                         \
    type name(const wchar_t *text, wchar_t **end, int base)                                        \
    {                                                                                              \
        char narrow[LONGEST];                                                                      \
        char *stop;                                                                                \
        type value;                                                                                \
                                                                                                   \
        narrow_number(text, narrow);                                                               \
        value = narrow_name(narrow, &stop, base);                                                  \
        if (end)                                                                                   \
            *end = (wchar_t *)text + (stop - narrow);                                              \
        return value;                                                                              \
    }

FROM_WIDE(long, wcstol, strtol)
FROM_WIDE(unsigned long, wcstoul, strtoul)
FROM_WIDE(int64_t, _wcstoi64, _strtoi64)
FROM_WIDE(uint64_t, _wcstoui64, _strtoui64)

long long wcstoll(const wchar_t *text, wchar_t **end, int base) __attribute__((alias("_wcstoi64")));
unsigned long long wcstoull(const wchar_t *text, wchar_t **end, int base)
    __attribute__((alias("_wcstoui64")));

int _wtoi(const wchar_t *text)
{
    char narrow[LONGEST];

    if (!text)
        return atoi(NULL);
    narrow_number(text, narrow);
    return atoi(narrow);
}

int64_t _wtoi64(const wchar_t *text)
{
    return _wcstoi64(text, NULL, 10);
}

/* ---- to text --------------------------------------------------------------------------------------------- */

/* The caller's buffer is large enough for the base: 65 characters are for any. */
static char *write_number(uint64_t magnitude, bool negative, char *buffer, int base)
{
    char digits[65];
    char *out = buffer;
    int count = 0;

    if (!buffer || base < 2 || base > 36) {
        crt_fail(EINVAL);
        if (buffer)
            *buffer = 0;
        return buffer;
    }
    do {
        digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[magnitude % (unsigned)base];
        magnitude /= (unsigned)base;
    } while (magnitude);
    if (negative)
        *out++ = '-';
    while (count > 0)
        *out++ = digits[--count];
    *out = 0;
    return buffer;
}

/* A minus sign belongs to base 10 only; other bases show the bits. */
char *_ltoa(long value, char *buffer, int base)
{
    bool negative = base == 10 && value < 0;
    uint32_t bits = (uint32_t)value;

    return write_number(negative ? 0 - bits : bits, negative, buffer, base);
}

char *_ultoa(unsigned long value, char *buffer, int base)
{
    return write_number(value, false, buffer, base);
}

char *_i64toa(int64_t value, char *buffer, int base)
{
    bool negative = base == 10 && value < 0;
    uint64_t bits = (uint64_t)value;

    return write_number(negative ? 0 - bits : bits, negative, buffer, base);
}

char *_ui64toa(uint64_t value, char *buffer, int base)
{
    return write_number(value, false, buffer, base);
}

#define TO_WIDE(type, name, narrow_name)                                                           \
    wchar_t *name(type value, wchar_t *buffer, int base)                                           \
    {                                                                                              \
        char narrow[66];                                                                           \
                                                                                                   \
        if (narrow_name(value, buffer ? narrow : NULL, base))                                      \
            crt_widen(narrow, buffer, (int)sizeof narrow);                                         \
        return buffer;                                                                             \
    }

TO_WIDE(long, _ltow, _ltoa)
TO_WIDE(unsigned long, _ultow, _ultoa)
TO_WIDE(int64_t, _i64tow, _i64toa)
TO_WIDE(uint64_t, _ui64tow, _ui64toa)
