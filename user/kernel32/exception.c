/* exception.c - raising exceptions, and the filter for those that nobody handles.
 *
 * The machinery is ntdll's; AddVectoredExceptionHandler and RtlUnwind are forwarders to it.
 */
#include "user/kernel32/kernel32.h"

static PTOP_LEVEL_EXCEPTION_FILTER program_filter;

/* The last word on an exception: the program's filter if it set one, else "search on", which ends
 * the process with the kernel's sentence. */
LONG WINAPI UnhandledExceptionFilter(EXCEPTION_POINTERS *exception)
{
    PTOP_LEVEL_EXCEPTION_FILTER filter = program_filter;

    return filter == NULL ? EXCEPTION_CONTINUE_SEARCH : filter(exception);
}

LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter)
{
    return InterlockedExchangePointer((void **)&program_filter, filter);
}

void exception_start(void)
{
    RtlSetUnhandledExceptionFilter(UnhandledExceptionFilter);
}

/* Only the flag "not continuable" is the caller's to choose. */
void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *parameters)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = code & ~0x10000000u, /* that bit is reserved; Windows clears it */
        .ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE,
    };

    if (parameters != NULL) {
        record.NumberParameters =
            count < EXCEPTION_MAXIMUM_PARAMETERS ? count : EXCEPTION_MAXIMUM_PARAMETERS;
        memcpy(record.ExceptionInformation, parameters,
               record.NumberParameters * sizeof *parameters);
    }
    RtlRaiseException(&record);
}

BOOL WINAPI IsDebuggerPresent(void)
{
    return peb()->being_debugged;
}

/* Nobody debugs another process. */
BOOL WINAPI CheckRemoteDebuggerPresent(HANDLE process, PBOOL present)
{
    if (process == NULL || present == NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    *present = process == GetCurrentProcess() && peb()->being_debugged;
    return TRUE;
}

void WINAPI DebugBreak(void)
{
    __asm__ volatile("int3");
}
