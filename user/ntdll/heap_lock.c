/* heap_lock.c - a heap's lock when it isn't free, and what is left to do when it is given back.
 *
 * Damage is found in the middle of a call and must be told outside of it, for whoever is told may
 * use the heap, raise an exception or never return.  So it is noted, and reported at the unlock.
 */
#include "user/ntdll/heap_lock.h"

/* Only this thread's own lock is marked; a call that isn't serialised holds none. */
void heap_lock_mark(struct heap *heap)
{
    uint32_t self = heap_lock_self();

    __atomic_compare_exchange_n(&heap->lock.word, &self, self | HEAP_LOCK_CARE, false,
                                __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Somebody holds the lock: this thread already, or another one that must be waited for.  A waiter
 * leaves WAITED in the word, also when it gets the lock, as there may be more waiters. */
void heap_lock_slowly(struct heap *heap, struct heap_lock *lock, uint32_t self)
{
    const struct heap_provider *provider = heap->provider;
    uint32_t waited = 0;

    if ((lock->word & ~(uint32_t)HEAP_LOCK_BITS) == self) {
        lock->depth++;
        __atomic_fetch_or(&lock->word, HEAP_LOCK_CARE, __ATOMIC_RELAXED);
        return;
    }
    while (!heap_lock_try(lock, self | waited)) {
        uint32_t seen = lock->word;
        if (seen == 0 || (!(seen & HEAP_LOCK_WAITED) &&
                          !__atomic_compare_exchange_n(&lock->word, &seen, seen | HEAP_LOCK_WAITED,
                                                       false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
            continue;
        if (provider->wait)
            provider->wait(provider->context, &lock->slot);
        waited = HEAP_LOCK_WAITED;
    }
}

void heap_unlock_slowly(struct heap *heap, struct heap_lock *lock)
{
    const struct heap_provider *provider = heap->provider;
    bool last = lock == &heap->lock; /* of the two: nothing is held when damage is told */
    enum heap_damage what = last ? heap->damage : HEAP_SOUND;
    const void *at = heap->damaged;

    if (last)
        heap->damage = HEAP_SOUND;
    if (lock->depth > 0) {
        if (--lock->depth == 0)
            __atomic_fetch_and(&lock->word, ~(uint32_t)HEAP_LOCK_CARE, __ATOMIC_RELAXED);
    } else if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) & HEAP_LOCK_WAITED &&
               provider->wake) {
        provider->wake(provider->context, &lock->slot);
    }
    if (what != HEAP_SOUND && provider->corruption)
        provider->corruption(provider->context, heap, what, at);
}

bool heap_enter(struct heap *heap, uint32_t flags)
{
    if ((heap->options | flags) & HEAP_OPTION_NO_SERIALIZE)
        return false;
    lock(heap, &heap->lock);
    lock(heap, &heap->front_lock);
    return true;
}

void heap_leave(struct heap *heap, bool locked)
{
    if (locked) {
        unlock(heap, &heap->front_lock);
        unlock(heap, &heap->lock);
    } else {
        heap_report(heap);
    }
}
