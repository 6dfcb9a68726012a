/* heapcost.c - what malloc() and free() cost, and how much of the heap's memory is used.
 *
 * Usage: heapcost LIVE
 * LIVE blocks of random 16 to 512 bytes; then, again and again, a random one is freed and another
 * allocated.  The same is done twice: once for the instructions (less those of the loop itself),
 * once for the utilisation, because looking at the heap is not free either.
 */
#include "tests/bench/bench.h"

enum { LIVE_MOST = 16384, LEAST = 16, MOST = 512, LOOK_EVERY = 64 };

static void *block[LIVE_MOST];
static uint32_t size[LIVE_MOST];
static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)random_state * limit >> 32);
}

static void fill(uint32_t live)
{
    random_state = 12345;
    for (uint32_t i = 0; i < live; i++) {
        size[i] = LEAST + random_below(MOST - LEAST + 1);
        block[i] = malloc(size[i]);
        need(block[i] != NULL, "malloc");
    }
}

static void empty(uint32_t live)
{
    for (uint32_t i = 0; i < live; i++) {
        free(block[i]);
    }
}

static void replace(uint32_t live)
{
    uint32_t at = random_below(live);

    free(block[at]);
    size[at] = LEAST + random_below(MOST - LEAST + 1);
    block[at] = malloc(size[at]);
}

/* The loop without the heap. */
static uint64_t loop_cost(uint32_t live, uint32_t pairs)
{
    uint64_t start = cycles();

    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t at = random_below(live);
        void *volatile *slot = &block[at];

        size[at] = LEAST + random_below(MOST - LEAST + 1);
        *slot = *slot;
    }
    return cycles() - start;
}

static void instructions(uint32_t live, uint32_t pairs)
{
    uint64_t loop, start;

    fill(live);
    for (uint32_t i = 0; i < pairs; i++) {
        replace(live); /* warm up */
    }
    start = cycles();
    for (uint32_t i = 0; i < pairs; i++) {
        replace(live);
    }
    start = cycles() - start;
    loop = loop_cost(live, pairs);
    report("pair", start - loop, pairs);
    empty(live);
}

/* Private memory from `from` on; with `whole` false only the reservation that begins there. */
static uint32_t committed(const char *from, BOOL whole)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t sum = 0;

    for (const char *at = from; VirtualQuery(at, &info, sizeof info) != 0; at += info.RegionSize) {
        if (!whole && (info.State == MEM_FREE || info.AllocationBase != from)) {
            break;
        }
        if (info.State == MEM_COMMIT && info.Type == MEM_PRIVATE) {
            sum += (uint32_t)info.RegionSize;
        }
    }
    return sum;
}

static uint32_t payload(uint32_t live)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < live; i++) {
        sum += size[i];
    }
    return sum;
}

/* The most that was in use against the most memory that the process heap ever had, its records and
 * the C library's own blocks counted as waste; per mille. */
static void utilisation(uint32_t live, uint32_t pairs)
{
    uint32_t others = committed(NULL, TRUE) - committed(GetProcessHeap(), FALSE);
    uint32_t most_used = 0, most_had = 0;

    fill(live);
    for (uint32_t i = 0; i < pairs; i++) {
        if (i % LOOK_EVERY == 0) {
            uint32_t used = payload(live), had = committed(NULL, TRUE) - others;
            most_used = used > most_used ? used : most_used;
            most_had = had > most_had ? had : most_had;
        }
        replace(live);
    }
    printf("bench utilisation %u\n", (unsigned)((uint64_t)most_used * 1000 / most_had));
    empty(live);
}

int main(int argc, char **argv)
{
    uint32_t live = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1024;

    if (live == 0 || live > LIVE_MOST) {
        printf("heapcost: how many live blocks?  1 to %d.\n", LIVE_MOST);
        return 1;
    }
    utilisation(live, 2 * live + 10000);
    instructions(live, 2 * live + 100000);
    return 0;
}
