/* string.c - functions on strings that programs import from ntdll.dll, besides those of lib/string.c. */
#include "user/ntdll/string.h"

int strncmp(const char *a, const char *b, size_t limit)
{
    for (; limit > 0; limit--, a++, b++)
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

/* Finds the closing zero, too, as the standard wants. */
char *strrchr(const char *text, int character)
{
    const char *found = 0;

    do {
        if (*text == (char)character)
            found = text;
    } while (*text++);
    return (char *)(size_t)found;
}
