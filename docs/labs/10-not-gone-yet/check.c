/* check.c - lab 10: pages that leave the working set and come back.
 *
 *   lab10 PAGES CLEAN     PAGES are written, of CLEAN more only the file's bytes are read
 */
#include "docs/labs/lab.h"

static const char constant[64 * PAGE] = {1};

static unsigned look(volatile unsigned *memory, unsigned pages, unsigned add)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < pages; i++) {
        wrong += memory[i * PAGE / 4 + 5] != i * 77 + add;
        memory[i * PAGE / 4 + 5]++;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned pages = argument(argc, argv, 1), clean = argument(argc, argv, 2), wrong = 0, sum = 0;
    volatile unsigned *memory = VirtualAlloc(NULL, pages * PAGE, MEM_COMMIT, PAGE_READWRITE);

    for (unsigned i = 0; i < pages; i++)
        memory[i * PAGE / 4 + 5] = i * 77;
    for (unsigned i = 0; i < clean; i++)
        sum += (unsigned)((volatile const char *)constant)[i * PAGE];
    mark("before", sum);
    EmptyWorkingSet(GetCurrentProcess());
    mark("emptied", 0);
    wrong = look(memory, pages, 0);
    mark("back", wrong);
    EmptyWorkingSet(GetCurrentProcess());
    Sleep(300); /* time for the kernel to write some of them ahead */
    mark("emptied-again", 0);
    wrong = look(memory, pages, 1);
    mark("back-again", wrong);
    audit();
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    mark("freed", 0);
    return 0;
}
