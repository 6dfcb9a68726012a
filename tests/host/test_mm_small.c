/* test_mm_small.c - every sequence of calls over an 8-page region, up to a length, against the model.
 *
 * sources: tests/host/model.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Small scope, but all of it: what goes wrong at all mostly goes wrong with few pages and few calls.
 */
#include "tests/host/model.h"

#include <string.h>

enum { READONLY = 2, READWRITE = 4, GUARDED = 0x104, SMALL_PAGES = 8 };

enum what { RESERVE, RESERVE_COMMIT, COMMIT, DECOMMIT, RELEASE, PROTECT, WRITE };

struct call {
    enum what what;
    uint32_t page, pages, protect;
};

static const struct call calls[] = {
    {RESERVE, 0, 8, READWRITE}, {RESERVE_COMMIT, 0, 6, READWRITE},
    {COMMIT, 1, 4, READWRITE},  {COMMIT, 3, 5, READONLY},
    {DECOMMIT, 2, 3, 0},        {RELEASE, 0, 0, 0},
    {RELEASE, 3, 2, 0},         {PROTECT, 1, 3, GUARDED},
    {WRITE, 3, 1, 0},
};
enum { CALLS = sizeof calls / sizeof *calls };

static struct space *space;
static uint64_t sequences;

static bool do_allocate(va_t at, uint32_t size, uint32_t type, uint32_t protect)
{
    bool expected = type & VIRTUAL_RESERVE ? model_reserve(at, size, type & VIRTUAL_COMMIT, protect)
                                           : model_commit(at, size, protect);

    return expected == (virtual_allocate(space, &at, &size, type, protect) == STATUS_SUCCESS);
}

static bool do_free(va_t at, uint32_t size, bool release)
{
    bool expected = model_free(at, size, release);

    return expected ==
           (virtual_free(space, &at, &size, release ? VIRTUAL_RELEASE : VIRTUAL_DECOMMIT) == 0);
}

static bool do_protect(va_t at, uint32_t size, uint32_t protect)
{
    uint32_t old = 0, expected_old = 0;
    bool expected = model_protect(at, size, protect, &expected_old);

    return expected == (virtual_protect(space, &at, &size, protect, &old) == 0) &&
           old == expected_old;
}

static bool do_write(uint32_t page, uint8_t byte)
{
    uint8_t now;
    status_t expected = model_access(page, true);

    if (machine_write(space, MODEL_BASE + page * PAGE_SIZE, byte) != expected)
        return false;
    if (expected)
        return true;
    model_pages[page].byte = byte;
    return !machine_read(space, MODEL_BASE + page * PAGE_SIZE, &now) && now == byte;
}

static bool do_call(const struct call *c, uint8_t byte)
{
    va_t at = MODEL_BASE + c->page * PAGE_SIZE;
    uint32_t size = c->pages * PAGE_SIZE;

    switch (c->what) {
    case RESERVE:
        return do_allocate(at, size, VIRTUAL_RESERVE, c->protect);
    case RESERVE_COMMIT:
        return do_allocate(at, size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, c->protect);
    case COMMIT:
        return do_allocate(at, size, VIRTUAL_COMMIT, c->protect);
    case DECOMMIT:
        return do_free(at, size, false);
    case RELEASE:
        return do_free(at, size, true);
    case PROTECT:
        return do_protect(at, size, c->protect);
    default:
        return do_write(c->page, byte);
    }
}

static void clear(void)
{
    struct vad *vad;

    while ((vad = vad_at_or_above(&space->regions, MODEL_BASE)) != NULL && vad->start < 0x20000000)
        virtual_destroy(space, vad);
    model_reset();
}

/* Run one sequence from nothing; true if every call and every query agrees. */
static bool run(const uint8_t *sequence, unsigned length)
{
    clear();
    for (unsigned i = 0; i < length; i++)
        if (!do_call(&calls[sequence[i]], (uint8_t)(i + 1)))
            return false;
    for (uint32_t page = 0; page <= SMALL_PAGES; page++)
        if (!model_query_agrees(space, page))
            return false;
    sequences++;
    return true;
}

/* All sequences of this length, as a counter in base CALLS. */
static bool run_all(unsigned length)
{
    uint8_t sequence[16] = {0};
    unsigned digit = 0;

    while (digit < length) {
        if (!run(sequence, length)) {
            for (unsigned i = 0; i < length; i++)
                printf("# call %u: number %u\n", i, sequence[i]);
            return false;
        }
        for (digit = 0; digit < length && ++sequence[digit] == CALLS; digit++)
            sequence[digit] = 0;
    }
    return true;
}

int main(void)
{
    unsigned longest = test_long() ? 7 : 5;

    machine_start(200, 100, NULL);
    if (mm_space_create(&space, 4, "small"))
        return 1;
    for (unsigned length = 1; length <= longest; length++)
        test_ok(run_all(length), "every sequence of %u of %u calls agrees with the model", length,
                (unsigned)CALLS);
    printf("# %llu sequences\n", (unsigned long long)sequences);
    clear();
    mm_check();
    return test_end();
}
