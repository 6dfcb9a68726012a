/* denning.c - lesson: thrashing. Useful work against the number of programs (Denning, 1968).
 *
 * N workers share 64 frames; each goes round in 12 pages of its own.  A touch of a page in RAM is useful work and takes
 * one unit of time; a page that must be read takes 2000, and others may work meanwhile, but there is one disk.
 * The pages are real, the faults are counted by the kernel; the time is the sum.
 */
#include "user/programs/lessons/counters.h"

#include <stdio.h>

enum {
    PAGE = 4096,
    FRAMES = 64,
    OWN = 12,
    MOST = 10,
    ROUNDS = 40,
    DISK = 2000,
    REPEAT = 200,
    WIDTH = 50
};

static unsigned hard_of(void *region)
{
    struct abi_region_counters counters = {.address = (uint32_t)(UINT_PTR)region};

    control_of_pagoda()(ABI_CONTROL_REGION_COUNTERS, &counters, sizeof counters, NULL);
    return counters.faults;
}

/* Useful work of N workers in 1000 units of time, and the faults of a round. */
static unsigned work(unsigned workers, unsigned *faults)
{
    volatile unsigned *memory =
        VirtualAlloc(NULL, MOST * OWN * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    unsigned touches = 0, before;
    double disk, cpu;

    if (!memory || !cap_region((void *)memory, FRAMES, "clock"))
        return 0;
    for (unsigned page = 0; page < workers * OWN; page++)
        memory[page * PAGE / 4] = 1;
    before = hard_of((void *)memory);
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned page = 0; page < OWN; page++)
            for (unsigned worker = 0; worker < workers; worker++) {
                memory[(worker * OWN + page) * PAGE / 4]++;
                touches += REPEAT;
            }
    *faults = hard_of((void *)memory) - before;
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    disk = (double)*faults * DISK;
    /* Each worker waits for its keyboard for four fifths of its time: with few of them the CPU is idle. */
    cpu = touches * (workers < 5 ? 5.0 / workers : 1.0);
    return (unsigned)(1000.0 * touches / (cpu > disk ? cpu : disk));
}

int main(void)
{
    unsigned best = 0, at = 0, last = 0;

    if (!control_of_pagoda()) {
        printf("Only Pagoda can give a region so few frames.\n");
        return 0;
    }
    printf("%u frames, a working set of %u pages each; useful work in 1000 units of time\n\n",
           FRAMES, OWN);
    for (unsigned workers = 1; workers <= MOST; workers++) {
        unsigned faults = 0, useful = work(workers, &faults);

        printf("%2u workers, %3u pages %5u faults %5u |", workers, workers * OWN, faults, useful);
        for (unsigned i = 0; i < useful * WIDTH / 1000; i++)
            putchar('#');
        putchar('\n');
        if (useful > best) {
            best = useful;
            at = workers;
        }
        last = useful;
    }
    printf("\nBest with %u workers; with %u it is %u of %u: thrashing.\n", at, MOST, last, best);
    printf("\nYou should now be able to say: where is the cliff, and why does it help to stop a "
           "program?\n");
    return last >= best;
}
