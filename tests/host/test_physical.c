/* test_physical.c - frames that are a program's own, shown in windows (AWE), against a naive model.
 *
 * sources: tests/host/machine.c kernel/process/physical.c mm/[a-z]*.c lib/string.c
 *
 * Each frame has its number in its first word, wherever it is shown; memory is short meanwhile, and everything else is
 * paged.
 */
#include "tests/host/machine.h"

#include "kernel/process/physical.h"

enum { FRAMES = 400, SLOTS = 2000, OWN = 24, PAGES = 16, ROUNDS = 20000, READWRITE = 4 };

static struct space *space, *other;
static va_t window, heap;
static uint32_t call;
static pfn_t frames[OWN], shown[PAGES]; /* what the model thinks each page shows */

static va_t page(uint32_t i)
{
    return window + i * PAGE_SIZE;
}

static bool is_shown(pfn_t frame)
{
    for (uint32_t i = 0; i < PAGES; i++)
        if (shown[i] == frame)
            return true;
    return false;
}

static void start(void)
{
    uint32_t size = PAGES * PAGE_SIZE, pages = 4 * FRAMES * PAGE_SIZE;
    uint32_t before;

    machine_start(FRAMES, SLOTS, NULL);
    mm_space_create(&space, 1, "own");
    mm_space_create(&other, 2, "other");
    before = space->private_commit;
    test_ok(!virtual_allocate(space, &window, &size, VIRTUAL_RESERVE | VIRTUAL_PHYSICAL, READWRITE),
            "a window");
    test_ok(!virtual_allocate(space, &heap, &pages, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE),
            "and much else");
    pages >>= PAGE_SHIFT;
    for (uint32_t i = 0; i < OWN; i++)
        frames[i] = physical_take(space);
    test_ok(frames[OWN - 1] && space->private_commit == before + pages + OWN,
            "each frame is charged, the window is not");
}

/* One random thing. */
static uint32_t step(void)
{
    uint32_t i = test_below(PAGES), value, wrong = 0;
    pfn_t frame = test_below(4) ? frames[test_below(OWN)] : PFN_NONE;
    bool may = !frame || !is_shown(frame);
    status_t status = physical_promise(space, page(i), frame, ++call);

    wrong += (status == STATUS_SUCCESS) != may;
    if (!status) {
        physical_show(space, page(i), frame);
        shown[i] = frame;
    }
    if (frame && !status && !machine_read32(space, page(i), &value) && value == 0)
        machine_write32(space, page(i), frame); /* first seen: it is all zero */
    i = test_below(PAGES);
    status = machine_read32(space, page(i), &value);
    wrong += shown[i] ? status || value != shown[i] : status != STATUS_ACCESS_VIOLATION;
    wrong += machine_write32(space, heap + test_below(4 * FRAMES) * PAGE_SIZE, 1) != 0;
    return wrong;
}

static void test_steps(void)
{
    uint32_t wrong = 0, seed = test_seed();

    for (uint32_t round = 0; round < ROUNDS; round++) {
        wrong += step();
        if (round % 1000 == 0)
            mm_check();
    }
    test_ok(!wrong, "%u random steps: every page shows its frame, seed %u", ROUNDS, seed);
}

static void test_refusals(void)
{
    va_t at = window;
    uint32_t size = PAGE_SIZE, old;

    test_ok(physical_promise(other, window, PFN_NONE, 1) == STATUS_INVALID_PARAMETER_1 &&
                physical_promise(space, heap, frames[0], 1) == STATUS_INVALID_PARAMETER_1,
            "there is no window elsewhere");
    test_ok(!physical_owns(other, frames[0]) && !physical_owns(space, pfn_limit) &&
                physical_promise(space, window, 1, 1) == STATUS_INVALID_PARAMETER_3,
            "a frame is one space's");
    test_ok(virtual_protect(space, &at, &size, 2, &old) &&
                virtual_allocate(space, &at, &size, VIRTUAL_COMMIT, READWRITE) &&
                virtual_free(space, &at, &size, VIRTUAL_DECOMMIT),
            "a window is not protected, committed, decommitted");
    test_ok(virtual_free(space, &at, &size, VIRTUAL_RELEASE), "nor released in parts");
}

static void test_promises(void)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        physical_show(space, page(i), PFN_NONE);
        shown[i] = PFN_NONE;
    }
    call++;
    test_ok(!physical_promise(space, page(0), frames[0], call) &&
                physical_promise(space, page(1), frames[0], call) == STATUS_INVALID_PARAMETER_3,
            "a frame is promised once in a call");
    test_ok(!physical_promise(space, page(1), frames[0], ++call), "and not kept back for the next");
    physical_show(space, page(1), frames[0]);
    mm_check();
}

static void test_end_of_it(void)
{
    uint32_t all = 0, used = pfn_uses[PFN_USE_PHYSICAL];

    test_ok(!virtual_free(space, &window, &all, VIRTUAL_RELEASE) &&
                pfn_uses[PFN_USE_PHYSICAL] == used,
            "the window goes, its frames stay");
    physical_give(space, frames[0]);
    mm_check();
    test_ok(!physical_owns(space, frames[0]), "a frame given back is nobody's");
    physical_give_all(space);
    mm_space_delete(space);
    mm_check();
    test_ok(pfn_uses[PFN_USE_PHYSICAL] == 0, "the space takes the others along");
}

/* No more than may be pinned: others can still run. */
static void test_greed(void)
{
    uint32_t taken = 0;

    while (physical_take(other))
        taken++;
    mm_check();
    test_ok(taken > FRAMES / 4 && pfn_pinned() <= pfn_pin_limit,
            "%u of %u frames are given, then none", taken, FRAMES);
    physical_give_all(other);
    mm_space_delete(other);
    mm_check();
}

int main(void)
{
    start();
    test_steps();
    test_refusals();
    test_promises();
    test_end_of_it();
    test_greed();
    return test_end();
}
