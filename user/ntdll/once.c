/* once.c - one-time initialisation: of many threads one does it, the others wait or join in.
 *
 * The record is one word.  Its two low bits are the state; when it is done, the others are the
 * context that the initialiser gives, a multiple of 4.
 */
#include "user/ntdll/ntdll.h"

enum { NOT_BEGUN, UNDER_WAY, DONE, ASYNCHRONOUS, STATE = 3 };

static uint32_t state_of(const RTL_RUN_ONCE *once)
{
    return (uint32_t)(ULONG_PTR)once->Ptr & STATE;
}

static void set(RTL_RUN_ONCE *once, uint32_t word)
{
    once->Ptr = (void *)(ULONG_PTR)word;
}

void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE *once)
{
    once->Ptr = NULL;
}

/* => the list is locked, and is again on return */
static void wait_until_done(RTL_RUN_ONCE *once)
{
    while (state_of(once) == UNDER_WAY) {
        struct sleeper self;

        park_join(&self, once);
        park_unlock();
        park_sleep(&self, NULL);
        park_lock();
    }
}

/* STATUS_PENDING: the caller is to initialise.  => the list is locked */
static NTSTATUS begin(RTL_RUN_ONCE *once, bool asynchronous)
{
    if (!asynchronous)
        wait_until_done(once);
    switch (state_of(once)) {
    case NOT_BEGUN:
        set(once, asynchronous ? ASYNCHRONOUS : UNDER_WAY);
        return STATUS_PENDING;
    case DONE:
        return STATUS_SUCCESS;
    case ASYNCHRONOUS:
        return asynchronous ? STATUS_PENDING : STATUS_INVALID_PARAMETER;
    default:
        return STATUS_INVALID_PARAMETER; /* somebody does it alone */
    }
}

NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, void **context)
{
    NTSTATUS status;

    if (flags & ~(RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC) ||
        flags == (RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC))
        return STATUS_INVALID_PARAMETER;
    park_lock();
    if (flags & RTL_RUN_ONCE_CHECK_ONLY)
        status = state_of(once) == DONE ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    else
        status = begin(once, flags & RTL_RUN_ONCE_ASYNC);
    if (status == STATUS_SUCCESS && context != NULL)
        *context = (void *)((ULONG_PTR)once->Ptr & ~(ULONG_PTR)STATE);
    park_unlock();
    return status;
}

/* Of several that initialise asynchronously the first one to complete wins; the others are told
 * STATUS_UNSUCCESSFUL and throw theirs away. */
NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, void *context)
{
    bool failed = flags & RTL_RUN_ONCE_INIT_FAILED, asynchronous = flags & RTL_RUN_ONCE_ASYNC;
    uint32_t expected = asynchronous ? ASYNCHRONOUS : UNDER_WAY;
    NTSTATUS status = STATUS_SUCCESS;

    if ((ULONG_PTR)context & STATE || (failed && (asynchronous || context != NULL)))
        return STATUS_INVALID_PARAMETER;
    park_lock();
    if (state_of(once) == expected) {
        set(once, failed ? NOT_BEGUN : (uint32_t)(ULONG_PTR)context | DONE);
        park_wake(once, true);
    } else {
        status = STATUS_UNSUCCESSFUL;
    }
    park_unlock();
    return status;
}

NTSTATUS NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE *once, PRTL_RUN_ONCE_INIT_FN initialise,
                                     void *parameter, void **context)
{
    void *made = NULL;
    NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);

    if (status != STATUS_PENDING)
        return status;
    if (!initialise(once, parameter, context != NULL ? context : &made)) {
        RtlRunOnceComplete(once, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    return RtlRunOnceComplete(once, 0, context != NULL ? *context : made);
}
