/* pointer.c - pointers in disguise, and lists that need no lock.
 *
 * A run-time keeps function pointers encoded so that an overrun can't choose what is called next.  The
 * lists are Windows' SLIST_HEADER: first entry, depth and a counter that changes with each push, all
 * in the eight bytes that one instruction can exchange.
 */
#include "user/kernel32/kernel32.h"

/* --- pointers --- */

static uint32_t cookie(void)
{
    return SHARED_PAGE->cookie ^ (uint32_t)peb() ^ teb()->process_id * 2654435761u;
}

PVOID WINAPI EncodePointer(PVOID pointer)
{
    return (PVOID)((uint32_t)pointer ^ cookie());
}

/* With one cookie the two are the same. */
PVOID WINAPI EncodeSystemPointer(PVOID pointer)
{
    return (PVOID)((uint32_t)pointer ^ SHARED_PAGE->cookie);
}

/* --- lists --- */

void WINAPI InitializeSListHead(PSLIST_HEADER head)
{
    head->Alignment = 0;
}

/* Replaces *head if it is still `old`. */
static bool exchange(PSLIST_HEADER head, const SLIST_HEADER *old, const SLIST_HEADER *fresh)
{
    return __sync_bool_compare_and_swap(&head->Alignment, old->Alignment, fresh->Alignment);
}

PSLIST_ENTRY WINAPI InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
    SLIST_HEADER old, fresh;

    do {
        old.Alignment = head->Alignment;
        entry->Next = old.Next.Next;
        fresh.Next.Next = entry;
        fresh.Depth = (WORD)(old.Depth + 1);
        fresh.Sequence = (WORD)(old.Sequence + 1);
    } while (!exchange(head, &old, &fresh));
    return old.Next.Next;
}

/* Another thread may free the entry whose successor is read here; then the counter has changed, and the
 * successor is not used. */
PSLIST_ENTRY WINAPI InterlockedPopEntrySList(PSLIST_HEADER head)
{
    SLIST_HEADER old, fresh;

    do {
        old.Alignment = head->Alignment;
        if (old.Next.Next == NULL)
            return NULL;
        fresh.Next.Next = old.Next.Next->Next;
        fresh.Depth = (WORD)(old.Depth - 1);
        fresh.Sequence = (WORD)(old.Sequence + 1);
    } while (!exchange(head, &old, &fresh));
    return old.Next.Next;
}

/* The whole list. */
PSLIST_ENTRY WINAPI InterlockedFlushSList(PSLIST_HEADER head)
{
    SLIST_HEADER old, fresh;

    do {
        old.Alignment = head->Alignment;
        fresh.Next.Next = NULL;
        fresh.Depth = 0;
        fresh.Sequence = (WORD)(old.Sequence + 1);
    } while (!exchange(head, &old, &fresh));
    return old.Next.Next;
}

USHORT WINAPI QueryDepthSList(PSLIST_HEADER head)
{
    return head->Depth;
}
