/* string.h - bytes and strings.
 *
 * The standard functions are declared always but exist in string.c only in a freestanding build
 * (PAGODA_FREESTANDING: the kernel, ntdll); on the host the C library's own are linked, so that
 * its sanitizers can watch them.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *a, const char *b);
char *strchr(const char *text, int character);
#if defined PAGODA_FREESTANDING && !defined memcpy
#define memcpy(to, from, size) __builtin_memcpy(to, from, size) /* few, known: no call */
#define memset(at, byte, size) __builtin_memset(at, byte, size)
#endif

/* Copies `from` into to[size], cut short if need be and always ended by a zero (size 0: untouched).
 * Returns the length of `from`: a result >= size says that it was cut. */
size_t string_copy(char *to, const char *from, size_t size);

/* Equal but for the case of ASCII letters: how Windows compares file names. */
bool string_equal_nocase(const char *a, const char *b);

/* Same for the first `limit` bytes at most. */
bool string_equal_nocase_n(const char *a, const char *b, size_t limit);
