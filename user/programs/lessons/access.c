/* access.c - lesson: fast small memory and slow large memory, as one: the effective access time.
 *
 * Times of one access to a page: it is there; it is still in RAM but not mapped (soft fault); it must be read (hard
 * fault).  With `pagefile latency 5000` in the monitor before, the disk takes as long as a fast one did in 2000.
 */
#include "user/programs/lessons/counters.h"

#include <stdio.h>

enum { PAGE = 4096, PAGES = 16, ROUNDS = 8 };

static double microseconds(void)
{
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart * 1e6 / (double)frequency.QuadPart;
}

/* The time of one touch, in the mean over all rounds; `empty`: with the working set emptied before. */
static double touch(volatile char *memory, BOOL empty, unsigned *hard)
{
    double sum = 0;
    unsigned before, after;

    faults_so_far(&before);
    for (int round = 0; round < ROUNDS; round++) {
        if (empty)
            SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
        microseconds(); /* its own pages */
        sum -= microseconds();
        for (int page = 0; page < PAGES; page++)
            memory[page * PAGE]++;
        sum += microseconds();
    }
    faults_so_far(&after);
    *hard = after - before;
    return sum / ROUNDS / PAGES;
}

int main(void)
{
    volatile char *memory =
        VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    double there, soft, disk;
    unsigned hard;

    touch(memory, FALSE, &hard);
    there = touch(memory, FALSE, &hard);
    printf("registers and cache: inside the CPU, less than a nanosecond; no program sees them\n");
    printf("RAM, the page is there:          %10.3f us\n", there);
    soft = touch(memory, TRUE, &hard);
    printf("RAM, but not mapped (soft fault): %9.3f us\n", soft);
    if (!cap_region((void *)memory, 1, "fifo")) {
        printf("Only Pagoda lets a program have hard faults at will.\n");
        return 0;
    }
    disk = touch(memory, FALSE, &hard);
    printf("paging file (hard fault):        %10.3f us, %u pages read\n\n", disk, hard);
    printf("effective access time = (1 - p) * RAM + p * hard fault\n");
    for (unsigned one = 1000; one <= 1000000; one *= 10)
        printf("    one hard fault in %7u: %8.4f us\n", one, there * (1 - 1.0 / one) + disk / one);
    printf("\nYou should now be able to say: how seldom must faults be, if memory is to look as "
           "fast as\n"
           "RAM and as large as the disk?\n");
    return hard == 0;
}
