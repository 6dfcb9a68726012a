/* lock.c - LockFile() and its kin: parts of a file that one opening keeps for itself.
 *
 * The locks are kept by the process: they keep its threads and its openings of a file apart, which is
 * what a program can rely on here.  Two processes that share a file must use an object of their
 * own (a mutex), or open it without sharing.  ReadFile() and WriteFile() do not look at the locks: a
 * program that locks asks before it writes.
 */
#include "user/kernel32/kernel32.h"

struct range_lock {
    struct range_lock *next;
    HANDLE file;     /* the opening that holds it */
    uint64_t number; /* of the file: another opening of it has the same */
    uint64_t start, end;
    bool exclusive;
};

/* Guards the list; starts unlocked by itself. */
static CRITICAL_SECTION guard = {.LockCount = -1};
static struct range_lock *locks;

static bool number_of(HANDLE file, uint64_t *number)
{
    FILE_INTERNAL_INFORMATION facts;
    IO_STATUS_BLOCK io;

    if (!error_result(
            NtQueryInformationFile(file, &io, &facts, sizeof facts, FileInternalInformation)))
        return false;
    *number = (uint64_t)facts.IndexNumber.QuadPart;
    return true;
}

/* Two locks on the same bytes are only good together if neither is exclusive; that two of them belong
 * to one opening makes no difference. */
static bool conflicts(const struct range_lock *wanted)
{
    for (const struct range_lock *lock = locks; lock != NULL; lock = lock->next)
        if (lock->number == wanted->number && lock->start < wanted->end &&
            wanted->start < lock->end && (lock->exclusive || wanted->exclusive))
            return true;
    return false;
}

static BOOL try_lock(const struct range_lock *wanted)
{
    struct range_lock *lock;
    DWORD error = NO_ERROR;

    RtlEnterCriticalSection(&guard);
    if (conflicts(wanted)) {
        error = ERROR_LOCK_VIOLATION;
    } else if ((lock = RtlAllocateHeap(peb()->heap, 0, sizeof *lock)) == NULL) {
        error = ERROR_NOT_ENOUGH_MEMORY;
    } else {
        *lock = *wanted;
        lock->next = locks;
        locks = lock;
    }
    RtlLeaveCriticalSection(&guard);
    return error == NO_ERROR ? TRUE : error_fail(error);
}

/* The range may lie behind the end of the file: programs lock bytes that never exist. */
static BOOL lock_range(HANDLE file, uint64_t start, uint64_t size, bool exclusive, bool wait)
{
    struct range_lock wanted = {
        .file = file, .start = start, .end = start + size, .exclusive = exclusive};

    if (wanted.end < start)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!number_of(file, &wanted.number))
        return FALSE;
    while (!try_lock(&wanted)) {
        if (!wait || RtlGetLastWin32Error() != ERROR_LOCK_VIOLATION)
            return FALSE;
        Sleep(1); /* rejected: an event a lock; those who wait are few and wait briefly */
    }
    return TRUE;
}

/* Only exactly what was locked can be unlocked. */
static BOOL unlock_range(HANDLE file, uint64_t start, uint64_t size)
{
    struct range_lock **link, *found;

    RtlEnterCriticalSection(&guard);
    for (link = &locks; (found = *link) != NULL; link = &found->next) {
        if (found->file == file && found->start == start && found->end == start + size) {
            *link = found->next;
            break;
        }
    }
    RtlLeaveCriticalSection(&guard);
    if (found == NULL)
        return error_fail(ERROR_NOT_LOCKED);
    return RtlFreeHeap(peb()->heap, 0, found);
}

void lock_forget(HANDLE file)
{
    struct range_lock **link = &locks;

    if (locks == NULL)
        return; /* nobody locks anything: closing a handle stays cheap */
    RtlEnterCriticalSection(&guard);
    while (*link != NULL) {
        struct range_lock *lock = *link;

        if (lock->file == file) {
            *link = lock->next;
            RtlFreeHeap(peb()->heap, 0, lock);
        } else {
            link = &lock->next;
        }
    }
    RtlLeaveCriticalSection(&guard);
}

static uint64_t both(DWORD low, DWORD high)
{
    return (uint64_t)high << 32 | low;
}

BOOL WINAPI LockFile(HANDLE file, DWORD start_low, DWORD start_high, DWORD size_low,
                     DWORD size_high)
{
    return lock_range(file, both(start_low, start_high), both(size_low, size_high), true, false);
}

BOOL WINAPI UnlockFile(HANDLE file, DWORD start_low, DWORD start_high, DWORD size_low,
                       DWORD size_high)
{
    return unlock_range(file, both(start_low, start_high), both(size_low, size_high));
}

BOOL WINAPI LockFileEx(HANDLE file, DWORD flags, DWORD reserved, DWORD size_low, DWORD size_high,
                       LPOVERLAPPED where)
{
    if (where == NULL || reserved != 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    return lock_range(file, both(where->Offset, where->OffsetHigh), both(size_low, size_high),
                      flags & LOCKFILE_EXCLUSIVE_LOCK, !(flags & LOCKFILE_FAIL_IMMEDIATELY));
}

BOOL WINAPI UnlockFileEx(HANDLE file, DWORD reserved, DWORD size_low, DWORD size_high,
                         LPOVERLAPPED where)
{
    if (where == NULL || reserved != 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    return unlock_range(file, both(where->Offset, where->OffsetHigh), both(size_low, size_high));
}

/* File names go by the ANSI code page or by that of old consoles; where names are ASCII the two agree. */
static BOOL ansi_names = TRUE;

BOOL WINAPI AreFileApisANSI(void)
{
    return ansi_names;
}

void WINAPI SetFileApisToANSI(void)
{
    ansi_names = TRUE;
}

void WINAPI SetFileApisToOEM(void)
{
    ansi_names = FALSE;
}

/* There is room for as many handles as there is memory. */
UINT WINAPI SetHandleCount(UINT count)
{
    return count;
}
