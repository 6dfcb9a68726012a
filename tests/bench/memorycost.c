/* memorycost.c - what faults, calls and switches cost, in time-stamp cycles.
 *
 * Usage: memorycost          all that fits into memory
 *        memorycost regions  calls with 0 and with 30,000 other regions
 *        memorycost swap     faults that read and write the paging file: the pages that programs may
 *                            use must be SWAP_PAGES / 2 (FRAMES=, tests/bench/run)
 *
 * Each figure is an average over many, loops included.
 */
#include "tests/bench/bench.h"

#include <psapi.h>
#include <string.h>

#include "kernel/abi.h"

enum { PAGE = 4096, UNIT = 0x10000, PAGES = 1024, TIMES = 1000, REGIONS = 30000 };
enum { OFTEN = 20000 }; /* what is so short that one tick of the clock would show */
enum { SWAP_PAGES = 2048 };

static volatile char *pages(uint32_t count)
{
    void *memory = VirtualAlloc(NULL, count * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    need(memory != NULL, "VirtualAlloc");
    return memory;
}

/* --- faults --- */

static uint64_t write_each(volatile char *memory, uint32_t count)
{
    uint64_t start = cycles();

    for (uint32_t page = 0; page < count; page++)
        memory[page * PAGE] = 1;
    return cycles() - start;
}

/* Frames that are zero already come from the idle processor; so give it time, or none. */
static void demand_zero(void)
{
    volatile char *memory = pages(PAGES), *more;

    write_each(memory, PAGES);
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    memory = pages(PAGES);
    report("demand-zero", write_each(memory, PAGES), PAGES);
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    Sleep(500);
    more = pages(PAGES / 2);
    report("demand-zero-prepared", write_each(more, PAGES / 2), PAGES / 2);
    if (EmptyWorkingSet(GetCurrentProcess()))
        report("soft-fault", write_each(more, PAGES / 2), PAGES / 2);
    VirtualFree((void *)more, 0, MEM_RELEASE);
}

static void copy_on_write(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGES * PAGE, NULL);
    volatile char *shared = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0),
                  *copy = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    char sum = 0;

    need(shared != NULL && copy != NULL, "MapViewOfFile");
    write_each(shared, PAGES);
    for (uint32_t page = 0; page < PAGES; page++)
        sum = (char)(sum + copy[page * PAGE]); /* now each page is mapped, not to be written */
    need(sum == (char)PAGES, "reading the view");
    report("copy-on-write", write_each(copy, PAGES), PAGES);
    UnmapViewOfFile((void *)copy);
    UnmapViewOfFile((void *)shared);
    CloseHandle(section);
}

static LONG WINAPI repair(EXCEPTION_POINTERS *pointers)
{
    const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    DWORD old;

    if (record->ExceptionCode != (DWORD)EXCEPTION_ACCESS_VIOLATION ||
        !VirtualProtect((void *)record->ExceptionInformation[1], 1, PAGE_READWRITE, &old))
        return EXCEPTION_CONTINUE_SEARCH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void violation(void)
{
    volatile char *memory = pages(PAGES);
    void *handler = AddVectoredExceptionHandler(1, repair);
    DWORD old;

    write_each(memory, PAGES);
    need(VirtualProtect((void *)memory, PAGES * PAGE, PAGE_READONLY, &old), "VirtualProtect");
    report("violation", write_each(memory, PAGES), PAGES);
    RemoveVectoredExceptionHandler(handler);
    VirtualFree((void *)memory, 0, MEM_RELEASE);
}

/* --- calls --- */

typedef LONG NTAPI close_function(HANDLE handle);

static void calls(void)
{
    FARPROC address = GetProcAddress(GetModuleHandleA("ntdll"), "NtClose");
    close_function *close;
    uint64_t start = cycles();

    memcpy(&close, &address, sizeof close);
    for (int i = 0; i < OFTEN; i++) {
        uint32_t number = ABI_SERVICE_COUNT; /* there is no such service: entry and exit only */
        __asm__ volatile("int $0x2E" : "+a"(number) : "d"(&number) : "memory");
    }
    report("null-call", cycles() - start, OFTEN);
    start = cycles();
    for (int i = 0; i < OFTEN; i++)
        close(NULL);
    report("close-nothing", cycles() - start, OFTEN);
}

static void protect(const char *name)
{
    volatile char *memory = pages(4);
    uint64_t start;
    DWORD old;

    write_each(memory, 4);
    start = cycles();
    for (int i = 0; i < OFTEN / 2; i++) {
        VirtualProtect((void *)(memory + PAGE), PAGE, PAGE_READONLY, &old);
        VirtualProtect((void *)(memory + PAGE), PAGE, PAGE_READWRITE, &old);
    }
    report(name, cycles() - start, OFTEN);
    VirtualFree((void *)memory, 0, MEM_RELEASE);
}

static void reserve_release(const char *name, BOOL touch)
{
    uint64_t start = cycles();

    for (int i = 0; i < TIMES; i++) {
        volatile char *memory = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (touch)
            memory[0] = 1;
        VirtualFree((void *)memory, 0, MEM_RELEASE);
    }
    report(name, cycles() - start, TIMES);
}

static void regions(void)
{
    static void *other[REGIONS];

    reserve_release("map-unmap", FALSE);
    reserve_release("map-touch-unmap", TRUE);
    protect("protect");
    for (int i = 0; i < REGIONS; i++) {
        other[i] = VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_READWRITE);
        need(other[i] != NULL, "VirtualAlloc of 30,000 regions");
    }
    reserve_release("map-unmap-30000", FALSE);
    reserve_release("map-touch-unmap-30000", TRUE);
    protect("protect-30000");
    /* A hole in the middle of them: the lowest free place is found there. */
    VirtualFree(other[REGIONS / 2], 0, MEM_RELEASE);
    reserve_release("map-unmap-hole", FALSE);
}

/* --- switches --- */

static volatile LONG switches;

static DWORD WINAPI yield(void *unused)
{
    (void)unused;
    while (switches < OFTEN) {
        switches++;
        SwitchToThread();
    }
    return 0;
}

static void yields(void)
{
    HANDLE thread = CreateThread(NULL, 0, yield, NULL, 0, NULL);
    uint64_t start;

    need(thread != NULL, "CreateThread");
    SwitchToThread();
    start = cycles();
    switches = 0;
    yield(NULL);
    report("yield", cycles() - start, (uint32_t)switches);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

/* --- the paging file --- */

/* A good policy keeps a part of a loop in RAM, so not every touch is a fault. */
static uint32_t faults(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};

    need(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters),
         "GetProcessMemoryInfo");
    return counters.PageFaultCount;
}

static char read_each(volatile char *memory, uint32_t count, const char *name)
{
    uint32_t before = faults();
    uint64_t start = cycles();
    char sum = 0;

    for (uint32_t page = 0; page < count; page++)
        sum = (char)(sum + memory[page * PAGE]);
    start = cycles() - start;
    if (name != NULL)
        report(name, start, faults() - before);
    return sum;
}

/* Pages that are in the paging file, while there are free frames. */
static void swap_in(void)
{
    volatile char *memory = pages(SWAP_PAGES / 4), *others = pages(SWAP_PAGES);

    write_each(memory, SWAP_PAGES / 4);
    write_each(others, SWAP_PAGES);
    VirtualFree((void *)others, 0, MEM_RELEASE);
    need(read_each(memory, SWAP_PAGES / 4, "swap-in") == (char)(SWAP_PAGES / 4), "reading");
    VirtualFree((void *)memory, 0, MEM_RELEASE);
}

static void swap(void)
{
    volatile char *memory = pages(SWAP_PAGES);
    uint32_t before;
    uint64_t total;

    write_each(memory, SWAP_PAGES);
    write_each(memory, SWAP_PAGES);
    before = faults();
    total = write_each(memory, SWAP_PAGES);
    report("swap-pair", total, faults() - before);
    /* All pages go out once more; after that they are clean and only come in. */
    read_each(memory, SWAP_PAGES, NULL);
    read_each(memory, SWAP_PAGES, NULL);
    need(read_each(memory, SWAP_PAGES, "swap-in-clean") == (char)SWAP_PAGES, "reading");
    VirtualFree((void *)memory, 0, MEM_RELEASE);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "swap") == 0) {
        swap_in();
        swap();
    } else if (strcmp(what, "regions") == 0) {
        regions();
    } else {
        demand_zero();
        copy_on_write();
        violation();
        calls();
        yields();
    }
    return 0;
}
