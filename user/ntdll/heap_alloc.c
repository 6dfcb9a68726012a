/* heap_alloc.c - the calls of every malloc() and free().
 *
 * heap_alloc() and heap_free() begin with a short path for the common case: a small size, a heap
 * with a front end, nobody else in it.  Whatever is special (flags, debugging options, large
 * blocks, damage) goes to the functions below it, which may take their time.
 */
#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_blocks.h"
#include "lib/string.h"
#include "user/ntdll/heap_calls.h"
#include "user/ntdll/heap_fill.h"
#include "user/ntdll/heap_front.h"
#include "user/ntdll/heap_large.h"
#include "user/ntdll/heap_live.h"
#include "user/ntdll/heap_lock.h"

void heap_share(struct heap *heap, bool shared)
{
    if (shared)
        heap->slow |= HEAP_OPTION_SHARED;
    else
        heap->slow &= ~HEAP_OPTION_SHARED;
}

/* ---- allocate ---- */

/* Around a call without the lock.  Only the order matters: the mark is set before the heap is asked
 * whether it is shared, see heap_share(). */
static inline void enter_alone(struct heap *heap)
{
    heap->entered = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void leave_alone(struct heap *heap)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    heap->entered = 0;
}

void heap_refuse(struct heap *heap, uint32_t flags, enum heap_refusal why)
{
    if (heap->provider->refused)
        heap->provider->refused(heap->provider->context, heap, flags, why);
}

/* Kept out of the short paths, which would have to save registers for it. */
#define LONG_WAY IN_REGISTERS __attribute__((noinline))

/* Out of the bins.  A size that was asked for 18 times is cached from then on. */
static LONG_WAY struct block *take_from_bins(struct heap *heap, uint32_t need, size_t size)
{
    need = most(need, BLOCK_LEAST);
    if (heap->warm[need] > 0 && --heap->warm[need] == 0)
        heap->front_mode = HEAP_FRONT_ON;
    if (heap->front[need])
        heap_front_drop_damaged(heap, need); /* there was one and it was not taken */
    struct block *taken = heap_blocks_take(heap, need, size);
    if (taken && heap->warm[need] == 0 && taken->size <= FRONT_MOST)
        taken->code ^= TAG_FRONT;
    return taken;
}

/* When heap_front_take() found nothing. */
static inline struct block *take_uncached(struct heap *heap, uint32_t need, size_t size)
{
    struct block *block = heap_front_take_longer(heap, need, size);

    return block ? block : take_from_bins(heap, need, size);
}

/* Any size, any option; the heap is locked if it needs to be. */
void *heap_alloc_locked(struct heap *heap, uint32_t flags, size_t size)
{
    if (heap->keeping)
        return heap->keeping->alloc(heap, flags, size);
    if (size >= LARGE_FROM && heap->options & HEAP_OPTION_GROWABLE)
        return heap_large_alloc(heap, size); /* fresh memory: zero already */
    if (size > REQUEST_MOST)
        return 0;
    uint32_t need = request_granules(heap, size);
    struct block *block = 0;
    if (!(heap->slow & NO_FRONT) && need <= FRONT_MOST) {
        block = heap_front_take(heap, need, size);
        block = block ? block : take_uncached(heap, need, size);
    } else {
        block = heap_blocks_take(heap, need, size);
    }
    if (!block)
        return 0;
    heap_fill_busy(heap, flags, block);
    if (flags & HEAP_OPTION_ZERO_MEMORY)
        memset(block_data(block), 0, size);
    return block_data(block);
}

/* A heap that several threads may use has the short path, too, but under its lock. */
static inline void *alloc_shared(struct heap *heap, size_t size)
{
    uint32_t need = request_granules(heap, size);

    lock(heap, &heap->front_lock);
    struct block *block = heap_front_take(heap, need, size);
    unlock(heap, &heap->front_lock);
    if (!block) {
        bool locked = heap_enter(heap, 0);
        block = take_uncached(heap, need, size);
        heap_leave(heap, locked);
    }
    return block ? block_data(block) : 0;
}

static LONG_WAY void *alloc_specially(struct heap *heap, uint32_t flags, size_t size)
{
    void *data;

    leave_alone(heap);
    if (!((heap->slow | flags) & SPECIAL) && size <= FRONT_BYTES) {
        data = alloc_shared(heap, size);
    } else {
        bool locked = heap_enter(heap, flags);
        data = heap_alloc_locked(heap, flags | heap->options, size);
        heap_leave(heap, locked);
    }
    if (!data)
        heap_refuse(heap, flags, HEAP_NO_MEMORY);
    return data;
}

/* request_granules() of a heap without special options; 1 for size 0. */
static inline uint32_t small_granules(size_t size)
{
    return ((uint32_t)size + HEADER + GRANULE - 1) / GRANULE;
}

static LONG_WAY void *alloc_uncached(struct heap *heap, size_t size)
{
    struct block *block = take_uncached(heap, small_granules(size), size);

    leave_alone(heap);
    if (heap->damage != HEAP_SOUND)
        heap_leave(heap, false);
    if (!block) {
        heap_refuse(heap, 0, HEAP_NO_MEMORY);
        return 0;
    }
    return block_data(block);
}

HEAP_CALL void *heap_alloc(struct heap *heap, uint32_t flags, size_t size)
{
    enter_alone(heap);
    if ((heap->slow | flags) & SLOW || size > FRONT_BYTES) {
        READ_ANEW(flags);
        return alloc_specially(heap, flags, size);
    }
    /* Size 0 looks into the list of blocks without room, which is empty. */
    struct block *block = heap_front_take(heap, small_granules(size), size);
    if (!block)
        return alloc_uncached(heap, size);
    leave_alone(heap);
    return block_data(block);
}

/* ---- free ---- */

/* To the front end or to the bins. */
static inline void give(struct heap *heap, struct block *block, uint32_t plain)
{
    if (!(plain & TAG_FRONT) || !heap_front_keep(heap, block, plain))
        heap_blocks_give(heap, block);
}

bool heap_free_locked(struct heap *heap, void *data)
{
    if (heap->keeping)
        return heap->keeping->free(heap, data);
    enum heap_damage damage = heap_live_data(heap, data);
    if (damage != HEAP_SOUND) {
        heap_note(heap, damage, data);
        return false;
    }
    if (segment_of(heap, data))
        give(heap, block_of_data(data), block_plain(heap, block_of_data(data)));
    else
        heap_large_free(heap, data);
    return true;
}

/* A header that may lie anywhere: a hostile address needn't be a multiple of 8.  That it isn't needs no
 * test of its own, because the code depends on the address. */
struct __attribute__((packed)) loose_header {
    uint32_t sizes, code;
};

/* Could a block with that data begin there: is it memory of a segment? */
static inline bool in_segment(const struct heap *heap, const void *data)
{
    const struct segment *segment = segment_of(heap, data);

    return segment && !segment_in_hole(segment, address_of(data) - HEADER);
}

/* block_plain() of what may be a block. */
static inline uint32_t loose_plain(const struct heap *heap, const void *data)
{
    const struct loose_header *header = at_address(address_of(data) - HEADER);

    return header->sizes ^ header->code ^ heap->key ^ hash_of(address_of(header));
}

/* Does the header behind it agree? */
static inline bool next_agrees(const struct block *block)
{
    return block_next(block)->previous == block->size;
}

/* The short path under the lock; false if a closer look is due. */
static inline bool free_shared(struct heap *heap, void *data)
{
    bool kept = false;

    lock(heap, &heap->front_lock);
    if (in_segment(heap, data)) {
        uint32_t plain = loose_plain(heap, data);
        kept = (plain & EXCEPT_UNUSED) == (BLOCK_BUSY | TAG_FRONT) &&
               next_agrees(block_of_data(data)) &&
               heap_front_keep(heap, block_of_data(data), plain);
    }
    unlock(heap, &heap->front_lock);
    return kept;
}

static LONG_WAY int free_specially(struct heap *heap, uint32_t flags, void *data)
{
    leave_alone(heap);
    if (!((heap->slow | flags) & SPECIAL) && free_shared(heap, data))
        return 1;
    bool locked = heap_enter(heap, flags);
    bool done = heap_free_locked(heap, data);
    heap_leave(heap, locked);
    if (!done)
        heap_refuse(heap, flags, HEAP_NO_BLOCK);
    return done;
}

static LONG_WAY int free_uncached(struct heap *heap, void *data)
{
    if (!plain_is_busy(loose_plain(heap, data)) || !next_agrees(block_of_data(data)))
        return free_specially(heap, 0, data);
    heap_blocks_give(heap, block_of_data(data));
    leave_alone(heap);
    if (heap->damage != HEAP_SOUND)
        heap_leave(heap, false);
    return 1;
}

HEAP_CALL int heap_free(struct heap *heap, uint32_t flags, void *data)
{
    if (!data)
        return 1;
    enter_alone(heap);
    if ((heap->slow | flags) & SLOW || !in_segment(heap, data)) {
        READ_ANEW(flags);
        return free_specially(heap, flags, data);
    }
    uint32_t plain = loose_plain(heap, data);
    if (LIKELY((plain & EXCEPT_UNUSED) == (BLOCK_BUSY | TAG_FRONT)) &&
        LIKELY(next_agrees(block_of_data(data))) &&
        LIKELY(heap_front_keep(heap, block_of_data(data), plain))) {
        leave_alone(heap);
        return 1;
    }
    return free_uncached(heap, data);
}
