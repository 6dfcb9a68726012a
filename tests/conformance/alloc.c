/* alloc.c - VirtualAlloc: rounding, rules of state, types, protections. */
#include "tests/conformance/memory.h"

#include <psapi.h>

static void test_rounding(void)
{
    static const struct {
        uint32_t base, size, got_base, got_size;
    } w13[] = {
        {0x50000000, 1, 0x50000000, 0x1000},      {0x50008000, 1, 0x50000000, 0x9000},
        {0x50000010, 0x1000, 0x50000000, 0x2000}, {0x5000FFFF, 0x3000, 0x50000000, 0x13000},
        {0x50001010, 0x7000, 0x50000000, 0x9000}, {0x50001010, 0xC000, 0x50000000, 0xE000},
        {0x50018010, 0x1000, 0x50010000, 0xA000},
    };
    volatile unsigned char *got;
    char what[80];

    fact_number("W11", "size 0, reserve: error 87", 87,
                alloc_error(0, 0, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W11", "size 0, commit: error 87", 87,
                alloc_error(0, 0, MEM_COMMIT, PAGE_READWRITE));
    fact_number("W11", "size 0 at an address: error 87", 87,
                alloc_error(PLACE, 0, MEM_RESERVE, PAGE_READWRITE));
    got = fresh(0xFFFC, MEM_RESERVE, PAGE_READWRITE);
    fact_region("W12", "0xFFFC bytes anywhere are 16 pages", got, 0x10000, MEM_RESERVE, 0);
    release(got);
    got = fresh(0x1001, RESERVE_COMMIT, PAGE_READWRITE);
    fact_region("W12", "0x1001 bytes anywhere are two pages", got, 0x2000, MEM_COMMIT,
                PAGE_READWRITE);
    release(got);
    for (unsigned i = 0; i < sizeof w13 / sizeof *w13; i++) {
        got = VirtualAlloc(at(w13[i].base), w13[i].size, MEM_RESERVE, PAGE_READWRITE);
        snprintf(what, sizeof what, "reserving %x+%x", w13[i].base, w13[i].size);
        fact_number("W13", what, w13[i].got_base, (uintptr_t)got);
        fact_region("W13", what, at(w13[i].got_base), w13[i].got_size, MEM_RESERVE, 0);
        release(at(w13[i].got_base));
    }
    got = VirtualAlloc(at(0x50004080), 0x1000, RESERVE_COMMIT, PAGE_READWRITE);
    fact_number("W14", "reserve and commit at 50004080", PLACE, (uintptr_t)got);
    fact_region("W14", "commits the whole region", got, 0x6000, MEM_COMMIT, PAGE_READWRITE);
    fact("W14", "all of it can be written",
         !touch(at(PLACE), WRITE) && !touch(at(PLACE + 0x5FFF), WRITE));
    release(got);
}

static void test_commit_rounding(void)
{
    volatile unsigned char *base = fresh(4 * UNIT, MEM_RESERVE, PAGE_READWRITE);
    void *got = VirtualAlloc((char *)base + 0x2FFF, 2, MEM_COMMIT, PAGE_READWRITE);

    fact_number("W15", "2 bytes across a page line: the address of the first page",
                (uintptr_t)base + 0x2000, (uintptr_t)got);
    fact_region("W15", "two pages are committed", base + 0x2000, 0x2000, MEM_COMMIT,
                PAGE_READWRITE);
    fact_region("W15", "none before", base, 0x2000, MEM_RESERVE, 0);
    fact_region("W15", "none behind", base + 0x4000, 4 * UNIT - 0x4000, MEM_RESERVE, 0);
    release(base);
}

static void test_slack(void)
{
    VirtualAlloc(at(PLACE), 0x3000, MEM_RESERVE, PAGE_READWRITE);
    fact_number("W16", "reserving the rest of a 64 KB unit: error 487", 487,
                alloc_error(PLACE + 0x3000, PAGE, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W16", "the last page of it, too", 487,
                alloc_error(PLACE + 0xF000, PAGE, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W16", "from there into the next unit, too", 487,
                alloc_error(PLACE + 0x8000, UNIT, RESERVE_COMMIT, PAGE_READWRITE));
    fact_number("W17", "committing the slack: error 487", 487,
                alloc_error(PLACE + 0x3000, PAGE, MEM_COMMIT, PAGE_READWRITE));
    fact_number("W17", "across the region's end: error 487", 487,
                alloc_error(PLACE + 0x2000, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE));
    fact_region("W17", "nothing has changed", at(PLACE), 0x3000, MEM_RESERVE, 0);
    release(at(PLACE));
}

static void test_sizes(void)
{
    fact_number("W18", "7FF00000 bytes: no such hole, error 8", 8,
                alloc_error(0, 0x7FF00000, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W18", "80000000 bytes: error 87", 87,
                alloc_error(0, 0x80000000, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W18", "FFFFFFFF bytes: error 87", 87,
                alloc_error(0, 0xFFFFFFFF, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W18", "from an address around 4 GB: error 87", 87,
                alloc_error(PLACE, 0xFFFFF000, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W18", "FFFFFFFF bytes from an address: error 87", 87,
                alloc_error(PLACE, 0xFFFFFFFF, MEM_RESERVE, PAGE_READWRITE));
}

static void test_states(void)
{
    volatile unsigned char *p = VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE);

    fact_region("W19", "MEM_COMMIT alone, anywhere, reserves, too", p, PAGE, MEM_COMMIT,
                PAGE_READWRITE);
    release(p);
    fact_number("W20", "MEM_COMMIT where nothing is reserved: error 487", 487,
                alloc_error(PLACE, PAGE, MEM_COMMIT, PAGE_READWRITE));
    VirtualAlloc(at(PLACE), UNIT, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(at(PLACE + UNIT), UNIT, MEM_RESERVE, PAGE_READWRITE);
    fact_number("W21", "committing across two neighbours: error 487", 487,
                alloc_error(PLACE + UNIT - PAGE, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE));
    fact_region("W21", "the first is as it was", at(PLACE), UNIT, MEM_RESERVE, 0);
    fact_region("W21", "the second, too", at(PLACE + UNIT), UNIT, MEM_RESERVE, 0);
    fact_number("W24", "reserving what is reserved: error 487", 487,
                alloc_error(PLACE, PAGE, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W24", "with commit: error 487", 487,
                alloc_error(PLACE, PAGE, RESERVE_COMMIT, PAGE_READWRITE));
    fact_number("W24", "around it: error 487", 487,
                alloc_error(PLACE - UNIT, 4 * UNIT, MEM_RESERVE, PAGE_READWRITE));
    release(at(PLACE));
    release(at(PLACE + UNIT));
}

static void test_recommit(void)
{
    volatile unsigned char *p = fresh(8 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    void *got;

    VirtualAlloc((void *)p, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact("W25", "fresh pages are zero", all_zero(p, 2 * PAGE));
    p[0] = 11;
    p[2 * PAGE - 1] = 22;
    got = VirtualAlloc((void *)p, 2 * PAGE, MEM_COMMIT, PAGE_READONLY);
    fact_number("W22", "committing again succeeds", (uintptr_t)p, (uintptr_t)got);
    fact("W22", "the content is kept", p[0] == 11 && p[2 * PAGE - 1] == 22);
    fact_region("W22", "the new protection holds", p, 2 * PAGE, MEM_COMMIT, PAGE_READONLY);
    fact_number("W22", "and is obeyed", (int)EXCEPTION_ACCESS_VIOLATION, (int)touch(p, WRITE));
    got = VirtualAlloc((void *)p, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W23", "three pages over two", (uintptr_t)p, (uintptr_t)got);
    fact_region("W23", "all have the new protection", p, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact("W23", "the third is zero, the others are kept",
         all_zero(p + 2 * PAGE, PAGE) && p[0] == 11 && p[2 * PAGE - 1] == 22);
    VirtualFree((void *)p, PAGE, MEM_DECOMMIT);
    VirtualAlloc((void *)p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact("W25", "after decommit and commit: zero", all_zero(p, PAGE));
    release(p);
}

static SIZE_T commit_now(SIZE_T *resident)
{
    PROCESS_MEMORY_COUNTERS counters;

    memset(&counters, 0, sizeof counters);
    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    *resident = counters.WorkingSetSize;
    return counters.PagefileUsage;
}

static void test_charge(void)
{
    SIZE_T resident, resident2, before = commit_now(&resident), after;
    volatile unsigned char *p = fresh(4096 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    uint32_t sum;
    DWORD error;
    SIZE_T size;

    fact_number("W26", "reserving 16 MB charges nothing", 0, commit_now(&resident2) - before);
    VirtualAlloc((void *)p, 64 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    after = commit_now(&resident2);
    fact_number("W26", "committing 64 pages charges 64", 64, (after - before) / PAGE);
    fact("W26", "and takes no page of RAM", resident2 <= resident);
    GlobalMemoryStatusEx(&memory);
    size = memory.ullTotalPageFile < 0x78000000 ? (SIZE_T)memory.ullTotalPageFile : 0x78000000;
    sum = map_sum();
    error = alloc_error(0, size, RESERVE_COMMIT, PAGE_READWRITE);
    fact("W27", "more than the limit: error 1455 or 8", error == 1455 || error == 8);
    fact("W27", "nothing has changed", map_sum() == sum && commit_now(&resident2) == after);
    release(p);
}

static void test_types(void)
{
    static const struct {
        const char *name, *what;
        DWORD type;
    } bad[] = {
        {"W28", "no type", 0},
        {"W28", "MEM_TOP_DOWN alone", MEM_TOP_DOWN},
        {"W28", "an unknown bit", MEM_RESERVE | 0x800},
        {"W28", "the highest bit", MEM_RESERVE | 0x80000000},
        {"W28", "MEM_FREE", MEM_FREE},
        {"W28", "MEM_DECOMMIT", MEM_DECOMMIT},
        {"W28", "MEM_RELEASE", MEM_RELEASE},
        {"W28", "MEM_RESERVE with MEM_RELEASE", MEM_RESERVE | MEM_RELEASE},
        {"W29", "MEM_RESET with MEM_COMMIT", MEM_RESET | MEM_COMMIT},
        {"W29", "MEM_RESET with MEM_RESERVE", MEM_RESET | MEM_RESERVE},
        {"W29", "MEM_RESET with MEM_TOP_DOWN", MEM_RESET | MEM_TOP_DOWN},
        {"W33", "MEM_WRITE_WATCH alone", MEM_WRITE_WATCH},
        {"W34", "MEM_LARGE_PAGES without MEM_COMMIT", MEM_LARGE_PAGES | MEM_RESERVE},
        {"W34", "MEM_PHYSICAL without MEM_RESERVE", MEM_PHYSICAL | MEM_COMMIT},
        {"W34", "MEM_PHYSICAL with MEM_COMMIT", MEM_PHYSICAL | RESERVE_COMMIT},
        {"W35", "the bit that rounds to pages", MEM_RESERVE | 0x40000000},
    };
    char what[80];

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(what, sizeof what, "%s: error 87", bad[i].what);
        fact_number(bad[i].name, what, 87, alloc_error(0, UNIT, bad[i].type, PAGE_READWRITE));
    }
    VirtualAlloc(at(PLACE), UNIT, MEM_RESERVE, PAGE_READWRITE);
    fact_number("W33", "MEM_WRITE_WATCH when committing: error 87", 87,
                alloc_error(PLACE, PAGE, MEM_WRITE_WATCH | MEM_COMMIT, PAGE_READWRITE));
    release(at(PLACE));
    fact_number("W34", "large pages without the privilege: error 1314", 1314,
                alloc_error(0, 4 << 20, MEM_LARGE_PAGES | RESERVE_COMMIT, PAGE_READWRITE));
    fact_number("W34", "MEM_PHYSICAL with PAGE_READONLY: error 87", 87,
                alloc_error(0, UNIT, MEM_PHYSICAL | MEM_RESERVE, PAGE_READONLY));
    SetLastError(0);
    fact("W36", "no process handle: error 6",
         VirtualAllocEx(NULL, NULL, PAGE, MEM_RESERVE, PAGE_READWRITE) == NULL &&
             GetLastError() == 6);
    SetLastError(0);
    fact("W36", "freeing without one: error 6",
         !VirtualFreeEx(NULL, at(PLACE), 0, MEM_RELEASE) && GetLastError() == 6);
}

static void test_reset(void)
{
    volatile unsigned char *p = fresh(8 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    void *got;
    int ok = 1;

    VirtualAlloc((void *)p, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; i < 4 * PAGE; i++)
        p[i] = 77;
    got = VirtualAlloc((void *)p, 4 * PAGE, MEM_RESET, PAGE_NOACCESS);
    fact_number("W30", "MEM_RESET returns the base", (uintptr_t)p, (uintptr_t)got);
    fact_region("W30", "state and protection are unchanged", p, 4 * PAGE, MEM_COMMIT,
                PAGE_READWRITE);
    for (unsigned i = 0; i < 4 * PAGE; i++)
        ok &= p[i] == 77 || p[i] == 0;
    fact("W30", "the bytes are the old ones or zero", ok);
    got = VirtualAlloc((void *)(p + 2 * PAGE), 4 * PAGE, MEM_RESET, PAGE_READONLY);
    fact_number("W31", "reserved pages may be in the range", (uintptr_t)p + 2 * PAGE,
                (uintptr_t)got);
    fact_region("W31", "and stay reserved", p + 4 * PAGE, 4 * PAGE, MEM_RESERVE, 0);
    fact_number("W31", "the protection must be one: error 87", 87,
                alloc_error((uintptr_t)p, PAGE, MEM_RESET, 0));
    fact_number("W32", "past the end: error 487", 487,
                alloc_error((uintptr_t)p + 7 * PAGE, 2 * PAGE, MEM_RESET, PAGE_READWRITE));
    fact_number("W32", "where nothing is reserved: error 487", 487,
                alloc_error(PLACE, PAGE, MEM_RESET, PAGE_READWRITE));
    release(p);
}

static void test_protections(void)
{
    static const struct {
        const char *name;
        DWORD protect;
    } bad[] = {
        {"W37", 0},
        {"W37", PAGE_READONLY | PAGE_READWRITE},
        {"W37", PAGE_NOACCESS | PAGE_READONLY},
        {"W37", PAGE_EXECUTE | PAGE_READWRITE},
        {"W37", PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE},
        {"W37", 0xFF},
        {"W38", PAGE_WRITECOPY},
        {"W38", PAGE_EXECUTE_WRITECOPY},
        {"W39", PAGE_GUARD | PAGE_NOACCESS},
        {"W39", PAGE_GUARD | PAGE_READWRITE | PAGE_NOCACHE},
        {"W39", PAGE_GUARD | PAGE_READWRITE | PAGE_WRITECOMBINE},
        {"W39", PAGE_NOCACHE | PAGE_NOACCESS},
        {"W39", PAGE_WRITECOMBINE | PAGE_NOACCESS},
        {"W39", PAGE_NOCACHE | PAGE_WRITECOMBINE | PAGE_READWRITE},
        {"W39", PAGE_READWRITE | 0x800},
        {"W39", PAGE_READWRITE | 0x80000000},
        {"W40", PAGE_GUARD},
    };
    volatile unsigned char *p = fresh(PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    char what[80];

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(what, sizeof what, "VirtualAlloc with protection %lx: error 87",
                 (unsigned long)bad[i].protect);
        fact_number(bad[i].name, what, 87, alloc_error(0, PAGE, MEM_RESERVE, bad[i].protect));
        snprintf(what, sizeof what, "VirtualProtect with protection %lx: error 87",
                 (unsigned long)bad[i].protect);
        fact_number(bad[i].name, what, 87, protect_error(p, PAGE, bad[i].protect));
    }
    fact_region("W37", "nothing has changed", p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    release(p);
}

static void test_good_protections(void)
{
    static const DWORD good[] = {PAGE_NOACCESS,
                                 PAGE_READONLY,
                                 PAGE_READWRITE,
                                 PAGE_EXECUTE,
                                 PAGE_EXECUTE_READ,
                                 PAGE_EXECUTE_READWRITE,
                                 PAGE_GUARD | PAGE_READONLY};
    volatile unsigned char *p;
    char what[80];

    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        p = fresh(PAGE, RESERVE_COMMIT, good[i]);
        snprintf(what, sizeof what, "protection %lx is kept", (unsigned long)good[i]);
        fact_region("W37", what, p, PAGE, MEM_COMMIT, good[i]);
        release(p);
    }
    p = fresh(3 * PAGE, RESERVE_COMMIT, PAGE_READWRITE | PAGE_NOCACHE);
    fact_region("W41", "PAGE_NOCACHE shows in Protect", p, 3 * PAGE, MEM_COMMIT,
                PAGE_READWRITE | PAGE_NOCACHE);
    fact_number("W41", "and in AllocationProtect", PAGE_READWRITE | PAGE_NOCACHE,
                query(p).AllocationProtect);
    release(p);
    p = fresh(PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    p[0] = 0xC3; /* ret */
    fact_number("W42", "code runs in any page that may be read", 0, (int)touch(p, EXECUTE));
    VirtualProtect((void *)p, PAGE, PAGE_EXECUTE, &(DWORD){0});
    fact_number("W42", "PAGE_EXECUTE may be read", 0, (int)touch(p, READ));
    fact_number("W42", "and executed", 0, (int)touch(p, EXECUTE));
    release(p);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_rounding();
    test_commit_rounding();
    test_slack();
    test_sizes();
    test_states();
    test_recommit();
    test_charge();
    test_types();
    test_reset();
    test_protections();
    test_good_protections();
    return facts_end();
}
