/* sync.c - events, mutexes, semaphores, and waiting for them.
 *
 * All three are kernel objects: they may have names, and threads of several processes may meet at
 * them.  Creating one under a name that is taken opens the one there is (OBJ_OPENIF); the arguments
 * about its state are then without effect, and the last error is 183.
 */
#include "user/kernel32/kernel32.h"

/* --- events --- */

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL state, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;
    NTSTATUS status;

    if (!object_name(&object, name, security, OBJ_OPENIF))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    status = NtCreateEvent(&handle, EVENT_ALL_ACCESS, &object.attributes, manual ? 0 : 1,
                           state != FALSE);
    return object_created(status, handle);
}

HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;

    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    return object_opened(NtOpenEvent(&handle, access, &object.attributes), &handle);
}

BOOL WINAPI SetEvent(HANDLE event)
{
    return error_result(NtSetEvent(event, NULL));
}

BOOL WINAPI ResetEvent(HANDLE event)
{
    return error_result(NtResetEvent(event, NULL));
}

/* Lets go who waits at this moment, and resets the event. */
BOOL WINAPI PulseEvent(HANDLE event)
{
    return error_result(NtPulseEvent(event, NULL));
}

/* --- mutexes --- */

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;
    NTSTATUS status;

    if (!object_name(&object, name, security, OBJ_OPENIF))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    status = NtCreateMutant(&handle, MUTEX_ALL_ACCESS, &object.attributes, owned != FALSE);
    return object_created(status, handle);
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;

    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    return object_opened(NtOpenMutant(&handle, access, &object.attributes), &handle);
}

/* Only its owner may, and as often as it took the mutex; else error 288. */
BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
    return error_result(NtReleaseMutant(mutex, NULL));
}

/* --- semaphores --- */

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
                               LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;
    NTSTATUS status;

    if (!object_name(&object, name, security, OBJ_OPENIF))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    status = NtCreateSemaphore(&handle, SEMAPHORE_ALL_ACCESS, &object.attributes, count, maximum);
    return object_created(status, handle);
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;

    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    return object_opened(NtOpenSemaphore(&handle, access, &object.attributes), &handle);
}

/* All of `count` or, above the maximum, nothing and error 298. */
BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous)
{
    return error_result(NtReleaseSemaphore(semaphore, count, previous));
}

/* --- critical sections: what isn't a forwarder to ntdll.dll --- */

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spin)
{
    return error_result(RtlInitializeCriticalSectionAndSpinCount(section, spin));
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spin, DWORD flags)
{
    (void)flags; /* only about debug records */
    return error_result(RtlInitializeCriticalSectionAndSpinCount(section, spin));
}

/* --- slim locks, condition variables, one-time initialisation: the same --- */

/* A status that is no error may still mean FALSE here. */
static BOOL slept(NTSTATUS status)
{
    return status == STATUS_TIMEOUT ? error_fail(ERROR_TIMEOUT) : error_result(status);
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable, PCRITICAL_SECTION section,
                                     DWORD milliseconds)
{
    LARGE_INTEGER buffer;

    return slept(RtlSleepConditionVariableCS(variable, section, time_out(milliseconds, &buffer)));
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock,
                                      DWORD milliseconds, ULONG flags)
{
    LARGE_INTEGER buffer;

    return slept(
        RtlSleepConditionVariableSRW(variable, lock, time_out(milliseconds, &buffer), flags));
}

BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending, LPVOID *context)
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);

    *pending = status == STATUS_PENDING;
    return error_result(status);
}

BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context)
{
    return error_result(RtlRunOnceComplete(once, flags, context));
}

/* When the initialiser fails its last error stays. */
BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN initialise, PVOID parameter,
                                LPVOID *context)
{
    return NT_SUCCESS(
        RtlRunOnceExecuteOnce(once, (PRTL_RUN_ONCE_INIT_FN)initialise, parameter, context));
}

/* --- waiting --- */

/* A wait's statuses are its results: 0 + index, 80h + index, 102h.  Only errors are different. */
static DWORD wait_result(NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return (DWORD)status;
    error_set(status);
    return WAIT_FAILED;
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER buffer;

    if (alertable)
        return wait_result(apc_wait(1, &handle, false, time_out(milliseconds, &buffer)));
    return wait_result(
        NtWaitForSingleObject(handle, FALSE, (LARGE_INTEGER *)time_out(milliseconds, &buffer)));
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
                                      DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER buffer;

    if (alertable && count <= MAXIMUM_WAIT_OBJECTS)
        return wait_result(apc_wait(count, handles, all, time_out(milliseconds, &buffer)));
    return wait_result(NtWaitForMultipleObjects(count, handles, all ? 0 : 1, FALSE,
                                                time_out(milliseconds, &buffer)));
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
                                    DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

/* --- values --- */

/* While *address is *compare.  FALSE, ERROR_TIMEOUT: nobody said WakeByAddress...() in time. */
BOOL WINAPI WaitOnAddress(volatile VOID *address, PVOID compare, SIZE_T size, DWORD milliseconds)
{
    LARGE_INTEGER buffer;
    NTSTATUS status =
        RtlWaitOnAddress((const void *)address, compare, size, time_out(milliseconds, &buffer));

    return status == STATUS_TIMEOUT ? error_fail(ERROR_TIMEOUT) : error_result(status);
}
