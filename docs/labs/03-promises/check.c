/* check.c - lab 3: promises made, made again, taken back, and refused.
 *
 *   lab03 life PAGES FIRST COUNT AGAIN BACK
 *   lab03 limit KB                           ask for that much again and again
 */
#include "docs/labs/lab.h"

static void life(char **argv)
{
    unsigned pages = strtoul(argv[2], NULL, 0), first = strtoul(argv[3], NULL, 0), count = strtoul(argv[4], NULL, 0),
             again = strtoul(argv[5], NULL, 0), back = strtoul(argv[6], NULL, 0), sum = 0;
    volatile char *memory = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE, PAGE_READWRITE), *at = memory + first * PAGE;

    mark("reserved", 0);
    VirtualAlloc((void *)at, count * PAGE, MEM_COMMIT, PAGE_READWRITE);
    mark("committed", 0);
    VirtualAlloc((void *)at, (count + again) * PAGE, MEM_COMMIT, PAGE_READWRITE);
    mark("again", 0);
    for (unsigned i = 0; i < count; i++)
        at[i * PAGE] = 1;
    mark("written", 0);
    VirtualFree((void *)at, back * PAGE, MEM_DECOMMIT);
    mark("back", 0);
    VirtualFree((void *)at, back * PAGE, MEM_DECOMMIT);
    mark("back-again", 0);
    VirtualAlloc((void *)at, back * PAGE, MEM_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; i < back; i++)
        sum += at[i * PAGE] != 0;
    mark("fresh", sum);
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    audit();
    mark("released", 0);
}

static unsigned left(void)
{
    MEMORYSTATUS status;

    GlobalMemoryStatus(&status);
    return (unsigned)(status.dwAvailPageFile / PAGE);
}

/* Exactly what is left is asked for in one call, and then one page more.  The page tables are there before. */
static void to_the_last(void)
{
    enum { TABLE = 1024 * PAGE };
    unsigned pages = left() + 16, wanted, count = 0;
    char *memory = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE, PAGE_READWRITE);

    for (unsigned i = 0; i < pages; i++)
        if (i == 0 || (ULONG_PTR)(memory + i * PAGE) % TABLE == 0)
            VirtualAlloc(memory + i * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE);
    wanted = left();
    mark("left", wanted);
    for (unsigned new = 0; new < wanted; count++)
        new += count != 0 && (ULONG_PTR)(memory + count * PAGE) % TABLE != 0;
    mark("exact", VirtualAlloc(memory, count * PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    mark("over", VirtualAlloc(memory, (count + 1) * PAGE, MEM_COMMIT, PAGE_READWRITE) ? 0 : GetLastError());
}

static void limit(unsigned kb)
{
    unsigned given = 0;

    mark("before", left());
    while (given < 64 && VirtualAlloc(NULL, kb * 1024, MEM_COMMIT, PAGE_READWRITE))
        given++;
    mark("refused", GetLastError());
    mark("given", given);
    VirtualAlloc(NULL, kb * 1024, MEM_COMMIT, PAGE_READWRITE);
    mark("refused-again", GetLastError());
    to_the_last();
    audit();
}

int main(int argc, char **argv)
{
    mark("warm", 0);
    if (argc == 7)
        life(argv);
    else
        limit(argument(argc, argv, 2));
    mark("done", 0);
    return 0;
}
