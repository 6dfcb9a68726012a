/* slim.c - slim reader/writer locks, condition variables and one-time initialisation: what libraries of
 * C++ are made of.  Runs on Windows, too.
 */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"

#include <windows.h>

enum { THREADS = 6, ROUNDS = 2000 };

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static CRITICAL_SECTION section;
static volatile int first, second, torn, turn, awake;

/* Runs THREADS threads to their ends, which must come; returns the sum of their exit codes. */
static DWORD crowd(LPTHREAD_START_ROUTINE function)
{
    HANDLE threads[THREADS];
    DWORD sum = 0, code;

    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, function, (void *)i, 0, NULL);
    fact("slim", "all threads come to their end",
         WaitForMultipleObjects(THREADS, threads, TRUE, PATIENCE_MS) == WAIT_OBJECT_0);
    for (int i = 0; i < THREADS; i++) {
        GetExitCodeThread(threads[i], &code);
        CloseHandle(threads[i]);
        sum += code;
    }
    return sum;
}

/* --- locks --- */

/* Every third thread reads: both numbers are always the same, except while one writes. */
static DWORD WINAPI read_or_write(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        if ((int)number % 3 == 0) {
            AcquireSRWLockShared(&lock);
            torn += first != second;
            if (i % 64 == 0)
                SwitchToThread();
            torn += first != second;
            ReleaseSRWLockShared(&lock);
        } else {
            AcquireSRWLockExclusive(&lock);
            first++;
            if (i % 64 == 0)
                SwitchToThread();
            second++;
            ReleaseSRWLockExclusive(&lock);
        }
    }
    return 0;
}

static DWORD WINAPI try_both(void *number)
{
    DWORD got = 0;

    (void)number;
    if (TryAcquireSRWLockShared(&lock)) {
        got += 1;
        ReleaseSRWLockShared(&lock);
    }
    if (TryAcquireSRWLockExclusive(&lock)) {
        got += 100;
        ReleaseSRWLockExclusive(&lock);
    }
    return got;
}

static void test_locks(void)
{
    crowd(read_or_write);
    fact_number("slim", "no reader saw a writer's half", 0, torn);
    fact_number("slim", "no writer was lost", THREADS * 2 / 3 * ROUNDS, second);
    fact("slim", "a free lock is 0 again", lock.Ptr == NULL);
    AcquireSRWLockExclusive(&lock);
    fact_number("slim", "owned: nobody gets it", 0, crowd(try_both));
    ReleaseSRWLockExclusive(&lock);
    AcquireSRWLockShared(&lock);
    fact_number("slim", "shared: others may share it", THREADS, crowd(try_both));
    ReleaseSRWLockShared(&lock);
    fact("slim", "free: it can be had", TryAcquireSRWLockExclusive(&lock));
    ReleaseSRWLockExclusive(&lock);
}

/* --- condition variables --- */

/* Each thread waits for its turn and gives it to the next. */
static DWORD WINAPI take_turns(void *number)
{
    EnterCriticalSection(&section);
    for (int i = 0; i < 50; i++) {
        while (turn % THREADS != (int)number)
            SleepConditionVariableCS(&condition, &section, INFINITE);
        turn++;
        WakeAllConditionVariable(&condition);
    }
    LeaveCriticalSection(&section);
    return 0;
}

static DWORD WINAPI sleep_shared(void *number)
{
    BOOL woken;

    (void)number;
    AcquireSRWLockShared(&lock);
    awake--;
    woken = SleepConditionVariableSRW(&condition, &lock, PATIENCE_MS,
                                      CONDITION_VARIABLE_LOCKMODE_SHARED);
    ReleaseSRWLockShared(&lock);
    return (DWORD)woken;
}

static DWORD WINAPI wake_them(void *one_by_one)
{
    while (awake > -THREADS)
        Sleep(5);
    AcquireSRWLockExclusive(&lock); /* then all of them sleep */
    for (int i = 0; i < THREADS; i++)
        WakeConditionVariable(&condition);
    ReleaseSRWLockExclusive(&lock);
    return (DWORD)one_by_one;
}

static void test_conditions(void)
{
    HANDLE waker;

    crowd(take_turns);
    fact_number("slim", "everybody had each turn", THREADS * 50, turn);
    waker = CreateThread(NULL, 0, wake_them, NULL, 0, NULL);
    fact_number("slim", "waking one at a time wakes all", THREADS, crowd(sleep_shared));
    WaitForSingleObject(waker, PATIENCE_MS);
    CloseHandle(waker);
    EnterCriticalSection(&section);
    SetLastError(0);
    fact("slim", "nobody wakes us: error 1460",
         !SleepConditionVariableCS(&condition, &section, 20) && GetLastError() == ERROR_TIMEOUT);
    LeaveCriticalSection(&section);
    AcquireSRWLockExclusive(&lock);
    fact("slim", "nor with a slim lock",
         !SleepConditionVariableSRW(&condition, &lock, 20, 0) && GetLastError() == ERROR_TIMEOUT);
    fact("slim", "which is ours again", !TryAcquireSRWLockShared(&lock));
    ReleaseSRWLockExclusive(&lock);
}

/* --- one-time initialisation --- */

static INIT_ONCE once = INIT_ONCE_STATIC_INIT, failing = INIT_ONCE_STATIC_INIT,
                 together = INIT_ONCE_STATIC_INIT;
static volatile LONG initialised;

static BOOL CALLBACK initialise(PINIT_ONCE record, void *parameter, void **context)
{
    (void)record;
    Sleep(20);
    initialised++;
    *context = parameter;
    return TRUE;
}

static BOOL CALLBACK fail(PINIT_ONCE record, void *parameter, void **context)
{
    (void)record;
    (void)parameter;
    (void)context;
    SetLastError(4711);
    return FALSE;
}

static DWORD WINAPI use_it(void *number)
{
    void *context = NULL;

    (void)number;
    return InitOnceExecuteOnce(&once, initialise, (void *)0x1000, &context) &&
           context == (void *)0x1000;
}

static void test_once(void)
{
    void *context = NULL;
    BOOL pending = TRUE;

    SetLastError(0);
    fact("slim", "not yet: error 31",
         !InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context) &&
             GetLastError() == ERROR_GEN_FAILURE);
    fact_number("slim", "all see it initialised", THREADS, crowd(use_it));
    fact_number("slim", "once", 1, initialised);
    fact("slim", "then it is done",
         InitOnceBeginInitialize(&once, 0, &pending, &context) && !pending &&
             context == (void *)0x1000);
    fact("slim", "an initialiser that fails",
         !InitOnceExecuteOnce(&failing, fail, NULL, NULL) && GetLastError() == 4711);
    fact("slim", "leaves it to the next one",
         InitOnceBeginInitialize(&failing, 0, &pending, NULL) && pending);
    fact("slim", "who may give up, too", InitOnceComplete(&failing, INIT_ONCE_INIT_FAILED, NULL));
    fact("slim", "two begin together",
         InitOnceBeginInitialize(&together, INIT_ONCE_ASYNC, &pending, NULL) && pending &&
             InitOnceBeginInitialize(&together, INIT_ONCE_ASYNC, &pending, NULL) && pending);
    fact("slim", "the first one completes it",
         InitOnceComplete(&together, INIT_ONCE_ASYNC, (void *)0x2000));
    fact("slim", "the second one can't: error 31",
         !InitOnceComplete(&together, INIT_ONCE_ASYNC, (void *)0x3000) &&
             GetLastError() == ERROR_GEN_FAILURE);
    fact("slim", "a context with low bits: error 87",
         !InitOnceComplete(&failing, 0, (void *)1) && GetLastError() == ERROR_INVALID_PARAMETER);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    InitializeCriticalSection(&section);
    test_locks();
    test_conditions();
    test_once();
    return facts_end();
}
