/* check.c - lab 8: a region of PAGES pages that live in FRAMES frames under FIFO, written once, read three times, and changed. */
#include "docs/labs/lab.h"

static unsigned read_all(const volatile unsigned *memory, unsigned pages)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < pages; i++)
        wrong += memory[i * PAGE / 4] != i * 40503 + 1 || memory[i * PAGE / 4 + 1023] != ~i;
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned pages = argument(argc, argv, 1), wrong;
    volatile unsigned *memory = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    live_in((void *)memory, argument(argc, argv, 2), "fifo", 0);
    mark("before", 0);
    for (unsigned i = 0; i < pages; i++) {
        memory[i * PAGE / 4] = i * 40503 + 1;
        memory[i * PAGE / 4 + 1023] = ~i;
    }
    mark("written", 0);
    wrong = read_all(memory, pages);
    mark("first", wrong);
    wrong = read_all(memory, pages);
    mark("second", wrong);
    wrong = read_all(memory, pages);
    mark("third", wrong);
    for (unsigned i = 0; i < pages; i++)
        memory[i * PAGE / 4 + 7] = i;
    wrong = read_all(memory, pages);
    mark("rewritten", wrong);
    audit();
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    mark("freed", 0);
    return 0;
}
