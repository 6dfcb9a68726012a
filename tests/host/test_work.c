/* test_work.c - what a call costs does not grow with what lies beside it: its work, in basic blocks, for some regions
 * and for ten times as many.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/one_space.h"

enum { FRAMES = 500, SLOTS = 8000, REGIONS = 400, BASE = 0x10000000, CAP = 64 };

static uint32_t blocks;
static struct working_set sets[REGIONS];

void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

/* Regions side by side, each with a cap of its own, and a lock of all of them, which the minimum refuses last. */
static uint32_t lock_capped(uint32_t regions)
{
    va_t base = BASE;
    uint32_t size = regions * UNIT_SIZE, work;
    bool good = true;

    start("work", FRAMES, SLOTS);
    for (uint32_t i = 0; i < regions; i++) {
        sets[i] = (struct working_set){.maximum = CAP, .capped = true};
        replace_init(&sets[i], &replace_fifo, &resident_view);
        good = good && !allocate(BASE + i * UNIT_SIZE, UNIT_SIZE, RESERVE | COMMIT) &&
               !virtual_attach(space, BASE + i * UNIT_SIZE, &sets[i]);
    }
    work = blocks;
    good = virtual_lock(space, &base, &size) == STATUS_WORKING_SET_QUOTA && good;
    work = blocks - work;
    stop("capped regions");
    return good ? work : UINT32_MAX;
}

int main(void)
{
    uint32_t few = lock_capped(REGIONS / 10), many = lock_capped(REGIONS);

    test_ok(many < 15 * few, "a lock of %u capped regions takes %u blocks, of %u %u", REGIONS / 10,
            few, REGIONS, many);
    return test_end();
}
