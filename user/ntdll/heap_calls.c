/* heap_calls.c - a heap's size of a block, said and changed; its lock, its front end and its end, for programs. */
#include "user/ntdll/heap_calls.h"

#include "lib/string.h"
#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_large.h"
#include "user/ntdll/heap_live.h"
#include "user/ntdll/heap_lock.h"
#include "user/ntdll/heap_resize.h"

void heap_destroy(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    struct segment *segment = heap->segments;

    heap->signature = 0;
    if (heap->keeping)
        heap->keeping->free_all(heap);
    heap_large_free_all(heap);
    while (segment) { /* the heap's own comes last */
        struct segment *next = segment->next;
        provider->release(provider->context, at_address(segment->base), segment->reserved);
        segment = next;
    }
}

bool heap_is_heap(const struct heap *heap)
{
    return heap && address_of(heap) % HEAP_UNIT == 0 && heap->signature == HEAP_SIGNATURE;
}

bool heap_is_entered(const struct heap *heap)
{
    return *(const volatile uint32_t *)&heap->entered;
}

uint32_t heap_options(const struct heap *heap)
{
    return heap->options;
}

unsigned heap_front_mode(const struct heap *heap)
{
    return heap->front_mode;
}

bool heap_front_enable(struct heap *heap)
{
    if (heap->slow & NO_FRONT)
        return false;
    memset(heap->warm, 0, sizeof heap->warm);
    heap->front_mode = HEAP_FRONT_ON;
    return true;
}

/* ---- the lock ---- */

void heap_lock(struct heap *heap)
{
    if (!(heap->options & HEAP_OPTION_NO_SERIALIZE))
        lock(heap, &heap->lock);
}

bool heap_unlock(struct heap *heap)
{
    if (heap->options & HEAP_OPTION_NO_SERIALIZE)
        return true;
    if ((heap->lock.word & ~(uint32_t)HEAP_LOCK_BITS) != heap_lock_self())
        return false;
    unlock(heap, &heap->lock);
    return true;
}

void **heap_wait_slot(struct heap *heap, bool front)
{
    return front ? &heap->front_lock.slot : &heap->lock.slot;
}

/* ---- reallocate, size ---- */

/* Elsewhere, with a copy.  The old block stays if there is no memory for the new one. */
static void *move(struct heap *heap, uint32_t flags, void *data, size_t old, size_t size)
{
    /* Only growing moves a block; only what lies behind the copy needs zeros. */
    char *copy = heap_alloc_locked(heap, flags & ~HEAP_OPTION_ZERO_MEMORY, size);

    if (!copy)
        return 0;
    memcpy(copy, data, old);
    heap_free_locked(heap, data);
    return copy;
}

/* Grows or shrinks where it is; false if it can't. */
static bool resize(struct heap *heap, void *data, size_t size)
{
    if (!segment_of(heap, data))
        return heap_large_resize(heap, heap_large_find(heap, data), size);
    struct block *block = block_of_data(data);
    if (size > REQUEST_MOST || !heap_resize_block(heap, block, request_granules(heap, size), size))
        return false;
    if (heap->options & HEAP_OPTION_TAIL_CHECKING)
        heap_fill_tail(heap, block);
    return true;
}

static size_t size_locked(const struct heap *heap, const void *data)
{
    if (heap->keeping)
        return heap->keeping->size(heap, data);
    if (heap_live_data(heap, data) != HEAP_SOUND)
        return (size_t)-1;
    const struct large *large = segment_of(heap, data) ? 0 : heap_large_find(heap, data);

    return large ? large->asked : block_asked(heap, block_of_data(data));
}

static void *realloc_locked(struct heap *heap, uint32_t flags, void *data, size_t size,
                            enum heap_refusal *why)
{
    size_t old = size_locked(heap, data);

    *why = old == (size_t)-1 ? HEAP_NO_BLOCK : HEAP_NO_MEMORY;
    if (heap->keeping)
        return heap->keeping->realloc(heap, flags, data, size);
    if (old == (size_t)-1) {
        heap_note(heap, heap_live_data(heap, data), data);
        return 0;
    }
    void *result = data;
    if (!resize(heap, data, size))
        result = flags & HEAP_OPTION_IN_PLACE_ONLY ? 0 : move(heap, flags, data, old, size);
    if (result && size > old && flags & HEAP_OPTION_ZERO_MEMORY)
        memset((char *)result + old, 0, size - old);
    return result;
}

void *heap_realloc(struct heap *heap, uint32_t flags, void *data, size_t size)
{
    enum heap_refusal why;

    if (!data)
        return 0;
    bool locked = heap_enter(heap, flags);
    void *result = realloc_locked(heap, flags | heap->options, data, size, &why);
    heap_leave(heap, locked);
    if (!result)
        heap_refuse(heap, flags, why);
    return result;
}

size_t heap_size(struct heap *heap, uint32_t flags, const void *data)
{
    bool locked = heap_enter(heap, flags);
    size_t size = size_locked(heap, data);

    heap_leave(heap, locked);
    return size;
}
