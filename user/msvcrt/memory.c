/* memory.c - memcpy() and the other mem functions.
 *
 * `rep movs` and `rep stos` are what the processor copies fastest with in so little code; everything
 * else here is a plain loop.  Compiled so that gcc does not turn the loops into calls of themselves.
 */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Backwards where the areas overlap so that copying forwards would read what it wrote: msvcrt's memcpy is as kind as
 * memmove, and programs rely on it (X18). */
void *memcpy(void *to, const void *from, size_t size)
{
    void *d = to;
    const void *s = from;
    size_t words = size / 4;
    size_t rest = size % 4;

    if ((uintptr_t)to - (uintptr_t)from < size) {
        while (size-- > 0)
            ((char *)to)[size] = ((const char *)from)[size];
        return to;
    }
    __asm__ volatile("rep movsl" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(rest) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t size) __attribute__((alias("memcpy")));

void *memset(void *to, int value, size_t size)
{
    void *d = to;
    uint32_t word = (unsigned char)value * 0x01010101u;
    size_t words = size / 4;
    size_t rest = size % 4;

    __asm__ volatile("rep stosl" : "+D"(d), "+c"(words) : "a"(word) : "memory");
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(rest) : "a"(word) : "memory");
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left, *b = right;

    for (; size > 0; size--, a++, b++)
        if (*a != *b)
            return *a < *b ? -1 : 1;
    return 0;
}

void *memchr(const void *memory, int value, size_t size)
{
    const unsigned char *p = memory;

    for (; size > 0; size--, p++)
        if (*p == (unsigned char)value)
            return (void *)p;
    return NULL;
}

/* Copies up to and with the first `value`; NULL when it does not occur. */
void *_memccpy(void *to, const void *from, int value, size_t size)
{
    unsigned char *d = to;
    const unsigned char *s = from;

    while (size-- > 0)
        if ((*d++ = *s++) == (unsigned char)value)
            return d;
    return NULL;
}

/* Without case, and zeros are bytes like any other. */
int _memicmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left, *b = right;
    int difference = 0;

    if (size > 0 && (!left || !right)) {
        crt_fail(EINVAL);
        return INT_MAX;
    }
    for (; size > 0 && difference == 0; size--, a++, b++)
        difference = tolower(*a) - tolower(*b);
    return difference;
}

void _swab(char *from, char *to, int size)
{
    for (int i = 0; i + 1 < size; i += 2) {
        char first = from[i];

        to[i] = from[i + 1];
        to[i + 1] = first;
    }
}
