/* terminated.c - a thread that is terminated takes with it what the run-time system knew about it: nobody stumbles over it
 * later.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <string.h>
#include <windows.h>

enum { THREADS = 8, PAGES = 64 };

static CONDITION_VARIABLE theirs = CONDITION_VARIABLE_INIT, ours = CONDITION_VARIABLE_INIT;
static SRWLOCK lock = SRWLOCK_INIT, held = SRWLOCK_INIT;
static volatile LONG asleep, woken;

static DWORD WINAPI sleep_for_ever(void *variable)
{
    AcquireSRWLockExclusive(&lock);
    InterlockedIncrement(&asleep);
    SleepConditionVariableSRW(variable, &lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&lock);
    InterlockedIncrement(&woken);
    return 0;
}

static DWORD WINAPI wait_for_lock(void *unused)
{
    InterlockedIncrement(&asleep);
    AcquireSRWLockExclusive(&held);
    ReleaseSRWLockExclusive(&held);
    return unused != NULL;
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, void *argument)
{
    LONG before = asleep;
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);

    while (asleep == before)
        Sleep(1);
    AcquireSRWLockExclusive(&lock); /* it has let go of the lock: it sleeps */
    ReleaseSRWLockExclusive(&lock);
    return thread;
}

static void end(HANDLE thread)
{
    TerminateThread(thread, 1);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void condition_variables(void)
{
    HANDLE other;

    end(start(sleep_for_ever, &theirs));
    other = start(sleep_for_ever, &ours);
    WakeConditionVariable(&ours);
    fact("terminated", "a sleeper of another condition variable wakes up",
         WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(other);

    end(start(sleep_for_ever, &ours));
    other = start(sleep_for_ever, &ours);
    WakeConditionVariable(&ours);
    fact("terminated", "the one behind a terminated sleeper wakes up",
         WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(other);
    WakeAllConditionVariable(&theirs);
    fact_number("terminated", "and nobody else", 2, woken);
}

static void locks(void)
{
    HANDLE thread;

    AcquireSRWLockExclusive(&held);
    thread = start(wait_for_lock, NULL);
    Sleep(1);
    end(thread);
    ReleaseSRWLockExclusive(&held);
    thread = start(wait_for_lock, NULL);
    fact("terminated", "a lock that a terminated thread waited for is free",
         WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

/* Memory of the program where the thread's records were: from the top of the address space down. */
static void slots(void)
{
    unsigned char *page[PAGES];
    int changed = 0;

    for (int i = 0; i < THREADS; i++)
        end(start(sleep_for_ever, &theirs));
    for (int i = 0; i < PAGES; i++) {
        page[i] = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE);
        memset(page[i], 0x77, 4096);
    }
    for (int i = 0; i < 200; i++)
        TlsAlloc();
    for (int i = 0; i < PAGES; i++)
        for (int k = 0; k < 4096; k++)
            changed += page[i][k] != 0x77;
    fact_number("terminated", "TlsAlloc changes no byte where their records were", 0, changed);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    condition_variables();
    locks();
    slots();
    return facts_end();
}
