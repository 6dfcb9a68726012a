/* test_mm_model.c - random VirtualAlloc, Free, Protect, Query and accesses against a naive model.
 *
 * sources: tests/host/machine.c tests/host/model.c mm/[a-z]*.c lib/string.c
 *
 * The model is an array with one entry a page: tests/host/model.c.
 */
#include "tests/host/model.h"

#include <stdlib.h>
#include <string.h>

enum { READWRITE = 4 };

static struct space *space;

static const uint32_t protections[] = {1,     2,     4, 0x10, 0x20, 0x40,  0x104,
                                       0x102, 0x204, 0, 6,    8,    0x101, 0x800};

static uint32_t random_protect(void)
{
    if (test_below(3))
        return READWRITE;
    return protections[test_below(test_below(4) ? 6 : 14)];
}

static void random_range(va_t *base, uint32_t *size)
{
    uint32_t page = test_below(MODEL_PAGES), most = MODEL_PAGES - page,
             longest = test_below(3) ? 5 : 120;

    *base = MODEL_BASE + page * PAGE_SIZE + (test_below(2) ? 0 : test_below(PAGE_SIZE));
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
        uint32_t number = model_pages[model_index(base)].allocation;

        size = 0;
        if (number)
            base = MODEL_BASE + model_first_page[number] * PAGE_SIZE;
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
    uint32_t i = test_below(MODEL_PAGES);
    bool write = test_below(2);
    uint8_t byte = (uint8_t)test_random();
    status_t expected, status;

    for (int tries = 0; tries < 6 && !model_pages[i].committed; tries++)
        i = test_below(MODEL_PAGES);
    expected = model_access(i, write);

    if (write) {
        status = machine_write(space, MODEL_BASE + i * PAGE_SIZE, byte);
        if (!expected)
            model_pages[i].byte = byte;
        return status == expected;
    }
    status = machine_read(space, MODEL_BASE + i * PAGE_SIZE, &byte);
    return status == expected && (status || byte == model_pages[i].byte);
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
        return model_query_agrees(space, test_below(MODEL_PAGES));
    default:
        return step_access();
    }
}

int main(void)
{
    uint32_t steps = test_long() ? 5000000 : 400000, check_every = test_long() ? 5000 : 400;
    uint32_t i;

    test_seed();
    machine_start(56, 600, NULL);
    if (mm_space_create(&space, 4, "model")) {
        test_ok(false, "a space can be made");
        return test_end();
    }
    for (i = 0; i < steps && model_allocations < 99990; i++) {
        if (!step())
            break;
        if (i % check_every == 0)
            mm_check();
        if (model_allocations > 90000) {
            mm_space_delete(space);
            model_reset();
            if (mm_space_create(&space, 4, "model"))
                break;
        }
    }
    test_ok(i == steps, "%u of %u random operations agree with the model", i, steps);
    mm_check();
    test_ok(true, "all invariants hold");
    printf("# faults %u, hard %u, soft %u, page-ins %u, page-outs %u\n", fault_count,
           fault_hard(fault_kind_count), fault_soft(fault_kind_count), pagefile_counters.reads,
           pagefile_counters.writes);
    test_ok(pagefile_counters.reads > 10 && fault_soft(fault_kind_count) > 10,
            "pages went out and came back");
    mm_space_delete(space);
    test_ok(commit_counters.total == 0 && pagefile_counters.used == 0 && pool_counters.objects == 0,
            "nothing is left when the space is gone");
    mm_check();
    return test_end();
}
