/* string.c - the str functions for narrow strings. */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- measuring and copying -------------------------------------------------------------------------- */

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end)
        end++;
    return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length])
        length++;
    return length;
}

char *strcpy(char *to, const char *from)
{
    memcpy(to, from, strlen(from) + 1);
    return to;
}

char *strcat(char *to, const char *from)
{
    strcpy(to + strlen(to), from);
    return to;
}

/* Fills the rest with zeros, and adds none when the text is longer: as the standard has it. */
char *strncpy(char *to, const char *from, size_t size)
{
    size_t length = strnlen(from, size);

    memcpy(to, from, length);
    memset(to + length, 0, size - length);
    return to;
}

char *strncat(char *to, const char *from, size_t size)
{
    char *end = to + strlen(to);
    size_t length = strnlen(from, size);

    memcpy(end, from, length);
    end[length] = 0;
    return to;
}

char *_strdup(const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = text ? malloc(size) : NULL;

    return copy ? memcpy(copy, text, size) : NULL;
}

/* ---- comparing ---------------------------------------------------------------------------------------- */

int strcmp(const char *left, const char *right)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;

    for (; *a && *a == *b; a++, b++)
        ;
    return (*a > *b) - (*a < *b);
}

int strncmp(const char *left, const char *right, size_t size)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;

    for (; size > 0 && *a && *a == *b; a++, b++, size--)
        ;
    return size == 0 ? 0 : (*a > *b) - (*a < *b);
}

int _strnicmp(const char *left, const char *right, size_t size)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    int difference = 0;

    for (; size > 0 && difference == 0; a++, b++, size--) {
        difference = tolower(*a) - tolower(*b);
        if (!*a)
            break;
    }
    return difference;
}

int _stricmp(const char *left, const char *right)
{
    return _strnicmp(left, right, SIZE_MAX);
}

size_t strxfrm(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0)
        strncpy(to, from, size);
    return length;
}

/* ---- searching ------------------------------------------------------------------------------------------ */

char *strchr(const char *text, int c)
{
    for (; *text != (char)c; text++)
        if (!*text)
            return NULL;
    return (char *)text;
}

char *strrchr(const char *text, int c)
{
    const char *found = NULL;

    do {
        if (*text == (char)c)
            found = text;
    } while (*text++);
    return (char *)found;
}

/* How many characters at the start are (wanted true) or are not in the set. */
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

size_t strspn(const char *text, const char *set)
{
    return span(text, set, true);
}

size_t strcspn(const char *text, const char *set)
{
    return span(text, set, false);
}

char *strpbrk(const char *text, const char *set)
{
    text += strcspn(text, set);
    return *text ? (char *)text : NULL;
}

char *strstr(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);

    if (length == 0)
        return (char *)text;
    for (; (text = strchr(text, *wanted)); text++)
        if (strncmp(text, wanted, length) == 0)
            return (char *)text;
    return NULL;
}

char *strtok_s(char *text, const char *separators, char **position)
{
    char *token = text ? text : *position;

    if (!token)
        return NULL;
    token += strspn(token, separators);
    if (!*token) {
        *position = NULL;
        return NULL;
    }
    text = token + strcspn(token, separators);
    *position = *text ? text + 1 : NULL;
    *text = 0;
    return token;
}

char *strtok(char *text, const char *separators)
{
    return strtok_s(text, separators, &crt_thread()->token);
}

/* ---- changing in place ------------------------------------------------------------------------------------ */

char *_strlwr(char *text)
{
    for (char *p = text; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return text;
}

char *_strupr(char *text)
{
    for (char *p = text; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return text;
}

char *_strrev(char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length / 2; i++) {
        char c = text[i];

        text[i] = text[length - 1 - i];
        text[length - 1 - i] = c;
    }
    return text;
}

char *_strset(char *text, int c)
{
    memset(text, c, strlen(text));
    return text;
}

char *_strnset(char *text, int c, size_t size)
{
    memset(text, c, strnlen(text, size));
    return text;
}

/* ---- the checked forms: what does not fit is refused, and the target is made empty ---------------------- */

static errno_t refuse(char *to, size_t size, int error)
{
    if (to && size > 0)
        *to = 0;
    crt_fail(error);
    return error;
}

errno_t strcpy_s(char *to, size_t size, const char *from)
{
    if (!to || !from || size == 0)
        return refuse(to, size, EINVAL);
    if (strlen(from) >= size)
        return refuse(to, size, ERANGE);
    strcpy(to, from);
    return 0;
}

errno_t strcat_s(char *to, size_t size, const char *from)
{
    size_t length = to ? strnlen(to, size) : 0;

    if (!to || !from || length == size)
        return refuse(to, size, EINVAL);
    return strlen(from) >= size - length ? refuse(to, size, ERANGE)
                                         : strcpy_s(to + length, size - length, from);
}

/* _TRUNCATE as the count: as much as fits. */
errno_t strncpy_s(char *to, size_t size, const char *from, size_t count)
{
    size_t length;

    if (!to || !from || size == 0)
        return refuse(to, size, EINVAL);
    length = strnlen(from, count == _TRUNCATE ? size - 1 : count);
    if (length >= size)
        return refuse(to, size, ERANGE);
    memcpy(to, from, length);
    to[length] = 0;
    return count == _TRUNCATE && from[length] ? STRUNCATE : 0;
}

errno_t strncat_s(char *to, size_t size, const char *from, size_t count)
{
    size_t length = to ? strnlen(to, size) : 0;

    if (!to || !from || length == size)
        return refuse(to, size, EINVAL);
    return strncpy_s(to + length, size - length, from, count);
}
