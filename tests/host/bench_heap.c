/* bench_heap.c - how many instructions a malloc/free pair costs, and how much memory is wasted.
 *
 * sources: user/ntdll/heap_[a-z]*.c lib/string.c
 *
 * Random sizes of 16..512 bytes: a random one of the live blocks is freed and another allocated.
 * Usage: bench_heap [LIVE [PAIRS]].  It prints the peak utilisation; instructions are counted
 * from outside (tests/bench_heap.sh runs it under callgrind, twice, and takes the difference).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "user/ntdll/heap_calls.h"
#include "user/ntdll/heap_parts.h"

static size_t committed, peak_committed;

static void *reserve(void *context, size_t size)
{
    (void)context;
    char *raw =
        mmap(0, size + 0x10000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return raw == MAP_FAILED ? 0 : (void *)(((uintptr_t)raw + 0xFFFF) & ~(uintptr_t)0xFFFF);
}

static bool commit(void *context, void *at, size_t size)
{
    (void)context;
    committed += size;
    peak_committed = committed > peak_committed ? committed : peak_committed;
    return mprotect(at, size, PROT_READ | PROT_WRITE) == 0;
}

static void decommit(void *context, void *at, size_t size)
{
    (void)context;
    committed -= size;
    madvise(at, size, MADV_DONTNEED);
    mprotect(at, size, PROT_NONE);
}

static void release(void *context, void *base, size_t size)
{
    (void)context;
    munmap(base, size);
}

static const struct heap_provider provider = {.reserve = reserve,
                                              .commit = commit,
                                              .decommit = decommit,
                                              .release = release,
                                              .parts = &heap_parts,
                                              .secret = 4711};

static uint32_t random_state = 12345;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)random_state * limit >> 32);
}

int main(int argc, char **argv)
{
    uint32_t live = argc > 1 ? (uint32_t)atoi(argv[1]) : 1024;
    uint32_t pairs = argc > 2 ? (uint32_t)atoi(argv[2]) : 1000000;
    struct heap *heap = heap_create(&provider, HEAP_OPTION_GROWABLE, 0x100000, 0x1000);
    heap_share(heap, false);
    void **block = calloc(live, sizeof(*block));
    uint32_t *size = calloc(live, sizeof(*size));
    uint32_t payload = 0, peak = 0;

    for (uint32_t i = 0; i < live + pairs; i++) {
        uint32_t at = i < live ? i : random_below(live);
        heap_free(heap, 0, block[at]);
        payload -= size[at];
        size[at] = 16 + random_below(497);
        block[at] = heap_alloc(heap, 0, size[at]);
        payload += size[at];
        peak = payload > peak ? payload : peak;
    }
    printf("live %u pairs %u peak payload %u committed %zu utilisation %.1f %%\n", live, pairs,
           peak, peak_committed, 100.0 * peak / (double)peak_committed);
    if (!heap_validate(heap, 0, 0)) {
        printf("damaged\n");
        return 1;
    }
    heap_destroy(heap);
    return 0;
}
