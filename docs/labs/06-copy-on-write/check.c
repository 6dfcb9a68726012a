/* check.c - lab 6: two views of one section, one of which copies; and a second process. */
#include "docs/labs/lab.h"

static volatile unsigned mine = 1000;

static unsigned different(const volatile unsigned *page, unsigned number, unsigned first)
{
    unsigned count = 0;

    for (unsigned i = first; i < PAGE / 4; i++)
        count += page[i] != number * 2654435761u + i;
    return count;
}

static unsigned run_child(void)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char line[] = "lab06.exe child";
    DWORD code = 0;

    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        return 0;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return code;
}

static void views(unsigned pages)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, pages * PAGE, NULL);
    volatile unsigned *shared = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    volatile unsigned *copy = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    unsigned wrong = 0, seen = 0;
    DWORD old;

    for (unsigned i = 0; i < pages * PAGE / 4; i++)
        shared[i] = i / (PAGE / 4) * 2654435761u + i % (PAGE / 4);
    for (unsigned i = 0; i < pages; i++)
        wrong += copy[i * PAGE / 4] != i * 2654435761u;
    mark("read", wrong);
    for (unsigned i = 0; i < pages; i++)
        copy[i * PAGE / 4] = 7;
    mark("written", 0);
    for (unsigned i = 0; i < pages; i++) {
        wrong += different(copy + i * PAGE / 4, i, 1) + (copy[i * PAGE / 4] != 7);
        seen += different(shared + i * PAGE / 4, i, 0);
        copy[i * PAGE / 4 + 1] = 8;
    }
    mark("content", wrong);
    mark("seen", seen);
    VirtualProtect((void *)copy, pages * PAGE, PAGE_WRITECOPY, &old);
    mark("protected", old);
    for (unsigned i = 0; i < pages; i++)
        copy[i * PAGE / 4] = 9;
    mark("own", 0);
    audit();
    UnmapViewOfFile((void *)copy);
    UnmapViewOfFile((void *)shared);
    CloseHandle(section);
    mark("unmapped", 0);
}

static __attribute__((noinline)) unsigned look(const volatile unsigned *words, unsigned pages)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < pages; i++)
        sum += words[i * PAGE / 4];
    return sum;
}

/* Locked pages are copied; then everything that is not locked leaves the working set. */
static void locked(unsigned pages)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, pages * PAGE, NULL);
    volatile unsigned *copy = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);

    look(copy, pages);
    mark("lock", VirtualLock((void *)copy, pages * PAGE));
    for (unsigned i = 0; i < pages; i++)
        copy[i * PAGE / 4] = 1;
    EmptyWorkingSet(GetCurrentProcess());
    look(&mine, 1); /* the program's own pages come back */
    mark("locked-emptied", 0);
    mark("locked-looked", look(copy, pages));
    audit();
    mark("unlock", VirtualUnlock((void *)copy, pages * PAGE));
    UnmapViewOfFile((void *)copy);
    CloseHandle(section);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "child") == 0)
        return (int)mine++;
    mark("warm", 0);
    mine = 2000;
    mark("child", run_child());
    mark("mine", mine);
    views(argument(argc, argv, 1));
    locked(3);
    mark("done", 0);
    return 0;
}
