/* segments.c - lesson: where a program's things are: code, constants, data, BSS, heap, stack.
 *
 * Each thing has its region and its protection, and the big one costs nothing: the executable only
 * says how large the uninitialised array is, and nobody has touched it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <psapi.h>

enum { BIG = 32 << 20 };

static const int constant[] = {1, 2, 3};
static int initialised[1024] __attribute__((aligned(4096))) = {4}; /* a page of its own */
static char uninitialised[BIG];

static const char *type(const MEMORY_BASIC_INFORMATION *info)
{
    return info->Type == MEM_IMAGE ? "image" : "private";
}

static const char *protection(DWORD protect)
{
    switch (protect) {
    case PAGE_EXECUTE_READ:
        return "execute, read";
    case PAGE_READONLY:
        return "read";
    case PAGE_WRITECOPY:
        return "read, copied when written";
    case PAGE_READWRITE:
        return "read, write";
    default:
        return "other";
    }
}

static void show(const char *what, const void *at)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(at, &info, sizeof info);
    printf("%-24s %08lX  %-7s from %08lX  %s\n", what, (unsigned long)(ULONG_PTR)at, type(&info),
           (unsigned long)(ULONG_PTR)info.AllocationBase, protection(info.Protect));
}

static DWORD file_size(void)
{
    char name[MAX_PATH];
    HANDLE file;
    DWORD size;

    GetModuleFileNameA(NULL, name, sizeof name);
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    size = GetFileSize(file, NULL);
    CloseHandle(file);
    return size;
}

static unsigned working_set(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};

    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    return (unsigned)(counters.WorkingSetSize / 1024);
}

int main(void)
{
    int local = 0;
    char *block = malloc(100);

    show("code: a function", (void *)main);
    show("constant data", constant);
    show("initialised data", initialised);
    initialised[0]++;
    show("the same, once written", initialised);
    show("BSS: a 32 MB array", uninitialised + BIG / 2);
    show("heap: a block", block);
    show("stack: a local variable", &local);
    printf("The file has %lu KB; in RAM are %u KB.\n", (unsigned long)file_size() / 1024,
           working_set());
    for (int i = 0; i < BIG; i += BIG / 16)
        local += uninitialised[i]; /* zero, wherever one looks */
    printf("After 16 looks into the array, all %d: %u KB.\n", local, working_set());
    free(block);
    return 0;
}
