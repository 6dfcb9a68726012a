/* long.c - long calls let interrupts in: the clock goes on while the kernel works for a program.
 *
 * A buffer of hundreds of megabytes costs a program next to nothing: it is one section seen many times.  Time is
 * taken in cycles, and compared with the ticks that came meanwhile: run it under -icount, where both count
 * instructions.  Not for Windows: services are called by number.
 */
#include "tests/conformance/fact.h"
#include "tests/conformance/native_call.h"

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
    uint64_t ms = cycles_of_ms();

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        uint64_t begin, spent;
        DWORD tick;

        show(calls[i].size);
        tick = GetTickCount();
        begin = cycles();
        calls[i].call(calls[i].size);
        spent = (cycles() - begin) / ms;
        tick = GetTickCount() - tick;
        hide(calls[i].size);
        printf("# %u ms, of which the clock saw %u\n", (unsigned)spent, (unsigned)tick);
        fact("clock", calls[i].what, spent >= LEAST_MS && tick >= spent / 2);
    }
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

int main(void)
{
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
    null = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
    test_clock();
    test_sets();
    return facts_end();
}
