/* small.h - what the small DLLs share: they stand on kernel32.dll and on ntdll.dll. */
#ifndef USER_SMALL_SMALL_H
#define USER_SMALL_SMALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
size_t strlen(const char *text);

/* Sets the last error; returns FALSE. */
static inline BOOL small_fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

#endif
