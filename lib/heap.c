/* heap.c - the calls of a heap: create, destroy, allocate, reallocate, free, size.
 *
 * heap_alloc() and heap_free() begin with a short path for the common case: a small size, a heap
 * with a front end, nobody else in it.  Whatever is special (flags, debugging options, large
 * blocks, damage) goes to the functions below it, which may take their time.
 */
#include "lib/heap.h"

#include "lib/heap_internal.h"
#include "lib/string.h"

/* ---- the lock ---- */

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
    enum heap_damage what = heap->damage;

    heap->damage = HEAP_SOUND;
    if (what != HEAP_SOUND && heap->provider->corruption) {
        heap->provider->corruption(heap->provider->context, heap, what, heap->damaged);
    }
}

/* Somebody holds the lock: this thread already, or another one that must be waited for.  A waiter
 * leaves WAITED in the word, also when it gets the lock, as there may be more waiters. */
static void lock_slowly(struct heap *heap, uint32_t self)
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
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))) {
            continue;
        }
        if (provider->wait) {
            provider->wait(provider->context, &heap->lock.slot);
        }
        waited = HEAP_LOCK_WAITED;
    }
}

static void unlock_slowly(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    enum heap_damage what = heap->damage;
    const void *at = heap->damaged;

    heap->damage = HEAP_SOUND;
    if (heap->lock.depth > 0) {
        if (--heap->lock.depth == 0) {
            __atomic_fetch_and(&heap->lock.word, ~(uint32_t)HEAP_LOCK_CARE, __ATOMIC_RELAXED);
        }
    } else if (__atomic_exchange_n(&heap->lock.word, 0, __ATOMIC_RELEASE) & HEAP_LOCK_WAITED &&
               provider->wake) {
        provider->wake(provider->context, &heap->lock.slot);
    }
    if (what != HEAP_SOUND && provider->corruption) {
        provider->corruption(provider->context, heap, what, at);
    }
}

static inline void lock(struct heap *heap, uint32_t self)
{
    if (!heap_lock_try(&heap->lock, self)) {
        lock_slowly(heap, self);
    }
}

static inline void unlock(struct heap *heap, uint32_t self)
{
    if (!heap_lock_untake(&heap->lock, self)) {
        unlock_slowly(heap);
    }
}

bool heap_enter(struct heap *heap, uint32_t flags)
{
    if ((heap->options | flags) & HEAP_OPTION_NO_SERIALIZE) {
        return false;
    }
    lock(heap, heap_lock_self());
    return true;
}

void heap_leave(struct heap *heap, bool locked)
{
    if (locked) {
        unlock(heap, heap_lock_self());
    } else if (heap->damage != HEAP_SOUND) {
        report(heap);
    }
}

void heap_lock(struct heap *heap)
{
    heap_enter(heap, 0);
}

bool heap_unlock(struct heap *heap)
{
    uint32_t self = heap_lock_self();

    if (heap->options & HEAP_OPTION_NO_SERIALIZE) {
        return true;
    }
    if ((heap->lock.word & ~(uint32_t)HEAP_LOCK_BITS) != self) {
        return false;
    }
    unlock(heap, self);
    return true;
}

void **heap_wait_slot(struct heap *heap)
{
    return &heap->lock.slot;
}

/* ---- a heap's life ---- */

/* Every heap has its own key, so no header of one passes for one of another. */
static uint32_t make_key(uint32_t secret, const struct heap *heap)
{
    uint32_t key = secret ^ address_of(heap) * 0x9E3779B1u;

    key = (key ^ key >> 15) * 0x85EBCA6Bu;
    return key ^ key >> 13;
}

static void init(struct heap *heap, const struct heap_provider *provider, uint32_t options)
{
    uint32_t align = options & HEAP_OPTION_ALIGN_16 ? 16 : GRANULE;

    heap->provider = provider;
    heap->options = options;
    heap->slow = options & SLOW;
    if (!(options & HEAP_OPTION_GROWABLE)) {
        heap->slow |= HEAP_OPTION_NO_FRONT;
    }
    heap->key = make_key(provider->secret, heap);
    heap->round = HEADER + align - 1;
    heap->round += options & HEAP_OPTION_TAIL_CHECKING ? TAIL_BYTES : 0;
    heap->mask = ~(align / GRANULE - 1);
    heap_blocks_init(heap);
    heap_front_init(heap);
    heap->signature = HEAP_SIGNATURE;
}

struct heap *heap_create(const struct heap_provider *provider, uint32_t options, size_t reserve,
                         size_t commit)
{
    const size_t most_bytes = 0x7FFF0000u;

    if (reserve > most_bytes || commit > most_bytes) {
        return 0;
    }
    uint32_t committed = round_up((uint32_t)commit, HEAP_PAGE);
    uint32_t reserved = round_up((uint32_t)reserve, HEAP_PAGE);
    reserved = most(reserved ? reserved : HEAP_UNIT, most(committed, HEAP_PAGE));
    uint32_t record = (uint32_t)sizeof(struct heap) + heap_segment_map_bytes(reserved);
    committed = most(committed, round_up(record + 2 * END_BYTES, HEAP_PAGE));

    struct heap *heap = provider->reserve(provider->context, reserved);
    if (!heap) {
        return 0;
    }
    if (!provider->commit(provider->context, heap, committed)) {
        provider->release(provider->context, heap, reserved);
        return 0;
    }
    init(heap, provider, options);
    heap_segment_open(heap, &heap->own, address_of(heap), reserved, committed);
    return heap;
}

void heap_destroy(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    struct segment *segment = heap->segments;

    heap->signature = 0;
    heap_page_free_all(heap);
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

uint32_t heap_options(const struct heap *heap)
{
    return heap->options;
}

/* ---- allocate ---- */

/* The short path: a freed block of this size or a little more, kept whole.  The list's head is ours;
 * the next block's address comes from the block, and is believed because the code agrees. */
static inline struct block *take_cached(struct heap *heap, uint32_t need, size_t size)
{
    struct block **list = &heap->front[need];
    struct block *block = *list;

    for (int i = 1; !block && i < FRONT_WINDOW; i++) {
        block = *++list;
    }
    if (!block || !block_is_cached(heap, block)) {
        return 0;
    }
    struct block *next = block->cached;
    *list = next;
    heap->front_granules -= block->size;
    block_retag(block, BLOCK_CACHED ^ address_of(next),
                busy_tag(block_bytes(block) - HEADER - (uint32_t)size));
    return block;
}

/* No cached block, or one that was written to: then its list is dropped, so that its blocks are lost
 * and not handed out twice.  A size asked for 18 times is cached from then on. */
static __attribute__((noinline)) struct block *take_uncached(struct heap *heap, uint32_t need,
                                                             size_t size)
{
    if (heap->front[need] && !block_is_cached(heap, heap->front[need])) {
        heap_note(heap, HEAP_BAD_LINKS, heap->front[need]);
        heap->front[need] = 0;
    }
    if (heap->warm[need] > 0 && --heap->warm[need] == 0) {
        heap->front_mode = HEAP_FRONT_ON;
    }
    return heap_blocks_take(heap, need, size);
}

/* The fills of the debugging options (W198). */
static void fill(struct heap *heap, uint32_t flags, struct block *block)
{
    if (heap->options & HEAP_OPTION_FREE_CHECKING && !(flags & HEAP_OPTION_ZERO_MEMORY)) {
        uint32_t data = address_of(block) + HEADER;
        heap_check_fill(data, data + (block_asked(heap, block) & ~3u), NEW_FILL);
    }
    if (heap->options & HEAP_OPTION_TAIL_CHECKING) {
        heap_check_fill_tail(heap, block);
    }
}

/* Any size, any option; the heap is locked if it needs to be. */
static void *alloc_locked(struct heap *heap, uint32_t flags, size_t size)
{
    if (heap->options & HEAP_OPTION_PAGE_BLOCKS) {
        return heap_page_alloc(heap, flags, size);
    }
    if (size >= LARGE_FROM && heap->options & HEAP_OPTION_GROWABLE) {
        return heap_large_alloc(heap, size); /* fresh memory: zero already */
    }
    if (size > TAKE_MOST * GRANULE - HEADER - TAIL_BYTES) {
        return 0;
    }
    uint32_t need = request_granules(heap, size);
    struct block *block = 0;
    if (!(heap->slow & SLOW & ~HEAP_OPTION_SHARED) && need <= FRONT_MOST) {
        block = take_cached(heap, need, size);
        block = block ? block : take_uncached(heap, need, size);
    } else {
        block = heap_blocks_take(heap, need, size);
    }
    if (!block) {
        return 0;
    }
    fill(heap, flags, block);
    if (flags & HEAP_OPTION_ZERO_MEMORY) {
        memset(block_data(block), 0, size);
    }
    return block_data(block);
}

static __attribute__((noinline)) void *alloc_specially(struct heap *heap, uint32_t flags,
                                                       size_t size)
{
    bool locked = heap_enter(heap, flags);
    void *data = alloc_locked(heap, flags | heap->options, size);

    heap_leave(heap, locked);
    return data;
}

static __attribute__((noinline)) void *alloc_uncached(struct heap *heap, uint32_t need, size_t size)
{
    struct block *block = take_uncached(heap, need, size);

    heap_leave(heap, false);
    return block ? block_data(block) : 0;
}

void *heap_alloc(struct heap *heap, uint32_t flags, size_t size)
{
    if ((heap->slow | flags) & SLOW || size > FRONT_BYTES) {
        return alloc_specially(heap, flags, size);
    }
    uint32_t need = (most((uint32_t)size, GRANULE) + HEADER + GRANULE - 1) / GRANULE;
    struct block *block = take_cached(heap, need, size);

    return block ? block_data(block) : alloc_uncached(heap, need, size);
}

/* ---- free ---- */

static inline bool keep_cached(struct heap *heap, struct block *block, uint32_t tag)
{
    uint32_t size = block->size;

    if (size > FRONT_MOST || heap->warm[size] > 0 || heap->front_granules >= heap->front_limit) {
        return false;
    }
    struct block *next = heap->front[size];
    block_retag(block, tag, BLOCK_CACHED ^ address_of(next));
    block->cached = next;
    heap->front[size] = block;
    heap->front_granules += size;
    return true;
}

static bool free_locked(struct heap *heap, void *data)
{
    if (heap->options & HEAP_OPTION_PAGE_BLOCKS) {
        return heap_page_free(heap, data);
    }
    enum heap_damage damage = heap_check_data(heap, data);
    if (damage != HEAP_SOUND) {
        heap_note(heap, damage, data);
        return false;
    }
    if (segment_of(heap, data)) {
        struct block *block = block_of_data(data);
        if (heap->slow & SLOW & ~HEAP_OPTION_SHARED ||
            !keep_cached(heap, block, block_tag(heap, block))) {
            heap_blocks_give(heap, block);
        }
    } else {
        heap_large_free(heap, heap_large_find(heap, data));
    }
    return true;
}

static __attribute__((noinline)) bool free_specially(struct heap *heap, uint32_t flags, void *data)
{
    bool locked = heap_enter(heap, flags);
    bool done = free_locked(heap, data);

    heap_leave(heap, locked);
    return done;
}

static __attribute__((noinline)) bool free_uncached(struct heap *heap, struct block *block)
{
    heap_blocks_give(heap, block);
    heap_leave(heap, false);
    return true;
}

bool heap_free(struct heap *heap, uint32_t flags, void *data)
{
    if (!data) {
        return true;
    }
    if ((heap->slow | flags) & SLOW) {
        return free_specially(heap, flags, data);
    }
    /* The short path is for what is plainly a live block of a segment. */
    struct block *block = block_of_data(data);
    const struct segment *segment = segment_of(heap, data);
    if (!segment || address_of(data) % GRANULE || segment_in_hole(segment, address_of(block))) {
        return free_specially(heap, flags, data);
    }
    uint32_t tag = block_tag(heap, block);
    if (!tag_is(tag, BLOCK_BUSY) || block_next(block)->previous != block->size) {
        return free_specially(heap, flags, data);
    }
    return keep_cached(heap, block, tag) || free_uncached(heap, block);
}

void heap_share(struct heap *heap)
{
    if (!(heap->options & HEAP_OPTION_NO_SERIALIZE)) {
        heap->slow |= HEAP_OPTION_SHARED;
    }
}

/* ---- reallocate, size ---- */

/* Elsewhere, with a copy.  The old block stays if there is no memory for the new one. */
static void *move(struct heap *heap, uint32_t flags, void *data, size_t old, size_t size)
{
    /* Only what lies behind the copy needs zeros. */
    char *copy = alloc_locked(heap, flags & ~HEAP_OPTION_ZERO_MEMORY, size);

    if (!copy) {
        return 0;
    }
    memcpy(copy, data, least((uint32_t)old, (uint32_t)size));
    free_locked(heap, data);
    return copy;
}

/* Grows or shrinks where it is; false if it can't. */
static bool resize(struct heap *heap, void *data, size_t size)
{
    if (!segment_of(heap, data)) {
        return heap_large_resize(heap, heap_large_find(heap, data), size);
    }
    struct block *block = block_of_data(data);
    if (size > TAKE_MOST * GRANULE - HEADER - TAIL_BYTES ||
        !heap_blocks_resize(heap, block, request_granules(heap, size), size)) {
        return false;
    }
    if (heap->options & HEAP_OPTION_TAIL_CHECKING) {
        heap_check_fill_tail(heap, block);
    }
    return true;
}

static size_t size_locked(const struct heap *heap, const void *data)
{
    if (heap->options & HEAP_OPTION_PAGE_BLOCKS) {
        return heap_page_size(heap, data);
    }
    if (heap_check_data(heap, data) != HEAP_SOUND) {
        return (size_t)-1;
    }
    const struct large *large = segment_of(heap, data) ? 0 : heap_large_find(heap, data);

    return large ? large->asked : block_asked(heap, block_of_data(data));
}

static void *realloc_locked(struct heap *heap, uint32_t flags, void *data, size_t size)
{
    if (heap->options & HEAP_OPTION_PAGE_BLOCKS) {
        return heap_page_realloc(heap, flags, data, size);
    }
    enum heap_damage damage = heap_check_data(heap, data);
    if (damage != HEAP_SOUND) {
        heap_note(heap, damage, data);
        return 0;
    }
    size_t old = size_locked(heap, data);
    void *result = data;
    if (!resize(heap, data, size)) {
        result = flags & HEAP_OPTION_IN_PLACE_ONLY ? 0 : move(heap, flags, data, old, size);
    }
    if (result && size > old && flags & HEAP_OPTION_ZERO_MEMORY) {
        memset((char *)result + old, 0, size - old);
    }
    return result;
}

void *heap_realloc(struct heap *heap, uint32_t flags, void *data, size_t size)
{
    if (!data) {
        return 0;
    }
    bool locked = heap_enter(heap, flags);
    void *result = realloc_locked(heap, flags | heap->options, data, size);

    heap_leave(heap, locked);
    return result;
}

size_t heap_size(struct heap *heap, uint32_t flags, const void *data)
{
    bool locked = heap_enter(heap, flags);
    size_t size = size_locked(heap, data);

    heap_leave(heap, locked);
    return size;
}
