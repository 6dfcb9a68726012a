/* alive.c - does a thread of this process still run?
 *
 * A thread that is terminated gets no chance to clear up after itself: its stack and its TEB are gone, and what
 * ntdll has noted about it stays.  So such notes lie in the heap with the thread's id, which is never used
 * again, and before one is believed it is asked here.
 */
#include "user/ntdll/ntdll.h"

bool thread_alive(ULONG id)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes};
    CLIENT_ID client = {.UniqueThread = (HANDLE)(ULONG_PTR)id};
    HANDLE thread;
    NTSTATUS status = NtOpenThread(&thread, SYNCHRONIZE, &attributes, &client);

    if (NT_SUCCESS(status))
        NtClose(thread);
    return status != STATUS_INVALID_PARAMETER;
}
