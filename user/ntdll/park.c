/* park.c - threads asleep at an address: what slim locks, condition variables and one-time
 * initialisation are made of.
 *
 * These have one word and no handle, so there is nothing of the kernel's to wait for.  Whoever has to
 * wait joins the list here with an event of its own, which whoever ends the wait signals.  There is
 * one list for all addresses: it is only looked at when somebody waits, and then it is short.
 */
#include "user/ntdll/ntdll.h"

struct sleeping_place {
    struct sleeping_place *next;
    const void *address;
    HANDLE event;
    ULONG thread;
};

static RTL_CRITICAL_SECTION list_lock = {.LockCount = -1};
static struct sleeping_place *first; /* those who came first, first */

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
    struct sleeping_place **link = &first;
    struct sleeping_place *place = RtlAllocateHeap(peb()->heap, 0, sizeof *place);
    NTSTATUS status = place == NULL ? STATUS_NO_MEMORY
                                    : NtCreateEvent(&self->event, EVENT_ALL_ACCESS, NULL, 1, FALSE);

    if (!NT_SUCCESS(status)) {
        park_unlock();
        RtlFreeHeap(peb()->heap, 0, place);
        RtlRaiseStatus(status);
    }
    *place = (struct sleeping_place){
        .address = address, .event = self->event, .thread = teb()->thread_id};
    self->place = place;
    while (*link != NULL)
        link = &(*link)->next;
    *link = place;
}

/* Out of the list; false: it was not in it any more. */
static bool leave(struct sleeping_place *place)
{
    for (struct sleeping_place **link = &first; *link != NULL; link = &(*link)->next)
        if (*link == place) {
            *link = place->next;
            RtlFreeHeap(peb()->heap, 0, place);
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
        if (!leave(self->place))
            status = STATUS_SUCCESS; /* woken at the last moment */
        park_unlock();
    }
    NtClose(self->event);
    return status;
}

/* The sleeper at *link wakes up; false: it was terminated meanwhile, and its event is nobody's. */
static bool wake(struct sleeping_place **link)
{
    struct sleeping_place *place = *link;
    bool alive = thread_alive(place->thread);

    *link = place->next;
    if (alive)
        NtSetEvent(place->event, NULL);
    else
        NtClose(place->event);
    RtlFreeHeap(peb()->heap, 0, place);
    return alive;
}

void park_wake(const void *address, bool all)
{
    struct sleeping_place **link = &first;

    while (*link != NULL)
        if ((*link)->address != address)
            link = &(*link)->next;
        else if (wake(link) && !all)
            return;
}
