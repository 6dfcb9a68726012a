/* tables.c - lesson: what page tables cost.
 *
 * The directory and each table are a frame of RAM.  A table covers 4 MB: committing in 4 MB that nobody has used
 * needs a new one, a second page there does not.
 */
#include <stdio.h>
#include <windows.h>

enum { PAGE = 4096, SPAN = 4 * 1024 * 1024, MOST = 8 };

/* Promises of the whole machine, in pages: what a call has cost besides its own pages are tables. */
static unsigned promised(void)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof status};

    GlobalMemoryStatusEx(&status);
    return (unsigned)((status.ullTotalPageFile - status.ullAvailPageFile) / PAGE);
}

static void commit(char *at, const char *where)
{
    unsigned before = promised();

    VirtualAlloc(at, PAGE, MEM_COMMIT, PAGE_READWRITE);
    *at = 1;
    before = promised() - before;
    printf("one page committed in %-22s %u page promised%s\n", where, before,
           before > 1 ? ", and one of them is a new page table" : ", no table");
}

int main(void)
{
    char *reserved, *first;

    promised();
    reserved = VirtualAlloc(NULL, (MOST + 1) * SPAN, MEM_RESERVE, PAGE_READWRITE);
    first = (char *)(((UINT_PTR)reserved + SPAN - 1) & ~(UINT_PTR)(SPAN - 1));
    printf("36 MB reserved: no table.\n");
    commit(first, "the first 4 MB:");
    commit(first + 100 * PAGE, "the same 4 MB:");
    for (int i = 1; i < MOST; i++)
        commit(first + i * SPAN, "4 MB further on:");
    printf("\n9 pages of memory, and 8 tables for them: 4 KB each, all the time in RAM; and the "
           "directory,\n"
           "4 KB, one for each process. In the monitor: `vm`, \"page tables\" and \"tables\".\n"
           "\nYou should now be able to say: what does a process cost before it has done anything, "
           "and\n"
           "how much RAM do the tables of 100 such processes take?\n");
    fflush(stdout);
    Sleep(INFINITE); /* so that the monitor can look */
    return 0;
}
