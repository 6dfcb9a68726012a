/* pool.c - work that some thread is to do: work items, waits that call a function, timers of a queue.
 *
 * There is no pool: each item has a thread of its own for as long as it takes.
 */
#include "user/kernel32/kernel32.h"

/* A thread that calls `function`; the record is the thread's, or the registration's when there is one. */
struct item {
    LPTHREAD_START_ROUTINE function;
    WAITORTIMERCALLBACK callback;
    void *argument;
    HANDLE object, cancel, ended; /* of waits and timers */
    DWORD due, period;
    bool once;
    bool orphan; /* nobody waits for its end: the thread frees the record ... */
    HANDLE tell; /* ... and sets this event, if there is one */
};

static HANDLE start(LPTHREAD_START_ROUTINE function, struct item *item)
{
    return CreateThread(NULL, 0, function, item, 0, NULL);
}

static struct item *new_item(void)
{
    struct item *item = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *item);

    return item != NULL ? item : error_null(ERROR_NOT_ENOUGH_MEMORY);
}

/* --- work --- */

static DWORD WINAPI do_work(void *argument)
{
    struct item item = *(struct item *)argument;

    text_free(argument);
    return item.function(item.argument);
}

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE function, PVOID argument, ULONG flags)
{
    struct item *item = new_item();
    HANDLE thread;

    (void)flags;
    if (item == NULL)
        return FALSE;
    item->function = function;
    item->argument = argument;
    thread = start(do_work, item);
    if (thread == NULL) {
        text_free(item);
        return FALSE;
    }
    NtClose(thread);
    return TRUE;
}

/* --- waits and timers: a thread that waits for its end as well --- */

static void free_item(struct item *item)
{
    if (item->cancel != NULL)
        NtClose(item->cancel);
    if (item->ended != NULL)
        NtClose(item->ended);
    if (item->tell != NULL)
        SetEvent(item->tell);
    text_free(item);
}

static DWORD WINAPI wait_and_call(void *argument)
{
    struct item *item = argument;
    HANDLE both[] = {item->cancel, item->object};
    DWORD time = item->due;

    for (;;) {
        DWORD outcome = WaitForMultipleObjects(item->object != NULL ? 2 : 1, both, FALSE, time);

        if (outcome == WAIT_OBJECT_0 || outcome == WAIT_FAILED)
            break;
        item->callback(item->argument, outcome == WAIT_TIMEOUT);
        if (item->once || (item->object == NULL && item->period == 0)) {
            WaitForSingleObject(item->cancel, INFINITE);
            break;
        }
        time = item->object != NULL ? item->due : item->period;
    }
    if (item->orphan)
        free_item(item);
    else
        SetEvent(item->ended);
    return 0;
}

static bool begin(struct item *item)
{
    HANDLE thread = NULL;

    item->cancel = CreateEventW(NULL, TRUE, FALSE, NULL);
    item->ended = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (item->cancel != NULL && item->ended != NULL)
        thread = start(wait_and_call, item);
    if (thread != NULL)
        return NtClose(thread) == STATUS_SUCCESS;
    free_item(item);
    return false;
}

/* Ends it.  `tell` INVALID_HANDLE_VALUE: and waits until no call is under way; else an event, or 0, that is set
 * then. */
static BOOL finish(struct item *item, HANDLE tell)
{
    if (tell != INVALID_HANDLE_VALUE) {
        item->orphan = true;
        item->tell = tell;
        SetEvent(item->cancel);
        return TRUE;
    }
    SetEvent(item->cancel);
    WaitForSingleObject(item->ended, INFINITE);
    free_item(item);
    return TRUE;
}

BOOL WINAPI RegisterWaitForSingleObject(PHANDLE out, HANDLE object, WAITORTIMERCALLBACK callback,
                                        PVOID argument, ULONG milliseconds, ULONG flags)
{
    struct item *item = new_item();

    if (item == NULL)
        return FALSE;
    item->object = object;
    item->callback = callback;
    item->argument = argument;
    item->due = milliseconds;
    item->once = (flags & WT_EXECUTEONLYONCE) != 0;
    *out = item;
    return begin(item);
}

BOOL WINAPI UnregisterWaitEx(HANDLE wait, HANDLE tell)
{
    return wait == NULL ? error_fail(ERROR_INVALID_HANDLE) : finish(wait, tell);
}

BOOL WINAPI UnregisterWait(HANDLE wait)
{
    return UnregisterWaitEx(wait, NULL);
}

/* A queue only has to be something: its timers are known by their own handles. */
HANDLE WINAPI CreateTimerQueue(void)
{
    return new_item();
}

BOOL WINAPI DeleteTimerQueueEx(HANDLE queue, HANDLE tell)
{
    if (queue == NULL)
        return error_fail(ERROR_INVALID_HANDLE);
    text_free(queue);
    if (tell != NULL && tell != INVALID_HANDLE_VALUE)
        SetEvent(tell);
    return TRUE;
}

BOOL WINAPI CreateTimerQueueTimer(PHANDLE out, HANDLE queue, WAITORTIMERCALLBACK callback,
                                  PVOID argument, DWORD due, DWORD period, ULONG flags)
{
    struct item *item = new_item();

    (void)queue;
    if (item == NULL)
        return FALSE;
    item->callback = callback;
    item->argument = argument;
    item->due = due;
    item->period = period;
    item->once = (flags & WT_EXECUTEONLYONCE) != 0;
    *out = item;
    return begin(item);
}

BOOL WINAPI DeleteTimerQueueTimer(HANDLE queue, HANDLE timer, HANDLE tell)
{
    (void)queue;
    return timer == NULL ? error_fail(ERROR_INVALID_PARAMETER) : finish(timer, tell);
}
