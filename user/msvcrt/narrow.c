/* narrow.c - names as bytes and as wide characters. */
#include "user/msvcrt/crt.h"

bool crt_narrow(const wchar_t *wide, char *narrow, int size)
{
    if (!wide) {
        *narrow = 0;
        return false;
    }
    for (int i = 0; i < size; i++) {
        narrow[i] = wide[i] < 0x100 ? (char)wide[i] : '?';
        if (!wide[i])
            return true;
    }
    narrow[size - 1] = 0;
    return false;
}

bool crt_widen(const char *narrow, wchar_t *wide, int size)
{
    for (int i = 0; i < size; i++) {
        wide[i] = (unsigned char)narrow[i];
        if (!narrow[i])
            return true;
    }
    wide[size - 1] = 0;
    return false;
}
