/* userenv.c - where the user's files are. */
#include "user/small/small.h"

#include <userenv.h>

BOOL WINAPI GetUserProfileDirectoryW(HANDLE token, LPWSTR out, LPDWORD size)
{
    static const WCHAR root[] = L"C:\\";
    DWORD room = *size;

    (void)token;
    *size = sizeof root / sizeof *root;
    if (out == NULL || room < *size)
        return small_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(out, root, sizeof root);
    return TRUE;
}
