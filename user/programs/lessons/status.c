/* status.c - lesson: the counters of the machine and of the process, and which of them moves when.
 *
 * Reserving moves the free addresses, committing the promises, touching the RAM.  And a promise that can't
 * be kept is refused when it is asked for, not when it is needed.
 */
#include <stdio.h>
#include <windows.h>
#include <psapi.h>

enum { MB = 1 << 20 };

static void show(const char *when)
{
    MEMORYSTATUSEX machine = {.dwLength = sizeof machine};
    PROCESS_MEMORY_COUNTERS own = {.cb = sizeof own};

    GlobalMemoryStatusEx(&machine);
    GetProcessMemoryInfo(GetCurrentProcess(), &own, sizeof own);
    printf("%-20s %9lu %9lu %9lu %9lu %9lu %7lu\n", when,
           (unsigned long)(machine.ullAvailVirtual / 1024),
           (unsigned long)(machine.ullAvailPageFile / 1024),
           (unsigned long)(machine.ullAvailPhys / 1024), (unsigned long)(own.PagefileUsage / 1024),
           (unsigned long)(own.WorkingSetSize / 1024), (unsigned long)own.PageFaultCount);
}

int main(void)
{
    MEMORYSTATUSEX machine = {.dwLength = sizeof machine};
    volatile char *at;

    GlobalMemoryStatusEx(&machine);
    printf("%lu KB of RAM, %lu KB can be promised, %lu KB of addresses.\n",
           (unsigned long)(machine.ullTotalPhys / 1024),
           (unsigned long)(machine.ullTotalPageFile / 1024),
           (unsigned long)(machine.ullTotalVirtual / 1024));
    printf("KB                   addresses  promises       RAM |  charged    in RAM  faults\n");
    show("at the start");
    at = VirtualAlloc(NULL, 4 * MB, MEM_RESERVE, PAGE_READWRITE);
    show("4 MB reserved");
    VirtualAlloc((void *)at, 2 * MB, MEM_COMMIT, PAGE_READWRITE);
    show("2 MB committed");
    for (int i = 0; i < MB; i += 0x1000)
        at[i] = 1;
    show("1 MB touched");
    VirtualFree((void *)at, 2 * MB, MEM_DECOMMIT);
    show("decommitted");
    VirtualFree((void *)at, 0, MEM_RELEASE);
    show("released");
    at = VirtualAlloc(NULL, (SIZE_T)machine.ullTotalPageFile, MEM_RESERVE | MEM_COMMIT,
                      PAGE_READWRITE);
    printf("All that can be promised, in one call: %s, error %lu.\n", at ? "granted" : "refused",
           at ? 0 : (unsigned long)GetLastError());
    show("after that");
    return 0;
}
