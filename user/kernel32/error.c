/* error.c - the thread's last error, and texts for it. */
#include "user/kernel32/kernel32.h"

BOOL error_fail(DWORD error)
{
    RtlSetLastWin32Error(error);
    return FALSE;
}

BOOL error_set(NTSTATUS status)
{
    return error_fail(RtlNtStatusToDosError(status));
}

BOOL error_result(NTSTATUS status)
{
    return NT_SUCCESS(status) ? TRUE : error_set(status);
}

UINT WINAPI SetErrorMode(UINT mode)
{
    static UINT current;
    UINT old = current;

    /* Windows opens a box for a missing disk or a crash unless this says no.  Here nothing does. */
    current = mode;
    return old;
}

void *error_null(DWORD error)
{
    RtlSetLastWin32Error(error);
    return NULL;
}

HANDLE error_invalid(DWORD error)
{
    RtlSetLastWin32Error(error);
    return INVALID_HANDLE_VALUE;
}
