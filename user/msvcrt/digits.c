/* digits.c - floating-point numbers from text and to digits.
 *
 * Correct rounding is a research paper (Gay's gdtoa), which mingw-w64 ships in libmingwex.a: these
 * functions put msvcrt's names and conventions around it.
 */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#undef strtod
#undef wcstod

/* gdtoa: the shortest digits that read back as `value` (mode 0), `count` digits (mode 2) or digits
 * up to `count` places behind the point (mode 3).  *point is where the point stands; 9999: no number. */
char *__dtoa(double value, int mode, int count, int *point, int *negative, char **end);
void __freedtoa(char *digits);
double __strtod(const char *text, char **end);

static const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

/* Behind the number that begins at `text`, or `text` if none does.  msvcrt knows digits, a point and an exponent after
 * e or d; no INF, no NAN, no hexadecimal digits (X18).  *exponent: where the letter is, or NULL. */
static const char *behind_number(const char *text, const char **exponent)
{
    const char *p = text + (*text == '-' || *text == '+'), *whole = skip_digits(p), *stop = whole;

    *exponent = NULL;
    if (*whole == '.')
        stop = skip_digits(whole + 1);
    if (whole == p && stop <= whole + 1)
        return text;
    if (*stop && strchr("eEdD", *stop)) {
        const char *first = stop + 1 + (stop[1] == '-' || stop[1] == '+');

        if (*first >= '0' && *first <= '9') {
            *exponent = stop;
            stop = skip_digits(first);
        }
    }
    return stop;
}

double strtod(const char *text, char **end)
{
    const char *p = text, *stop, *exponent;
    char few[64], *copy = few;
    double value = 0;

    if (!text) {
        crt_fail(EINVAL);
        if (end)
            *end = NULL;
        return 0;
    }
    while (isspace((unsigned char)*p))
        p++;
    stop = behind_number(p, &exponent);
    if (end)
        *end = (char *)(stop == p ? text : stop);
    if ((size_t)(stop - p) >= sizeof few)
        copy = malloc((size_t)(stop - p) + 1);
    if (!copy)
        return 0;
    memcpy(copy, p, (size_t)(stop - p));
    copy[stop - p] = 0;
    if (exponent)
        copy[exponent - p] = 'e';
    if (stop != p)
        value = __strtod(copy, NULL);
    if (copy != few)
        free(copy);
    return value;
}

double atof(const char *text)
{
    return strtod(text, NULL);
}

/* A number is ASCII; the first character that isn't ends the copy. */
double wcstod(const wchar_t *text, wchar_t **end)
{
    size_t length = 0;
    char *narrow, *stop = NULL;
    double value;

    while (text && text[length] && text[length] < 0x80)
        length++;
    narrow = malloc(length + 1);
    if (!narrow)
        return 0;
    for (size_t i = 0; i < length; i++)
        narrow[i] = (char)text[i];
    narrow[length] = 0;
    value = strtod(text ? narrow : NULL, &stop);
    if (end)
        *end = text ? (wchar_t *)text + (stop - narrow) : NULL;
    free(narrow);
    return value;
}

double _wtof(const wchar_t *text)
{
    return wcstod(text, NULL);
}

enum { ROOM = 360 }; /* of crt_thread.number_text: 309 digits and then some */

/* The digits alone, padded with zeros to `count` of them. */
static char *digits(double value, int mode, int count, int padded, int *point, int *negative)
{
    char *text = crt_thread()->number_text;
    char *result = __dtoa(value, mode, count, point, negative, NULL);
    int length = result ? (int)strlen(result) : 0;

    if (mode == 3)
        padded += *point;
    if (length > ROOM - 1)
        length = ROOM - 1;
    if (padded > ROOM - 1)
        padded = ROOM - 1;
    if (result)
        memcpy(text, result, (size_t)length);
    while (length < padded && *point != 9999)
        text[length++] = '0';
    text[length] = 0;
    if (result)
        __freedtoa(result);
    if (value == 0)
        *point = 0;
    return text;
}

/* `count` significant digits; *point tells where the point would stand. */
char *_ecvt(double value, int count, int *point, int *negative)
{
    if (count <= 0) {
        *crt_thread()->number_text = 0;
        *point = *negative = 0;
        return crt_thread()->number_text;
    }
    return digits(value, 2, count, count, point, negative);
}

/* `count` digits behind the point. */
char *_fcvt(double value, int count, int *point, int *negative)
{
    return digits(value, 3, count, count, point, negative);
}

char *_gcvt(double value, int count, char *buffer)
{
    sprintf(buffer, "%.*g", count, value);
    return buffer;
}
