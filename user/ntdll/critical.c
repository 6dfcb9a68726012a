/* critical.c - critical sections: a lock that costs no system call while nobody waits.
 *
 * LockCount is -1 when free, and otherwise counts the owner, its repeated entries and the waiters.
 * The thread whose increment takes it from -1 to 0 has the lock.  Anybody else waits on an
 * auto-reset event that the leaving owner signals once for each waiter it sees; the one that it
 * lets go owns the section at once, so nobody looks again and nobody starves.
 *
 * The event is made when a thread first has to wait.  Programs initialise the record statically,
 * too, hence no other preparation may be needed than {.LockCount = -1}.
 */
#include "user/ntdll/ntdll.h"

/* Spinning is for several processors.  There is one here, so a waiter gives it away at once. */
#define NO_SPIN 0

static bool shutting_down;
static NTSTATUS shut_down_status;

void critical_shut_down(NTSTATUS status)
{
    shut_down_status = status;
    shutting_down = true;
}

NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin)
{
    (void)spin;
    section->DebugInfo = (void *)-1; /* as Windows marks a section without a debug record */
    section->LockCount = -1;
    section->RecursionCount = 0;
    section->OwningThread = NULL;
    section->LockSemaphore = NULL;
    section->SpinCount = NO_SPIN;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *section)
{
    return RtlInitializeCriticalSectionAndSpinCount(section, 0);
}

ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin)
{
    ULONG old = (ULONG)section->SpinCount;

    (void)spin;
    section->SpinCount = NO_SPIN;
    return old;
}

NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (section->LockSemaphore != NULL)
        status = NtClose(section->LockSemaphore);
    RtlInitializeCriticalSection(section);
    section->DebugInfo = NULL;
    return status;
}

/* The section's event, made now if need be.  Two threads may get here together: the slower one
 * throws its event away. */
static HANDLE event_of(RTL_CRITICAL_SECTION *section)
{
    HANDLE made;
    NTSTATUS status;

    if (section->LockSemaphore != NULL)
        return section->LockSemaphore;
    status = NtCreateEvent(&made, EVENT_ALL_ACCESS, NULL, 1, FALSE);
    if (!NT_SUCCESS(status))
        RtlRaiseStatus(status);
    if (InterlockedCompareExchangePointer(&section->LockSemaphore, made, NULL) != NULL)
        NtClose(made);
    return section->LockSemaphore;
}

/* Whoever holds what the caller would wait for was ended with the other threads. */
void critical_before_wait(void)
{
    if (shutting_down)
        NtTerminateProcess(CURRENT_PROCESS, shut_down_status);
}

static void wait_for(RTL_CRITICAL_SECTION *section)
{
    NTSTATUS status;

    critical_before_wait();
    status = NtWaitForSingleObject(event_of(section), FALSE, NULL);
    if (!NT_SUCCESS(status))
        RtlRaiseStatus(status); /* the record was overwritten, or deleted while in use */
}

static HANDLE self(void)
{
    return (HANDLE)(ULONG_PTR)teb()->thread_id;
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    if (InterlockedIncrement(&section->LockCount) != 0) {
        if (section->OwningThread == self()) {
            section->RecursionCount++;
            return STATUS_SUCCESS;
        }
        wait_for(section);
    }
    section->OwningThread = self();
    section->RecursionCount = 1;
    return STATUS_SUCCESS;
}

BOOL NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    if (InterlockedCompareExchange(&section->LockCount, 0, -1) == -1) {
        section->OwningThread = self();
        section->RecursionCount = 1;
        return TRUE;
    }
    if (section->OwningThread == self()) {
        InterlockedIncrement(&section->LockCount);
        section->RecursionCount++;
        return TRUE;
    }
    return FALSE;
}

NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section)
{
    if (--section->RecursionCount > 0) {
        InterlockedDecrement(&section->LockCount);
        return STATUS_SUCCESS;
    }
    section->OwningThread = NULL;
    if (InterlockedDecrement(&section->LockCount) >= 0)
        return NtSetEvent(event_of(section), NULL);
    return STATUS_SUCCESS;
}
