/* free.c - VirtualFree, and what only the native call can do. */
#include "tests/conformance/memory.h"

typedef LONG WINAPI free_function(HANDLE process, void **base, SIZE_T *size, ULONG type);
static free_function *native_free;

enum { SUCCESS = 0, UNABLE_TO_FREE = (int)0xC000001A };

/* The native call: its status; what it says it has freed is left in freed_base and freed_size. */
static uintptr_t freed_base;
static SIZE_T freed_size;

static int native(const volatile void *base, SIZE_T size, ULONG type)
{
    void *address = (void *)base;
    int status;

    freed_size = size;
    status = (int)native_free(GetCurrentProcess(), &address, &freed_size, type);
    freed_base = (uintptr_t)address;
    return status;
}

static void test_types(void)
{
    uintptr_t p = (uintptr_t)fresh(4 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    fact_number("W43", "type 0: error 87", 87, free_error(p, 0, 0));
    fact_number("W43", "both types: error 87", 87, free_error(p, 0, MEM_DECOMMIT | MEM_RELEASE));
    fact_number("W43", "MEM_FREE: error 87", 87, free_error(p, 0, MEM_FREE));
    fact_number("W43", "MEM_COMMIT: error 87", 87, free_error(p, PAGE, MEM_COMMIT));
    fact_number("W44", "release with a size: error 87", 87, free_error(p, PAGE, MEM_RELEASE));
    fact_number("W44", "even if it is the region's", 87, free_error(p, 4 * PAGE, MEM_RELEASE));
    fact_region("W44", "nothing has changed", at(p), 4 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W46", "release at a later page: error 487", 487,
                free_error(p + PAGE, 0, MEM_RELEASE));
    fact_number("W45", "release at base + 0x10", 0, free_error(p + 0x10, 0, MEM_RELEASE));
    fact_number("W45", "then it is free", MEM_FREE, query(at(p)).State);
    p = (uintptr_t)fresh(8 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(at(p + PAGE), PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc(at(p + 3 * PAGE), PAGE, MEM_COMMIT, PAGE_NOACCESS);
    touch(at(p + PAGE), WRITE);
    fact_number("W45", "a mix of states, at base + 0xFFF", 0,
                free_error(p + 0xFFF, 0, MEM_RELEASE));
    fact_number("W45", "all of it is free", MEM_FREE, query(at(p + 3 * PAGE)).State);
    fact_number("W47", "release of what is free: error 487", 487, free_error(p, 0, MEM_RELEASE));
    fact_number("W47", "decommit of what is free: error 487", 487,
                free_error(p, PAGE, MEM_DECOMMIT));
    fact_number("W53", "a kernel address: error 87", 87, free_error(0x80000000u, 0, MEM_RELEASE));
    fact_number("W53", "decommitting there: error 87", 87,
                free_error(0xC0000000u, PAGE, MEM_DECOMMIT));
    fact_number("W53", "null: error 87", 87, free_error(0, 0, MEM_RELEASE));
}

static void test_decommit(void)
{
    uintptr_t p = (uintptr_t)fresh(8 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    fact_number("W48", "decommit of 2 bytes across a page line", 0,
                free_error(p + 0x1FFF, 2, MEM_DECOMMIT));
    fact_region("W48", "decommits two pages", at(p + PAGE), 2 * PAGE, MEM_RESERVE, 0);
    fact_number("W52", "AllocationProtect stays", PAGE_READWRITE,
                query(at(p + PAGE)).AllocationProtect);
    fact_number("W52", "so does the reservation", p, (uintptr_t)query(at(p + PAGE)).AllocationBase);
    fact_number("W52", "touching it: a violation", (int)EXCEPTION_ACCESS_VIOLATION,
                (int)touch(at(p + PAGE), READ));
    fact_number("W49", "decommit of decommitted pages succeeds", 0,
                free_error(p + PAGE, 2 * PAGE, MEM_DECOMMIT));
    fact_number("W49", "of a mix, too", 0, free_error(p, 4 * PAGE, MEM_DECOMMIT));
    fact_number("W50", "past the end: error 87", 87,
                free_error(p + 7 * PAGE, 2 * PAGE, MEM_DECOMMIT));
    fact_region("W50", "nothing has changed", at(p + 4 * PAGE), 4 * PAGE, MEM_COMMIT,
                PAGE_READWRITE);
    fact_number("W51", "size 0 at a later page: error 487", 487,
                free_error(p + 4 * PAGE, 0, MEM_DECOMMIT));
    fact_number("W51", "size 0 at the base: all of it", 0, free_error(p, 0, MEM_DECOMMIT));
    fact_region("W51", "is reserved", at(p), 8 * PAGE, MEM_RESERVE, 0);
    release(at(p));
    VirtualAlloc(at(PLACE), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    VirtualAlloc(at(PLACE + UNIT), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    fact_number("W50", "across two neighbours: error 87", 87,
                free_error(PLACE + UNIT - PAGE, 2 * PAGE, MEM_DECOMMIT));
    fact_region("W50", "the first is as it was", at(PLACE), UNIT, MEM_COMMIT, PAGE_READWRITE);
    fact_region("W50", "the second, too", at(PLACE + UNIT), UNIT, MEM_COMMIT, PAGE_READWRITE);
    release(at(PLACE));
    release(at(PLACE + UNIT));
}

static void test_views(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
    uintptr_t view = (uintptr_t)MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

    fact_number("W54", "release of a view: error 87", 87, free_error(view, 0, MEM_RELEASE));
    fact_number("W54", "decommit of a view: error 87", 87, free_error(view, PAGE, MEM_DECOMMIT));
    fact_region("W54", "it is still there", at(view), UNIT, MEM_COMMIT, PAGE_READWRITE);
    UnmapViewOfFile(at(view));
    CloseHandle(section);
}

/* First, last and middle parts of a region of eight units (W55). */
static void test_parts(void)
{
    uintptr_t p = (uintptr_t)VirtualAlloc(at(PLACE), 8 * UNIT, RESERVE_COMMIT, PAGE_READWRITE);

    touch(at(p + 5 * UNIT), WRITE);
    fact_number("W55", "the first unit", SUCCESS, native(at(p + 7), UNIT - 7, MEM_RELEASE));
    fact("W55", "base and size come back rounded", freed_base == p && freed_size == UNIT);
    fact_number("W55", "the base has moved up", p + UNIT,
                (uintptr_t)query(at(p + UNIT)).AllocationBase);
    fact_number("W55", "the last unit", SUCCESS, native(at(p + 7 * UNIT), UNIT, MEM_RELEASE));
    fact_region("W55", "six are left", at(p + UNIT), 6 * UNIT, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W55", "one in the middle", SUCCESS, native(at(p + 3 * UNIT), UNIT, MEM_RELEASE));
    fact_region("W56", "below it an allocation", at(p + UNIT), 2 * UNIT, MEM_COMMIT,
                PAGE_READWRITE);
    fact_region("W55", "in it nothing", at(p + 3 * UNIT), UNIT, MEM_FREE, PAGE_NOACCESS);
    fact_region("W56", "above it another", at(p + 4 * UNIT), 3 * UNIT, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W56", "with its own base", p + 4 * UNIT,
                (uintptr_t)query(at(p + 5 * UNIT)).AllocationBase);
    fact_number("W55", "and its content", 0xC3, *(volatile unsigned char *)at(p + 5 * UNIT));
    fact_number("W55", "beyond the region", UNABLE_TO_FREE,
                native(at(p + 6 * UNIT), 2 * UNIT, MEM_RELEASE));
    fact_number("W57", "over a hole", UNABLE_TO_FREE, native(at(p + UNIT), 4 * UNIT, MEM_RELEASE));
    VirtualAlloc(at(p + 3 * UNIT), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    fact_number("W57", "over two neighbours", UNABLE_TO_FREE,
                native(at(p + UNIT), 3 * UNIT, MEM_RELEASE));
    fact_number("W57", "none of them is harmed", MEM_COMMIT, query(at(p + UNIT)).State);
    for (unsigned i = 1; i <= 4; i++)
        release(at(p + (i == 2 ? 1 : i) * UNIT));
}

/* Pages of one region, released one by one (W56). */
static void test_pages(int upwards)
{
    uintptr_t p = (uintptr_t)VirtualAlloc(at(PLACE), 2 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    const char *what =
        upwards ? "two pages, the lower one first" : "two pages, the upper one first";

    fact_number("W56", what, SUCCESS, native(at(p + (upwards ? 0 : PAGE)), PAGE, MEM_RELEASE));
    fact_number("W56", what, SUCCESS, native(at(p + (upwards ? PAGE : 0)), PAGE, MEM_RELEASE));
    fact_number("W56", "both are free", MEM_FREE, query(at(p)).State);
}

/* Frames that were written come back as zeros, however they were left (W58). */
static void test_rounds(unsigned rounds)
{
    unsigned bad = 0;

    for (unsigned i = 0; i < rounds; i++) {
        volatile uint32_t *p = VirtualAlloc(NULL, 2 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
        DWORD old;

        if (p == NULL) {
            bad++;
            break;
        }
        bad += p[0] != 0 || p[777] != 0 || p[1023] != 0 || p[1024 + i % 1024] != 0;
        p[0] = p[777] = p[1023] = p[1024 + i % 1024] = ~i;
        bad += !VirtualProtect((void *)p, 2 * PAGE, PAGE_NOACCESS, &old);
        bad += release(p) != 0;
    }
    fact_number("W58", "50,000 rounds of write, forbid, release: all zero again", 0, bad);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    native_free = (free_function *)(uintptr_t)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                             "NtFreeVirtualMemory");
    test_types();
    test_decommit();
    test_views();
    if (native_free) {
        test_parts();
        test_pages(1);
        test_pages(0);
    }
    fact("W55", "ntdll.dll exports NtFreeVirtualMemory", native_free != NULL);
    test_rounds(50000);
    return facts_end();
}
