/* test_heap_damage.c - injected damage: each reported, nothing else reported, nothing crashes.
 *
 * sources: tests/host/heap_world.c user/ntdll/heap_[a-z]*.c lib/string.c
 *
 * A population of live blocks is churned; between two steps something forbidden is done to the heap.
 * After every injection the expected report must be there, and the heap must go on.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ntdll/heap_block.h"
#include "tests/host/heap_world.h"

enum { LIVE = 200, PAST = 64 };

static struct heap *heap, *other;
static struct {
    uint8_t *data;
    uint32_t size;
} live[LIVE];
static uint8_t *past[PAST]; /* addresses that were blocks once */
static unsigned past_count;
static unsigned injected, missed, alarms;

static bool is_live(const void *data)
{
    for (unsigned i = 0; i < LIVE; i++) {
        if (live[i].data == data) {
            return true;
        }
    }
    return false;
}

static void churn(void)
{
    unsigned at = world_below(LIVE);

    if (live[at].data) {
        alarms += !heap_free(heap, 0, live[at].data);
        past[past_count++ % PAST] = live[at].data;
    }
    live[at].size = world_below(10) ? world_below(500) : world_below(9000);
    live[at].data = heap_alloc(heap, 0, live[at].size);
    memset(live[at].data, (int)world_random(), live[at].size);
    alarms += world.reports > 0;
    world.reports = 0;
}

static unsigned any_live(void)
{
    unsigned at = world_below(LIVE);

    while (!live[at].data) {
        at = (at + 1) % LIVE;
    }
    return at;
}

/* The call must have failed and exactly one report have come: `what`, unless that is HEAP_SOUND. */
static void expect_report(bool call_failed, enum heap_damage what)
{
    injected++;
    missed += !call_failed || world.reports != 1 || (what != HEAP_SOUND && world.last != what);
    world.reports = 0;
}

/* 1 to 8 bytes behind a block, each changed; after the report they are repaired. */
static void overrun(void)
{
    unsigned at = any_live();
    uint8_t *end = live[at].data + live[at].size, saved[8];
    unsigned bytes = 1 + world_below(8);

    memcpy(saved, end, 8);
    for (unsigned i = 0; i < bytes; i++) {
        end[i] ^= (uint8_t)(1 + world_below(255));
    }
    missed += heap_validate(heap, 0, live[at].data) || heap_check(heap, 0, 0) == HEAP_SOUND;
    if (world_below(2)) {
        expect_report(!heap_free(heap, 0, live[at].data), HEAP_BAD_TAIL);
    } else {
        expect_report(!heap_realloc(heap, 0, live[at].data, 50), HEAP_BAD_TAIL);
    }
    memcpy(end, saved, 8);
    alarms += heap_check(heap, 0, 0) != HEAP_SOUND;
}

/* Without tail checking: the bytes of the next block's header. */
static void overwrite_header(void)
{
    unsigned at = any_live();
    struct block *block = block_of_data(live[at].data);
    uint8_t saved[8], *bytes = (uint8_t *)block;
    unsigned count = 1 + world_below(8);

    memcpy(saved, block, 8);
    for (unsigned i = 0; i < count; i++) {
        bytes[i] ^= (uint8_t)(1 + world_below(255));
    }
    missed += heap_validate(heap, 0, live[at].data) || heap_check(heap, 0, 0) == HEAP_SOUND;
    expect_report(!heap_free(heap, 0, live[at].data), HEAP_SOUND);
    memcpy(block, saved, 8);
}

/* Without tail checking the owner of the overrun is told, too: the next header's first bytes are how
 * long it takes its neighbour to be. */
static void overrun_into_header(void)
{
    unsigned at = any_live();
    struct block *next = block_next(block_of_data(live[at].data));
    uint16_t saved = next->previous;

    next->previous ^= (uint16_t)(1 + world_below(0xFFFF));
    missed += heap_validate(heap, 0, live[at].data);
    expect_report(!heap_free(heap, 0, live[at].data), HEAP_BAD_HEADER);
    next->previous = saved;
}

static void double_free(void)
{
    unsigned at = any_live();

    alarms += !heap_free(heap, 0, live[at].data) || world.reports > 0;
    world.reports = 0;
    expect_report(!heap_free(heap, 0, live[at].data), HEAP_SOUND);
    live[at].data = 0;
}

/* Freed long ago; since then merged, split, inside another block or beyond the committed memory. */
static void stale_free(void)
{
    uint8_t *data = past[world_below(PAST)];

    if (data && !is_live(data)) {
        expect_report(!heap_free(heap, 0, data), HEAP_SOUND);
    }
}

static void *foreign_address(uint8_t *stack)
{
    static uint8_t bytes[64];
    unsigned at = any_live();
    uint8_t *inside = live[at].data + (live[at].size > 16 ? 8 + world_below(live[at].size - 8) : 1);

    switch (world_below(9)) {
    case 0:
        return inside;
    case 1:
        return (void *)((uintptr_t)inside & ~(uintptr_t)7);
    case 2:
        return bytes + world_below(64);
    case 3:
        return stack + world_below(64);
    case 4:
        return (uint8_t *)heap + world_below(0x1000); /* the heap's own records */
    case 5:
        return (uint8_t *)heap + heap->own.committed + world_below(0x1000);
    case 6:
        return (void *)(uintptr_t)(world_random() | 1);
    case 7:
        return (void *)(uintptr_t)(0xFFFFFFFF - world_below(32));
    default:
        return heap_alloc(other, 0, 40); /* lives until `other` is destroyed */
    }
}

static void foreign_free(void)
{
    uint8_t stack[64] = {0};
    void *data = foreign_address(stack);

    if (data && !is_live(data)) {
        missed += heap_validate(heap, 0, data) || heap_size(heap, 0, data) != (size_t)-1;
        expect_report(!heap_free(heap, 0, data), HEAP_SOUND);
    }
}

/* A header copied from elsewhere in front of data of the attacker. */
static void forged_free(void)
{
    unsigned at = any_live(), from = any_live();

    if (live[at].size >= 48) {
        uint8_t *fake = live[at].data + 16;
        memcpy(fake - 8, live[from].data - 8, 8);
        expect_report(!heap_free(heap, 0, fake), HEAP_FOREIGN_FREE);
    }
}

static void inject(bool tails)
{
    switch (world_below(6)) {
    case 0:
    case 1:
        if (tails) {
            overrun();
        } else if (world_below(2)) {
            overwrite_header();
        } else {
            overrun_into_header();
        }
        break;
    case 2:
        double_free();
        break;
    case 3:
        stale_free();
        break;
    case 4:
        foreign_free();
        break;
    default:
        forged_free();
    }
}

static void injections(const char *name, uint32_t options, bool shared, unsigned count)
{
    heap = heap_create(&world_provider, options, 0, 0);
    other = heap_create(&world_provider, options, 0, 0);
    heap_share(heap, shared);
    memset(live, 0, sizeof live);
    memset(past, 0, sizeof past);
    past_count = injected = missed = alarms = 0;
    for (unsigned i = 0; i < LIVE; i++) {
        churn();
    }
    while (injected < count) {
        churn();
        inject(options & HEAP_OPTION_TAIL_CHECKING);
    }
    alarms += heap_check(heap, 0, 0) != HEAP_SOUND;
    heap_destroy(heap);
    heap_destroy(other);
    test(missed == 0 && alarms == 0 && world_reset(),
         "%s: %u injections, %u missed, %u false alarms", name, injected, missed, alarms);
}

/* ---- use after free ---- */

/* Freed memory is written to.  Whatever the heap does then, it reports, it doesn't crash, and no
 * two live blocks overlap. */
static void use_after_free(uint32_t options, const char *name)
{
    unsigned unseen = 0, overlaps = 0, rounds = world_long() ? 20000 : 2000;

    for (unsigned round = 0; round < rounds; round++) {
        heap = heap_create(&world_provider, options, 0, 0);
        heap_share(heap, false);
        heap_front_enable(heap);
        uint8_t *data[80], *extra[80];
        for (unsigned i = 0; i < 80; i++) {
            data[i] = heap_alloc(heap, 0, 24 + i % 4 * 8);
        }
        for (unsigned i = 0; i < 40; i++) {
            heap_free(heap, 0, data[i * 2]);
        }
        if (round % 2) {
            heap_compact(heap, 0);
        }
        uint8_t *victim = data[world_below(40) * 2];
        for (unsigned i = 0; i < 8; i++) {
            victim[i] ^= (uint8_t)(1 + world_below(255));
        }
        if (round % 3 == 0) {
            heap_compact(heap, 0); /* looks at every cached block */
            unseen += world.reports == 0 && round % 2 == 0 && heap_front_mode(heap);
        }
        for (unsigned i = 0; i < 80; i++) {
            extra[i] = heap_alloc(heap, 0, 24 + i % 4 * 8);
            memset(extra[i], 0x80 + (int)i, 24 + i % 4 * 8);
        }
        for (unsigned i = 0; i < 80; i++) {
            overlaps += extra[i][0] != 0x80 + i || extra[i][23] != 0x80 + i;
        }
        unseen += world.reports == 0 && heap_check(heap, 0, 0) == HEAP_SOUND;
        world.reports = 0;
        heap_destroy(heap);
    }
    test(unseen == 0 && overlaps == 0 && world_reset(), "use after free, %s: %u times, %u unseen",
         name, rounds, unseen);
}

/* Blocks beginning at every place of a page are freed, merged and lose their pages; then they are
 * freed again. */
static void stale_everywhere(void)
{
    unsigned wrong = 0;

    for (uint32_t shift = 0; shift < 4096; shift += 8) {
        heap = heap_create(&world_provider, HEAP_OPTION_GROWABLE, 0x100000, 0);
        heap_alloc(heap, 0, 4096 + shift);
        uint8_t *before = heap_alloc(heap, 0, 32); /* its page stays, the next one goes */
        uint8_t *block = heap_alloc(heap, 0, 50000);
        uint8_t *behind = heap_alloc(heap, 0, 50000);
        heap_alloc(heap, 0, 10);
        wrong += !heap_free(heap, 0, before) || !heap_free(heap, 0, block) ||
                 !heap_free(heap, 0, behind) || world_has(block + 4096);
        wrong += heap_free(heap, 0, block) || heap_free(heap, 0, behind) ||
                 heap_free(heap, 0, before) || world.reports != 3;
        world.reports = 0;
        heap_destroy(heap);
    }
    test(wrong == 0 && world_reset(), "stale blocks at every place of a page that is gone");
}

/* ---- page heap ---- */

static sigjmp_buf back;
static const void *volatile fault_at;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    fault_at = info->si_addr;
    siglongjmp(back, 1);
}

/* Does an access to that byte fault, there? */
static __attribute__((no_sanitize("address"))) bool faults(volatile uint8_t *at)
{
    fault_at = 0;
    if (sigsetjmp(back, 1) == 0) {
        *at = 1;
        return false;
    }
    return fault_at == (const void *)at;
}

static void page_heap(void)
{
    unsigned bad = 0, rounds = world_long() ? 20000 : 2000;

    heap = heap_create(&world_provider, HEAP_OPTION_GROWABLE | HEAP_OPTION_PAGE_BLOCKS, 0, 0);
    for (unsigned round = 0; round < rounds; round++) {
        uint32_t size = world_below(round % 50 ? 300 : 3000000) & ~7u;
        uint8_t *data = heap_alloc(heap, 0, size);
        bad += !data || (size > 0 && (faults(data) || faults(data + size - 1)));
        bad += size > 0 && !faults(data + size);
        bad += !heap_free(heap, 0, data);
        bad += !faults(data) || (size > 0 && !faults(data + size - 1));
        bad += heap_free(heap, 0, data) || world.reports != 1;
        world.reports = 0;
        /* A size that doesn't end at a page: the gap is checked at the free. */
        uint8_t *odd = heap_alloc(heap, 0, size + 5);
        odd[size + 5] ^= 0x10;
        bad += heap_free(heap, 0, odd) || world.reports != 1 || world.last != HEAP_BAD_TAIL;
        odd[size + 5] ^= 0x10;
        world.reports = 0;
        bad += !heap_free(heap, 0, odd);
    }
    heap_destroy(heap);
    test(bad == 0 && world_reset(), "page heap: %u overruns and uses after free fault at once",
         rounds);
}

/* A heap that merges only when it is asked to fills what is merged as well. */
static void merged_is_filled(void)
{
    uint32_t options = HEAP_OPTION_GROWABLE | HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING;
    void *first, *second;

    heap = heap_create(&world_provider, options | HEAP_OPTION_DISABLE_COALESCE, 0, 0);
    first = heap_alloc(heap, 0, 100);
    second = heap_alloc(heap, 0, 100);
    test(heap_alloc(heap, 0, 100) && heap_free(heap, 0, first) && heap_free(heap, 0, second) &&
             heap_check(heap, 0, 0) == HEAP_SOUND,
         "two neighbours are free");
    heap_compact(heap, 0);
    test(heap_check(heap, 0, 0) == HEAP_SOUND, "merged, they are as sound as before");
    test(heap_alloc(heap, 0, 200) && world.reports == 0, "and nobody reports damage");
    heap_destroy(heap);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    unsigned count = world_long() ? 200000 : 25000;
    uint32_t tails = HEAP_OPTION_GROWABLE | HEAP_OPTION_TAIL_CHECKING;

    world_start();
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    injections("tail checking", tails, true, count);
    injections("tail and free checking", tails | HEAP_OPTION_FREE_CHECKING, true, count);
    injections("tail checking, aligned", tails | HEAP_OPTION_ALIGN_16, true, count);
    injections("no options", HEAP_OPTION_GROWABLE, false, count);
    injections("no options, shared", HEAP_OPTION_GROWABLE, true, count);
    use_after_free(HEAP_OPTION_GROWABLE, "no options");
    use_after_free(HEAP_OPTION_GROWABLE | HEAP_OPTION_DISABLE_COALESCE, "not merging");
    stale_everywhere();
    merged_is_filled();
    page_heap();
    return test_end();
}
