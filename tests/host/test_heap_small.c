/* test_heap_small.c - every short sequence of calls, and every provider call failing in turn.
 *
 * sources: tests/host/heap_world.c user/ntdll/heap_[a-z]*.c lib/string.c
 *
 * Small scope: all sequences of allocations of four sizes and frees of any live block.  Between two
 * branches the heap's memory is put back as it was, so a sequence costs its last step only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ntdll/heap_block.h"
#include "tests/host/heap_world.h"

enum { SIZES = 4, LONGEST = 9, SNAPSHOT = 0x2000 };
/* The least block, one granule more, a middle one, and one that two of the others fit into. */
static const uint32_t sizes[SIZES] = {8, 16, 100, 240};

static struct heap *heap;
static struct {
    uint8_t *data;
    uint32_t size;
} live[LONGEST];
static unsigned live_count, sequences, wrong;
static uint8_t snapshot[LONGEST + 1][SNAPSHOT];

static bool live_blocks_sound(void)
{
    for (unsigned i = 0; i < live_count; i++) {
        if (heap_size(heap, 0, live[i].data) != live[i].size || live[i].data[0] != i + 1 ||
            live[i].data[live[i].size - 1] != i + 1) {
            return false;
        }
    }
    return true;
}

static void mark(unsigned i)
{
    memset(live[i].data, (int)i + 1, live[i].size);
}

static void check(void)
{
    sequences++;
    wrong += heap_check(heap, 0, 0) != HEAP_SOUND || !live_blocks_sound() || world.reports > 0;
}

static void explore(unsigned left);

static void explore_alloc(unsigned size, unsigned left)
{
    live[live_count].data = heap_alloc(heap, 0, sizes[size]);
    live[live_count].size = sizes[size];
    if (!live[live_count].data) {
        wrong++;
        return;
    }
    live_count++;
    mark(live_count - 1);
    check();
    explore(left - 1);
    live_count--;
}

static void explore_free(unsigned at, unsigned left)
{
    uint8_t *data = live[at].data;
    uint32_t size = live[at].size;
    unsigned last = --live_count;

    wrong += !heap_free(heap, 0, data) || heap_free(heap, 0, data) || world.reports != 1 ||
             world.last != HEAP_DOUBLE_FREE;
    world.reports = 0;
    live[at] = live[last];
    if (at < live_count) {
        mark(at);
    }
    check();
    explore(left - 1);
    live[last] = live[at];
    live[at].data = data;
    live[at].size = size;
    live_count++;
}

static void explore(unsigned left)
{
    uint8_t *before = snapshot[left];

    if (left == 0) {
        return;
    }
    memcpy(before, heap, SNAPSHOT);
    for (unsigned choice = 0; choice < SIZES + live_count; choice++) {
        if (choice < SIZES) {
            explore_alloc(choice, left);
        } else {
            explore_free(choice - SIZES, left);
        }
        memcpy(heap, before, SNAPSHOT);
    }
}

static void all_sequences(const char *name, uint32_t options, bool front, bool shared,
                          unsigned longest)
{
    heap = heap_create(&world_provider, options, 0, SNAPSHOT);
    heap_share(heap, shared);
    if (front) {
        heap_front_enable(heap);
    }
    sequences = wrong = 0;
    explore(longest);
    size_t committed = world.committed;
    heap_destroy(heap);
    test(wrong == 0 && committed == SNAPSHOT && world_reset(),
         "all %u sequences of up to %u calls, %s", sequences, longest, name);
}

/* ---- every provider call fails once ---- */

/* A life that uses everything: growth, holes, large blocks, the front end.  False if something is not
 * as promised after a failure. */
static bool scenario(uint32_t options)
{
    uint8_t *data[60] = {0};
    bool ok = true;

    heap = heap_create(&world_provider, options, 0x20000, 0);
    if (!heap) {
        return world.reserved == 0;
    }
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 60; i++) {
            uint32_t size = i % 7 == 0 ? 0x80000 : i % 3 == 0 ? 9000 + i * 100 : 40;
            uint8_t *old = data[i];
            if (i % 2 && old) {
                uint8_t *moved = heap_realloc(heap, 0, old, size * 2);
                ok &= *(moved ? moved : old) == (uint8_t)i;
                data[i] = moved ? moved : old;
            } else if (!old) {
                data[i] = heap_alloc(heap, 0, size);
            }
            if (data[i]) {
                *data[i] = (uint8_t)i;
            }
        }
        for (uint32_t i = round; i < 60; i += 2) {
            ok &= !data[i] || *data[i] == (uint8_t)i;
            ok &= heap_free(heap, 0, data[i]);
            data[i] = 0;
        }
        ok &= heap_check(heap, 0, 0) == HEAP_SOUND;
    }
    heap_destroy(heap);
    return ok && world.reserved == 0 && world.committed == 0 && world.reports == 0;
}

static void each_failure(const char *name, uint32_t options, bool fail_on)
{
    unsigned k = 0, bad = 0;
    bool reached;

    do {
        world_reset();
        world.fail_at = ++k;
        world.fail_on = fail_on;
        bad += !scenario(options);
        reached = world.calls >= k;
    } while (reached);
    world_reset();
    test(bad == 0 && k > 20, "%s: each of %u provider calls fails%s", name, k - 1,
         fail_on ? ", and all after it" : " once");
}

/* The one block that fits is the ninth of its bin: a heap that can't grow finds it all the same. */
static void ninth_of_its_bin(void)
{
    void *large, *shorter[8];

    heap = heap_create(&world_provider, 0, 0x20000, 0x20000);
    large = heap_alloc(heap, 0, 5100);
    heap_alloc(heap, 0, 16);
    for (unsigned i = 0; i < 8; i++) {
        shorter[i] = heap_alloc(heap, 0, 4200);
        heap_alloc(heap, 0, 16);
    }
    while (heap_alloc(heap, 0, 16)) {
    }
    heap_free(heap, 0, large);
    for (unsigned i = 0; i < 8; i++) {
        heap_free(heap, 0, shorter[i]);
    }
    test(heap_compact(heap, 0) >= 5000 && heap_alloc(heap, 0, 5000) == large,
         "a full heap hands out the one block that is long enough, behind eight that are not");
    test(heap_check(heap, 0, 0) == HEAP_SOUND, "and is sound");
    heap_destroy(heap);
}

int main(void)
{
    unsigned most = world_long() ? LONGEST : 7;
    uint32_t checked = HEAP_OPTION_GROWABLE | HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING;

    world_start();
    all_sequences("growable", HEAP_OPTION_GROWABLE, false, true, most);
    all_sequences("front end", HEAP_OPTION_GROWABLE, true, false, most);
    all_sequences("not merging", HEAP_OPTION_GROWABLE | HEAP_OPTION_DISABLE_COALESCE, false, true,
                  most - 1);
    all_sequences("tail and free checking", checked, false, true, most - 1);
    for (int fail_on = 0; fail_on < 2; fail_on++) {
        each_failure("growable", HEAP_OPTION_GROWABLE, fail_on);
        each_failure("checking", checked, fail_on);
        each_failure("page heap", HEAP_OPTION_GROWABLE | HEAP_OPTION_PAGE_BLOCKS, fail_on);
    }
    ninth_of_its_bin();
    return test_end();
}
