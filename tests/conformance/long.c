/* long.c - long calls let interrupts in: the clock goes on while the kernel works for a program.
 *
 * A buffer of hundreds of megabytes costs a program next to nothing: it is one section seen many times.  Time is
 * taken in cycles, and compared with the ticks that came meanwhile: run it under -icount, where both count
 * instructions.  Not for Windows: services are called by number.
 */
#include "tests/conformance/fact.h"
#include "tests/conformance/native_call.h"

#include <stdlib.h>
#include <windows.h>

enum {
    UNIT = 4 << 20,
    MOST = 512 << 20,
    LEAST_MS = 20, /* a call that takes less shows nothing */
    SETS = 1000
};

static char *const buffer = (char *)0x10000000;
static HANDLE section, null;
static uint32_t io[2];

static uint32_t at(const void *place)
{
    return (uint32_t)(uintptr_t)place;
}

static uint64_t cycles(void)
{
    return __builtin_ia32_rdtsc();
}

/* How many cycles a millisecond of ticks has, while nothing keeps interrupts off. */
static uint64_t cycles_of_ms(void)
{
    uint64_t begin;
    DWORD tick = GetTickCount(), first;

    while ((first = GetTickCount()) == tick) {
    }
    begin = cycles();
    while (GetTickCount() - first < 200) {
    }
    return (cycles() - begin) / (GetTickCount() - first);
}

static void show(uint32_t size)
{
    for (uint32_t i = 0; i < size; i += UNIT)
        MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 0, buffer + i);
}

static void hide(uint32_t size)
{
    for (uint32_t i = 0; i < size; i += UNIT)
        UnmapViewOfFile(buffer + i);
}

static uint32_t read_nothing(uint32_t size)
{
    uint32_t words[9] = {at(null), 0, 0, 0, at(io), at(buffer), size, 0, 0};

    return native_call(ABI_NtReadFile, words);
}

static uint32_t write_nowhere(uint32_t size)
{
    uint32_t words[9] = {at(null), 0, 0, 0, at(io), at(buffer), size, 0, 0};

    return native_call(ABI_NtWriteFile, words);
}

static uint32_t copy_memory(uint32_t size)
{
    uint32_t words[5] = {UINT32_MAX, at(buffer), at(buffer + size / 2), size / 2, 0};

    return native_call(ABI_NtReadVirtualMemory, words);
}

static uint32_t ask_about_pages(uint32_t size)
{
    enum { WORKING_SET_EX = 4 };
    uint32_t words[6] = {UINT32_MAX, 0, WORKING_SET_EX, at(buffer), size, 0};

    return native_call(ABI_NtQueryVirtualMemory, words);
}

/* One that promises nothing, of a million pages. */
static uint32_t end_section(uint32_t size)
{
    enum { ALL = 0xF001F, RESERVE = 0x4000000 };
    uint64_t most = 0xFFFF0000 - size;
    uint32_t handle, words[7] = {at(&handle), ALL, 0, at(&most), PAGE_READWRITE, RESERVE, 0};

    return native_call(ABI_NtCreateSection, words) || !CloseHandle((HANDLE)(uintptr_t)handle);
}

static uint32_t end_view(uint32_t size)
{
    HANDLE kept = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                     0x50000000 - size, NULL);

    return !UnmapViewOfFile(MapViewOfFile(kept, FILE_MAP_WRITE, 0, 0, 0));
}

static uint64_t ms; /* cycles of one */

/* What takes too little to show anything is fine; whether it does is the first tests' business. */
static void measure(const char *what, uint32_t (*call)(uint32_t size), uint32_t size,
                    uint32_t least)
{
    DWORD tick = GetTickCount();
    uint64_t begin = cycles(), spent;

    call(size);
    spent = (cycles() - begin) / ms;
    tick = GetTickCount() - tick;
    printf("# %u ms, of which the clock saw %u\n", (unsigned)spent, (unsigned)tick);
    fact("clock", what,
         spent >= least && (spent < LEAST_MS || (tick >= spent / 2 && tick + 200 >= spent)));
}

static void test_clock(void)
{
    static const struct {
        const char *what;
        uint32_t (*call)(uint32_t size);
        uint32_t size;
    } calls[] = {
        {"while a file is read", read_nothing, MOST},
        {"while a file is written", write_nowhere, MOST},
        {"while memory is copied", copy_memory, MOST / 4},
        {"while pages are asked about", ask_about_pages, MOST / 32},
        {"while a section of 4 GB goes", end_section, 0},
        {"while a view of 1.3 GB goes", end_view, 0},
    };

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        show(calls[i].size);
        measure(calls[i].what, calls[i].call, calls[i].size, LEAST_MS);
        hide(calls[i].size);
    }
}

/* --- images --- */

/* A file of `bytes` bytes: headers of an image with so many sections of one size, which have no bytes in the file; none:
 * the file is mapped as it is. */
static HANDLE make_image(uint32_t sections, uint32_t size, uint32_t bytes)
{
    struct {
        IMAGE_DOS_HEADER dos;
        IMAGE_NT_HEADERS32 nt;
    } h = {.dos = {.e_magic = IMAGE_DOS_SIGNATURE, .e_lfanew = sizeof h.dos}};
    IMAGE_SECTION_HEADER *table = calloc(sections + 1, sizeof *table);
    HANDLE file = CreateFileA("image", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, NULL,
                              CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    DWORD done;

    h.nt.Signature = IMAGE_NT_SIGNATURE;
    h.nt.FileHeader = (IMAGE_FILE_HEADER){.Machine = IMAGE_FILE_MACHINE_I386,
                                          .NumberOfSections = (WORD)sections,
                                          .SizeOfOptionalHeader = sizeof h.nt.OptionalHeader,
                                          .Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE};
    h.nt.OptionalHeader =
        (IMAGE_OPTIONAL_HEADER32){.Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC,
                                  .ImageBase = 0x400000,
                                  .SectionAlignment = sections ? 0x1000 : 0x200,
                                  .FileAlignment = 0x200,
                                  .SizeOfImage = sections ? 0x1000 + sections * size : bytes,
                                  .SizeOfHeaders = sections ? 0x1000 : 0x200,
                                  .Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI,
                                  .MajorSubsystemVersion = 4};
    for (uint32_t i = 0; i < sections; i++) {
        table[i].VirtualAddress = 0x1000 + i * size;
        table[i].Misc.VirtualSize = size;
        table[i].Characteristics = IMAGE_SCN_MEM_READ;
    }
    WriteFile(file, &h, sizeof h, &done, NULL);
    WriteFile(file, table, sections * sizeof *table, &done, NULL);
    SetFilePointer(file, (LONG)bytes, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    free(table);
    return file;
}

static HANDLE image_file, image;

static uint32_t map_image(uint32_t)
{
    image = CreateFileMappingA(image_file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
    return image == NULL;
}

static void test_image(const char *what, uint32_t sections, uint32_t size, uint32_t bytes)
{
    image_file = make_image(sections, size, bytes);
    measure(what, map_image, 0, 0);
    fact("clock", "which can be had", image != NULL);
    CloseHandle(image);
    CloseHandle(image_file);
}

/* --- many of a thing --- */

enum { MANY = 4000, FILES = 600, WAITERS = 400, VIEWS = 15000 };

/* The child: thousands of names, and of openings of one file. */
static int hold_many(void)
{
    HANDLE ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, "ready"),
           go = OpenEventA(EVENT_ALL_ACCESS, FALSE, "go");

    for (int i = 0; i < MANY; i++) {
        char name[16];

        sprintf(name, "%d", i);
        CreateEventA(NULL, TRUE, FALSE, name);
        CreateFileA("long.exe", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    }
    SetEvent(ready);
    WaitForSingleObject(go, INFINITE);
    TerminateProcess(GetCurrentProcess(), 0);
    return 0;
}

static HANDLE child, go;

static uint32_t end_child(uint32_t)
{
    SetEvent(go);
    return WaitForSingleObject(child, INFINITE);
}

static void test_end(void)
{
    HANDLE ready = CreateEventA(NULL, FALSE, FALSE, "ready");
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION made;
    char line[] = "long.exe many";

    go = CreateEventA(NULL, FALSE, FALSE, "go");
    if (CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made))
        WaitForSingleObject(ready, INFINITE);
    child = made.hProcess;
    measure("while a program with 8,000 handles ends", end_child, 0, 0);
}

/* Half of them wait for what is never set, too. */
static HANDLE pair[2];

static DWORD WINAPI wait_for(void *both)
{
    return WaitForMultipleObjects(both ? 2 : 1, pair, both != NULL, INFINITE);
}

static uint32_t set_event(uint32_t)
{
    return !SetEvent(pair[0]);
}

/* At the lowest priority this thread goes on when all others wait. */
static void test_waiters(void)
{
    pair[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
    pair[1] = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_LOWEST);
    for (uintptr_t i = 0; i < 2 * WAITERS; i++)
        CloseHandle(CreateThread(NULL, 0x10000, wait_for, (void *)(uintptr_t)(i < WAITERS),
                                 STACK_SIZE_PARAM_IS_A_RESERVATION, NULL));
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
    measure("while 400 threads go on and 400 don't", set_event, 0, 0);
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
}

static uint32_t find_none(uint32_t)
{
    WIN32_FIND_DATAA found;

    return FindFirstFileA("many\\*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", &found) != INVALID_HANDLE_VALUE;
}

static void test_files(void)
{
    CreateDirectoryA("many", NULL);
    for (int i = 0; i < FILES; i++) {
        char name[80];

        sprintf(name, "many\\aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%04d", i);
        CloseHandle(CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
    }
    measure("while no file of 600 fits a pattern", find_none, 0, 0);
}

static uint32_t start_nothing(uint32_t)
{
    static char strings[0x7000];
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION made;

    for (size_t i = 0; i + 4 < sizeof strings; i += 3) {
        strings[i] = 'a';
        strings[i + 1] = '=';
    }
    return CreateProcessA("long.exe", NULL, NULL, NULL, FALSE, CREATE_SUSPENDED, strings, NULL,
                          &startup, &made) &&
           TerminateProcess(made.hProcess, 0);
}

/* A file that loses its end while nothing can be promised keeps its pages: they are zeroed when it grows again. */
static HANDLE cut;

static uint32_t set_size(uint32_t size)
{
    SetFilePointer(cut, (LONG)size, NULL, FILE_BEGIN);
    return !SetEndOfFile(cut);
}

static void test_cut(void)
{
    static void *taken[4096];
    size_t count = 0, chunk = UNIT;

    cut =
        CreateFileA("cut", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    set_size(6 * UNIT);
    for (; chunk >= 0x10000 && count < 4096;
         chunk /= taken[count] ? 1 : 2, count += taken[count] != NULL)
        taken[count] = VirtualAlloc(NULL, chunk, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    set_size(UNIT / 2);
    while (count-- > 0)
        VirtualFree(taken[count], 0, MEM_RELEASE);
    measure("while a file grows over what it had lost", set_size, 6 * UNIT, 0);
    CloseHandle(cut);
}

/* Pages of a section with very many views, of which somebody looks whether they were used. */
static uint32_t crowd(uint32_t size)
{
    char *private = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    for (uint32_t i = 0; private && i < size; i += 0x1000) {
        private[i] = 1;
        for (uint32_t page = 0; i % (UNIT / 4) == 0 && page < UNIT / 4; page += 0x1000)
            buffer[page]++;
    }
    return private == NULL || !VirtualFree(private, 0, MEM_RELEASE);
}

static void test_views(void)
{
    enum { SIZE = 0x10000 };
    HANDLE many = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT / 4, NULL);
    int got = 0;

    for (uint32_t i = 0; i < VIEWS; i++)
        got += MapViewOfFileEx(many, FILE_MAP_WRITE, 0, i * SIZE % (UNIT / 4), SIZE,
                               buffer + i * SIZE) != NULL;
    printf("# %d views\n", got);
    measure("while pages of a section with 15,000 views are in need", crowd, 60 << 20, 0);
}

/* A working set for one more region, when so many have one already. */
static uint64_t attach(void)
{
    struct abi_working_set set = {at(VirtualAlloc(NULL, 1, MEM_RESERVE, PAGE_READWRITE)), 4, 0, 0,
                                  ""};
    uint32_t words[4] = {ABI_CONTROL_WORKING_SET, at(&set), sizeof set, 0};
    uint64_t begin = cycles();

    return native_call(ABI_NtPagodaControl, words) ? 0 : cycles() - begin;
}

static void test_sets(void)
{
    uint64_t early = 0, late = 0;

    for (int i = 0; i < SETS; i++) {
        uint64_t spent = attach();

        early += i >= SETS / 20 && i < SETS / 10 ? spent : 0;
        late += i >= SETS - SETS / 20 ? spent : 0;
    }
    printf("# %u times as long\n", (unsigned)(late / early));
    fact("sets", "12 times as many cost no 40 times as much", early && late < 40 * early);
}

int main(int argc, char **)
{
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
    null = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
    if (argc > 1)
        return hold_many();
    ms = cycles_of_ms();
    test_clock();
    test_image("while an image of 1.8 GB is made", 1, 0x70000000, 0x1000);
    test_image("while an image of 65,000 sections is made", 65000, 0x1000, 0x280000);
    test_image("while an image of 12 MB is copied", 0, 0, 12 << 20);
    test_end();
    test_waiters();
    test_files();
    measure("while a program with 9,500 variables is started", start_nothing, 0, 0);
    test_cut();
    test_sets();
    test_views();
    return facts_end();
}
