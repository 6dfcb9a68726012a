/* thread.c - _beginthread() and _beginthreadex(). */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <process.h>

/* Threads that _beginthreadex() starts return their exit code, those of _beginthread() nothing.  The
 * record that carries function and argument over becomes the new thread's own record. */
static DWORD WINAPI run_extended(void *record)
{
    struct crt_thread *thread = record;
    unsigned(__stdcall * start)(void *) = (unsigned(__stdcall *)(void *))thread->start;

    crt_thread_adopt(thread);
    _endthreadex(start(thread->argument));
    return 0;
}

static DWORD WINAPI run_plain(void *record)
{
    struct crt_thread *thread = record;
    void(__cdecl * start)(void *) = (void(__cdecl *)(void *))thread->start;

    crt_thread_adopt(thread);
    start(thread->argument);
    _endthread();
    return 0;
}

static HANDLE begin(LPTHREAD_START_ROUTINE run, void *start, void *argument, unsigned stack,
                    SECURITY_ATTRIBUTES *security, unsigned flags, DWORD *id)
{
    struct crt_thread *thread = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *thread);
    HANDLE handle;

    if (!thread) {
        crt_fail(ENOMEM);
        return NULL;
    }
    thread->random = 1;
    thread->start = start;
    thread->argument = argument;
    handle = CreateThread(security, stack, run, thread, flags, id);
    if (!handle) {
        crt_fail_os();
        HeapFree(GetProcessHeap(), 0, thread);
    }
    return handle;
}

/* The caller owns the handle.  0 and errno when there is no thread. */
uintptr_t _beginthreadex(void *security, unsigned stack, unsigned(__stdcall *start)(void *),
                         void *argument, unsigned flags, unsigned *id)
{
    DWORD ignored;

    if (!start) {
        crt_fail(EINVAL);
        return 0;
    }
    return (uintptr_t)begin(run_extended, (void *)start, argument, stack, security, flags,
                            id ? (DWORD *)id : &ignored);
}

/* The thread closes its own handle, so by then the result may be stale.  -1 when there is no thread. */
uintptr_t _beginthread(void(__cdecl *start)(void *), unsigned stack, void *argument)
{
    DWORD id;
    HANDLE handle;

    if (!start) {
        crt_fail(EINVAL);
        return (uintptr_t)-1;
    }
    handle = begin(run_plain, (void *)start, argument, stack, NULL, CREATE_SUSPENDED, &id);
    if (!handle)
        return (uintptr_t)-1;
    ResumeThread(handle);
    CloseHandle(handle);
    return (uintptr_t)handle;
}

void _endthreadex(unsigned code)
{
    crt_thread_leave();
    ExitThread(code);
}

void _endthread(void)
{
    _endthreadex(0);
}

unsigned long __threadid(void);
unsigned long __threadid(void)
{
    return GetCurrentThreadId();
}

uintptr_t __threadhandle(void);
uintptr_t __threadhandle(void)
{
    return (uintptr_t)GetCurrentThread();
}
