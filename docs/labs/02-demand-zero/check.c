/* check.c - lab 2: commits pages and touches some of them.
 *
 *   lab02 touch PAGES SOME    commit PAGES, read SOME of them, write them, give all back
 *   lab02 copy PAGES          write to a copy-on-write view that nobody has touched
 */
#include "docs/labs/lab.h"

static unsigned not_zero(const volatile unsigned *words)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGE / sizeof *words; i++)
        count += words[i] != 0;
    return count;
}

static void touch(unsigned pages, unsigned some)
{
    char *memory;
    unsigned dirty = 0;

    VirtualFree(VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE), 0, MEM_RELEASE); /* the calls' own pages come in */
    mark("before", pages);
    memory = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    mark("committed", memory != NULL);
    for (unsigned i = 0; i < some; i++)
        dirty += not_zero((unsigned *)(memory + i * 7 % pages * PAGE));
    mark("touched", dirty);
    for (unsigned i = 0; i < some; i++)
        memory[i * 7 % pages * PAGE] = 1;
    mark("written", 0);
    VirtualFree(memory, 0, MEM_RELEASE);
    mark("freed", 0);
    audit();
}

static void copy(unsigned pages)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, pages * PAGE, NULL);
    char *view = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);

    mark("mapped", view != NULL);
    for (unsigned i = 0; i < pages; i++)
        view[i * PAGE] = 1;
    audit();
    mark("copied", 0);
}

int main(int argc, char **argv)
{
    mark("warm", 0);
    if (argc > 1 && strcmp(argv[1], "copy") == 0)
        copy(argument(argc, argv, 2));
    else
        touch(argument(argc, argv, 2), argument(argc, argv, 3));
    mark("done", 0);
    return 0;
}
