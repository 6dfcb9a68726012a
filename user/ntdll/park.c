/* park.c - threads asleep at an address: what slim locks, condition variables and one-time
 * initialisation are made of.
 *
 * These have one word and no handle, so there is nothing of the kernel's to wait for.  Whoever has to
 * wait joins the list here with an event of its own, which whoever ends the wait signals.  There is
 * one list for all addresses: it is only looked at when somebody waits, and then it is short.
 */
#include "user/ntdll/ntdll.h"

static RTL_CRITICAL_SECTION list_lock = {.LockCount = -1};
static struct sleeper *first; /* those who came first, first */

void park_lock(void)
{
    RtlEnterCriticalSection(&list_lock);
}

void park_unlock(void)
{
    RtlLeaveCriticalSection(&list_lock);
}

void park_join(struct sleeper *self, const void *address)
{
    struct sleeper **link = &first;
    NTSTATUS status = NtCreateEvent(&self->event, EVENT_ALL_ACCESS, NULL, 1, FALSE);

    if (!NT_SUCCESS(status)) {
        park_unlock();
        RtlRaiseStatus(status);
    }
    self->address = address;
    self->next = NULL;
    while (*link != NULL)
        link = &(*link)->next;
    *link = self;
}

/* Out of the list; false: it was not in it any more. */
static bool leave(struct sleeper *self)
{
    for (struct sleeper **link = &first; *link != NULL; link = &(*link)->next)
        if (*link == self) {
            *link = self->next;
            return true;
        }
    return false;
}

NTSTATUS park_sleep(struct sleeper *self, const LARGE_INTEGER *timeout)
{
    NTSTATUS status;

    critical_before_wait();
    status = NtWaitForSingleObject(self->event, FALSE, (LARGE_INTEGER *)timeout);
    if (status != STATUS_SUCCESS) {
        park_lock();
        if (!leave(self))
            status = STATUS_SUCCESS; /* woken at the last moment */
        park_unlock();
    }
    NtClose(self->event);
    return status;
}

void park_wake(const void *address, bool all)
{
    struct sleeper **link = &first;

    while (*link != NULL) {
        struct sleeper *sleeper = *link;

        if (sleeper->address != address) {
            link = &sleeper->next;
            continue;
        }
        *link = sleeper->next; /* before it wakes up: then it is gone */
        NtSetEvent(sleeper->event, NULL);
        if (!all)
            return;
    }
}
