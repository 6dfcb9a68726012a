/* threadpool.c - the thread pool of newer programs: work, timers and waits that call a function.
 *
 * There is no pool: each call of work has a thread of its own, and so has each timer and each wait, for as long as it is there.
 * Groups that clean up, and I/O, are refused.
 */
#include "user/kernel32/kernel32.h"

/* What is to be done when a call has ended. */
struct _TP_CALLBACK_INSTANCE {
    HANDLE event, semaphore, mutex;
    DWORD count;
    PCRITICAL_SECTION section;
    HMODULE library;
};

enum kind { SIMPLE, WORK, TIMER, WAIT };

struct pooled {
    enum kind kind;
    void *function, *context;
    unsigned uses;    /* its owner and its threads */
    unsigned running; /* calls that have not ended */
    HANDLE idle;      /* set while there are none */
    /* Timers and waits: */
    HANDLE changed; /* set when what follows was changed */
    unsigned changes;
    HANDLE object; /* 0: none is waited for */
    DWORD due;     /* milliseconds, or INFINITE */
    DWORD period;
    bool closed;
};

static RTL_CRITICAL_SECTION lock = {.LockCount = -1}; /* of all fields that change */

static void release(struct pooled *p)
{
    bool last;

    RtlEnterCriticalSection(&lock);
    last = --p->uses == 0;
    RtlLeaveCriticalSection(&lock);
    if (!last)
        return;
    NtClose(p->idle);
    if (p->changed != NULL)
        NtClose(p->changed);
    text_free(p);
}

static struct pooled *make(enum kind kind, void *function, void *context)
{
    struct pooled *p = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *p);

    if (p == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    p->kind = kind;
    p->function = function;
    p->context = context;
    p->uses = 1;
    p->due = INFINITE;
    p->idle = CreateEventW(NULL, TRUE, TRUE, NULL);
    if (kind == TIMER || kind == WAIT)
        p->changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (p->idle != NULL && (p->changed != NULL || kind == SIMPLE || kind == WORK))
        return p;
    release(p);
    return NULL;
}

/* --- a call --- */

/* => the lock is held */
static void begin(struct pooled *p)
{
    if (p->running++ == 0)
        ResetEvent(p->idle);
}

static void finish(const struct _TP_CALLBACK_INSTANCE *instance)
{
    if (instance->event != NULL)
        SetEvent(instance->event);
    if (instance->semaphore != NULL)
        ReleaseSemaphore(instance->semaphore, (LONG)instance->count, NULL);
    if (instance->mutex != NULL)
        ReleaseMutex(instance->mutex);
    if (instance->section != NULL)
        RtlLeaveCriticalSection((RTL_CRITICAL_SECTION *)instance->section);
    if (instance->library != NULL)
        FreeLibrary(instance->library);
}

static void call(struct pooled *p, TP_WAIT_RESULT result)
{
    struct _TP_CALLBACK_INSTANCE instance = {0};

    switch (p->kind) {
    case SIMPLE:
        ((PTP_SIMPLE_CALLBACK)p->function)(&instance, p->context);
        break;
    case WORK:
        ((PTP_WORK_CALLBACK)p->function)(&instance, p->context, (PTP_WORK)p);
        break;
    case TIMER:
        ((PTP_TIMER_CALLBACK)p->function)(&instance, p->context, (PTP_TIMER)p);
        break;
    case WAIT:
        ((PTP_WAIT_CALLBACK)p->function)(&instance, p->context, (PTP_WAIT)p, result);
        break;
    }
    finish(&instance);
    RtlEnterCriticalSection(&lock);
    if (--p->running == 0)
        SetEvent(p->idle);
    RtlLeaveCriticalSection(&lock);
}

static bool run(LPTHREAD_START_ROUTINE function, struct pooled *p)
{
    HANDLE thread = CreateThread(NULL, 0, function, p, 0, NULL);

    return thread != NULL && NtClose(thread) == STATUS_SUCCESS;
}

static void wait_idle(struct pooled *p)
{
    WaitForSingleObject(p->idle, INFINITE);
}

/* --- work --- */

static DWORD WINAPI do_work(void *argument)
{
    call(argument, 0);
    release(argument);
    return 0;
}

static bool submit(struct pooled *p)
{
    RtlEnterCriticalSection(&lock);
    begin(p);
    p->uses++;
    RtlLeaveCriticalSection(&lock);
    return run(do_work, p);
}

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK function, PVOID context,
                                     PTP_CALLBACK_ENVIRON environment)
{
    (void)environment;
    return (PTP_WORK)make(WORK, (void *)function, context);
}

/* It can't fail: where no thread is to be had, the caller does the work. */
VOID WINAPI SubmitThreadpoolWork(PTP_WORK work)
{
    if (!submit((struct pooled *)work))
        do_work(work);
}

/* Nothing waits for its turn, so there is nothing to cancel. */
VOID WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel)
{
    (void)cancel;
    wait_idle((struct pooled *)work);
}

VOID WINAPI CloseThreadpoolWork(PTP_WORK work)
{
    release((struct pooled *)work);
}

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK function, PVOID context,
                                        PTP_CALLBACK_ENVIRON environment)
{
    struct pooled *p = make(SIMPLE, (void *)function, context);
    bool done = p != NULL && submit(p);

    (void)environment;
    if (p != NULL && !done)
        release(p); /* the thread that there isn't */
    if (p != NULL)
        release(p);
    return done;
}

/* --- timers and waits --- */

/* The time has come, or the object: what was set counts no more, but for a period.  False: it was changed meanwhile. */
static bool take(struct pooled *p, unsigned changes, bool failed)
{
    bool valid;

    RtlEnterCriticalSection(&lock);
    valid = p->changes == changes && !p->closed;
    if (valid) {
        p->object = NULL;
        p->due = p->period != 0 && !failed ? p->period : INFINITE;
    }
    valid = valid && !failed;
    if (valid)
        begin(p);
    RtlLeaveCriticalSection(&lock);
    return valid;
}

static DWORD WINAPI watch(void *argument)
{
    struct pooled *p = argument;

    for (;;) {
        HANDLE both[2] = {p->changed};
        unsigned changes;
        DWORD due, outcome;
        bool closed;

        RtlEnterCriticalSection(&lock);
        closed = p->closed;
        changes = p->changes;
        both[1] = p->object;
        due = p->due;
        RtlLeaveCriticalSection(&lock);
        if (closed)
            break;
        outcome = WaitForMultipleObjects(both[1] != NULL ? 2 : 1, both, FALSE, due);
        if (outcome != WAIT_OBJECT_0 && take(p, changes, outcome == WAIT_FAILED))
            call(p, outcome == WAIT_TIMEOUT ? WAIT_TIMEOUT : WAIT_OBJECT_0);
    }
    release(p);
    return 0;
}

static struct pooled *make_watched(enum kind kind, void *function, void *context)
{
    struct pooled *p = make(kind, function, context);

    if (p == NULL)
        return NULL;
    p->uses++;
    if (run(watch, p))
        return p;
    release(p);
    release(p);
    return NULL;
}

/* Milliseconds until then: below 0 it is relative.  No time at all is for ever. */
static DWORD until(const FILETIME *time)
{
    LONGLONG ticks, now;
    FILETIME today;

    if (time == NULL)
        return INFINITE;
    ticks = (LONGLONG)((ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime);
    if (ticks > 0) {
        GetSystemTimeAsFileTime(&today);
        now = (LONGLONG)((ULONGLONG)today.dwHighDateTime << 32 | today.dwLowDateTime);
        ticks = ticks > now ? now - ticks : 0;
    }
    ticks = -ticks / 10000;
    return ticks < INFINITE ? (DWORD)ticks : INFINITE - 1;
}

static void set(struct pooled *p, HANDLE object, DWORD due, DWORD period)
{
    RtlEnterCriticalSection(&lock);
    p->object = object;
    p->due = due;
    p->period = period;
    p->changes++;
    RtlLeaveCriticalSection(&lock);
    SetEvent(p->changed);
}

static void stop(struct pooled *p)
{
    RtlEnterCriticalSection(&lock);
    p->closed = true;
    RtlLeaveCriticalSection(&lock);
    SetEvent(p->changed);
    release(p);
}

PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK function, PVOID context,
                                       PTP_CALLBACK_ENVIRON environment)
{
    (void)environment;
    return (PTP_TIMER)make_watched(TIMER, (void *)function, context);
}

VOID WINAPI SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period, DWORD window)
{
    (void)window;
    set((struct pooled *)timer, NULL, until(due), due != NULL ? period : 0);
}

BOOL WINAPI IsThreadpoolTimerSet(PTP_TIMER timer)
{
    return ((struct pooled *)timer)->due != INFINITE;
}

VOID WINAPI WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel)
{
    if (cancel)
        set((struct pooled *)timer, NULL, INFINITE, 0);
    wait_idle((struct pooled *)timer);
}

VOID WINAPI CloseThreadpoolTimer(PTP_TIMER timer)
{
    stop((struct pooled *)timer);
}

PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK function, PVOID context,
                                     PTP_CALLBACK_ENVIRON environment)
{
    (void)environment;
    return (PTP_WAIT)make_watched(WAIT, (void *)function, context);
}

VOID WINAPI SetThreadpoolWait(PTP_WAIT wait, HANDLE object, PFILETIME timeout)
{
    set((struct pooled *)wait, object, object != NULL ? until(timeout) : INFINITE, 0);
}

VOID WINAPI WaitForThreadpoolWaitCallbacks(PTP_WAIT wait, BOOL cancel)
{
    if (cancel)
        set((struct pooled *)wait, NULL, INFINITE, 0);
    wait_idle((struct pooled *)wait);
}

VOID WINAPI CloseThreadpoolWait(PTP_WAIT wait)
{
    stop((struct pooled *)wait);
}

/* --- when the call returns --- */

VOID WINAPI SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE event)
{
    instance->event = event;
}

VOID WINAPI ReleaseSemaphoreWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE semaphore,
                                                DWORD count)
{
    instance->semaphore = semaphore;
    instance->count = count;
}

VOID WINAPI ReleaseMutexWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE mutex)
{
    instance->mutex = mutex;
}

VOID WINAPI LeaveCriticalSectionWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
                                                    PCRITICAL_SECTION section)
{
    instance->section = section;
}

VOID WINAPI FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE library)
{
    instance->library = library;
}

/* Each call has its thread: it may run as long as it likes. */
BOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
    (void)instance;
    return TRUE;
}

/* --- a pool of one's own is only a name --- */

PTP_POOL WINAPI CreateThreadpool(PVOID reserved)
{
    (void)reserved;
    return (PTP_POOL)make(SIMPLE, NULL, NULL);
}

VOID WINAPI SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD most)
{
    (void)pool;
    (void)most;
}

BOOL WINAPI SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD least)
{
    (void)pool;
    (void)least;
    return TRUE;
}

VOID WINAPI CloseThreadpool(PTP_POOL pool)
{
    release((struct pooled *)pool);
}
