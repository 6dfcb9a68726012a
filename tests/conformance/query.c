/* query.c - VirtualQuery: what it says of free, reserved, committed, mapped and image pages. */
#include "tests/conformance/memory.h"

enum { SHARED = 0x7FFE0000 };

/* Three pages of the program's data.  The middle one is written, the others are never touched. */
static struct {
    unsigned char page[3][PAGE];
} __attribute__((aligned(PAGE))) data = {.page = {{1}, {1}, {1}}};

static const unsigned char constants[PAGE] = {1, 2, 3};

static void test_buffers(void)
{
    union {
        MEMORY_BASIC_INFORMATION info;
        char bytes[64];
    } buffer;

    fact_number("W59", "the record has 28 bytes", 28, sizeof(MEMORY_BASIC_INFORMATION));
    fact_number("W59", "success: 28", 28, VirtualQuery(&buffer, &buffer.info, 28));
    fact_number("W59", "a longer buffer: 28", 28, VirtualQuery(&buffer, &buffer.info, 64));
    SetLastError(0);
    fact_number("W59", "27 bytes: 0", 0, VirtualQuery(&buffer, &buffer.info, 27));
    fact_number("W59", "with error 24", 24, GetLastError());
    SetLastError(0);
    fact_number("W59", "no bytes: 0", 0, VirtualQuery(&buffer, &buffer.info, 0));
    fact_number("W59", "with error 24", 24, GetLastError());
    SetLastError(0);
    fact_number("W59", "a bad buffer: 0", 0, VirtualQuery(&buffer, at(0x10), 28));
    fact_number("W59", "with error 998", 998, GetLastError());
}

static void test_regions(void)
{
    volatile unsigned char *p = fresh(8 * PAGE, MEM_RESERVE, PAGE_EXECUTE_READ);
    MEMORY_BASIC_INFORMATION info = query(p + 3 * PAGE + 0x123);

    fact_number("W60", "any address in a page: the page", (uintptr_t)p + 3 * PAGE,
                (uintptr_t)info.BaseAddress);
    fact_number("W60", "the size counts from there", 5 * PAGE, (int)info.RegionSize);
    fact("W62", "reserved: RESERVE, Protect 0, PRIVATE",
         info.State == MEM_RESERVE && info.Protect == 0 && info.Type == MEM_PRIVATE);
    fact_number("W62", "AllocationProtect as reserved", PAGE_EXECUTE_READ, info.AllocationProtect);
    VirtualAlloc((void *)(p + 2 * PAGE), 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    info = query(p + 2 * PAGE);
    fact("W63", "committed: the page's protection; AllocationProtect still the old one",
         info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE &&
             info.AllocationProtect == PAGE_EXECUTE_READ && info.Type == MEM_PRIVATE);
    fact_region("W69", "committed in the middle: reserved before", p, 2 * PAGE, MEM_RESERVE, 0);
    fact_region("W69", "committed", p + 2 * PAGE, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_region("W69", "reserved behind", p + 5 * PAGE, 3 * PAGE, MEM_RESERVE, 0);
    fact("W69", "all of one allocation",
         query(p).AllocationBase == p && info.AllocationBase == p &&
             query(p + 5 * PAGE).AllocationBase == p);
    protect_old(p + 3 * PAGE, PAGE, PAGE_READONLY);
    fact_region("W61", "a region stops at the first other protection", p + 2 * PAGE, PAGE,
                MEM_COMMIT, PAGE_READWRITE);
    fact_region("W61", "that page is one", p + 3 * PAGE, PAGE, MEM_COMMIT, PAGE_READONLY);
    protect_old(p + 3 * PAGE, PAGE, PAGE_READWRITE);
    fact_region("W70", "protected back: one region again", p + 2 * PAGE, 3 * PAGE, MEM_COMMIT,
                PAGE_READWRITE);
    protect_old(p + 2 * PAGE, PAGE, PAGE_READWRITE | PAGE_GUARD);
    fact_region("W63", "PAGE_GUARD shows", p + 2 * PAGE, PAGE, MEM_COMMIT,
                PAGE_READWRITE | PAGE_GUARD);
    release(p);
}

/* Private neighbours with equal pages are two regions all the same. */
static void test_neighbours(void)
{
    VirtualAlloc(at(PLACE), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    VirtualAlloc(at(PLACE + UNIT), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    fact_region("W61", "a region never reaches into the next allocation", at(PLACE), UNIT,
                MEM_COMMIT, PAGE_READWRITE);
    VirtualFree(at(PLACE), 0, MEM_DECOMMIT);
    VirtualFree(at(PLACE + UNIT), 0, MEM_DECOMMIT);
    fact_region("W61", "nor when both are reserved", at(PLACE), UNIT, MEM_RESERVE, 0);
    release(at(PLACE));
    release(at(PLACE + UNIT));
}

static void test_free(void)
{
    MEMORY_BASIC_INFORMATION info;
    uintptr_t end;

    VirtualAlloc(at(PLACE + 4 * UNIT), UNIT, MEM_RESERVE, PAGE_NOACCESS);
    info = query(at(PLACE + 0x3456));
    fact("W64", "free: FREE, NOACCESS, no allocation",
         info.State == MEM_FREE && info.Protect == PAGE_NOACCESS && info.AllocationBase == NULL);
    fact("W64", "and no other field", info.AllocationProtect == 0 && info.Type == 0);
    fact_number("W64", "up to the next allocation", PLACE + 4 * UNIT,
                (uintptr_t)info.BaseAddress + info.RegionSize);
    release(at(PLACE + 4 * UNIT));
    info = query(at(PLACE + 4 * UNIT));
    fact("W73", "released: free", info.State == MEM_FREE && info.Protect == PAGE_NOACCESS);
    info = query(at(0));
    fact("W65", "the null partition: FREE, NOACCESS",
         info.State == MEM_FREE && info.Protect == PAGE_NOACCESS && info.BaseAddress == NULL);
    end = info.RegionSize;
    fact("W65", "up to the first allocation", end >= UNIT && query(at(end)).State != MEM_FREE);
    info = query(at(0xFFFF));
    fact("W65", "its last byte: the same",
         info.State == MEM_FREE && info.RegionSize == end - 0xF000);
}

static void test_top(void)
{
    static const uintptr_t above[] = {0x7FFF0000u, 0x7FFFFFFFu, 0x80000000u, 0xC0000000u,
                                      0xFFFFFFFFu};
    MEMORY_BASIC_INFORMATION info = query(at(SHARED));
    char what[80];

    fact("W67", "7FFE0000: one committed, private, read-only page",
         info.State == MEM_COMMIT && info.Protect == PAGE_READONLY && info.RegionSize == PAGE &&
             info.Type == MEM_PRIVATE);
    info = query(at(SHARED + PAGE));
    fact("W66", "7FFE1000: reserved, NOACCESS, private",
         info.State == MEM_RESERVE && info.Protect == PAGE_NOACCESS && info.Type == MEM_PRIVATE);
    fact_number("W66", "of the allocation at 7FFE0000", SHARED, (uintptr_t)info.AllocationBase);
    fact_number("W66", "which is READONLY", PAGE_READONLY, info.AllocationProtect);
    fact_number("W66", "up to 7FFEFFFF", 0xF000, info.RegionSize);
    fact_number("W66", "from the middle: the rest", 0x1000, query(at(0x7FFEF123)).RegionSize);
    for (unsigned i = 0; i < sizeof above / sizeof *above; i++) {
        snprintf(what, sizeof what, "%08lx: 0 and error 87", (unsigned long)above[i]);
        SetLastError(0);
        fact("W68", what,
             VirtualQuery(at(above[i]), &info, sizeof info) == 0 && GetLastError() == 87);
    }
}

static void test_image(void)
{
    uintptr_t base = (uintptr_t)GetModuleHandleA(NULL);
    MEMORY_BASIC_INFORMATION info = query((void *)(uintptr_t)test_image);

    fact("W71", "code: IMAGE, EXECUTE_READ",
         info.Type == MEM_IMAGE && info.State == MEM_COMMIT && info.Protect == PAGE_EXECUTE_READ);
    fact_number("W71", "AllocationBase is the program's", base, (uintptr_t)info.AllocationBase);
    fact_number("W71", "AllocationProtect is EXECUTE_WRITECOPY", PAGE_EXECUTE_WRITECOPY,
                info.AllocationProtect);
    fact_number("W71", "constants: READONLY", PAGE_READONLY, query(constants).Protect);
    info = query(data.page[1]);
    fact("W71", "untouched data: IMAGE, WRITECOPY",
         info.Type == MEM_IMAGE && info.Protect == PAGE_WRITECOPY);
    *(volatile unsigned char *)data.page[1] = 5;
    fact_number("W71", "after a write: READWRITE", PAGE_READWRITE, query(data.page[1]).Protect);
    fact_number("W71", "its neighbour: still WRITECOPY", PAGE_WRITECOPY,
                query(data.page[2]).Protect);
    fact_number("W71", "the headers: READONLY", PAGE_READONLY, query(at(base)).Protect);
}

static void test_view(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 3 * PAGE, NULL);
    volatile unsigned char *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    MEMORY_BASIC_INFORMATION info = query(view);

    fact("W72", "a view: MAPPED, its AllocationProtect what was asked",
         info.Type == MEM_MAPPED && info.AllocationProtect == PAGE_READONLY &&
             info.AllocationBase == view && info.RegionSize == 3 * PAGE);
    UnmapViewOfFile((void *)view);
    info = query(view);
    fact("W73", "unmapped: free", info.State == MEM_FREE && info.Type == 0);
    CloseHandle(section);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_buffers();
    test_regions();
    test_neighbours();
    test_free();
    test_top();
    test_image();
    test_view();
    return facts_end();
}
