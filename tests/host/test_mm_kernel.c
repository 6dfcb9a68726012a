/* test_mm_kernel.c - the kernel's own space is in every address space; and starts that are refused.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

enum { FRAMES = 1500, READWRITE = 4 };

static pte_t entry_in(const struct space *space, va_t va)
{
    return *paging_directory_entry(space->dir, va);
}

/* A table that the kernel gets appears in spaces that exist, and in those that are made later. */
static void test_shared_tables(void)
{
    uint32_t size = TABLE_SPAN + PAGE_SIZE, tables = space_kernel.tables;
    struct space *before, *after;
    va_t at = 0;

    test_ok(!mm_space_create(&before, 4, "before"), "a space");
    test_ok(
        !virtual_allocate(&space_kernel, &at, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE) &&
            at >= LAYOUT_SPACE_LOW && at < LAYOUT_SPACE_TOP,
        "the kernel gets memory of its own, in its half");
    test_ok(space_kernel.tables == tables + 2, "for which it needs two tables");
    test_ok(!mm_space_create(&after, 8, "after"), "another space");
    for (va_t va = at; va <= at + TABLE_SPAN; va += TABLE_SPAN)
        test_ok(entry_in(&space_kernel, va) &&
                    entry_in(before, va) == entry_in(&space_kernel, va) &&
                    entry_in(after, va) == entry_in(&space_kernel, va) &&
                    !(entry_in(after, va) & PTE_U),
                "every directory has the table at %08X, and no program may use it", va);
    test_ok(!mm_touch(&space_kernel, at, size, true), "all of it can be touched");
    test_ok(!(*paging_find(space_kernel.dir, at) & PTE_U), "its pages are the kernel's alone");
    mm_check();
    size = 0;
    test_ok(!virtual_free(&space_kernel, &at, &size, VIRTUAL_RELEASE) &&
                space_kernel.tables == tables + 2,
            "given back, its tables stay: all spaces know them");
    mm_space_delete(before);
    mm_space_delete(after);
    mm_check();
}

/* mm_init() with so few frames that nothing could ever be paged in. */
static void test_too_few_frames(void)
{
    const struct mm_options few = {.frames = 1};
    pfn_t available = pfn_available();

    test_ok(mm_init(&few) == STATUS_NO_MEMORY, "a start with one frame is refused (%u were there)",
            available);
    while (pfn_alloc(PFN_USE_KERNEL, PFN_PIN))
        ;
    test_ok(mm_init(&few) == STATUS_NO_MEMORY, "and one with none");
}

int main(void)
{
    machine_start(FRAMES, 0, NULL);
    test_shared_tables();
    test_too_few_frames();
    return test_end();
}
