/* test_mm_promises.c - commit charge to the last page, and that a refused call promises nothing.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

enum { FRAMES = 600, SLOTS = 40000, READWRITE = 4 };
enum { RESERVE = VIRTUAL_RESERVE, COMMIT = VIRTUAL_COMMIT };

static struct space *space;

static status_t allocate(va_t *base, uint32_t pages, uint32_t type)
{
    uint32_t size = pages * PAGE_SIZE;

    *base = 0;
    return virtual_allocate(space, base, &size, type, READWRITE);
}

static void release(va_t base)
{
    uint32_t size = 0;

    test_ok(virtual_free(space, &base, &size, VIRTUAL_RELEASE) == STATUS_SUCCESS, "released");
}

/* How many more pages can be promised. */
static uint32_t left(void)
{
    return commit_limit() - commit_counters.total;
}

/* The last page that can be promised is, and not one more. */
static void test_last_page(void)
{
    uint32_t before = commit_counters.total, refused = commit_counters.refused;
    va_t region, most, last, beyond, touched = 0;
    uint32_t size = PAGE_SIZE;

    test_ok(allocate(&region, 1024, RESERVE | COMMIT) == STATUS_SUCCESS,
            "a region, so that its table exists");
    release(region);
    test_ok(allocate(&region, 1024, RESERVE) == STATUS_SUCCESS, "reserving costs nothing");
    test_ok(allocate(&most, left() - 100, RESERVE | COMMIT) == STATUS_SUCCESS, "almost all of it");
    for (last = region; left() > 0 && last < region + 1024 * PAGE_SIZE; last += PAGE_SIZE) {
        va_t base = last;

        size = PAGE_SIZE;
        if (virtual_allocate(space, &base, &size, COMMIT, READWRITE) != STATUS_SUCCESS)
            break;
        touched++;
    }
    test_ok(left() == 0 && touched > 0, "page by page to the very last one (%u)", touched);
    beyond = last;
    size = PAGE_SIZE;
    test_ok(virtual_allocate(space, &beyond, &size, COMMIT, READWRITE) == STATUS_COMMITMENT_LIMIT,
            "one page more is refused");
    test_ok(commit_counters.refused == refused + 1 && commit_counters.total == commit_limit(),
            "which is counted and changes nothing");
    mm_check();
    release(region);
    release(most);
    test_ok(commit_counters.total == before, "all promises are given back (%u, %u)",
            commit_counters.total, before);
}

/* A write-watched region that is too large for its bitmap is refused late, when its pages are
 * already charged. */
static void test_refused_late(void)
{
    uint32_t before = commit_counters.total, regions = space->regions.count;
    va_t base;

    test_ok(allocate(&base, 33000, RESERVE | COMMIT | VIRTUAL_WRITE_WATCH) == STATUS_NO_MEMORY,
            "a region that can't be watched is refused");
    test_ok(commit_counters.total == before && space->regions.count == regions,
            "and promises nothing (%u, %u)", commit_counters.total, before);
    mm_check();
    test_ok(allocate(&base, 33000, RESERVE | COMMIT) == STATUS_SUCCESS, "unwatched it is granted");
    release(base);
}

int main(void)
{
    machine_start(FRAMES, SLOTS, NULL);
    test_ok(mm_space_create(&space, 4, "promises") == STATUS_SUCCESS, "a space");
    test_last_page();
    test_refused_late();
    mm_space_delete(space);
    mm_check();
    return test_end();
}
