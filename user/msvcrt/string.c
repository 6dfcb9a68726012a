/* string.c - the str functions: string.inc for bytes.
 *
 * strlen() and strcmp(), which every program calls all the time, are written out.
 */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end)
        end++;
    return (size_t)(end - text);
}

int strcmp(const char *left, const char *right)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;

    for (; *a && *a == *b; a++, b++)
        ;
    return (*a > *b) - (*a < *b);
}

static size_t span(const char *text, const char *set, bool wanted)
{
    bool member[256] = {false};
    size_t length = 0;

    for (; *set; set++)
        member[(unsigned char)*set] = true;
    while (text[length] && member[(unsigned char)text[length]] == wanted)
        length++;
    return length;
}

#define CHAR          char
#define CHAR_ARGUMENT int
#define CODE(c)       ((unsigned char)(c))
#define NAME(x)       str##x
#define OWN(x)        _str##x
#define LOWER(c)      tolower(c)
#define UPPER(c)      toupper(c)
#include "user/msvcrt/string.inc"

char *strtok(char *text, const char *separators)
{
    return strtok_s(text, separators, &crt_thread()->token);
}
