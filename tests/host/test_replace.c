/* test_replace.c - the policies on the strings of the textbooks, by real touches of real pages.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Total faults from cold as published (Silberschatz, Belady, OSTEP, Stallings).  The pages lie in a
 * region with a working set of its own that holds exactly the given number of frames.
 */
#include "tests/host/machine.h"

#include <string.h>

struct published {
    const char *string;
    uint32_t frames, fifo, clock;
};

static const char silberschatz[] = "7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1";
static const char belady[] = "1 2 3 4 1 2 5 1 2 3 4 5";
static const char exercise[] = "1 2 3 4 2 1 5 6 2 1 2 3 7 6 3 2 1 2 3 6";

static const struct published table[] = {
    {silberschatz, 3, 15, 14},
    {silberschatz, 4, 10, 9},
    {silberschatz, 5, 9, 9},
    {belady, 3, 9, 9},
    {belady, 4, 10, 10},
    {belady, 5, 5, 5},
    {exercise, 3, 16, 16},
    {exercise, 4, 14, 14},
    {exercise, 5, 10, 9},
    {"0 1 2 0 1 3 0 3 1 2 1", 3, 7, 7},
    {"2 3 2 1 5 2 4 5 3 2 5 2", 3, 9, 8},
    {"7 2 3 1 2 5 3 4 6 7 7 1 0 5 4 6 2 3 0 1", 3, 17, 18},
};

static struct space *space;
static struct working_set lab;
static va_t base;

static void open_lab(uint32_t frames, const struct replace_policy *policy)
{
    uint32_t size = 64 * PAGE_SIZE;

    machine_start(400, 400, NULL);
    if (mm_space_create(&space, 4, "lab"))
        machine_panic("no space for the lab");
    base = 0;
    virtual_allocate(space, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, 4);
    memset(&lab, 0, sizeof lab);
    lab.maximum = frames;
    lab.capped = lab.exact = true;
    replace_init(&lab, policy, &resident_view);
    virtual_attach(space, base, &lab);
}

static void close_lab(void)
{
    mm_check();
    mm_space_delete(space);
    replace_retire(&lab);
}

static uint32_t faults_on(const char *string, uint32_t frames, const struct replace_policy *policy)
{
    uint32_t faults;

    open_lab(frames, policy);
    for (const char *at = string; *at; at++)
        if (*at != ' ')
            machine_write(space, base + (va_t)(*at - '0') * PAGE_SIZE, (uint8_t)*at);
    faults = lab.faults;
    close_lab();
    return faults;
}

static void test_published(void)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct published *p = &table[i];
        uint32_t fifo = faults_on(p->string, p->frames, &replace_fifo);
        uint32_t clock = faults_on(p->string, p->frames, &replace_clock);

        test_ok(fifo == p->fifo && clock == p->clock, "%s, %u frames: FIFO %u (%u), CLOCK %u (%u)",
                p->string, p->frames, fifo, p->fifo, clock, p->clock);
    }
}

static uint32_t loop_faults(uint32_t frames, const struct replace_policy *policy)
{
    uint32_t faults;

    open_lab(frames, policy);
    for (uint32_t i = 0; i < 10000; i++)
        machine_write(space, base + i % 50 * PAGE_SIZE, 1);
    faults = lab.faults;
    close_lab();
    return faults;
}

/* Clearing A without telling the TLB: the next access does not set it again, so CLOCK takes pages
 * that are in use, and its counts are wrong.  The published tables must notice. */
static void test_missing_invlpg(void)
{
    bool noticed = false;

    machine_forgets_nothing = true;
    for (size_t i = 0; i < sizeof table / sizeof *table && !noticed; i++)
        noticed = faults_on(table[i].string, table[i].frames, &replace_clock) != table[i].clock;
    machine_forgets_nothing = false;
    test_ok(noticed, "without invlpg the counts are wrong");
}

static bool never(pfn_t frame)
{
    (void)frame;
    return false;
}

static void nothing(pfn_t frame)
{
    (void)frame;
}

enum { LARGE = 70000, CLEAN = 20, MORE = 100 };

static bool all_but_one(pfn_t frame)
{
    return frame != CLEAN;
}

/* WSClock in a set of more than 65,536 frames: a clean page that left the working set goes before an older
 * one that would have to be written. */
static void test_large_wsclock(void)
{
    static const struct replace_view view = {never, nothing, all_but_one};
    static struct pfn database[LARGE + 1];
    static struct working_set ws;

    pfn_init(database, LARGE + 1);
    pfn_add(1, LARGE + 1);
    replace_init(&ws, &replace_wsclock, &view);
    for (pfn_t frame = 1; frame <= LARGE; frame++) {
        pfn_move(frame, PFN_ACTIVE);
        replace_insert(&ws, frame);
    }
    for (pfn_t frame = LARGE; frame > LARGE - MORE; frame--) { /* as many faults more */
        replace_remove(frame);
        replace_insert(&ws, frame);
    }
    test_ok(replace_victim(&ws) == CLEAN, "WSClock among %u frames takes the clean page", LARGE);
    for (pfn_t frame = 1; frame <= LARGE; frame++)
        replace_remove(frame);
    replace_retire(&ws);
}

int main(void)
{
    test_large_wsclock();
    test_published();
    test_ok(loop_faults(49, &replace_fifo) == 10000,
            "a loop one page too long: FIFO always faults");
    test_ok(loop_faults(49, &replace_clock) == 10000, "... and so does CLOCK");
    test_ok(loop_faults(50, &replace_clock) == 50, "a loop that fits: only the cold faults");
    test_missing_invlpg();
    return test_end();
}
