/* tailcost.c - the worst case: single faults under pressure and single long calls, in time-stamp cycles.
 *
 * Usage: tailcost set PAGES TOUCHES PATTERN   touches PAGES written pages, `s`equentially, at `r`andom or `z`: four
 *                                             fifths of all touches in a fifth of the pages
 *        tailcost others COUNT PAGES          the same sequentially, while COUNT other processes wait
 *        tailcost shared COUNT PAGES          and they have mapped and touched 64 pages of one section
 *        tailcost views                       the end of processes with 1,000 and 10,000 views of one page
 *        tailcost calls                       single calls on large regions, bare and touched.  The kernel lets
 *                                             interrupts in after each table of pages, 4 MB: what a call on 4 MB
 *                                             takes is the longest stretch without them
 *        tailcost wait, tailcost share, tailcost map COUNT    are such other processes
 *
 * The lines are `bench NAME mean p50 p99.9 max`.
 */
#include "tests/bench/bench.h"

#include <string.h>

enum { PAGE = 4096, FAULT = 60, STEPS = 16, POWERS = 32, SHARED_PAGES = 64, MOST_OTHERS = 500 };

static const char stop_name[] = "tailcost-stop", ready_name[] = "tailcost-ready";
static const char section_name[] = "tailcost-section";

static uint32_t seed = 12345;

static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * below >> 32);
}

static volatile char *pages(uint32_t count)
{
    void *memory = VirtualAlloc(NULL, count * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    need(memory != NULL, "VirtualAlloc");
    return memory;
}

/* --- how often each cost occurs --- */

static struct {
    uint32_t count[POWERS * STEPS]; /* sixteen steps for each power of two */
    uint32_t all;
    uint64_t sum, most;
} costs;

static void add(uint64_t cost)
{
    uint32_t power = 31 - (uint32_t)__builtin_clz((uint32_t)cost | STEPS);

    costs.count[power * STEPS + ((uint32_t)cost >> (power - 4)) % STEPS]++;
    costs.all++;
    costs.sum += cost;
    if (cost > costs.most)
        costs.most = cost;
}

/* So many of a thousand cost at most this. */
static uint32_t quantile(uint32_t of_thousand)
{
    uint64_t wanted = (uint64_t)costs.all * of_thousand / 1000, seen = 0;

    for (uint32_t i = 0; i < POWERS * STEPS; i++) {
        seen += costs.count[i];
        if (seen > wanted)
            return (1u << i / STEPS) + (i % STEPS << (i / STEPS - 4));
    }
    return 0;
}

static void tell(const char *name)
{
    printf("bench %s %u %u %u %u\n", name, (unsigned)(costs.all ? costs.sum / costs.all : 0),
           quantile(500), quantile(999), (unsigned)costs.most);
    memset(&costs, 0, sizeof costs);
}

static void touch(volatile char *page)
{
    uint64_t start = cycles();

    *page = 1;
    start = cycles() - start;
    if (start > FAULT)
        add(start);
}

static uint32_t next_page(char pattern, uint32_t turn, uint32_t count)
{
    if (pattern == 's')
        return turn % count;
    if (pattern == 'z' && chance(5))
        return chance(count / 5);
    return chance(count);
}

static void set(uint32_t count, uint32_t touches, char pattern)
{
    volatile char *memory = pages(count);

    for (uint32_t page = 0; page < count; page++)
        touch(memory + page * PAGE);
    tell("populate");
    for (uint32_t turn = 0; turn < touches; turn++)
        touch(memory + next_page(pattern, turn, count) * PAGE);
    tell("set");
}

/* --- other processes --- */

static HANDLE start(const char *arguments)
{
    static char command[MAX_PATH + 40];
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION started;
    char path[MAX_PATH];

    GetModuleFileNameA(NULL, path, sizeof path);
    sprintf(command, "%s %s", path, arguments);
    need(CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started),
         "CreateProcess");
    CloseHandle(started.hThread);
    return started.hProcess;
}

static void wait_for_stop(void)
{
    HANDLE stop = OpenEventA(SYNCHRONIZE, FALSE, stop_name);
    HANDLE ready = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, ready_name);

    need(stop && ready, "opening the event and the semaphore");
    ReleaseSemaphore(ready, 1, NULL);
    WaitForSingleObject(stop, INFINITE);
}

static void share(void)
{
    HANDLE section = OpenFileMappingA(FILE_MAP_WRITE, FALSE, section_name);
    volatile char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

    need(view != NULL, "MapViewOfFile");
    for (uint32_t page = 0; page < SHARED_PAGES; page++)
        view[page * PAGE] = 1;
    wait_for_stop();
}

static void others(const char *what, uint32_t count, uint32_t set_pages)
{
    HANDLE stop = CreateEventA(NULL, TRUE, FALSE, stop_name), process[MOST_OTHERS];
    HANDLE ready = CreateSemaphoreA(NULL, 0, MOST_OTHERS, ready_name);
    volatile char *memory;

    CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, SHARED_PAGES * PAGE,
                       section_name);
    for (uint32_t i = 0; i < count; i++) {
        process[i] = start(what);
        WaitForSingleObject(ready, INFINITE);
    }
    memory = pages(set_pages);
    for (uint32_t turn = 0; turn < 2 * set_pages; turn++) {
        if (turn == set_pages)
            tell("populate");
        touch(memory + turn % set_pages * PAGE);
    }
    tell(what);
    SetEvent(stop);
    for (uint32_t i = 0; i < count; i++)
        WaitForSingleObject(process[i], INFINITE);
}

/* --- the end of a process --- */

static void map(uint32_t count)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);

    for (uint32_t i = 0; i < count; i++) {
        volatile char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

        need(view != NULL, "MapViewOfFile");
        *view = 1;
    }
    wait_for_stop();
}

static void views(void)
{
    HANDLE ready = CreateSemaphoreA(NULL, 0, MOST_OTHERS, ready_name);

    for (uint32_t count = 1000; count <= 10000; count *= 10) {
        HANDLE stop = CreateEventA(NULL, TRUE, FALSE, stop_name), process;
        char command[20];
        uint64_t before;

        sprintf(command, "map %u", count);
        process = start(command);
        WaitForSingleObject(ready, INFINITE);
        before = cycles();
        SetEvent(stop);
        WaitForSingleObject(process, INFINITE);
        printf("bench views@%u %u\n", count, (unsigned)((cycles() - before) / count));
        CloseHandle(process);
        CloseHandle(stop);
    }
}

/* --- long calls --- */

enum { MB = 1 << 20, RESERVED = 1536 * MB };

static void longest(const char *name, uint32_t mb, BOOL done, uint64_t since)
{
    uint64_t took = cycles() - since;

    need(done, name);
    printf("bench call:%s@%u %u\n", name, mb, (unsigned)took);
}

typedef LONG NTAPI free_function(HANDLE process, void **base, SIZE_T *size, ULONG kind);

static void bare(void)
{
    FARPROC address = GetProcAddress(GetModuleHandleA("ntdll"), "NtFreeVirtualMemory");
    char *memory = VirtualAlloc(NULL, RESERVED, MEM_RESERVE, PAGE_READWRITE);
    void *part = memory + RESERVED / 2;
    MEMORY_BASIC_INFORMATION info;
    free_function *release_part;
    SIZE_T size = PAGE;
    uint64_t before = cycles();

    memcpy(&release_part, &address, sizeof release_part);
    longest("query", 0, VirtualQuery(memory, &info, sizeof info) != 0, before);
    before = cycles();
    longest("decommit", 0, VirtualFree(memory, RESERVED, MEM_DECOMMIT), before);
    before = cycles();
    longest("release-part", 0, release_part((HANDLE)-1, &part, &size, MEM_RELEASE) == 0, before);
    before = cycles();
    longest("release", 0, VirtualFree(memory, 0, MEM_RELEASE), before);
}

static void touched(uint32_t mb)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t size = mb * MB;
    uint64_t before;
    DWORD old;
    /* From the start of a page table: of a few MB all are in one. */
    char *memory = VirtualAlloc((void *)0x20000000, size, MEM_RESERVE, PAGE_READWRITE);

    need(memory != NULL, "VirtualAlloc");
    before = cycles();
    longest("commit", mb, VirtualAlloc(memory, size, MEM_COMMIT, PAGE_READWRITE) != NULL, before);
    for (uint32_t at = 0; at < size; at += PAGE)
        memory[at] = 1;
    before = cycles();
    longest("protect", mb, VirtualProtect(memory, size, PAGE_READONLY, &old), before);
    before = cycles();
    longest("query", mb, VirtualQuery(memory, &info, sizeof info) != 0, before);
    before = cycles();
    longest("release", mb, VirtualFree(memory, 0, MEM_RELEASE), before);
}

static void calls(void)
{
    bare();
    touched(4);
    touched(256);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    uint32_t first = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    uint32_t second = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

    if (strcmp(what, "set") == 0 && argc == 5)
        set(first, second, *argv[4]);
    else if (strcmp(what, "others") == 0 && first <= MOST_OTHERS)
        others("wait", first, second);
    else if (strcmp(what, "shared") == 0 && first <= MOST_OTHERS)
        others("share", first, second);
    else if (strcmp(what, "views") == 0)
        views();
    else if (strcmp(what, "calls") == 0)
        calls();
    else if (strcmp(what, "wait") == 0)
        wait_for_stop();
    else if (strcmp(what, "share") == 0)
        share();
    else if (strcmp(what, "map") == 0)
        map(first);
    else
        return 1;
    return 0;
}
