/* faultcost.c - what a page fault costs, in time-stamp cycles.
 *
 * Touches many fresh pages, one byte each; then, where the system can empty a working set, touches
 * them again while they still stand by.  Under QEMU's -icount shift=0 a cycle is an instruction.
 */
#include <windows.h>

#include <psapi.h>
#include <stdint.h>
#include <stdio.h>

enum { PAGES = 1024, PAGE = 4096 };

static uint64_t cycles(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* Cycles a page, on average. */
static unsigned touch(volatile char *memory)
{
    uint64_t start = cycles();

    for (int page = 0; page < PAGES; page++)
        memory[page * PAGE] = 1;
    return (unsigned)((cycles() - start) / PAGES);
}

int main(void)
{
    volatile char *memory =
        VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    if (memory == NULL) {
        printf("faultcost: VirtualAlloc failed with error %u\n", (unsigned)GetLastError());
        return 1;
    }
    printf("demand-zero fault: %u cycles\n", touch(memory));
    printf("no fault: %u cycles\n", touch(memory));
    if (EmptyWorkingSet(GetCurrentProcess()))
        printf("soft fault: %u cycles\n", touch(memory));
    return 0;
}
