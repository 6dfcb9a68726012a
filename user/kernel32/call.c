/* call.c - asynchronous procedure calls for whom they are: another thread, or who starts a transfer. */
#include "user/kernel32/kernel32.h"

DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE thread, ULONG_PTR argument)
{
    DWORD id = GetThreadId(thread);

    if (id == 0)
        return FALSE;
    if (GetProcessIdOfThread(thread) != GetCurrentProcessId())
        return (DWORD)error_fail(ERROR_NOT_SUPPORTED);
    return (DWORD)apc_queue(id, function, argument);
}

/* --- transfers that tell by a call that they have ended --- */

struct ended {
    LPOVERLAPPED_COMPLETION_ROUTINE routine;
    OVERLAPPED *overlapped;
    DWORD error, bytes;
};

static void WINAPI tell(ULONG_PTR argument)
{
    struct ended *ended = (struct ended *)argument;

    ended->routine(ended->error, ended->bytes, ended->overlapped);
    text_free(ended);
}

static BOOL queue_end(BOOL good, DWORD bytes, OVERLAPPED *overlapped,
                      LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct ended *ended;

    if (!good)
        return FALSE;
    ended = RtlAllocateHeap(peb()->heap, 0, sizeof *ended);
    if (ended == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    *ended = (struct ended){.routine = routine, .overlapped = overlapped, .bytes = bytes};
    return apc_queue(GetCurrentThreadId(), tell, (ULONG_PTR)ended);
}

BOOL WINAPI ReadFileEx(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD done = 0;
    BOOL good = ReadFile(file, buffer, size, &done, overlapped);

    return queue_end(good, done, overlapped, routine);
}

BOOL WINAPI WriteFileEx(HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD done = 0;
    BOOL good = WriteFile(file, buffer, size, &done, overlapped);

    return queue_end(good, done, overlapped, routine);
}
