/* digits.c - floating-point numbers from text and to digits.
 *
 * Correct rounding is a research paper (Gay's gdtoa), which mingw-w64 ships in libmingwex.a: these
 * functions put msvcrt's names and conventions around it.
 */
#include "user/msvcrt/crt.h"
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
double __mingw_wcstod(const wchar_t *text, wchar_t **end);

double strtod(const char *text, char **end)
{
    return __strtod(text, end);
}

double atof(const char *text)
{
    return strtod(text, NULL);
}

double wcstod(const wchar_t *text, wchar_t **end)
{
    return __mingw_wcstod(text, end);
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
