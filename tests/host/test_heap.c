/* test_heap.c - random heap operations against a model, and the facts W161 to W198 that a program sees.
 *
 * sources: tests/host/heap_world.c user/ntdll/heap_[a-z]*.c lib/string.c
 *
 * The model is a list of live blocks: address, asked size and the seed of the bytes written there.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ntdll/heap_block.h"
#include "tests/host/heap_world.h"

enum { LIVE = 600 };

static struct live {
    uint8_t *data;
    uint32_t size;
    uint8_t seed;
} live[LIVE];
static unsigned live_count;
static struct heap *heap;
static const char *trouble; /* what the model found first */

static void blame(const char *what)
{
    if (!trouble) {
        trouble = what;
    }
}

/* ---- the bytes of a block ---- */

static uint8_t byte_of(uint8_t seed, uint32_t at)
{
    return (uint8_t)(seed + at * 7 + (at >> 8));
}

/* Long blocks are written and checked at both ends and in places only. */
static uint32_t stride(uint32_t size, uint32_t at)
{
    return size < 600 || at < 64 || at + 64 > size ? 1 : 61;
}

static void write_bytes(const struct live *block, uint32_t from)
{
    for (uint32_t i = from; i < block->size; i++) {
        block->data[i] = byte_of(block->seed, i);
    }
}

static bool bytes_kept(const uint8_t *data, uint8_t seed, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += stride(size, i)) {
        if (data[i] != byte_of(seed, i)) {
            return false;
        }
    }
    return true;
}

static bool all_zero(const uint8_t *data, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (data[i]) {
            return false;
        }
    }
    return true;
}

/* ---- steps ---- */

static uint32_t random_size(void)
{
    switch (world_below(16)) {
    case 0:
        return world_below(3);
    case 1:
    case 2:
        return world_below(8000);
    case 3:
        return world_below(world_below(4) ? 40000 : 300000);
    case 4:
        return world_below(100) ? world_below(600) : 0x7C000 + world_below(0x8000);
    default:
        return world_below(600);
    }
}

static uint32_t alignment(void)
{
    return heap_options(heap) & HEAP_OPTION_ALIGN_16 ? 16 : 8;
}

static void adopt(void *data, uint32_t size, uint32_t written)
{
    struct live *block = &live[live_count++];

    *block = (struct live){.data = data, .size = size, .seed = (uint8_t)world_random()};
    if ((uintptr_t)data % alignment()) {
        blame("alignment");
    }
    if (heap_size(heap, 0, data) != size) {
        blame("heap_size");
    }
    write_bytes(block, written);
}

static void step_alloc(void)
{
    uint32_t size = random_size();
    uint32_t flags = world_below(3) ? 0 : HEAP_OPTION_ZERO_MEMORY;
    uint8_t *data = heap_alloc(heap, flags, size);

    if (!data) {
        if (heap_options(heap) & HEAP_OPTION_GROWABLE && world.fail_percent == 0) {
            blame("alloc"); /* there is memory enough for everything that is asked here */
        }
        return;
    }
    if (flags && !all_zero(data, 0, size)) {
        blame("zeroed memory");
    }
    adopt(data, size, 0);
}

static void step_free(void)
{
    unsigned at = world_below(live_count);

    if (!bytes_kept(live[at].data, live[at].seed, live[at].size)) {
        blame("bytes before free");
    }
    if (!heap_free(heap, 0, live[at].data)) {
        blame("free");
    }
    live[at] = live[--live_count];
}

static void step_realloc(void)
{
    struct live *block = &live[world_below(live_count)];
    uint32_t size = random_size();
    uint32_t flags = (world_below(2) ? HEAP_OPTION_ZERO_MEMORY : 0) |
                     (world_below(4) ? 0 : HEAP_OPTION_IN_PLACE_ONLY);
    uint8_t *data = heap_realloc(heap, flags, block->data, size);
    uint32_t kept = data && size < block->size ? size : block->size;

    if (!bytes_kept(data ? data : block->data, block->seed, kept)) {
        blame("bytes after realloc");
    }
    if (!data) {
        if (flags & HEAP_OPTION_IN_PLACE_ONLY && size <= block->size) {
            blame("shrink in place"); /* W184: always possible */
        }
        return;
    }
    if (flags & HEAP_OPTION_IN_PLACE_ONLY && data != block->data) {
        blame("moved in place");
    }
    if (flags & HEAP_OPTION_ZERO_MEMORY && !all_zero(data, kept, size)) {
        blame("zeroes after realloc");
    }
    block->data = data;
    block->size = size;
    write_bytes(block, kept);
    if (heap_size(heap, 0, data) != size) {
        blame("size after realloc");
    }
}

/* ---- the whole heap ---- */

static int by_address(const void *a, const void *b)
{
    const struct live *left = a;
    const struct live *right = b;

    return left->data < right->data ? -1 : left->data > right->data;
}

/* W193: where the entry after a block begins. */
static void check_neighbours(const struct heap_entry *entry, const struct heap_entry *before)
{
    uint8_t *end = (uint8_t *)before->data + before->size;

    if (heap_options(heap) & (HEAP_OPTION_PAGE_BLOCKS | HEAP_OPTION_ALIGN_16) ||
        before->region == HEAP_ENTRY_LARGE || before->flags & HEAP_ENTRY_REGION) {
        return;
    }
    end += before->flags & HEAP_ENTRY_BUSY ? before->overhead : 0;
    if (before->flags == HEAP_ENTRY_UNCOMMITTED || entry->flags & HEAP_ENTRY_REGION) {
        return;
    }
    if (entry->region != HEAP_ENTRY_LARGE &&
        (uint8_t *)entry->data - end != (entry->flags == HEAP_ENTRY_UNCOMMITTED ? 32 : 8)) {
        blame("walk: entries don't touch");
    }
}

/* The walk names exactly the live blocks, with their sizes. */
static void compare_walk(void)
{
    static struct live seen[LIVE + 1];
    struct heap_entry entry = {0}, before = {.flags = HEAP_ENTRY_REGION};
    unsigned count = 0;
    enum heap_walk_result result;

    for (; (result = heap_walk(heap, &entry)) == HEAP_WALK_NEXT; before = entry) {
        check_neighbours(&entry, &before);
        if (entry.flags == HEAP_ENTRY_BUSY) {
            if (count == live_count) {
                blame("walk: too many blocks");
                return;
            }
            seen[count++] = (struct live){.data = entry.data, .size = entry.size};
        }
    }
    if (result != HEAP_WALK_END || count != live_count) {
        blame("walk: blocks missing");
        return;
    }
    qsort(live, live_count, sizeof *live, by_address);
    qsort(seen, count, sizeof *seen, by_address);
    for (unsigned i = 0; i < count; i++) {
        if (seen[i].data != live[i].data || seen[i].size != live[i].size) {
            blame("walk: another block");
        }
    }
}

/* The heap's own counts, recounted. */
static void recount(void)
{
    uint32_t free = 0, cached = 0, committed = 0;

    for (const struct segment *s = heap->segments; s; s = s->next) {
        const struct block *block = at_address(s->first);
        uint32_t state, from, to, missing = 0;
        for (; (state = block_state(heap, block)) != BLOCK_END && state;
             block = block_next(block)) {
            cached += state == BLOCK_CACHED ? block->size : 0;
            free += state_is_free(state) ? block->size : 0;
            if (state == BLOCK_HOLE) {
                segment_hole(s, block, &from, &to);
                free -= (to - from) / GRANULE;
                missing += to - from;
            }
        }
        if (missing != s->holes << s->unit_shift) {
            blame("holes");
        }
        committed += s->committed - missing;
    }
    if (free != heap->free_granules || committed != heap->committed ||
        (int32_t)cached != (int32_t)heap->front_limit - heap->front_room) {
        blame("the heap's counts");
    }
}

static void check_all(void)
{
    const void *at;

    if (heap_check(heap, 0, &at) != HEAP_SOUND) {
        blame("heap_check");
    }
    for (unsigned i = 0; i < live_count; i++) {
        if (!bytes_kept(live[i].data, live[i].seed, live[i].size) ||
            !heap_validate(heap, 0, live[i].data)) {
            blame("a live block");
        }
    }
    if (!(heap_options(heap) & HEAP_OPTION_PAGE_BLOCKS)) {
        recount();
    }
    compare_walk();
}

static void step(unsigned number)
{
    unsigned choice = world_below(100);
    /* Waves, so that the heap fills and drains. */
    unsigned alloc = number / 5000 % 2 ? 25 : 50;

    if (live_count == 0 || (choice < alloc && live_count < LIVE)) {
        step_alloc();
    } else if (choice < 75) {
        step_free();
    } else if (choice < 99 || world_below(20)) {
        step_realloc();
    } else {
        heap_compact(heap, 0);
    }
    if (number % 2003 == 0) {
        check_all();
    }
}

static void free_all(void)
{
    while (live_count > 0) {
        step_free();
    }
}

static void random_steps(const char *name, uint32_t options, size_t reserve, unsigned steps,
                         bool shared)
{
    trouble = NULL;
    heap = heap_create(&world_provider, options, reserve, 0);
    heap_share(heap, shared);
    for (unsigned i = 0; i < steps && !trouble; i++) {
        step(i);
    }
    check_all();
    free_all();
    check_all();
    heap_destroy(heap);
    if (world.reports > 0) {
        blame("a false alarm");
    }
    if (!world_reset()) {
        blame("memory left behind");
    }
    test(!trouble, "%u random steps, %s%s%s", steps, name, trouble ? ": " : "",
         trouble ? trouble : "");
}

static void random_all(void)
{
    unsigned steps = world_long() ? 1000000 : 100000;

    random_steps("growable", HEAP_OPTION_GROWABLE, 0, steps * 3, false);
    random_steps("growable, shared", HEAP_OPTION_GROWABLE, 0x100000, steps, true);
    random_steps("fixed size", 0, 0x200000, steps, true);
    random_steps("not serialised", HEAP_OPTION_GROWABLE | HEAP_OPTION_NO_SERIALIZE, 0, steps, true);
    random_steps("aligned to 16", HEAP_OPTION_GROWABLE | HEAP_OPTION_ALIGN_16, 0, steps, true);
    random_steps("not merging", HEAP_OPTION_GROWABLE | HEAP_OPTION_DISABLE_COALESCE, 0, steps,
                 true);
    random_steps("tail and free checking",
                 HEAP_OPTION_GROWABLE | HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING, 0,
                 steps, true);
    random_steps("tail checking, aligned, fixed size",
                 HEAP_OPTION_ALIGN_16 | HEAP_OPTION_TAIL_CHECKING, 0x300000, steps, true);
    random_steps("page heap", HEAP_OPTION_GROWABLE | HEAP_OPTION_PAGE_BLOCKS, 0, steps / 10, true);
}

/* Provider calls fail at random, and the heap goes on. */
static void random_failures(void)
{
    trouble = NULL;
    heap = heap_create(&world_provider, HEAP_OPTION_GROWABLE, 0, 0);
    world.fail_percent = 6;
    unsigned steps = world_long() ? 1000000 : 100000;
    for (unsigned i = 0; i < steps && !trouble; i++) {
        step(i);
    }
    check_all();
    free_all();
    heap_destroy(heap);
    unsigned calls = world.calls;
    test(!trouble && world.reports == 0 && calls > 100,
         "%u steps, 6 %% of %u provider calls fail%s%s", steps, calls, trouble ? ": " : "",
         trouble ? trouble : "");
    test(world_reset(), "no memory left behind");
}

/* ---- facts ---- */

#define GROWABLE HEAP_OPTION_GROWABLE

static struct heap *fresh(uint32_t options, size_t reserve, size_t commit)
{
    heap = heap_create(&world_provider, options, reserve, commit);
    return heap;
}

static void done(const char *name)
{
    heap_destroy(heap);
    bool clean = world_reset();
    test(!trouble && clean, "%s%s%s", name, trouble ? ": " : "", trouble ? trouble : "");
    trouble = NULL;
}

static void expect(bool ok, const char *what)
{
    if (!ok) {
        blame(what);
    }
}

static void creation(void)
{
    fresh(GROWABLE, 0, 0);
    expect((uintptr_t)heap % 0x10000 == 0 && heap_is_heap(heap), "base");
    expect(world.reserved == 0x10000 && world.committed == 0x1000, "64 KB, one page");
    heap_destroy(heap);
    fresh(GROWABLE, 0x100000, 0x1800);
    expect(world.reserved == 0x100000 && world.committed == 0x2000, "rounded to pages");
    heap_destroy(heap);
    fresh(0, 0x1000, 0x5000);
    expect(world.reserved == 0x5000, "initial larger than maximum");
    expect(!heap_create(&world_provider, 0, 0xFFFFFFFF, 0), "absurd reserve");
    expect(!heap_create(&world_provider, 0, 0, 0xFFFFF000), "absurd commit");
    done("W162-W164: creation");
}

static void spacing(void)
{
    static const uint32_t sizes[] = {0, 1, 7, 8, 9, 16, 17, 24, 100, 504, 1000, 4096};

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fresh(GROWABLE, 0, 0x8000);
        uint32_t size = sizes[i], step = ((size < 8 ? 8 : size) + 8 + 7) & ~7u;
        uint8_t *first = heap_alloc(heap, 0, size);
        for (uint32_t n = 1; n < 5; n++) {
            expect(heap_alloc(heap, 0, size) == first + n * step, "spacing");
        }
        expect(heap_size(heap, 0, first) == size, "exact size");
        heap_destroy(heap);
    }
    fresh(GROWABLE, 0, 0);
    void *a = heap_alloc(heap, 0, 0), *b = heap_alloc(heap, 0, 0);
    expect(a && b && a != b && heap_size(heap, 0, a) == 0, "size 0");
    done("W168-W171: spacing, sizes, size 0");
}

static void large(void)
{
    fresh(GROWABLE, 0, 0);
    size_t before = world.reserved;
    uint8_t *medium = heap_alloc(heap, 0, 0x7D000);
    expect(segment_of(heap, medium), "0x7D000 comes from a segment");
    size_t with_medium = world.reserved;
    uint8_t *data = heap_alloc(heap, 0, 0x7F000);
    expect((uintptr_t)data % 0x10000 == 0x20 && all_zero(data, 0, 0x7F000), "a region of its own");
    expect(world.reserved == with_medium + 0x80000, "its size");
    memset(data, 1, 0x7F000);
    expect(heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY, data, 0x1000) == data, "shrink");
    expect(!world_has(data + 0x3000), "pages returned");
    expect(!heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY, data, 0x7F000), "grow back");
    expect(heap_size(heap, 0, data) == 0x1000 && data[0xFFF] == 1, "the old block intact");
    expect(!heap_validate(heap, 0, data + 8) && heap_validate(heap, 0, data), "validate");
    expect(heap_free(heap, 0, data) && world.reserved == with_medium, "returned");
    expect(!heap_free(heap, 0, data) && world.last == HEAP_FOREIGN_FREE, "twice");
    heap_free(heap, 0, medium);
    expect(world.reserved == before, "an empty segment is returned, too");
    world.reports = 0;
    done("W172, W173, W185: large blocks");
}

static void fixed(void)
{
    unsigned count = 0;

    fresh(0, 0x10000, 0);
    while (heap_alloc(heap, 0, 4096)) {
        count++;
    }
    expect(count == 15, "15 blocks of 4096 in 64 KB");
    expect(world.reserved == 0x10000, "it doesn't grow");
    heap_destroy(heap);
    fresh(0, 0x200000, 0);
    expect(!heap_alloc(heap, 0, 0x7FFF8) && heap_alloc(heap, 0, 0x7F000), "no large blocks");
    expect(!heap_front_enable(heap) && heap_front_mode(heap) == HEAP_FRONT_OFF, "no front end");
    done("W174, W175, W196: fixed size");
}

static void impossible(void)
{
    static const uint32_t sizes[] = {0xFFFFFFFF, 0xFFFFFFF8, 0xFFFFFFF0, 0x80000000, 0x7FFFFFFF};

    for (uint32_t options = 0; options <= GROWABLE; options += GROWABLE) {
        fresh(options, 0x100000, 0);
        void *data = heap_alloc(heap, 0, 100);
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            expect(!heap_alloc(heap, 0, sizes[i]), "alloc");
            expect(!heap_realloc(heap, 0, data, sizes[i]), "realloc");
        }
        expect(heap_validate(heap, 0, 0) && heap_validate(heap, 0, data), "still sound");
        expect(heap_size(heap, 0, data) == 100, "the old block intact");
        heap_destroy(heap);
    }
    fresh(GROWABLE | HEAP_OPTION_PAGE_BLOCKS, 0, 0);
    expect(!heap_alloc(heap, 0, 0xFFFFFFFF), "page heap");
    done("W177, W186: impossible sizes");
}

static void returned_pages(void)
{
    uint8_t *data[100];

    fresh(GROWABLE, 0x100000, 0);
    for (unsigned i = 0; i < 100; i++) {
        data[i] = heap_alloc(heap, 0, 5000);
    }
    size_t full = world.committed;
    for (unsigned i = 0; i < 100; i++) {
        if (i % 10) {
            heap_free(heap, 0, data[i]);
        }
    }
    expect(world.committed < full / 2, "whole free pages are returned");
    expect(!world_has(data[85]) && world_has(data[80]), "in the middle, too");
    expect(heap->own.holes > 0 && heap_validate(heap, 0, 0), "holes");
    expect(!heap_free(heap, 0, data[85]) && world.last == HEAP_DOUBLE_FREE, "free into a hole");
    expect(!heap_validate(heap, 0, data[85]), "validate in a hole");
    expect(heap_size(heap, 0, data[85]) == (size_t)-1, "size in a hole");
    for (unsigned i = 0; i < 100; i += 10) {
        heap_free(heap, 0, data[i]);
    }
    expect(world.committed <= 0x2000, "all of it");
    done("W180: memory is returned");
}

/* A last block that begins a few bytes before a page's end: what stays of it must be a whole block
 * or nothing. */
static void returned_slivers(void)
{
    for (uint32_t room = 0; room < 200; room += 8) {
        fresh(GROWABLE, 0x100000, 0x10000);
        uint8_t *data = heap_alloc(heap, 0, 100);
        heap_alloc(heap, 0, 8192 - ((uintptr_t)data + 112) % 4096 - room);
        data = heap_alloc(heap, 0, 100000);
        expect(heap_free(heap, 0, data) && heap_validate(heap, 0, 0), "sound");
        expect(world.committed <= 0x5000, "returned");
        recount();
        heap_destroy(heap);
    }
    fresh(GROWABLE, 0, 0);
    done("W180: wherever the last block begins");
}

/* Cached blocks are merged before the heap asks for more memory. */
static void cached_memory_is_used(void)
{
    void *data[500];

    fresh(GROWABLE, 0x100000, 0);
    for (unsigned i = 0; i < 500; i++) {
        data[i] = heap_alloc(heap, 0, 100);
    }
    size_t committed = world.committed;
    for (unsigned i = 0; i < 100; i++) {
        heap_free(heap, 0, data[i]);
    }
    expect(block_state(heap, block_of_data(data[50])) == BLOCK_CACHED, "cached");
    expect(heap_alloc(heap, 0, 8000) && world.committed == committed, "merged and used");
    done("W196: the front end costs no memory");
}

static void in_place(void)
{
    fresh(GROWABLE, 0x100000, 0x8000);
    uint8_t *a = heap_alloc(heap, 0, 1000), *b = heap_alloc(heap, 0, 1000);
    expect(!heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY, a, 1500), "no room follows");
    memset(a, 0x55, 1000);
    expect(heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY, a, 100) == a, "shrink");
    expect(heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY | HEAP_OPTION_ZERO_MEMORY, a, 1000) == a,
           "grow back");
    expect(a[99] == 0x55 && all_zero(a, 100, 1000), "zeroes after shrink and grow (W183)");
    expect(heap_realloc(heap, HEAP_OPTION_IN_PLACE_ONLY, b, 3000) == b, "room follows");
    expect(heap_realloc(heap, 0, b, 0) && heap_size(heap, 0, b) == 0, "to 0 (W182)");
    expect(!heap_realloc(heap, 0, 0, 10), "of 0 (W181)");
    expect(heap_free(heap, 0, 0) && heap_free(0, 0, 0), "free of 0 (W187)");
    done("W181-W187: realloc and free");
}

/* W191 to W193, with entries in a fresh heap and around live blocks. */
static void walk(void)
{
    struct heap_entry e[16] = {0}, entry = {0};
    unsigned count = 0;

    fresh(GROWABLE, 0, 0);
    while (heap_walk(heap, &entry) == HEAP_WALK_NEXT) {
        e[count++] = entry;
    }
    expect(count == 3, "three entries");
    expect(e[0].flags == HEAP_ENTRY_REGION && e[0].data == heap && e[0].committed == 0x1000 &&
               e[0].uncommitted == 0xF000,
           "region");
    expect(e[1].flags == 0 && e[1].overhead == 16, "free block");
    expect(e[2].flags == HEAP_ENTRY_UNCOMMITTED &&
               (uint8_t *)e[2].data == (uint8_t *)heap + e[0].committed,
           "uncommitted");
    expect((uint8_t *)e[2].data == (uint8_t *)e[1].data + e[1].size + 32, "behind the free block");
    expect((uint8_t *)e[0].last_block == (uint8_t *)e[2].data + e[2].size, "last block");
    heap_alloc(heap, 0, 17);
    heap_alloc(heap, 0, 100);
    void *big = heap_alloc(heap, 0, 0x90000);
    for (count = 0, entry.data = 0; heap_walk(heap, &entry) == HEAP_WALK_NEXT;) {
        e[count++] = entry;
    }
    expect(count == 6 && e[1].flags == HEAP_ENTRY_BUSY && e[1].size == 17, "live block");
    expect((uint8_t *)e[2].data == (uint8_t *)e[1].data + e[1].size + e[1].overhead + 8, "tiling");
    expect(e[5].data == big && e[5].region == HEAP_ENTRY_LARGE && e[5].size == 0x90000, "large");
    entry = e[1];
    entry.data = (uint8_t *)entry.data + 8;
    expect(heap_walk(heap, &entry) == HEAP_WALK_BAD, "an entry that is none");
    entry = (struct heap_entry){.data = &entry, .flags = HEAP_ENTRY_UNCOMMITTED};
    expect(heap_walk(heap, &entry) == HEAP_WALK_BAD, "a foreign entry");
    expect(heap_compact(heap, 0) > 1000, "compact (W194)");
    done("W191-W194: walk");
}

static void front_end(void)
{
    void *data[20];

    fresh(GROWABLE, 0x100000, 0);
    for (unsigned i = 0; i < 18; i++) {
        expect(heap_front_mode(heap) == HEAP_FRONT_OFF, "off at first");
        data[i] = heap_alloc(heap, 0, 40);
    }
    expect(heap_front_mode(heap) == HEAP_FRONT_ON, "on after 18 of one size");
    heap_free(heap, 0, data[17]);
    expect(block_state(heap, block_of_data(data[17])) == BLOCK_CACHED, "cached");
    expect(!heap_validate(heap, 0, data[17]) && heap_validate(heap, 0, 0), "not live");
    expect(!heap_free(heap, 0, data[17]) && world.last == HEAP_DOUBLE_FREE, "freed twice");
    expect(heap_alloc(heap, 0, 33) == data[17] && heap_size(heap, 0, data[17]) == 33, "reused");
    heap_free(heap, 0, data[17]);
    memset(data[17], 0x41, 8); /* use after free */
    world.reports = 0;
    expect(heap_alloc(heap, 0, 40) && world.reports == 1 && world.last == HEAP_BAD_LINKS,
           "a written link is reported, not followed");
    heap_destroy(heap);
    fresh(GROWABLE | HEAP_OPTION_NO_SERIALIZE, 0, 0);
    expect(!heap_front_enable(heap), "not without serialisation");
    heap_destroy(heap);
    fresh(GROWABLE, 0, 0);
    expect(heap_front_enable(heap) && heap_front_mode(heap) == HEAP_FRONT_ON, "asked for");
    world.reports = 0;
    done("W196: the front end");
}

/* The front end hands out a block that is much longer than asked for only with memory to spare. */
static void longer_blocks(void)
{
    fresh(GROWABLE, 0x100000, 0x10000);
    heap_front_enable(heap);
    void *data = heap_alloc(heap, 0, 200); /* 26 granules */
    heap_free(heap, 0, data);
    expect(heap_alloc(heap, 0, 80) != data, "15 granules more are too many");
    expect(heap_alloc(heap, 0, 88) == data && heap_size(heap, 0, data) == 88, "14 are not");
    expect(heap_alloc(heap, 0, 0) && heap_check(heap, 0, 0) == HEAP_SOUND, "nothing asked for");
    heap_destroy(heap);

    fresh(GROWABLE, 0x100000, 0x10000);
    heap_front_enable(heap);
    data = heap_alloc(heap, 0, 200);
    while (heap->free_granules * 20 > heap->committed / GRANULE) {
        heap_alloc(heap, 0, 500);
    }
    heap_free(heap, 0, data);
    expect(heap_alloc(heap, 0, 176) != data, "3 are too many when memory is short");
    expect(heap_alloc(heap, 0, 177) == data, "2 never are");
    done("the front end: longer blocks");
}

static void fills(void)
{
    fresh(GROWABLE | HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING, 0, 0);
    uint8_t *data = heap_alloc(heap, 0, 101);
    expect(data[0] == 0x0D && data[1] == 0xF0 && data[2] == 0xAD && data[3] == 0xBA, "new");
    for (unsigned i = 101; i < 109; i++) {
        expect(data[i] == 0xAB, "tail");
    }
    data[108] = 0;
    expect(!heap_validate(heap, 0, data) && !heap_validate(heap, 0, 0), "tail damaged");
    data[108] = 0xAB;
    expect(heap_validate(heap, 0, 0) && heap_free(heap, 0, data), "tail repaired");
    expect(data[16] == 0xEE && data[17] == 0xFE && data[99] == 0xFE, "free");
    data[50]++;
    expect(!heap_validate(heap, 0, 0), "free memory damaged");
    data[50]--;
    expect(heap_validate(heap, 0, 0), "free memory repaired");
    uint8_t *first = heap_alloc(heap, 0, 100), *second = heap_alloc(heap, 0, 100);
    heap_free(heap, 0, first);
    first[40] = 1;
    expect(heap_free(heap, 0, second) && world.reports == 1 && world.last == HEAP_BAD_FREE_FILL,
           "seen when a neighbour is freed");
    world.reports = 0;
    done("W198: fills");
}

static void aligned(void)
{
    fresh(GROWABLE | HEAP_OPTION_ALIGN_16, 0, 0);
    for (unsigned i = 0; i < 200; i++) {
        expect((uintptr_t)heap_alloc(heap, 0, i) % 16 == 0, "option of the heap");
    }
    heap_destroy(heap);
    fresh(GROWABLE, 0, 0);
    unsigned odd = 0;
    for (unsigned i = 0; i < 20; i++) {
        odd += (uintptr_t)heap_alloc(heap, HEAP_OPTION_ALIGN_16, 16) % 16 == 8;
    }
    expect(odd > 0, "no effect on a call");
    done("W168, W228: alignment");
}

/* ---- threads ---- */

static sem_t wake_up[2]; /* for the heap's lock, and that of its front end */

static sem_t *sleeping_place(void **slot)
{
    return &wake_up[slot == heap_wait_slot(heap, true)];
}

static void wait_for_lock(void *context, void **slot)
{
    (void)context;
    sem_wait(sleeping_place(slot));
}

static void wake_waiter(void *context, void **slot)
{
    (void)context;
    sem_post(sleeping_place(slot));
}

enum { THREADS = 4 };
static bool thread_ok[THREADS];
static volatile int inside; /* threads between lock and unlock */

static void *thread(void *argument)
{
    unsigned number = (unsigned)(uintptr_t)argument;
    uint8_t *mine[50] = {0};
    uint32_t random = number * 2654435761u + 1;

    thread_ok[number] = true;
    for (unsigned i = 0; i < (world_long() ? 500000u : 50000u); i++) {
        random = random * 1664525 + 1013904223;
        uint8_t **slot = &mine[(random >> 16) % 50];
        thread_ok[number] &= !*slot || **slot == number;
        thread_ok[number] &= heap_free(heap, 0, *slot);
        *slot = heap_alloc(heap, random & 8, (random >> 8) % 400 + 1);
        **slot = (uint8_t)number;
        if (i % 100 == 0) {
            heap_lock(heap);
            heap_lock(heap);
            thread_ok[number] &= ++inside == 1;
            *slot = heap_realloc(heap, 0, *slot, 500);
            thread_ok[number] &= --inside == 0;
            thread_ok[number] &= heap_unlock(heap) && heap_unlock(heap);
        }
    }
    for (unsigned i = 0; i < 50; i++) {
        thread_ok[number] &= heap_free(heap, 0, mine[i]);
    }
    return 0;
}

/* The sizes are in use: the front end has a block. */
static void *passer(void *unused)
{
    (void)unused;
    heap_free(heap, 0, heap_alloc(heap, 0, 100));
    return 0;
}

static void threads(void)
{
    struct heap_provider provider = world_provider;
    pthread_t id[THREADS];

    provider.wait = wait_for_lock;
    provider.wake = wake_waiter;
    sem_init(&wake_up[0], 0, 0);
    sem_init(&wake_up[1], 0, 0);
    heap = heap_create(&provider, GROWABLE, 0, 0);
    for (uintptr_t i = 0; i < THREADS; i++) {
        pthread_create(&id[i], NULL, thread, (void *)i);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(id[i], NULL);
        expect(thread_ok[i], "a thread");
    }
    expect(heap_validate(heap, 0, 0), "sound");
    expect(!heap_unlock(heap), "unlock of a lock that isn't held");
    heap_lock(heap);
    pthread_create(&id[0], NULL, passer, NULL);
    pthread_join(id[0], NULL); /* hangs where it has to wait */
    expect(heap_unlock(heap), "the front end has blocks while the heap is locked");
    expect(world.reports == 0, "false alarm");
    done("W195: four threads on one heap");
}

int main(void)
{
    world_start();
    creation();
    spacing();
    large();
    fixed();
    impossible();
    returned_pages();
    returned_slivers();
    cached_memory_is_used();
    in_place();
    walk();
    front_end();
    longer_blocks();
    fills();
    aligned();
    threads();
    random_all();
    random_failures();
    return test_end();
}
