/* check.c - lab 7: pages that are taken out or protected, and used at once.
 *
 *   lab07 PAGES
 */
#include "docs/labs/lab.h"

static unsigned refused;
static volatile char *memory;

static LONG CALLBACK on_violation(EXCEPTION_POINTERS *exception)
{
    DWORD old;

    if (exception->ExceptionRecord->ExceptionCode != STATUS_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    refused++;
    VirtualProtect((void *)exception->ExceptionRecord->ExceptionInformation[1], 1, PAGE_READWRITE, &old);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void write_all(unsigned pages, char value)
{
    for (unsigned i = 0; i < pages; i++)
        memory[i * PAGE] = value;
}

/* Pages that have a slot are changed and protected before they go again.  => how many have lost the change */
static unsigned kept(unsigned pages)
{
    unsigned wrong = 0;
    DWORD old;

    memory = VirtualAlloc(NULL, pages * PAGE, MEM_COMMIT, PAGE_READWRITE);
    live_in((void *)memory, pages / 2, "fifo", 0);
    write_all(pages, 5);
    for (unsigned i = 0; i < pages; i++)
        wrong += memory[i * PAGE] != 5;
    for (unsigned i = 0; i < pages; i++) {
        memory[i * PAGE] = 6;
        VirtualProtect((void *)(memory + i * PAGE), PAGE, PAGE_READONLY, &old);
    }
    for (unsigned i = 0; i < pages; i++)
        wrong += memory[i * PAGE] != 6;
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned pages = argument(argc, argv, 1);
    DWORD old;

    memory = VirtualAlloc(NULL, pages * PAGE, MEM_COMMIT, PAGE_READWRITE);
    write_all(pages, 1);
    write_all(pages, 2);
    mark("before", 0);
    EmptyWorkingSet(GetCurrentProcess());
    mark("emptied", 0);
    write_all(pages, 3);
    mark("used", 0);
    AddVectoredExceptionHandler(1, on_violation);
    VirtualProtect((void *)memory, pages * PAGE, PAGE_READONLY, &old);
    mark("protected", 0);
    write_all(pages, 4);
    mark("refused", refused);
    mark("kept", kept(pages));
    audit();
    mark("done", 0);
    return 0;
}
