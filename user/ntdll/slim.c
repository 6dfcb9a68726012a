/* slim.c - slim reader/writer locks and condition variables.
 *
 * A lock is one word: bit 0, one thread has it for itself; bit 1, somebody sleeps for it; above, how
 * many share it.  The fast ways are one compare-and-exchange each.  Whoever leaves the lock free with
 * bit 1 set wakes all that sleep, and they try again.  New readers do not overtake a sleeper.
 *
 * A condition variable's word counts its sleepers, so that waking nobody costs nothing.
 */
#include "user/ntdll/ntdll.h"

enum { OWNED = 1, ASLEEP = 2, SHARE = 4, ANY = ~ASLEEP };

static volatile LONG *word_of(void *lock)
{
    return lock;
}

/* Adds `change` unless one of the bits of `blocked` is set; then sets bit 1 if `ask`.  True: added. */
static bool take(volatile LONG *word, LONG blocked, LONG change, bool ask)
{
    for (;;) {
        LONG old = *word;
        bool is_free = (old & blocked) == 0;

        if (!is_free && !ask)
            return false;
        if (InterlockedCompareExchange(word, is_free ? old + change : old | ASLEEP, old) == old)
            return is_free;
    }
}

static void acquire(volatile LONG *word, LONG blocked, LONG change)
{
    while (!take(word, blocked, change, false)) {
        struct sleeper self;

        park_lock();
        if (take(word, blocked, change, true)) {
            park_unlock();
            return;
        }
        park_join(&self, (const void *)word);
        park_unlock();
        park_sleep(&self, NULL);
    }
}

static void release(volatile LONG *word, LONG change)
{
    if (InterlockedExchangeAdd(word, -change) - change != ASLEEP)
        return; /* others share it, or nobody sleeps */
    park_lock();
    InterlockedAnd(word, ANY);
    park_wake((const void *)word, true);
    park_unlock();
}

void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK *lock)
{
    lock->Ptr = NULL;
}

void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    acquire(word_of(lock), ANY, OWNED);
}

void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    acquire(word_of(lock), OWNED | ASLEEP, SHARE);
}

BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    return take(word_of(lock), ANY, OWNED, false);
}

BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    return take(word_of(lock), OWNED | ASLEEP, SHARE, false);
}

void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock)
{
    release(word_of(lock), OWNED);
}

void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock)
{
    release(word_of(lock), SHARE);
}

/* --- condition variables --- */

void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    variable->Ptr = NULL;
}

static void join(RTL_CONDITION_VARIABLE *variable, struct sleeper *self)
{
    park_lock();
    park_join(self, variable);
    InterlockedIncrement(word_of(variable));
    park_unlock();
}

static NTSTATUS sleep(RTL_CONDITION_VARIABLE *variable, struct sleeper *self,
                      const LARGE_INTEGER *timeout)
{
    NTSTATUS status = park_sleep(self, timeout);

    InterlockedDecrement(word_of(variable));
    return status;
}

/* Whoever holds the lock changes what the condition is about, so nothing is missed between joining
 * and sleeping.  STATUS_TIMEOUT: not woken. */
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable,
                                           RTL_CRITICAL_SECTION *section,
                                           const LARGE_INTEGER *timeout)
{
    struct sleeper self;
    NTSTATUS status;

    join(variable, &self);
    RtlLeaveCriticalSection(section);
    status = sleep(variable, &self, timeout);
    RtlEnterCriticalSection(section);
    return status;
}

NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
                                            const LARGE_INTEGER *timeout, ULONG flags)
{
    bool shared = flags & RTL_CONDITION_VARIABLE_LOCKMODE_SHARED;
    struct sleeper self;
    NTSTATUS status;

    join(variable, &self);
    if (shared)
        RtlReleaseSRWLockShared(lock);
    else
        RtlReleaseSRWLockExclusive(lock);
    status = sleep(variable, &self, timeout);
    if (shared)
        RtlAcquireSRWLockShared(lock);
    else
        RtlAcquireSRWLockExclusive(lock);
    return status;
}

static void wake(RTL_CONDITION_VARIABLE *variable, bool all)
{
    if (*word_of(variable) == 0)
        return;
    park_lock();
    park_wake(variable, all);
    park_unlock();
}

void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    wake(variable, false);
}

void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    wake(variable, true);
}
