/* threads.c - lesson: threads share all memory but their stacks, and what that costs.
 *
 * Two threads count to 2,000 together.  "Read, add, write back" loses counts when the other thread
 * comes between; here it is let in on purpose each time, so that one need not wait for bad luck.
 */
#include <stdio.h>
#include <windows.h>

enum { EACH = 1000 };

static volatile LONG shared;
static CRITICAL_SECTION lock;
static DWORD own; /* index of a slot that each thread has for itself */

static void careless(void)
{
    LONG value = shared;

    SwitchToThread();
    shared = value + 1;
}

static void locked(void)
{
    EnterCriticalSection(&lock);
    careless();
    LeaveCriticalSection(&lock);
}

static void atomic(void)
{
    InterlockedIncrement(&shared);
}

static DWORD WINAPI count(void *step)
{
    for (int i = 0; i < EACH; i++) {
        ((void (*)(void))step)();
        TlsSetValue(own, (char *)TlsGetValue(own) + 1);
    }
    return (DWORD)(ULONG_PTR)TlsGetValue(own);
}

static void both(const char *how, void (*step)(void))
{
    HANDLE threads[2];
    DWORD codes[2];

    shared = 0;
    for (int i = 0; i < 2; i++)
        threads[i] = CreateThread(NULL, 0, count, (void *)step, 0, NULL);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    for (int i = 0; i < 2; i++) {
        GetExitCodeThread(threads[i], &codes[i]);
        CloseHandle(threads[i]);
    }
    printf("%-24s each counted %lu and %lu, together they have %ld\n", how, (unsigned long)codes[0],
           (unsigned long)codes[1], (long)shared);
}

static DWORD WINAPI say_stack(void *number)
{
    int local;

    printf("  thread %d: a global at %08lX, a local at %08lX\n", (int)(ULONG_PTR)number,
           (unsigned long)(ULONG_PTR)&shared, (unsigned long)(ULONG_PTR)&local);
    Sleep(50); /* so that all three stacks exist at the same time */
    return 0;
}

int main(void)
{
    HANDLE threads[3];

    setvbuf(stdout, NULL, _IONBF, 0);
    InitializeCriticalSection(&lock);
    own = TlsAlloc();
    printf("One address space, three stacks:\n");
    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, say_stack, (void *)(ULONG_PTR)(i + 1), 0, NULL);
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    both("carelessly:", careless);
    both("in a critical section:", locked);
    both("by InterlockedIncrement:", atomic);
    return 0;
}
