/* space.c - the map of the address space: partitions, 64 KB units, where things are put. */
#include "tests/conformance/memory.h"

enum { SHARED = 0x7FFE0000, TOP = 0x7FFF0000 };
enum { VIOLATION = (int)EXCEPTION_ACCESS_VIOLATION };

static int in_data;

static void test_halves(void)
{
    int on_stack;
    volatile unsigned char *high = fresh(PAGE, MEM_RESERVE | MEM_TOP_DOWN, PAGE_NOACCESS);

    fact("W1", "code, data, stack and memory are below 2 GB",
         (uintptr_t)test_halves < 0x80000000u && (uintptr_t)&in_data < 0x80000000u &&
             (uintptr_t)&on_stack < 0x80000000u && (uintptr_t)high < 0x80000000u);
    fact("W5", "the highest region ends at or below 7FFE0000",
         (uintptr_t)high + PAGE <= (uintptr_t)SHARED);
    release(high);
    fact_number("W1", "the first byte of the kernel's half: a violation", VIOLATION,
                (int)touch(at(0x80000000u), READ));
    fact_number("W1", "the last byte: a violation", VIOLATION, (int)touch(at(0xFFFFFFFFu), WRITE));
}

static void test_null_partition(void)
{
    static const uintptr_t bases[] = {1, 0x10, 0x1000, 0x8000, 0xFFFF};
    char what[80];

    fact_number("W2", "reading address 0: a violation", VIOLATION, (int)touch(at(0), READ));
    fact_number("W2", "writing address 0: a violation", VIOLATION, (int)touch(at(0), WRITE));
    fact_number("W2", "reading FFFF: a violation", VIOLATION, (int)touch(at(0xFFFF), READ));
    fact_number("W2", "writing FFFF: a violation", VIOLATION, (int)touch(at(0xFFFF), WRITE));
    for (unsigned i = 0; i < sizeof bases / sizeof *bases; i++) {
        snprintf(what, sizeof what, "reserving at %04lx: error 87", (unsigned long)bases[i]);
        fact_number("W3", what, 87, alloc_error(bases[i], PAGE, MEM_RESERVE, PAGE_READWRITE));
        snprintf(what, sizeof what, "committing at %04lx: error 87", (unsigned long)bases[i]);
        fact_number("W3", what, 87, alloc_error(bases[i], PAGE, MEM_COMMIT, PAGE_READWRITE));
        snprintf(what, sizeof what, "both at %04lx: error 87", (unsigned long)bases[i]);
        fact_number("W3", what, 87, alloc_error(bases[i], PAGE, RESERVE_COMMIT, PAGE_READWRITE));
    }
}

static void test_top(void)
{
    static const uintptr_t above[] = {SHARED,      SHARED + 0x1000, 0x7FFEFFFFu, TOP,
                                      0x80000000u, 0xC0000000u,     0xFFFF0000u};
    char what[80];

    fact_number("W4", "reading 7FFF0000: a violation", VIOLATION, (int)touch(at(TOP), READ));
    fact_number("W4", "writing 7FFF0000: a violation", VIOLATION, (int)touch(at(TOP), WRITE));
    fact_number("W4", "reading 7FFFFFFF: a violation", VIOLATION,
                (int)touch(at(0x7FFFFFFFu), READ));
    fact_number("W5", "the page at 7FFE0000 may be read", 0, (int)touch(at(SHARED), READ));
    fact_number("W5", "but not written", VIOLATION, (int)touch(at(SHARED), WRITE));
    fact_number("W5", "the one above it may not be read", VIOLATION,
                (int)touch(at(SHARED + PAGE), READ));
    for (unsigned i = 0; i < sizeof above / sizeof *above; i++) {
        snprintf(what, sizeof what, "reserving at %08lx: error 87", (unsigned long)above[i]);
        fact_number("W6", what, 87, alloc_error(above[i], PAGE, MEM_RESERVE, PAGE_READWRITE));
    }
    fact_number("W6", "reserving from below across 7FFE0000: error 87", 87,
                alloc_error(SHARED - UNIT, 2 * UNIT, MEM_RESERVE, PAGE_READWRITE));
    fact_number("W6", "one byte too long: error 87", 87,
                alloc_error(0x70000000, SHARED - 0x70000000 + 1, MEM_RESERVE, PAGE_READWRITE));
}

static void test_system_info(void)
{
    SYSTEM_INFO info;

    memset(&info, 0xEE, sizeof info);
    GetSystemInfo(&info);
    fact_number("W7", "page size", 0x1000, info.dwPageSize);
    fact_number("W7", "granularity", 0x10000, info.dwAllocationGranularity);
    fact_number("W7", "lowest address", 0x10000, (uintptr_t)info.lpMinimumApplicationAddress);
    fact_number("W7", "highest address", 0x7FFEFFFF, (uintptr_t)info.lpMaximumApplicationAddress);
    fact_number("W7", "architecture", 0, info.wProcessorArchitecture);
    fact_number("W7", "processor type", 586, info.dwProcessorType);
    fact("W7", "at least one processor", info.dwNumberOfProcessors >= 1);
}

static void test_places(void)
{
    static const char *const modules[] = {"ntdll.dll", "kernel32.dll", "msvcrt.dll"};
    volatile unsigned char *low, *next, *high, *small[8];
    unsigned aligned = 0;

    fact_number("W8", "the program is at 00400000", 0x400000, (uintptr_t)GetModuleHandleA(NULL));
    for (unsigned i = 0; i < sizeof modules / sizeof *modules; i++) {
        uintptr_t base = (uintptr_t)GetModuleHandleA(modules[i]);

        fact("W8", modules[i], base != 0 && base % UNIT == 0);
    }
    for (unsigned i = 0; i < 8; i++) {
        small[i] = fresh(PAGE, i % 2 ? RESERVE_COMMIT : MEM_RESERVE, PAGE_READWRITE);
        aligned += (uintptr_t)small[i] % UNIT == 0;
    }
    fact_number("W9", "eight one-page regions, all at multiples of 64 KB", 8, aligned);
    for (unsigned i = 0; i < 8; i++)
        release(small[i]);
    low = fresh(UNIT, MEM_RESERVE, PAGE_NOACCESS);
    next = fresh(UNIT, MEM_RESERVE, PAGE_NOACCESS);
    high = fresh(UNIT, MEM_RESERVE | MEM_TOP_DOWN, PAGE_NOACCESS);
    fact("W10", "the lowest hole is taken first", next > low);
    fact("W10", "with MEM_TOP_DOWN the highest", high > next);
    release(low);
    release(next);
    release(high);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_halves();
    test_null_partition();
    test_top();
    test_system_info();
    test_places();
    return facts_end();
}
