/* string.h - functions on strings that programs import from ntdll.dll, besides those of lib/string.c. */
#pragma once
#include "lib/string.h"

int strncmp(const char *a, const char *b, size_t limit);
char *strrchr(const char *text, int character);
