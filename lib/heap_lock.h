/* heap_lock.h - a heap's lock: one compare-and-exchange while no two threads want it.
 *
 * The word holds the owner, 0 when free, and two bits.  WAITED: somebody sleeps, so whoever
 * unlocks must wake.  CARE: the owner has more to do at the unlock than to write a zero (the lock
 * is nested, or damage is to be reported).  Either bit makes the short unlock fail, which
 * keeps both cases off the path of every malloc().
 */
#ifndef LIB_HEAP_LOCK_H
#define LIB_HEAP_LOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { HEAP_LOCK_WAITED = 1, HEAP_LOCK_CARE = 2, HEAP_LOCK_BITS = 3 };

struct heap_lock {
    uint32_t word;
    uint32_t depth; /* how often the owner holds it beyond the first time */
    void *slot;     /* the provider's: what waiters sleep on */
};

/* A number of the running thread: not 0, a multiple of 4. */
static inline uint32_t heap_lock_self(void)
{
#if defined(_WIN32)
    /* The thread's own block, whose address stands in itself at 0x18. */
    return *(const uint32_t __seg_fs *)0x18;
#elif defined(PAGODA_FREESTANDING)
    return 4; /* the kernel: the interrupt flag is the lock that counts */
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

#endif
