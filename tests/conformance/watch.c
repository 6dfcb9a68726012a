/* watch.c - MEM_WRITE_WATCH: which pages were written. */
#include "tests/conformance/memory.h"

enum { PAGES = 16 };

static volatile unsigned char *region;
static void *pages[PAGES + 1];
static ULONG_PTR count;
static DWORD granularity;

static DWORD watch_error(DWORD flags, const volatile void *base, SIZE_T size)
{
    SetLastError(0);
    return GetWriteWatch(flags, (void *)base, size, pages, &count, &granularity) == 0
               ? 0
               : GetLastError();
}

/* The pages written in the whole region as bits: page 0 is bit 0. */
static unsigned written(DWORD flags, ULONG_PTR capacity)
{
    unsigned bits = 0;

    count = capacity;
    if (watch_error(flags, region, PAGES * PAGE))
        return ~0u;
    for (ULONG_PTR i = 0; i < count; i++)
        bits |= 1u << ((unsigned char *)pages[i] - region) / PAGE;
    return bits;
}

static void test_marks(void)
{
    volatile uint32_t *across;

    fact_number("W135", "no page is written at first", 0, written(0, PAGES));
    fact_number("W135", "granularity", PAGE, granularity);
    region[9 * PAGE + 5] = 1;
    region[3 * PAGE] = 1;
    (void)region[5 * PAGE];
    fact_number("W135", "two are written, a third is only read", 1 << 9 | 1 << 3,
                written(0, PAGES));
    fact("W135", "the addresses are sorted and rounded",
         count == 2 && pages[0] == (void *)(region + 3 * PAGE) &&
             pages[1] == (void *)(region + 9 * PAGE));
    across = (volatile uint32_t *)(region + 12 * PAGE - 2);
    *across = 0x11223344;
    fact_number("W137", "4 bytes across a page line mark both pages", 3 << 11 | 1 << 9 | 1 << 3,
                written(0, PAGES));
    fact_number("W136", "room for one: the lowest", 1 << 3, written(0, 1));
    fact_number("W136", "the number stored comes back", 1, (int)count);
    fact_number("W136", "with the reset flag the lowest two", 1 << 3 | 1 << 9,
                written(WRITE_WATCH_FLAG_RESET, 2));
    fact_number("W136", "only those are reset", 3 << 11, written(0, PAGES));
    fact_number("W138", "resetting one page", 0,
                ResetWriteWatch((void *)(region + 11 * PAGE), PAGE));
    fact_number("W138", "clears only that", 1 << 12, written(0, PAGES));
    count = PAGES;
    fact_number("W138", "asking about a part", 0, watch_error(0, region + 11 * PAGE, PAGE));
    fact_number("W138", "finds only what is in it", 0, (int)count);
    count = PAGES;
    watch_error(0, region + 12 * PAGE, 2 * PAGE);
    fact_number("W138", "another part", 1, (int)count);
    ResetWriteWatch((void *)region, PAGES * PAGE);
    fact_number("W138", "resetting all", 0, written(0, PAGES));
    region[12 * PAGE] = 2;
    fact_number("W138", "a page that is written again is marked again", 1 << 12, written(0, PAGES));
}

static void test_lasting(void)
{
    ResetWriteWatch((void *)region, PAGES * PAGE);
    region[PAGE] = 1;
    protect_old(region, 3 * PAGE, PAGE_READONLY);
    fact_number("W139", "READONLY keeps the marks", 2, written(0, PAGES));
    protect_old(region, 3 * PAGE, PAGE_NOACCESS);
    fact_number("W139", "so does NOACCESS", 2, written(0, PAGES));
    protect_old(region, 3 * PAGE, PAGE_READWRITE);
    fact_number("W139", "and READWRITE again", 2, written(0, PAGES));
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
    fact_number("W139", "and being put out of RAM", 2, written(0, PAGES));
    VirtualFree((void *)region, 3 * PAGE, MEM_DECOMMIT);
    fact_number("W139", "and decommit", 2, written(0, PAGES));
    VirtualAlloc((void *)region, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W139", "and commit", 2, written(0, PAGES));
}

/* What the system writes for the program (W140). */
static void test_system(void)
{
    HANDLE file = CreateFileA("watch.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD done;

    WriteFile(file, "some bytes", 10, &done, NULL);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ResetWriteWatch((void *)region, PAGES * PAGE);
    ReadFile(file, (void *)(region + PAGE), 2 * PAGE, &done, NULL);
    fact_number("W140", "10 bytes are read", 10, done);
    fact_number("W140", "the whole buffer is marked", 3 << 1,
                written(WRITE_WATCH_FLAG_RESET, PAGES));
    ReadFile(file, (void *)(region + 4 * PAGE), 2 * PAGE, &done, NULL);
    fact_number("W140", "at the end of the file nothing is read", 0, done);
    fact_number("W140", "the buffer is marked all the same", 3 << 4,
                written(WRITE_WATCH_FLAG_RESET, PAGES));
    ReadFile((HANDLE)(uintptr_t)0xABCC, (void *)region, PAGE, &done, NULL);
    fact_number("W140", "a call that fails marks nothing", 0, written(0, PAGES));
    VirtualQuery((void *)region, (void *)(region + 7 * PAGE), sizeof(MEMORY_BASIC_INFORMATION));
    fact_number("W140", "a result of VirtualQuery is a write", 1 << 7, written(0, PAGES));
    CloseHandle(file);
    DeleteFileA("watch.tmp");
}

/* The error of a call with these pointers. */
static DWORD pointer_error(void **array, ULONG_PTR *number, DWORD *size)
{
    SetLastError(0);
    return GetWriteWatch(0, (void *)region, PAGE, array, number, size) == 0 ? 0 : GetLastError();
}

static void test_errors(void)
{
    volatile unsigned char *plain = fresh(PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    count = PAGES;
    fact_number("W141", "null: error 87", 87, watch_error(0, NULL, PAGE));
    fact_number("W141", "the program's image: error 87", 87,
                watch_error(0, GetModuleHandleA(NULL), PAGE));
    fact_number("W141", "a region that is not watched: error 87", 87, watch_error(0, plain, PAGE));
    fact_number("W141", "size 0: error 87", 87, watch_error(0, region, 0));
    fact_number("W141", "past the end: error 87", 87, watch_error(0, region, (PAGES + 1) * PAGE));
    fact_number("W141", "an unknown flag: error 87", 87, watch_error(2, region, PAGE));
    count = 0;
    fact_number("W141", "no room: error 87", 87, watch_error(0, region, PAGE));
    count = PAGES;
    fact_number("W141", "no count: error 998", 998, pointer_error(pages, NULL, &granularity));
    fact_number("W141", "no place for the granularity: error 998", 998,
                pointer_error(pages, &count, NULL));
    fact_number("W141", "no array: error 998", 998, pointer_error(NULL, &count, &granularity));
    SetLastError(0);
    fact("W141", "resetting what is not watched: ~0 and error 87",
         ResetWriteWatch((void *)plain, PAGE) == ~0u && GetLastError() == 87);
    SetLastError(0);
    fact("W141", "resetting past the end: ~0 and error 87",
         ResetWriteWatch((void *)region, (PAGES + 1) * PAGE) == ~0u && GetLastError() == 87);
    release(plain);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    region = fresh(PAGES * PAGE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    fact_region("W142", "a watched region is private, READWRITE", region, PAGES * PAGE, MEM_COMMIT,
                PAGE_READWRITE);
    fact_number("W142", "type", MEM_PRIVATE, query(region).Type);
    test_marks();
    test_lasting();
    test_system();
    test_errors();
    return facts_end();
}
