/* timer.c - waitable timers.
 *
 * A timer's handle is that of an event, which a thread of this DLL sets when the time has come; the thread is
 * made with the first timer that is set.  Timers of two processes have nothing to do with each other.
 */
#include "user/kernel32/kernel32.h"

struct timer {
    struct timer *next;
    HANDLE event;
    LONGLONG due;             /* 100 ns since 1601; NEVER: not set */
    LONGLONG period;          /* 100 ns; 0: once */
    PTIMERAPCROUTINE routine; /* to be called in `thread`, or 0 */
    void *argument;
    DWORD thread;
};

static const LONGLONG NEVER = MAXLONGLONG;
static CRITICAL_SECTION guard = {.LockCount = -1};
static struct timer *timers;
static HANDLE changed; /* an event: the thread looks at the timers anew */

static LONGLONG now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (LONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

/* Sets the events that are due; how many 100 ns until the next one. */
static LONGLONG ring(void)
{
    LONGLONG time = now(), next = NEVER;

    RtlEnterCriticalSection(&guard);
    for (struct timer *timer = timers; timer != NULL; timer = timer->next) {
        if (timer->due <= time) {
            SetEvent(timer->event);
            if (timer->routine != NULL)
                apc_queue_timer(timer->thread, timer->routine, timer->argument, timer->due);
            timer->due = timer->period != 0 ? time + timer->period : NEVER;
        }
        if (timer->due < next)
            next = timer->due;
    }
    RtlLeaveCriticalSection(&guard);
    return next == NEVER ? NEVER : next - time;
}

static DWORD WINAPI run(void *unused)
{
    (void)unused;
    for (;;) {
        LONGLONG left = ring();
        LARGE_INTEGER relative = {.QuadPart = -left};

        NtWaitForSingleObject(changed, FALSE, left == NEVER ? NULL : &relative);
    }
    return 0;
}

/* => the guard is held */
static bool start(void)
{
    HANDLE thread;

    if (changed != NULL)
        return true;
    changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    thread = changed == NULL
                 ? NULL
                 : CreateThread(NULL, 0x10000, run, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (thread == NULL) {
        if (changed != NULL)
            NtClose(changed);
        changed = NULL;
        return false;
    }
    NtClose(thread);
    return true;
}

/* Also high-resolution ones: every timer is as exact as the clock. */
HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags,
                                     DWORD access)
{
    struct timer *timer = RtlAllocateHeap(peb()->heap, 0, sizeof *timer);

    (void)access;
    if (timer == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    if (name != NULL) { /* whoever opens it would wait for an event that only we set */
        text_free(timer);
        return error_null(ERROR_NOT_SUPPORTED);
    }
    timer->due = NEVER;
    timer->routine = NULL;
    timer->event =
        CreateEventW(security, (flags & CREATE_WAITABLE_TIMER_MANUAL_RESET) != 0, FALSE, NULL);
    if (timer->event == NULL) {
        text_free(timer);
        return NULL;
    }
    RtlEnterCriticalSection(&guard);
    timer->next = timers;
    timers = timer;
    RtlLeaveCriticalSection(&guard);
    return timer->event;
}

HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCWSTR name)
{
    return CreateWaitableTimerExW(security, name, manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0,
                                  TIMER_ALL_ACCESS);
}

HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCSTR name)
{
    return CreateWaitableTimerW(security, manual, name == NULL ? NULL : L"");
}

/* => the guard is held */
static struct timer *find(HANDLE handle)
{
    struct timer *timer = timers;

    while (timer != NULL && timer->event != handle)
        timer = timer->next;
    return timer;
}

static BOOL set(HANDLE handle, LONGLONG due, LONG period, PTIMERAPCROUTINE routine, void *argument)
{
    struct timer *timer;
    bool running = true;

    RtlEnterCriticalSection(&guard);
    timer = find(handle);
    if (timer != NULL) {
        running = start();
        timer->due = due;
        timer->period = period * 10000LL;
        timer->routine = routine;
        timer->argument = argument;
        timer->thread = GetCurrentThreadId();
        if (running)
            ResetEvent(handle);
    }
    RtlLeaveCriticalSection(&guard);
    if (timer == NULL)
        return error_fail(ERROR_INVALID_HANDLE);
    return running && SetEvent(changed);
}

/* `due` negative: from now on.  The function is called in this thread when it waits alertably. */
BOOL WINAPI SetWaitableTimer(HANDLE handle, const LARGE_INTEGER *due, LONG period,
                             PTIMERAPCROUTINE routine, LPVOID argument, BOOL resume)
{
    (void)resume;
    if (due == NULL || period < 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    return set(handle, due->QuadPart < 0 ? now() - due->QuadPart : due->QuadPart, period, routine,
               argument);
}

BOOL WINAPI CancelWaitableTimer(HANDLE handle)
{
    return set(handle, NEVER, 0, NULL, NULL);
}

void timer_forget(HANDLE handle)
{
    struct timer **link = &timers;

    if (timers == NULL)
        return;
    RtlEnterCriticalSection(&guard);
    while (*link != NULL && (*link)->event != handle)
        link = &(*link)->next;
    if (*link != NULL) {
        struct timer *timer = *link;

        *link = timer->next;
        text_free(timer);
    }
    RtlLeaveCriticalSection(&guard);
}
