/* protect.c - VirtualProtect. */
#include "tests/conformance/memory.h"

static const DWORD all[] = {PAGE_NOACCESS,
                            PAGE_READONLY,
                            PAGE_READWRITE,
                            PAGE_EXECUTE,
                            PAGE_EXECUTE_READ,
                            PAGE_EXECUTE_READWRITE,
                            PAGE_GUARD | PAGE_READONLY,
                            PAGE_GUARD | PAGE_READWRITE};
enum { ALL = sizeof all / sizeof *all };

static void test_old(void)
{
    volatile unsigned char *p = fresh(4 * PAGE, RESERVE_COMMIT, PAGE_READONLY);

    fact_number("W74", "the old protection of a page never touched", PAGE_READONLY,
                protect_old(p, PAGE, PAGE_READWRITE));
    fact_number("W74", "of several pages: the first one's", PAGE_READWRITE,
                protect_old(p, 2 * PAGE, PAGE_EXECUTE_READ));
    fact_number("W74", "starting at the second: that one's", PAGE_EXECUTE_READ,
                protect_old(p + PAGE, 2 * PAGE, PAGE_READWRITE | PAGE_GUARD));
    fact_number("W74", "with its guard bit", PAGE_READWRITE | PAGE_GUARD,
                protect_old(p + PAGE, 2 * PAGE, PAGE_READWRITE));
    fact_number("W75", "2 bytes across a page line", PAGE_EXECUTE_READ,
                protect_old(p + 0xFFF, 2, PAGE_READONLY));
    fact_region("W75", "change two pages", p, 2 * PAGE, MEM_COMMIT, PAGE_READONLY);
    fact_region("W75", "and no other", p + 2 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE);
    release(p);
}

static void test_refusals(void)
{
    volatile unsigned char *p = fresh(4 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    uint32_t sum;

    VirtualAlloc((void *)p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc((void *)(p + 3 * PAGE), PAGE, MEM_COMMIT, PAGE_READWRITE);
    sum = map_sum();
    fact_number("W76", "committed, then reserved: error 487", 487,
                protect_error(p, 2 * PAGE, PAGE_READONLY));
    fact_number("W76", "reserved, then committed: error 487", 487,
                protect_error(p + 2 * PAGE, 2 * PAGE, PAGE_READONLY));
    fact_number("W76", "reserved: error 487", 487, protect_error(p + PAGE, PAGE, PAGE_READONLY));
    fact_number("W77", "beyond the allocation: error 487", 487,
                protect_error(p + 3 * PAGE, 2 * PAGE, PAGE_READONLY));
    fact_number("W79", "size 0: error 87", 87, protect_error(p, 0, PAGE_READONLY));
    SetLastError(0);
    fact("W80", "no place for the old protection: error 998",
         !VirtualProtect((void *)p, PAGE, PAGE_READONLY, NULL) && GetLastError() == 998);
    SetLastError(0);
    fact("W80", "a bad place: error 998",
         !VirtualProtect((void *)p, PAGE, PAGE_READONLY, at(0x7FFF0000)) && GetLastError() == 998);
    fact("W76", "nothing has changed", map_sum() == sum);
    release(p);
    fact_number("W78", "a free address: error 487", 487,
                protect_error(at(PLACE), PAGE, PAGE_READONLY));
    fact_number("W78", "a kernel address: error 87", 87,
                protect_error(at(0x80000000u), PAGE, PAGE_READONLY));
    VirtualAlloc(at(PLACE), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    VirtualAlloc(at(PLACE + UNIT), UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    fact_number("W77", "two neighbours: error 487", 487,
                protect_error(at(PLACE + UNIT - PAGE), 2 * PAGE, PAGE_READONLY));
    fact_region("W77", "nothing has changed", at(PLACE), UNIT, MEM_COMMIT, PAGE_READWRITE);
    release(at(PLACE));
    release(at(PLACE + UNIT));
}

/* Any protection after any other: the old value is the one before, and the content survives. */
static void test_chains(void)
{
    volatile unsigned char *p = fresh(PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    DWORD before = PAGE_READWRITE;
    unsigned wrong = 0;
    int same = 1;

    for (unsigned i = 0; i < PAGE; i++)
        p[i] = (unsigned char)(i * 7);
    for (unsigned i = 0; i < ALL * ALL; i++) {
        DWORD next = i % 2 ? all[i / ALL] : all[i % ALL];

        wrong += protect_old(p, PAGE, next) != before;
        before = next;
    }
    fact_number("W82", "64 changes: each old value is the one before", 0, wrong);
    protect_old(p, PAGE, PAGE_NOACCESS);
    fact_number("W81", "NOACCESS: a violation", (int)EXCEPTION_ACCESS_VIOLATION,
                (int)touch(p, READ));
    protect_old(p, PAGE, PAGE_READWRITE);
    for (unsigned i = 0; i < PAGE; i++)
        same &= p[i] == (unsigned char)(i * 7);
    fact("W81", "the content has survived", same);
    release(p);
}

static void test_views(void)
{
    static const struct {
        DWORD access, protect;
        int allowed;
    } rules[] = {
        {FILE_MAP_READ, PAGE_NOACCESS, 1},          {FILE_MAP_READ, PAGE_READONLY, 1},
        {FILE_MAP_READ, PAGE_WRITECOPY, 1},         {FILE_MAP_READ, PAGE_READWRITE, 0},
        {FILE_MAP_READ, PAGE_EXECUTE_READ, 0},      {FILE_MAP_READ, PAGE_EXECUTE_READWRITE, 0},
        {FILE_MAP_READ, PAGE_EXECUTE_WRITECOPY, 0}, {FILE_MAP_WRITE, PAGE_NOACCESS, 1},
        {FILE_MAP_WRITE, PAGE_READONLY, 1},         {FILE_MAP_WRITE, PAGE_READWRITE, 1},
        {FILE_MAP_WRITE, PAGE_WRITECOPY, 1},        {FILE_MAP_COPY, PAGE_READONLY, 1},
        {FILE_MAP_COPY, PAGE_READWRITE, 0},
    };
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
    char what[80];

    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++) {
        void *view = MapViewOfFile(section, rules[i].access, 0, 0, 0);

        snprintf(what, sizeof what, "a view mapped with %lx, protection %02lx: %s",
                 (unsigned long)rules[i].access, (unsigned long)rules[i].protect,
                 rules[i].allowed ? "allowed" : "error 87");
        fact_number("W83", what, rules[i].allowed ? 0 : 87,
                    protect_error(view, PAGE, rules[i].protect));
        UnmapViewOfFile(view);
    }
    CloseHandle(section);
}

/* The program's own image has no write access to its file: READWRITE becomes WRITECOPY (W84). */
static const unsigned char constants[2 * PAGE] __attribute__((aligned(PAGE))) = {1};

static void test_image(void)
{
    fact_number("W84", "READWRITE for a read-only page of an image", PAGE_READONLY,
                protect_old(constants, PAGE, PAGE_READWRITE));
    fact_number("W84", "becomes WRITECOPY", PAGE_WRITECOPY, query(constants).Protect);
    *(volatile unsigned char *)constants = 2;
    fact_number("W84", "and, once written, READWRITE", PAGE_READWRITE, query(constants).Protect);
    fact("W84", "with its own content", *(const volatile unsigned char *)constants == 2);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_old();
    test_refusals();
    test_chains();
    test_views();
    test_image();
    return facts_end();
}
