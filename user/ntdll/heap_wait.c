/* heap_wait.c - a heap's lock when it isn't free, and what is left to do when it is given back. */
#include "user/ntdll/heap_wait.h"

#include "lib/heap_lock.h"

/* Somebody holds the lock: this thread already, or another one that must be waited for.  A waiter
 * leaves WAITED in the word, also when it gets the lock, as there may be more waiters. */
void heap_wait_lock(struct heap *heap, uint32_t self)
{
    const struct heap_provider *provider = heap->provider;
    uint32_t waited = 0;

    if ((heap->lock.word & ~(uint32_t)HEAP_LOCK_BITS) == self) {
        heap->lock.depth++;
        __atomic_fetch_or(&heap->lock.word, HEAP_LOCK_CARE, __ATOMIC_RELAXED);
        return;
    }
    while (!heap_lock_try(&heap->lock, self | waited)) {
        uint32_t seen = heap->lock.word;
        if (seen == 0 ||
            (!(seen & HEAP_LOCK_WAITED) &&
             !__atomic_compare_exchange_n(&heap->lock.word, &seen, seen | HEAP_LOCK_WAITED, false,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
            continue;
        if (provider->wait)
            provider->wait(provider->context, &heap->lock.slot);
        waited = HEAP_LOCK_WAITED;
    }
}

void heap_wait_unlock(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    enum heap_damage what = heap->damage;
    const void *at = heap->damaged;

    heap->damage = HEAP_SOUND;
    if (heap->lock.depth > 0) {
        if (--heap->lock.depth == 0)
            __atomic_fetch_and(&heap->lock.word, ~(uint32_t)HEAP_LOCK_CARE, __ATOMIC_RELAXED);
    } else if (__atomic_exchange_n(&heap->lock.word, 0, __ATOMIC_RELEASE) & HEAP_LOCK_WAITED &&
               provider->wake) {
        provider->wake(provider->context, &heap->lock.slot);
    }
    if (what != HEAP_SOUND && provider->corruption)
        provider->corruption(provider->context, heap, what, at);
}
