/* heap_lock.c - around the calls of a heap: its lock, and the damage that is to be told.
 *
 * Damage is found in the middle of a call and must be told outside of it, for whoever is told may
 * use the heap, raise an exception or never return.  So it is noted, and reported at the unlock.
 */
#include "lib/heap_lock.h"

void heap_note(struct heap *heap, enum heap_damage what, const void *at)
{
    if (heap->damage == HEAP_SOUND) {
        heap->damage = what;
        heap->damaged = at;
    }
    /* Only this thread's own lock is marked; a call that isn't serialised holds none. */
    uint32_t self = heap_lock_self();
    __atomic_compare_exchange_n(&heap->lock.word, &self, self | HEAP_LOCK_CARE, false,
                                __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void report(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    enum heap_damage what = heap->damage;

    heap->damage = HEAP_SOUND;
    if (what != HEAP_SOUND && provider->corruption)
        provider->corruption(provider->context, heap, what, heap->damaged);
}

bool heap_enter(struct heap *heap, uint32_t flags)
{
    if ((heap->options | flags) & HEAP_OPTION_NO_SERIALIZE)
        return false;
    lock(heap);
    return true;
}

void heap_leave(struct heap *heap, bool locked)
{
    if (locked)
        unlock(heap);
    else
        report(heap);
}
