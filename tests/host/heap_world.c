/* heap_world.c - what the tests of the heap stand on: memory that can run out, and TAP lines.
 */
#include "tests/host/heap_world.h"
#include "lib/chance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { PAGE = 4096, UNIT = 0x10000, REGIONS = 4096 };

struct world world;

static struct region {
    char *base;
    size_t size;
    char *has; /* one byte a page */
} regions[REGIONS];

static uint32_t state = 1;
static unsigned tests, failures;

/* A provider must never be asked for nonsense: that is a bug of the heap, so stop at once. */
static void insist(bool ok, const char *what)
{
    if (!ok) {
        printf("Bail out! provider: %s\n", what);
        abort();
    }
}

static bool fails(void)
{
    world.calls++;
    return (world.fail_at > 0 &&
            (world.fail_on ? world.calls >= world.fail_at : world.calls == world.fail_at)) ||
           (world.fail_percent > 0 && world_below(100) < world.fail_percent);
}

static struct region *region_at(const void *at)
{
    for (struct region *region = regions; region < regions + REGIONS; region++) {
        if (region->base && (const char *)at >= region->base &&
            (const char *)at < region->base + region->size) {
            return region;
        }
    }
    return NULL;
}

static void *reserve(void *context, size_t size)
{
    struct region *region = regions;

    (void)context;
    insist(size > 0 && size % PAGE == 0, "reserve: size");
    if (fails()) {
        return NULL;
    }
    while (region < regions + REGIONS && region->base) {
        region++;
    }
    insist(region < regions + REGIONS, "too many regions");
    char *raw =
        mmap(NULL, size + UNIT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) {
        return NULL;
    }
    char *base = (char *)(((uintptr_t)raw + UNIT - 1) & ~(uintptr_t)(UNIT - 1));
    if (base > raw) {
        munmap(raw, (size_t)(base - raw));
    }
    if (base + size < raw + size + UNIT) {
        munmap(base + size, (size_t)(raw + UNIT - base));
    }
    *region = (struct region){.base = base, .size = size, .has = calloc(size / PAGE, 1)};
    world.reserved += size;
    return base;
}

/* Pages of [at, at + size) that have (don't have) memory now have none (have it). */
static size_t set_pages(void *at, size_t size, char value, const char *what)
{
    struct region *region = region_at(at);
    size_t changed = 0;

    insist(region && (uintptr_t)at % PAGE == 0 && size % PAGE == 0 && size > 0 &&
               (char *)at + size <= region->base + region->size,
           what);
    size_t first = (size_t)((char *)at - region->base) / PAGE;
    for (size_t i = first; i < first + size / PAGE; i++) {
        changed += region->has[i] != value;
        region->has[i] = value;
    }
    return changed * PAGE;
}

static bool commit(void *context, void *at, size_t size)
{
    (void)context;
    if (fails()) {
        return false;
    }
    world.committed += set_pages(at, size, 1, "commit: range");
    world.peak = world.committed > world.peak ? world.committed : world.peak;
    insist(mprotect(at, size, PROT_READ | PROT_WRITE) == 0, "mprotect");
    return true;
}

static void decommit(void *context, void *at, size_t size)
{
    (void)context;
    world.committed -= set_pages(at, size, 0, "decommit: range");
    madvise(at, size, MADV_DONTNEED);
    mprotect(at, size, PROT_NONE);
}

static void release(void *context, void *base, size_t size)
{
    struct region *region = region_at(base);

    (void)context;
    insist(region && region->base == base && region->size == size, "release: region");
    world.committed -= set_pages(base, size, 0, "release: range");
    world.reserved -= size;
    munmap(base, size);
    free(region->has);
    memset(region, 0, sizeof *region);
}

static void corruption(void *context, struct heap *heap, enum heap_damage what, const void *at)
{
    (void)context;
    (void)heap;
    world.reports++;
    world.last = what;
    world.last_at = at;
}

const struct heap_provider world_provider = {
    .reserve = reserve,
    .commit = commit,
    .decommit = decommit,
    .release = release,
    .corruption = corruption,
    .page_blocks = &heap_page_keeping,
    .parts = &heap_parts,
    .secret = 0x5EC2E7,
};

bool world_reset(void)
{
    bool clean = world.reserved == 0 && world.committed == 0;

    memset(&world, 0, sizeof world);
    return clean;
}

bool world_has(const void *at)
{
    const struct region *region = region_at(at);

    return region && region->has[(size_t)((const char *)at - region->base) / PAGE];
}

void world_start(void)
{
    const char *seed = getenv("SEED");

    state = seed ? (uint32_t)strtoul(seed, NULL, 0) : (uint32_t)time(NULL);
    state += state == 0;
    printf("# seed %u (SEED=%u repeats this run)\n", state, state);
}

uint32_t world_random(void)
{
    return state = chance_next(state);
}

uint32_t world_below(uint32_t limit)
{
    return (uint32_t)((uint64_t)world_random() * limit >> 32);
}

bool world_long(void)
{
    return getenv("PAGODA_LONG") != NULL;
}

void test(bool ok, const char *format, ...)
{
    va_list list;

    failures += !ok;
    printf("%sok %u - ", ok ? "" : "not ", ++tests);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("\n");
    fflush(stdout);
}

int test_end(void)
{
    printf("1..%u\n", tests);
    return failures > 0;
}
