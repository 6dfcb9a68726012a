/* close.c - CloseHandle(), which tells those who keep something by a handle's number. */
#include "user/kernel32/kernel32.h"

BOOL WINAPI CloseHandle(HANDLE handle)
{
    if (handle == CURRENT_PROCESS || handle == CURRENT_THREAD)
        return TRUE; /* pseudo handles have nothing to close */
    lock_forget(handle);
    timer_forget(handle);
    completion_forget(handle);
    return error_result(NtClose(handle));
}
