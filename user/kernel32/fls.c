/* fls.c - slots of a fiber's own, or of a thread that has no fibers (W322).  They have one thing more than TLS slots: a
 * function that is called with the slot's value when the fiber or thread ends or the slot is freed.
 */
#include "user/kernel32/kernel32.h"

enum { SLOTS = 128 }; /* as Windows 7 has */

static PFLS_CALLBACK_FUNCTION callbacks[SLOTS];
static bool used[SLOTS] = {true}; /* 0 is not given away: programs take it for "none" */
static CRITICAL_SECTION guard = {.LockCount = -1};

/* One fiber's values; the TLS slot `tls` finds those of the one that runs. */
struct values {
    struct values *next;
    void *slot[SLOTS];
};
static struct values *threads;
static DWORD tls = TLS_OUT_OF_INDEXES;

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
    DWORD slot = 1;

    RtlEnterCriticalSection(&guard);
    if (tls == TLS_OUT_OF_INDEXES)
        tls = TlsAlloc();
    while (slot < SLOTS && used[slot])
        slot++;
    if (slot < SLOTS && tls != TLS_OUT_OF_INDEXES) {
        used[slot] = true;
        callbacks[slot] = callback;
    }
    RtlLeaveCriticalSection(&guard);
    if (slot == SLOTS || tls == TLS_OUT_OF_INDEXES) {
        error_fail(ERROR_INVALID_PARAMETER);
        return FLS_OUT_OF_INDEXES;
    }
    return slot;
}

static bool is_slot(DWORD slot)
{
    return slot < SLOTS && slot != 0 && used[slot];
}

/* The calling thread's values; 0 if it has none. */
static struct values *own(void)
{
    DWORD error = RtlGetLastWin32Error();
    struct values *values = tls == TLS_OUT_OF_INDEXES ? NULL : TlsGetValue(tls);

    RtlSetLastWin32Error(error);
    return values;
}

static struct values *make_own(void)
{
    struct values *values = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *values);

    if (values == NULL)
        return NULL;
    TlsSetValue(tls, values);
    RtlEnterCriticalSection(&guard);
    values->next = threads;
    threads = values;
    RtlLeaveCriticalSection(&guard);
    return values;
}

PVOID WINAPI FlsGetValue(DWORD slot)
{
    const struct values *values = own();

    if (!is_slot(slot))
        return error_null(ERROR_INVALID_PARAMETER);
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return values == NULL ? NULL : values->slot[slot];
}

BOOL WINAPI FlsSetValue(DWORD slot, PVOID value)
{
    struct values *values = own();

    if (!is_slot(slot))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (values == NULL)
        values = make_own();
    if (values == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    values->slot[slot] = value;
    return TRUE;
}

/* Calls the function of a slot that has a value, which is 0 from then on. */
static void finish(struct values *values, DWORD slot)
{
    void *value = values->slot[slot];

    values->slot[slot] = NULL;
    if (value != NULL && callbacks[slot] != NULL)
        callbacks[slot](value);
}

BOOL WINAPI FlsFree(DWORD slot)
{
    if (!is_slot(slot))
        return error_fail(ERROR_INVALID_PARAMETER);
    RtlEnterCriticalSection(&guard);
    for (struct values *values = threads; values != NULL; values = values->next)
        finish(values, slot);
    used[slot] = false;
    callbacks[slot] = NULL;
    RtlLeaveCriticalSection(&guard);
    return TRUE;
}

void *fls_swap(void *values)
{
    void *before = own();

    if (before != values)
        TlsSetValue(tls, values);
    return before;
}

void fls_finish(void *of_fiber)
{
    struct values *values = of_fiber, **link = &threads;

    if (values == NULL)
        return;
    for (DWORD slot = 0; slot < SLOTS; slot++)
        finish(values, slot);
    RtlEnterCriticalSection(&guard);
    while (*link != values)
        link = &(*link)->next;
    *link = values->next;
    RtlLeaveCriticalSection(&guard);
    RtlFreeHeap(peb()->heap, 0, values);
}

void fls_thread_ends(void)
{
    struct values *values = own();

    fls_finish(values);
    if (values != NULL)
        fls_swap(NULL);
}
