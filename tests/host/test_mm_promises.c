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

/* The machine is empty again: the pool keeps nothing of it. */
static void finish(struct section *section)
{
    mm_space_delete(space);
    section_release(section);
    mm_check();
    test_ok(commit_counters.total == 0 && pool_counters.objects == 0, "nothing is left");
}

static status_t read_zeros(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file;
    (void)index;
    machine_zero(into);
    return STATUS_SUCCESS;
}

static struct section_file zeros = {.read = read_zeros};

/* A file, or an image, that is larger than RAM is read to its end beside pages that can't be written. */
static void test_clean_pages_go(uint32_t slots, uint32_t dirty)
{
    struct section *file;
    va_t base, at = 0;
    uint32_t size = 0, done = 0;
    uint8_t byte;

    machine_start(FRAMES, slots, NULL);
    test_ok(!mm_space_create(&space, 4, "reader") &&
                !mm_section_create(&file, 2 * FRAMES * PAGE_SIZE, PROT_READONLY, &zeros, false,
                                   false) &&
                !view_map(file, space, &at, 0, &size, PROT_READONLY, false) &&
                !allocate(&base, dirty, RESERVE | COMMIT),
            "%u slots, %u pages promised, a file of %u pages", slots, dirty, 2 * FRAMES);
    for (uint32_t i = 0; i < dirty; i++)
        done += machine_write(space, base + i * PAGE_SIZE, 1) == STATUS_SUCCESS;
    test_ok(done == dirty, "the pages are written");
    for (done = 0; done < 2 * FRAMES; done++)
        if (machine_read(space, at + done * PAGE_SIZE, &byte))
            break;
    test_ok(done == 2 * FRAMES, "and the file is read to its end: %u pages of %u", done,
            2 * FRAMES);
    test_ok(reclaim_counters.failed_writes == 0, "no page without a slot was tried to be written");
    mm_check();
    finish(file);
}

/* Who pays for the pages of an image: those that views write in place, and those that were changed. */
static void test_image_pays(void)
{
    uint32_t before = commit_counters.total, word = 1, charged;
    struct section *image;

    test_ok(
        !mm_section_create(&image, 8 * PAGE_SIZE, PROT_EXECUTE_WRITECOPY, &zeros, true, false) &&
            !section_set_pages(image, 0, 4, PROT_EXECUTE_READ, false) && image->commit == 0,
        "an image of a file, only read: nothing is promised");
    charged = commit_counters.total;
    test_ok(!section_set_pages(image, 4, 3, PROT_READWRITE, false) && image->commit == 3 &&
                commit_counters.total == charged + 3,
            "its shared part is promised");
    test_ok(!mm_section_copy(image, 0, &word, sizeof word, true) &&
                !mm_section_copy(image, 8, &word, sizeof word, true) && image->commit == 4,
            "a page whose bytes were copied into it, too, and once");
    test_ok(!mm_section_copy(image, 5 * PAGE_SIZE, &word, sizeof word, true) && image->commit == 4,
            "one of the shared part was promised before");
    mm_check();
    section_release(image);
    test_ok(commit_counters.total == before, "all is given back");
}

/* A copy of a section that is only reserved: paid for at once, since others may commit its pages. */
static void test_copy_of_reserved(void)
{
    struct section *lazy;
    uint32_t size = 0, old, page = PAGE_SIZE;
    va_t base = 0;

    test_ok(!mm_section_create(&lazy, 16 * PAGE_SIZE, PROT_READWRITE, NULL, false, true) &&
                !view_map(lazy, space, &base, 0, &size, PROT_WRITECOPY, false),
            "a copy of a reserved section");
    test_ok(lazy->commit == 0 && space_region(space, base)->commit == 16,
            "is paid for by its view");
    mm_check();
    test_ok(!section_commit(lazy, 0, 4, PROT_READWRITE) && lazy->commit == 4,
            "its pages are committed elsewhere");
    mm_check();
    test_ok(!machine_write(space, base, 1) &&
                !virtual_protect(space, &base, &page, 2, &old) /* PAGE_READONLY */,
            "one is copied, and then protected");
    mm_check();
    view_unmap(space, base);
    section_release(lazy);
}

/* Tables of sections are made room for, as those of regions are. */
static void test_section_makes_room(void)
{
    struct section *large;
    uint32_t pages = 1500;
    va_t base;

    machine_start(1000, SLOTS, NULL);
    test_ok(!mm_space_create(&space, 4, "tables") && !allocate(&base, pages, RESERVE | COMMIT),
            "more pages than frames");
    for (uint32_t i = 0; i < pages; i++)
        machine_write(space, base + i * PAGE_SIZE, 1);
    test_ok(pfn_available() < 100 && pfn_may_pin(100), "%u frames are available", pfn_available());
    test_ok(!mm_section_create(&large, 400u << 20, PROT_READWRITE, NULL, false, true),
            "a reserved section with 100 tables is granted");
    mm_check();
    finish(large);
}

/* A locked page of a file is a frame that is lost to what is promised. */
static void test_locks_are_lost_frames(void)
{
    uint32_t size = 0, limit, page = PAGE_SIZE;
    struct section *file;
    va_t at = 0, all, one;

    machine_start(FRAMES, 0, NULL);
    test_ok(!mm_space_create(&space, 4, "locks") &&
                !mm_section_create(&file, 64 * PAGE_SIZE, PROT_READONLY, &zeros, false, false) &&
                !view_map(file, space, &at, 0, &size, PROT_READONLY, false),
            "a file and its view");
    limit = commit_limit();
    size = 40 * PAGE_SIZE;
    one = at;
    test_ok(!virtual_lock(space, &one, &size) && commit_limit() + 40 <= limit,
            "40 locked pages lower the limit by 40");
    test_ok(!allocate(&all, left() - 1, RESERVE | COMMIT), "the rest is promised");
    while (left() > 0 && !allocate(&one, 1, RESERVE | COMMIT))
        ;
    one = at + 50 * PAGE_SIZE;
    test_ok(left() == 0 && virtual_lock(space, &one, &page) == STATUS_WORKING_SET_QUOTA,
            "with nothing left, no more of them can be locked");
    mm_check();
    finish(file);
}

int main(void)
{
    machine_start(FRAMES, SLOTS, NULL);
    test_ok(mm_space_create(&space, 4, "promises") == STATUS_SUCCESS, "a space");
    test_last_page();
    test_refused_late();
    test_image_pays();
    test_copy_of_reserved();
    mm_space_delete(space);
    mm_check();
    test_clean_pages_go(0, 200);
    test_clean_pages_go(100, 400);
    test_section_makes_room();
    test_locks_are_lost_frames();
    return test_end();
}
