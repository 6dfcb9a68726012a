/* regions.c - the life of a region: reserved, committed, touched, protected, decommitted, released.
 *
 * After each step it prints what VirtualQuery says and what the process is charged for: commit charge
 * moves when memory is committed, pages in RAM only when it is touched.
 */
#include <stdio.h>
#include <windows.h>
#include <psapi.h>

enum { PAGE = 0x1000 };

static const char *state_name(DWORD state)
{
    return state == MEM_COMMIT ? "committed" : state == MEM_RESERVE ? "reserved" : "free";
}

static const char *protect_name(const MEMORY_BASIC_INFORMATION *info)
{
    if (info->State != MEM_COMMIT)
        return "";
    return info->Protect == PAGE_READWRITE ? "read, write" : "read only";
}

static int visible;

/* The regions of 16 pages at `base`. */
static void show_regions(const char *base)
{
    MEMORY_BASIC_INFORMATION info;

    for (const char *at = base; at < base + 16 * PAGE; at += info.RegionSize) {
        SIZE_T left = (SIZE_T)(base + 16 * PAGE - at);

        VirtualQuery(at, &info, sizeof info);
        printf("    pages %2lu..%-2lu %-9s %s\n", (unsigned long)(at - base) / PAGE,
               (unsigned long)(at - base + (info.RegionSize < left ? info.RegionSize : left)) /
                       PAGE -
                   1,
               state_name(info.State), protect_name(&info));
    }
}

static SIZE_T commit, resident; /* before the step */

static void remember(void)
{
    PROCESS_MEMORY_COUNTERS now;

    GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now);
    commit = now.PagefileUsage;
    resident = now.WorkingSetSize;
}

static void step(const char *what, const char *base)
{
    PROCESS_MEMORY_COUNTERS now;

    GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now);
    if (!visible)
        return;
    printf("%s: commit charge %+ld pages, RAM %+ld\n", what,
           ((long)now.PagefileUsage - (long)commit) / PAGE,
           ((long)now.WorkingSetSize - (long)resident) / PAGE);
    show_regions(base);
    remember(); /* printing has cost pages, too */
}

static void live(void)
{
    DWORD old;
    char *base = VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE, PAGE_READWRITE);

    step("reserve 16", base);
    VirtualAlloc(base + 2 * PAGE, 8 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    step("commit 8 of them", base);
    base[3 * PAGE] = base[4 * PAGE] = 1;
    step("touch 2", base);
    VirtualProtect(base + 4 * PAGE, PAGE, PAGE_READONLY, &old);
    step("protect 1", base);
    VirtualFree(base + 2 * PAGE, 2 * PAGE, MEM_DECOMMIT);
    step("decommit 2", base);
    VirtualFree(base, 0, MEM_RELEASE);
    step("release", base);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    live(); /* unseen: brings the program's own pages into RAM, which would be counted below */
    printf("A region of 16 pages.\n");
    visible = 1;
    remember();
    live();
    return 0;
}
