/* heap_lock.h - a heap's locks: one compare-and-exchange while no two threads want it.
 *
 * There are two.  heap->lock is the heap's, and what HeapLock() holds for a program.  The front end's lists have
 * their own, held for a moment: a small size comes from them while the heap is locked, too, as on Windows.  What
 * needs more than the lists takes both, the heap's first.
 *
 * The word holds the owner, 0 when free, and two bits.  WAITED: somebody sleeps, so whoever
 * unlocks must wake.  CARE: the owner has more to do at the unlock than to write a zero (the lock
 * is nested, or damage is to be reported).  Either bit makes the short unlock fail, which
 * keeps both cases off the path of every malloc().
 */
#pragma once
#include "user/ntdll/heap_block.h"

enum { HEAP_LOCK_WAITED = 1, HEAP_LOCK_CARE = 2, HEAP_LOCK_BITS = 3 };

/* A number of the running thread: not 0, a multiple of 4. */
static inline uint32_t heap_lock_self(void)
{
#ifdef _WIN32
    /* The thread's id, at 0x24 of its own block.  Not the block's address: that comes back soon when a
     * thread ends, and the next one would seem to hold what the dead one held. */
    return *(const uint32_t __seg_fs *)0x24;
#else
    return (uint32_t)(uintptr_t)__builtin_thread_pointer();
#endif
}

/* Takes a free lock; false if it isn't free. */
static inline bool heap_lock_try(struct heap_lock *lock, uint32_t self)
{
    uint32_t nobody = 0;

    return __atomic_compare_exchange_n(&lock->word, &nobody, self, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Gives it back if nobody waits and there is nothing else to do; false if there is. */
static inline bool heap_lock_untake(struct heap_lock *lock, uint32_t self)
{
    return __atomic_compare_exchange_n(&lock->word, &self, 0, false, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED);
}

/* Damage was noted: the unlock is to tell it. */
void heap_lock_mark(struct heap *heap);
void heap_lock_slowly(struct heap *heap, struct heap_lock *lock, uint32_t self);
void heap_unlock_slowly(struct heap *heap, struct heap_lock *lock);
/* Locks the heap unless it or this call isn't serialised; heap_leave() gets the answer. */
bool heap_enter(struct heap *heap, uint32_t flags);
/* Unlocks it if it was locked, and reports what was noted. */
void heap_leave(struct heap *heap, bool locked);

/* => `lock` is one of the heap's two */
static inline void lock(struct heap *heap, struct heap_lock *lock)
{
    uint32_t self = heap_lock_self();

    if (!heap_lock_try(lock, self))
        heap_lock_slowly(heap, lock, self);
}

static inline void unlock(struct heap *heap, struct heap_lock *lock)
{
    if (!heap_lock_untake(lock, heap_lock_self()))
        heap_unlock_slowly(heap, lock);
}
