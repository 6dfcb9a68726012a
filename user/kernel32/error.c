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

/* Windows opens a box for a missing disk or a crash unless this says no.  Here nothing does. */
static UINT error_mode;

UINT WINAPI SetErrorMode(UINT mode)
{
    UINT old = error_mode;

    error_mode = mode;
    return old;
}

UINT WINAPI GetErrorMode(void)
{
    return error_mode;
}

/* The process's mode serves its threads, too. */
BOOL WINAPI SetThreadErrorMode(DWORD mode, LPDWORD old)
{
    UINT before = SetErrorMode(mode);

    if (old != NULL)
        *old = before;
    return TRUE;
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
