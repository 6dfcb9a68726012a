/* inject.c - every allocation that the kernel makes for a program fails once: the call says so, or gets along
 * without; nothing is left behind.
 *
 * Runs on the probing kernel (tests/probe/probe.c): the k-th allocation of frames, pool objects, slots,
 * stacks, kernel pages or commit charge is refused; k = 1, 2, ... until the scenario needs fewer.  First
 * only that one is refused, then that one and all behind it.  A page that was promised must come all the same
 * when only one allocation fails.
 */
#include "tests/conformance/child.h"
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"
#include "tests/probe/probe.h"

enum { MOST = 2000, ONE = 1, ALL_BEHIND = 2, SETTLE = 20, SLACK = 16 };

static uint32_t probe(uint32_t what, uint32_t first, uint32_t second)
{
    const uint32_t words[4] = {what, first, second, 0};

    return native_call(ABI_NtPagodaControl, words);
}

/* --- scenarios: each undoes what it did; 0, an error, or an exception --- */

static DWORD last_error(void)
{
    DWORD error = GetLastError();

    return error ? error : ERROR_GEN_FAILURE;
}

static DWORD allocate(DWORD type, SIZE_T size)
{
    void *got = VirtualAlloc(NULL, size, type, PAGE_READWRITE);

    if (!got)
        return last_error();
    return VirtualFree(got, 0, MEM_RELEASE) ? 0 : last_error();
}

static DWORD reserve_and_commit(void)
{
    return allocate(RESERVE_COMMIT, 9 << 20);
}

/* The middle of a region goes, so that there are two. */
static DWORD release_middle(void)
{
    char *got = VirtualAlloc(NULL, 4 * UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    uint32_t base = (uint32_t)(uintptr_t)got + UNIT, size = UNIT;
    const uint32_t words[4] = {(uint32_t)-1, (uint32_t)(uintptr_t)&base, (uint32_t)(uintptr_t)&size,
                               MEM_RELEASE};
    DWORD status;

    if (!got)
        return last_error();
    status = native_call(ABI_NtFreeVirtualMemory, words);
    VirtualFree(got, 0, MEM_RELEASE);
    VirtualFree(got + 2 * UNIT, 0, MEM_RELEASE);
    return status;
}

static DWORD watch_writes(void)
{
    return allocate(RESERVE_COMMIT | MEM_WRITE_WATCH, 64 * PAGE);
}

/* Fewer frames than asked for are no error of the call. */
static DWORD take_frames(void)
{
    ULONG_PTR frames[3], got = 3;
    void *window = VirtualAlloc(NULL, UNIT, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
    DWORD error = window ? 0 : last_error();

    if (!error && !AllocateUserPhysicalPages(GetCurrentProcess(), &got, frames))
        error = last_error();
    else if (!error) {
        error = MapUserPhysicalPages(window, got, frames) ? 0 : last_error();
        if (!error && got < 3)
            error = ERROR_NOT_ENOUGH_MEMORY;
        FreeUserPhysicalPages(GetCurrentProcess(), &got, frames);
    }
    if (window)
        VirtualFree(window, 0, MEM_RELEASE);
    return error;
}

static DWORD commit_parts(void)
{
    char *got = VirtualAlloc(NULL, 9 << 20, MEM_RESERVE, PAGE_READWRITE);
    DWORD error = got ? 0 : last_error();

    for (unsigned at = 0; got && !error && at < 9 << 20; at += 3 << 20)
        if (!VirtualAlloc(got + at, PAGE, MEM_COMMIT, PAGE_READWRITE) ||
            !VirtualFree(got + at, PAGE, MEM_DECOMMIT))
            error = last_error();
    if (got)
        VirtualFree(got, 0, MEM_RELEASE);
    return error;
}

/* Pages of fresh memory are touched; those touched before a failure keep what they hold. */
static DWORD touch_pages(volatile unsigned char *from, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++) {
        DWORD exception = touch(from + i * PAGE, WRITE);

        if (exception)
            return exception;
        from[i * PAGE + 1] = (unsigned char)(i + 1);
    }
    return 0;
}

static DWORD check_pages(volatile unsigned char *from, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++) {
        DWORD exception = touch(from + i * PAGE, READ);

        if (exception)
            return exception;
        if (from[i * PAGE] != 0xC3 || from[i * PAGE + 1] != (unsigned char)(i + 1))
            return ERROR_CRC;
    }
    return 0;
}

/* Half of the pages take the kernel's short way, half the long one. */
static DWORD demand_zero(void)
{
    volatile unsigned char *got = VirtualAlloc(NULL, 16 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    DWORD old, error = last_error();

    if (got && VirtualProtect((void *)(got + 8 * PAGE), 8 * PAGE, PAGE_EXECUTE_READWRITE, &old))
        error = touch_pages(got, 16);
    if (got)
        VirtualFree((void *)got, 0, MEM_RELEASE);
    return error;
}

struct mapping {
    HANDLE section;
    char *view;
};

/* A section of memory and a view of all of it. */
static DWORD map_memory(struct mapping *m, DWORD protect, DWORD size)
{
    m->section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, protect, 0, size, NULL);
    m->view = m->section ? MapViewOfFile(m->section, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    return m->view ? 0 : last_error();
}

static void unmap_memory(const struct mapping *m)
{
    if (m->view)
        UnmapViewOfFile(m->view);
    if (m->section)
        CloseHandle(m->section);
}

static DWORD lock_pages(void)
{
    struct mapping m;
    DWORD error = map_memory(&m, PAGE_READWRITE, UNIT);

    if (!error && (!VirtualLock(m.view, UNIT) || !VirtualUnlock(m.view, UNIT)))
        error = last_error();
    unmap_memory(&m);
    return error;
}

/* Four frames for twelve pages: they go to the paging file and come back. */
static DWORD page_out_and_in(void)
{
    volatile unsigned char *got = VirtualAlloc(NULL, 12 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    struct abi_working_set set = {(uint32_t)(uintptr_t)got, 4, 1, 0, "fifo"};
    DWORD error = got ? 0 : last_error();

    if (!error)
        error = probe(ABI_CONTROL_WORKING_SET, (uint32_t)(uintptr_t)&set, sizeof set);
    if (!error)
        error = touch_pages(got, 12);
    if (!error)
        error = check_pages(got, 12);
    set.maximum = 0;
    probe(ABI_CONTROL_WORKING_SET, (uint32_t)(uintptr_t)&set, sizeof set);
    if (got)
        VirtualFree((void *)got, 0, MEM_RELEASE);
    return error;
}

static DWORD grow_heap(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    DWORD error = heap ? 0 : last_error();

    for (unsigned i = 0; heap && !error && i < 8; i++) {
        unsigned char *block = HeapAlloc(heap, 0, 100000);

        error = block ? touch(block + 50000, WRITE) : ERROR_NOT_ENOUGH_MEMORY;
    }
    if (heap)
        HeapDestroy(heap);
    return error;
}

static DWORD map_section(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 9 << 20, "injected");
    DWORD error = section ? 0 : last_error();
    volatile unsigned char *views[2] = {0, 0};

    for (unsigned i = 0; section && !error && i < 2; i++) {
        views[i] = MapViewOfFile(section, i ? FILE_MAP_COPY : FILE_MAP_WRITE, 0, 0, 0);
        error = views[i] ? touch_pages(views[i], 4) : last_error();
    }
    for (unsigned i = 0; i < 2; i++)
        if (views[i])
            UnmapViewOfFile((void *)views[i]);
    if (section)
        CloseHandle(section);
    return error;
}

static DWORD commit_in_section(void)
{
    struct mapping m;
    DWORD error = map_memory(&m, PAGE_READWRITE | SEC_RESERVE, 64 * PAGE);

    if (!error && !VirtualAlloc(m.view + 8 * PAGE, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE))
        error = last_error();
    unmap_memory(&m);
    return error;
}

static DWORD write_and_map_file(void)
{
    static char text[3 * PAGE];
    HANDLE file = CreateFileA("inject.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD done, error = file != INVALID_HANDLE_VALUE ? 0 : last_error();
    HANDLE section = NULL;
    void *view = NULL;

    if (!error && (!WriteFile(file, text, sizeof text, &done, NULL) || done != sizeof text))
        error = last_error();
    if (!error && !(section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 8 * PAGE, NULL)))
        error = last_error();
    if (!error && !(view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0)))
        error = last_error();
    if (!error)
        error = touch_pages(view, 8);
    if (view)
        UnmapViewOfFile(view);
    if (section)
        CloseHandle(section);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    if (!DeleteFileA("inject.tmp") && !error)
        error = last_error();
    return error;
}

static DWORD find_files(void)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA("C:\\*.exe", &found);

    if (search == INVALID_HANDLE_VALUE)
        return last_error();
    FindClose(search);
    return 0;
}

/* A program that comes to its end, or to its first page that fails. */
static DWORD create_process(void)
{
    char line[] = "inject.exe child";
    DWORD status = 0;

    return child_run("inject.exe", line, true, &status) ? status : last_error();
}

static DWORD WINAPI nothing(void *argument)
{
    (void)argument;
    return 0;
}

static DWORD create_thread(void)
{
    HANDLE thread = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
    DWORD status = 0;

    if (!thread)
        return last_error();
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &status);
    CloseHandle(thread);
    return status;
}

static DWORD create_objects(void)
{
    HANDLE made[3] = {CreateEventA(NULL, TRUE, TRUE, "an injected event"), NULL, NULL};
    DWORD error = made[0] ? 0 : last_error();

    if (!error && !(made[1] = CreateMutexA(NULL, FALSE, NULL)))
        error = last_error();
    if (!error && !(made[2] = CreateSemaphoreA(NULL, 0, 1, "an injected semaphore")))
        error = last_error();
    for (unsigned i = 0; i < 3; i++)
        if (made[i])
            CloseHandle(made[i]);
    return error;
}

/* From the disc, and from a file in RAM. */
static DWORD load(const char *name)
{
    HMODULE library = LoadLibraryA(name);

    if (!library)
        return last_error();
    FreeLibrary(library);
    return 0;
}

static DWORD load_libraries(void)
{
    DWORD error = load("one.dll");

    return error ? error : load("inject.dll");
}

/* What the new process does: so many handles that their table grows. */
static int child(void)
{
    HANDLE self = GetCurrentProcess(), event = CreateEventA(NULL, TRUE, TRUE, NULL), copy;

    for (unsigned i = 0; i < 1100; i++)
        if (!event || !DuplicateHandle(self, event, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
            return (int)last_error();
    return 0;
}

/* --- the harness --- */

static volatile unsigned char nobody_looks;

/* Bring in all pages of this program, so that its own code needs no frame while frames are refused. */
static void touch_everything(void)
{
    MEMORY_BASIC_INFORMATION info;

    for (uintptr_t va = UNIT; va < 0x7FFE0000u; va += info.RegionSize) {
        if (VirtualQuery(at(va), &info, sizeof info) != sizeof info)
            break;
        if (info.State != MEM_COMMIT || info.Protect & (PAGE_NOACCESS | PAGE_GUARD))
            continue;
        for (uintptr_t page = va; page < va + info.RegionSize; page += PAGE) {
            volatile unsigned char *byte = at(page);

            nobody_looks = *byte;
            if (info.Protect & (PAGE_READWRITE | PAGE_WRITECOPY))
                *byte = nobody_looks;
        }
    }
}

struct totals {
    uint32_t available, committed, heap, objects; /* `committed` without the kernel's pages */
};

static struct totals totals_now(void)
{
    static uint32_t record[78]; /* SYSTEM_PERFORMANCE_INFORMATION */
    const uint32_t words[4] = {2, (uint32_t)(uintptr_t)record, sizeof record, 0};
    uint32_t heap;

    native_call(ABI_NtQuerySystemInformation, words);
    heap = probe(PROBE_KERNEL_COMMIT, 0, 0);
    return (struct totals){record[11], record[12] - heap, heap, probe(PROBE_OBJECTS, 0, 0)};
}

/* Threads and processes that have ended are taken apart a little later. */
static int settles_at(struct totals before)
{
    struct totals now = totals_now();

    for (unsigned i = 0; i < SETTLE; i++, now = totals_now()) {
        if (now.committed == before.committed && now.objects == before.objects)
            return 1;
        Sleep(10);
    }
    printf("  committed %lu, was %lu; pool objects %lu, were %lu\n", (unsigned long)now.committed,
           (unsigned long)before.committed, (unsigned long)now.objects,
           (unsigned long)before.objects);
    return 0;
}

static int is_clean(DWORD error)
{
    switch (error) {
    case 0:
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_DISK_FULL: /* files live in RAM */
    case (DWORD)STATUS_NO_MEMORY:
    case (DWORD)STATUS_IN_PAGE_ERROR:
    case 0xC000012D /* STATUS_COMMITMENT_LIMIT */:
    case 0xC000009A /* STATUS_INSUFFICIENT_RESOURCES */:
        return 1;
    default:
        return 0;
    }
}

typedef DWORD scenario(void);

/* One refusal, in the place k; how many were refused, or -1: something is wrong. */
static int attempt(const char *name, scenario *scene, unsigned k, unsigned mode, unsigned *failures)
{
    struct totals before;
    DWORD error;
    int refused;

    touch_everything();
    before = totals_now();
    probe(PROBE_ARM, k, mode);
    error = scene();
    refused = (int)probe(PROBE_DISARM, 0, 0);
    DeleteFileA("inject.tmp"); /* if that was refused before */
    *failures += error != 0;
    if (!is_clean(error) || (!refused && error)) {
        printf("  %s, allocation %u%s refused: error %lu (%08lX)\n", name, k,
               mode == ONE ? "" : " and more", (unsigned long)error, (unsigned long)error);
        return -1;
    }
    if (!settles_at(before)) {
        printf("  %s, allocation %u%s refused: something is left behind\n", name, k,
               mode == ONE ? "" : " and more");
        return -1;
    }
    probe(ABI_CONTROL_AUDIT, 0, 0);
    return refused;
}

/* `last` is ONE where the program's own code, in a library, touches fresh memory: were all refused, it
 * would raise an exception there. */
static void run(const char *name, scenario *scene, unsigned last)
{
    char what[120];

    scene(); /* what the system keeps for the next time */
    touch_everything();
    for (unsigned mode = ONE; mode <= last; mode++) {
        struct totals before = totals_now(), after;
        unsigned k = 0, failures = 0, wrong = 0;
        int refused;

        do {
            refused = attempt(name, scene, ++k, mode, &failures);
            wrong += refused < 0;
        } while (refused && k < MOST);
        snprintf(what, sizeof what, "%s: allocations 1 to %u, %s, %u failures", name, k - 1,
                 mode == ONE ? "each alone" : "and all behind it", failures);
        fact("R6", what, !wrong && k < MOST && k > 1);
        after = totals_now();
        fact("R6", "  frames and the kernel's pages are what they were",
             before.available <= after.available + SLACK && after.heap <= before.heap + SLACK);
    }
}

int main(int argc, char **argv)
{
    HANDLE self = GetCurrentProcess(), inherited;

    (void)argv;
    if (argc > 1)
        return child();
    setvbuf(stdout, NULL, _IONBF, 0);
    if (probe(PROBE_PRESENT, 0, 0) != 1) {
        printf("inject: this needs the probing kernel, KERNEL=probe.elf\n");
        return 2;
    }
    run("reserve and commit", reserve_and_commit, ALL_BEHIND);
    run("commit in parts", commit_parts, ALL_BEHIND);
    run("release the middle of a region", release_middle, ALL_BEHIND);
    run("watch writes", watch_writes, ALL_BEHIND);
    run("first touches", demand_zero, ALL_BEHIND);
    run("lock pages", lock_pages, ALL_BEHIND);
    run("frames of its own", take_frames, ALL_BEHIND);
    run("page out and in", page_out_and_in, ALL_BEHIND);
    run("grow a heap", grow_heap, ONE);
    run("map a section", map_section, ALL_BEHIND);
    run("commit in a section", commit_in_section, ALL_BEHIND);
    run("write and map a file", write_and_map_file, ALL_BEHIND);
    run("find files", find_files, ALL_BEHIND);
    run("create objects", create_objects, ALL_BEHIND);
    fact("R6", "a library as a file in RAM", CopyFileA("two.dll", "inject.dll", FALSE));
    run("load libraries", load_libraries, ONE);
    run("create a thread", create_thread, ALL_BEHIND);
    for (unsigned i = 0; i < 3000; i++) /* the child inherits it, so its table grows at once */
        DuplicateHandle(self, GetStdHandle(STD_OUTPUT_HANDLE), self, &inherited, 0, TRUE,
                        DUPLICATE_SAME_ACCESS);
    run("create a process", create_process, ONE);
    return facts_end();
}
