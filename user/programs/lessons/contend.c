/* contend.c - lesson: two threads and one heap, two threads and two heaps.
 *
 * A heap has a lock, so that two threads do not change its lists at the same time.  Where both use
 * one heap, a thread that is stopped in the middle of HeapAlloc() keeps the other one waiting.  With
 * a heap each nobody waits.  Contention is counted with a second lock around the first one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { ROUNDS = 50000, LIVE = 16 };

struct worker {
    HANDLE heap;
    CRITICAL_SECTION *lock; /* taken around each call, as the heap does inside */
    unsigned waits;
    unsigned failures;
};

static void lock(struct worker *worker)
{
    if (TryEnterCriticalSection(worker->lock))
        return;
    worker->waits++;
    EnterCriticalSection(worker->lock);
}

static void unlock(struct worker *worker)
{
    LeaveCriticalSection(worker->lock);
}

static DWORD WINAPI work(void *argument)
{
    struct worker *worker = argument;
    char *live[LIVE] = {NULL};

    for (int i = 0; i < ROUNDS; i++) {
        char **block = &live[i % LIVE];

        lock(worker);
        if (*block && !HeapFree(worker->heap, 0, *block))
            worker->failures++;
        *block = HeapAlloc(worker->heap, 0, 16 + (SIZE_T)i % 100);
        unlock(worker);
        if (!*block)
            worker->failures++;
        else
            **block = 1;
    }
    return 0;
}

/* Runs both workers to their end; returns the milliseconds. */
static DWORD run(struct worker *workers)
{
    DWORD start = GetTickCount();
    HANDLE threads[2];

    for (int i = 0; i < 2; i++)
        threads[i] = CreateThread(NULL, 0, work, &workers[i], 0, NULL);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    for (int i = 0; i < 2; i++)
        CloseHandle(threads[i]);
    return GetTickCount() - start;
}

static unsigned report(const char *what, struct worker *workers)
{
    DWORD time = run(workers);
    unsigned failures = workers[0].failures + workers[1].failures;

    printf("%-38s %5lu ms, found the lock taken %u times\n", what, time,
           workers[0].waits + workers[1].waits);
    if (failures)
        printf("    %u calls FAILED\n", failures);
    return failures;
}

int main(void)
{
    HANDLE first = HeapCreate(0, 0, 0), second = HeapCreate(0, 0, 0);
    CRITICAL_SECTION one, two;
    unsigned failures = 0;

    InitializeCriticalSection(&one);
    InitializeCriticalSection(&two);
    printf("Two threads, %d times HeapAlloc() and HeapFree() each:\n\n", ROUNDS);
    struct worker shared[2] = {{first, &one, 0, 0}, {first, &one, 0, 0}};
    failures += report("one heap for both:", shared);
    struct worker separate[2] = {{first, &one, 0, 0}, {second, &two, 0, 0}};
    failures += report("a heap each:", separate);
    puts("\nWith one processor a thread finds the lock taken when the clock stopped the other one");
    puts("inside.  The one that waited gets the lock, and now the other one has to wait: a convoy");
    puts("that can go on for thousands of calls.  With a heap each there is nobody to wait for.");
    puts("(The times are the emulator's; the counts are what to look at.)");
    return failures ? 1 : 0;
}
