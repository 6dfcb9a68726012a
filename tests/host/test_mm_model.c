/* test_mm_model.c - random VirtualAlloc, Free, Protect, Query and accesses against a naive model.
 *
 * sources: tests/host/machine.c mm/pte.c mm/pfn.c mm/pagefile.c mm/commit.c mm/paging.c mm/vad.c mm/pool.c mm/replace.c mm/replace_fifo.c mm/replace_clock.c mm/space.c mm/section.c mm/resident.c mm/reclaim.c mm/fault.c mm/page.c mm/view.c mm/virtual.c mm/virtual_protect.c mm/virtual_query.c mm/check.c mm/mm.c lib/string.c
 *
 * The model is an array with one entry a page: which allocation, committed or not, protection,
 * and the byte last written.  It knows nothing of trees, tables or frames.
 */
#include "tests/host/machine.h"

#include <stdlib.h>
#include <string.h>

enum { VIRTUAL_READWRITE = 4 };
enum { BASE = 0x10000000, PAGES = 256, UNIT_PAGES = 16 };

struct model_page {
    uint32_t allocation; /* number of its allocation, 0: free */
    bool committed;
    uint32_t protect; /* PAGE_x, as it is now */
    uint8_t byte;     /* in its first byte */
};

static struct model_page model[PAGES];
static uint32_t first_page[100000]; /* of each allocation */
static uint32_t allocate_protect[100000];
static uint32_t allocations;
static struct space *space;

static uint32_t index_of(va_t va)
{
    return (va - BASE) >> PAGE_SHIFT;
}

static const uint32_t protections[] = {1,     2,     4, 0x10, 0x20, 0x40,  0x104,
                                       0x102, 0x204, 0, 6,    8,    0x101, 0x800};

static uint32_t random_protect(void)
{
    if (test_below(3))
        return VIRTUAL_READWRITE;
    return protections[test_below(test_below(4) ? 6 : 14)];
}

static bool protect_is_good(uint32_t p)
{
    return p == 1 || p == 2 || p == 4 || p == 0x10 || p == 0x20 || p == 0x40 || p == 0x104 ||
           p == 0x102 || p == 0x204;
}

/* The range of whole pages; false if it leaves the arena (such calls are not made). */
static bool whole_pages(va_t base, uint32_t size, uint32_t *first, uint32_t *last)
{
    *first = index_of(base);
    *last = index_of(base + size - 1);
    return true;
}

static bool unit_is_taken(uint32_t first, uint32_t last)
{
    first &= ~(uint32_t)(UNIT_PAGES - 1);
    last |= UNIT_PAGES - 1;
    for (uint32_t i = first; i <= last && i < PAGES; i++)
        if (model[i].allocation)
            return true;
    return false;
}

static bool model_reserve(va_t base, uint32_t size, bool commit, uint32_t protect)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    first &= ~(uint32_t)(UNIT_PAGES - 1);
    if (!protect_is_good(protect) || unit_is_taken(first, last))
        return false;
    allocations++;
    first_page[allocations] = first;
    allocate_protect[allocations] = protect;
    for (uint32_t i = first; i <= last; i++)
        model[i] = (struct model_page){allocations, commit, commit ? protect : 0, 0};
    return true;
}

static bool one_allocation(uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++)
        if (!model[i].allocation || model[i].allocation != model[first].allocation)
            return false;
    return true;
}

static bool model_commit(va_t base, uint32_t size, uint32_t protect)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    if (!protect_is_good(protect) || !one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++) {
        if (!model[i].committed)
            model[i].byte = 0;
        model[i].committed = true;
        model[i].protect = protect;
    }
    return true;
}

static bool model_free(va_t base, uint32_t size, bool release)
{
    uint32_t first = index_of(base), last, number = model[first].allocation;

    if (!number)
        return false;
    if (size == 0) {
        if (first != first_page[number])
            return false;
        for (last = first; last + 1 < PAGES && model[last + 1].allocation == number;)
            last++;
    } else {
        last = index_of(base + size - 1);
    }
    if (!one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++)
        model[i] = release ? (struct model_page){0} : (struct model_page){.allocation = number};
    if (!release)
        return true;
    if (first == first_page[number])
        first_page[number] = last + 1;
    if (last + 1 < PAGES && model[last + 1].allocation == number &&
        first_page[number] != last + 1) {
        first_page[++allocations] = last + 1; /* a middle part went: two allocations are left */
        allocate_protect[allocations] = allocate_protect[number];
        for (uint32_t i = last + 1; i < PAGES && model[i].allocation == number; i++)
            model[i].allocation = allocations;
    }
    return true;
}

static bool model_protect(va_t base, uint32_t size, uint32_t protect, uint32_t *old)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    if (!protect_is_good(protect) || !one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++)
        if (!model[i].committed)
            return false;
    *old = model[first].protect;
    for (uint32_t i = first; i <= last; i++)
        model[i].protect = protect;
    return true;
}

/* What the program must see when it touches the page. */
static status_t model_access(uint32_t i, bool write)
{
    uint32_t base = model[i].protect & 0xFF;

    if (!model[i].committed)
        return STATUS_ACCESS_VIOLATION;
    if (model[i].protect & 0x100) {
        model[i].protect &= ~0x100u;
        return STATUS_GUARD_PAGE_VIOLATION;
    }
    if (base == 1 || (write && base != 4 && base != 0x40))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static bool same_run(uint32_t a, uint32_t b)
{
    return model[a].allocation == model[b].allocation && model[a].committed == model[b].committed &&
           model[a].protect == model[b].protect;
}

static bool query_agrees(uint32_t i)
{
    struct virtual_region r;
    uint32_t end = i, number = model[i].allocation;

    while (end < PAGES && same_run(i, end))
        end++;
    if (virtual_query(space, BASE + i * PAGE_SIZE + test_below(PAGE_SIZE), &r))
        return false;
    if (r.base != BASE + i * PAGE_SIZE || (end < PAGES && r.size != (end - i) * PAGE_SIZE))
        return false;
    if (!number)
        return r.state == VIRTUAL_FREE && r.protect == 1 && !r.allocation_base && !r.type;
    return r.state == (model[i].committed ? VIRTUAL_COMMIT : VIRTUAL_RESERVE) &&
           r.protect == model[i].protect && r.type == VIRTUAL_PRIVATE &&
           r.allocation_base == BASE + first_page[number] * PAGE_SIZE &&
           r.allocation_protect == allocate_protect[number];
}

static void random_range(va_t *base, uint32_t *size)
{
    uint32_t page = test_below(PAGES), most = PAGES - page, longest = test_below(3) ? 5 : 120;

    *base = BASE + page * PAGE_SIZE + (test_below(2) ? 0 : test_below(PAGE_SIZE));
    *size = 1 + test_below((most < longest ? most : longest) * PAGE_SIZE - (*base & PAGE_MASK));
}

static bool step_allocate(void)
{
    va_t base;
    uint32_t size, protect = random_protect();
    uint32_t type = (uint32_t[]){VIRTUAL_RESERVE, VIRTUAL_COMMIT,
                                 VIRTUAL_RESERVE | VIRTUAL_COMMIT}[test_below(3)];
    bool expected;

    random_range(&base, &size);
    expected = type & VIRTUAL_RESERVE ? model_reserve(base, size, type & VIRTUAL_COMMIT, protect)
                                      : model_commit(base, size, protect);
    return expected == (virtual_allocate(space, &base, &size, type, protect) == STATUS_SUCCESS);
}

static bool step_free(void)
{
    va_t base;
    uint32_t size;
    bool release = test_below(3) == 0, expected;

    random_range(&base, &size);
    if (release ? test_below(16) != 0 : test_below(4) == 0) {
        uint32_t number = model[index_of(base)].allocation;

        size = 0;
        if (number)
            base = BASE + first_page[number] * PAGE_SIZE;
    }
    expected = model_free(base, size, release);
    return expected ==
           (virtual_free(space, &base, &size, release ? VIRTUAL_RELEASE : VIRTUAL_DECOMMIT) ==
            STATUS_SUCCESS);
}

static bool step_protect(void)
{
    va_t base;
    uint32_t size, protect = random_protect(), old = 0, expected_old = 0;
    bool expected;

    random_range(&base, &size);
    expected = model_protect(base, size, protect, &expected_old);
    return expected == (virtual_protect(space, &base, &size, protect, &old) == STATUS_SUCCESS) &&
           old == expected_old;
}

static bool step_access(void)
{
    uint32_t i = test_below(PAGES);
    bool write = test_below(2);
    uint8_t byte = (uint8_t)test_random();
    status_t expected, status;

    for (int tries = 0; tries < 6 && !model[i].committed; tries++)
        i = test_below(PAGES);
    expected = model_access(i, write);

    if (write) {
        status = machine_write(space, BASE + i * PAGE_SIZE, byte);
        if (!expected)
            model[i].byte = byte;
        return status == expected;
    }
    status = machine_read(space, BASE + i * PAGE_SIZE, &byte);
    return status == expected && (status || byte == model[i].byte);
}

static bool step(void)
{
    switch (test_below(256)) {
    case 0:
        return step_allocate();
    case 1:
        return step_allocate();
    case 2:
        return step_free();
    case 3:
        return step_protect();
    case 4:
        return query_agrees(test_below(PAGES));
    default:
        return step_access();
    }
}

int main(void)
{
    uint32_t steps = test_long() ? 5000000 : 400000, check_every = test_long() ? 5000 : 400;
    uint32_t i;

    test_seed();
    machine_start(72, 600, NULL);
    if (mm_space_create(&space, 4, "model")) {
        test_ok(false, "a space can be made");
        return test_end();
    }
    for (i = 0; i < steps && allocations < 99990; i++) {
        if (!step())
            break;
        if (i % check_every == 0)
            mm_check();
        if (allocations > 90000) {
            memset(model, 0, sizeof model);
            mm_space_delete(space);
            allocations = 0;
            if (mm_space_create(&space, 4, "model"))
                break;
        }
    }
    test_ok(i == steps, "%u of %u random operations agree with the model", i, steps);
    mm_check();
    test_ok(true, "all invariants hold");
    printf("# faults %u, hard %u, soft %u, page-ins %u, page-outs %u\n", fault_count,
           fault_hard_count, fault_soft_count, pagefile_counters.reads, pagefile_counters.writes);
    test_ok(pagefile_counters.reads > 100 && fault_soft_count > 100,
            "pages went out and came back");
    mm_space_delete(space);
    test_ok(commit_counters.total == 0 && pagefile_counters.used == 0 && pool_counters.objects == 0,
            "nothing is left when the space is gone");
    mm_check();
    return test_end();
}
