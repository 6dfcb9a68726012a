/* apc.c - asynchronous procedure calls: functions that another thread wants called in this one.
 *
 * They wait in a list until their thread waits alertably.  Such a wait also waits for an event of the thread's
 * own, which is set when a call comes; a thread gets its record, with that event, at its first one.  Calls come
 * from this process only.
 */
#include "user/kernel32/kernel32.h"

struct call {
    struct call *next;
    PAPCFUNC function; /* or, with two more arguments, a timer's */
    ULONG_PTR argument, low, high;
    bool of_timer;
};

struct waiter {
    struct waiter *next;
    DWORD thread;
    HANDLE event;
    struct call *first, **end;
};

static CRITICAL_SECTION guard = {.LockCount = -1};
static struct waiter *waiters;

/* The thread's record, made if it has none; 0 when there is no memory.  => the guard is held */
static struct waiter *waiter_of(DWORD thread)
{
    struct waiter *waiter = waiters;

    while (waiter != NULL && waiter->thread != thread)
        waiter = waiter->next;
    if (waiter != NULL)
        return waiter;
    waiter = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *waiter);
    if (waiter == NULL)
        return NULL;
    if (!NT_SUCCESS(NtCreateEvent(&waiter->event, EVENT_ALL_ACCESS, NULL, 1, FALSE))) {
        text_free(waiter);
        return NULL;
    }
    waiter->thread = thread;
    waiter->end = &waiter->first;
    waiter->next = waiters;
    waiters = waiter;
    return waiter;
}

static BOOL queue(DWORD thread, const struct call *call)
{
    struct call *copy = RtlAllocateHeap(peb()->heap, 0, sizeof *copy);
    struct waiter *waiter;

    if (copy == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    *copy = *call;
    copy->next = NULL;
    RtlEnterCriticalSection(&guard);
    waiter = waiter_of(thread);
    if (waiter != NULL) {
        *waiter->end = copy;
        waiter->end = &copy->next;
        NtSetEvent(waiter->event, NULL);
    }
    RtlLeaveCriticalSection(&guard);
    if (waiter == NULL)
        text_free(copy);
    return waiter != NULL || error_fail(ERROR_NOT_ENOUGH_MEMORY);
}

BOOL apc_queue(DWORD thread, PAPCFUNC function, ULONG_PTR argument)
{
    return queue(thread, &(struct call){.function = function, .argument = argument});
}

BOOL apc_queue_timer(DWORD thread, PTIMERAPCROUTINE routine, void *argument, LONGLONG due)
{
    return queue(thread, &(struct call){.function = (PAPCFUNC)(void *)routine,
                                        .argument = (ULONG_PTR)argument,
                                        .low = (ULONG)due,
                                        .high = (ULONG)(due >> 32),
                                        .of_timer = true});
}

/* Calls what is there for this thread, in the order it came.  False: nothing was. */
bool apc_run(void)
{
    bool any = false;

    for (;;) {
        struct waiter *waiter;
        struct call *call = NULL;

        RtlEnterCriticalSection(&guard);
        waiter = waiter_of(teb()->thread_id);
        if (waiter != NULL && waiter->first != NULL) {
            call = waiter->first;
            waiter->first = call->next;
            if (waiter->first == NULL)
                waiter->end = &waiter->first;
        }
        RtlLeaveCriticalSection(&guard);
        if (call == NULL)
            return any;
        if (call->of_timer)
            ((PTIMERAPCROUTINE)(void *)call->function)((void *)call->argument, (DWORD)call->low,
                                                       (DWORD)call->high);
        else
            call->function(call->argument);
        text_free(call);
        any = true;
    }
}

/* An alertable wait for any of the objects.  When a call comes: it is made, and WAIT_IO_COMPLETION.  Of a wait
 * for all of them only the start is alertable. */
NTSTATUS apc_wait(DWORD count, const HANDLE *handles, bool all, const LARGE_INTEGER *timeout)
{
    HANDLE with_event[MAXIMUM_WAIT_OBJECTS];
    struct waiter *waiter;
    NTSTATUS status;

    if (apc_run())
        return WAIT_IO_COMPLETION;
    RtlEnterCriticalSection(&guard);
    waiter = waiter_of(teb()->thread_id);
    RtlLeaveCriticalSection(&guard);
    if (waiter == NULL || (all && count > 1) || count >= MAXIMUM_WAIT_OBJECTS)
        return NtWaitForMultipleObjects(count, handles, all ? 0 : 1, FALSE, timeout);
    memcpy(with_event, handles, count * sizeof *handles);
    with_event[count] = waiter->event;
    for (;;) {
        status = NtWaitForMultipleObjects(count + 1, with_event, 1, FALSE, timeout);
        if (status != (NTSTATUS)count)
            return status;
        if (apc_run())
            return WAIT_IO_COMPLETION;
    }
}

/* The calling thread ends: what still waits for it is dropped. */
void apc_thread_ends(void)
{
    struct waiter **link = &waiters, *waiter;

    if (waiters == NULL)
        return;
    RtlEnterCriticalSection(&guard);
    while (*link != NULL && (*link)->thread != teb()->thread_id)
        link = &(*link)->next;
    waiter = *link;
    if (waiter != NULL)
        *link = waiter->next;
    RtlLeaveCriticalSection(&guard);
    if (waiter == NULL)
        return;
    while (waiter->first != NULL) {
        struct call *call = waiter->first;

        waiter->first = call->next;
        text_free(call);
    }
    NtClose(waiter->event);
    text_free(waiter);
}
