/* viewprot.c - the matrix of view protections: section x view x new protection (X1), and the facts about views that
 * belong to it: copied pages (X2), addresses (X3), MEM_RESET (X4).
 *
 * The rule, W83 and X1: a protection stands for rights.  A view may have no right that its section lacks, and its pages
 * may be given none that the view lacks.  Copying needs the right to read; a copy that can be executed needs a view
 * that was mapped for such copies, or for everything.  PAGE_EXECUTE is execution without reading and stands alone.
 */
#include "tests/conformance/memory.h"

enum right { R = 1, W = 2, X = 4, XCOPY = 8, XONLY = 16 };
static const struct {
    const char *name;
    DWORD value;
    unsigned has;   /* as a section or a view */
    unsigned needs; /* to be mapped, or to be given to a page */
} protections[] = {
    {"NOACCESS", PAGE_NOACCESS, 0, 0},
    {"READONLY", PAGE_READONLY, R, R},
    {"READWRITE", PAGE_READWRITE, R | W, R | W},
    {"WRITECOPY", PAGE_WRITECOPY, R, R},
    {"EXECUTE", PAGE_EXECUTE, XONLY, XONLY},
    {"EXECUTE_READ", PAGE_EXECUTE_READ, R | X | XONLY, R | X},
    {"EXECUTE_READWRITE", PAGE_EXECUTE_READWRITE, R | W | X | XCOPY | XONLY, R | W | X},
    {"EXECUTE_WRITECOPY", PAGE_EXECUTE_WRITECOPY, R | X | XCOPY | XONLY, R | X | XCOPY},
};
enum { PROTECTIONS = sizeof protections / sizeof *protections };

typedef LONG WINAPI map_section(HANDLE section, HANDLE process, void **base, ULONG_PTR zero_bits,
                                SIZE_T commit, LARGE_INTEGER *offset, SIZE_T *size, int inherit,
                                ULONG type, ULONG protect);
static map_section *map;

enum { SECTION_PROTECTION = 0xC000004E, VIEW_SHARE = 1, ROUND_TO_PAGE = 0x40000000 };

static int covers(unsigned has, unsigned needs)
{
    return (has & needs) == needs;
}

/* A section that a handle with all rights names: only protections decide. */
static HANDLE section_of(DWORD protect, SIZE_T size)
{
    LARGE_INTEGER bytes = {.QuadPart = (LONGLONG)size};
    HANDLE section = NULL;
    LONG WINAPI (*create)(HANDLE *, ACCESS_MASK, void *, LARGE_INTEGER *, ULONG, ULONG, HANDLE) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtCreateSection");

    create(&section, SECTION_ALL_ACCESS, NULL, &bytes, protect, SEC_COMMIT, NULL);
    return section;
}

static LONG map_view(HANDLE section, DWORD protect, void **base)
{
    LARGE_INTEGER zero = {.QuadPart = 0};
    SIZE_T size = 0;

    *base = NULL;
    return map(section, GetCurrentProcess(), base, 0, 0, &zero, &size, VIEW_SHARE, 0, protect);
}

/* All new protections of one view; the old one each time is the last that was granted. */
static int wrong_protections(void *view, unsigned mapped, const char *section)
{
    DWORD last = protections[mapped].value, old;
    int wrong = 0;

    for (unsigned i = 0; i < PROTECTIONS; i++) {
        int granted, wanted = covers(protections[mapped].has, protections[i].needs);

        SetLastError(0);
        old = 0;
        granted = VirtualProtect(view, PAGE, protections[i].value, &old);
        if (granted != wanted || (granted && old != last) || (!granted && GetLastError() != 87)) {
            printf("  section %s, view %s, new %s: %d, old %lx, error %lu; wanted %d, old %lx\n",
                   section, protections[mapped].name, protections[i].name, granted,
                   (unsigned long)old, (unsigned long)GetLastError(), wanted, (unsigned long)last);
            wrong++;
        }
        last = granted ? protections[i].value : last;
    }
    return wrong;
}

static void test_matrix(void)
{
    int pairs = 0, cells = 0, wrong_pairs = 0, wrong_cells = 0;

    for (unsigned s = 1; s < PROTECTIONS; s++) {
        HANDLE section = section_of(protections[s].value, PAGE);

        if (protections[s].value == PAGE_EXECUTE) {
            fact("X1", "there is no section that can only be executed", section == NULL);
            continue;
        }
        for (unsigned v = 0; v < PROTECTIONS; v++) {
            LONG wanted =
                covers(protections[s].has, protections[v].needs) ? 0 : (LONG)SECTION_PROTECTION;
            void *view;
            LONG status = map_view(section, protections[v].value, &view);

            pairs++;
            if (status != wanted) {
                printf("  section %s, view %s: %lx\n", protections[s].name, protections[v].name,
                       status);
                wrong_pairs++;
            }
            if (status)
                continue;
            cells += PROTECTIONS;
            wrong_cells += wrong_protections(view, v, protections[s].name);
            UnmapViewOfFile(view);
        }
        CloseHandle(section);
    }
    printf("# matrix: %d pairs of section and view, %d cells of new protections\n", pairs, cells);
    fact_number("X1", "pairs of section and view that differ from the rule", 0, wrong_pairs);
    fact_number("X1", "new protections that differ from the rule", 0, wrong_cells);
}

/* --- copied pages --- */

static void test_copied(void)
{
    HANDLE section = section_of(PAGE_EXECUTE_READWRITE, 2 * PAGE);
    void *view;
    volatile char *page;

    map_view(section, PAGE_EXECUTE_WRITECOPY, &view);
    page = view;
    page[0] = 1;
    fact_number("X2", "a copied page is execute-read-write", PAGE_EXECUTE_READWRITE,
                query(page).Protect);
    fact_number("X2", "the next one is not copied", PAGE_EXECUTE_WRITECOPY,
                query(page + PAGE).Protect);
    fact_number("X2", "asked to be write-copy again", PAGE_EXECUTE_READWRITE,
                protect_old(page, PAGE, PAGE_WRITECOPY));
    fact_number("X2", "it is read-write", PAGE_READWRITE, query(page).Protect);
    protect_error(page, PAGE, PAGE_EXECUTE_WRITECOPY);
    fact_number("X2", "execute-write-copy: execute-read-write", PAGE_EXECUTE_READWRITE,
                query(page).Protect);
    protect_error(page, PAGE, PAGE_READONLY);
    fact_number("X2", "read-only: as asked", PAGE_READONLY, query(page).Protect);
    fact_number("X2", "from read-only to write-copy", PAGE_READONLY,
                protect_old(page, PAGE, PAGE_WRITECOPY));
    fact_number("X2", "gives read-write", PAGE_READWRITE, query(page).Protect);
    fact_number("X2", "the byte is still there", 1, page[0]);
    UnmapViewOfFile(view);
    CloseHandle(section);
}

/* --- where views lie --- */

static LONG map_at(HANDLE section, uintptr_t address, ULONG zero_bits, ULONG type, void **base)
{
    LARGE_INTEGER zero = {.QuadPart = 0};
    SIZE_T size = 0;

    *base = at(address);
    return map(section, GetCurrentProcess(), base, zero_bits, 0, &zero, &size, VIEW_SHARE, type,
               PAGE_READWRITE);
}

static void test_zero_bits(HANDLE section)
{
    int wrong = 0, mapped = 0;
    void *base;

    for (ULONG type = 0; type <= MEM_TOP_DOWN; type += MEM_TOP_DOWN)
        for (ULONG bits = 1; bits <= 21; bits++) {
            LONG status = map_at(section, 0, bits, type, &base);

            mapped += status == 0;
            wrong += status ? status != (LONG)0xC0000017 : (uintptr_t)base >> (32 - bits) != 0;
            if (!status)
                UnmapViewOfFile(base);
        }
    fact("X3", "so many upper bits of a view's address are zero, or there is no place",
         !wrong && mapped >= 16);
    fact_number("X3", "22 bits: the fourth argument", (LONG)0xC00000F2,
                map_at(section, 0, 22, 0, &base));
    fact_number("X3", "an address that has more bits than asked for", (LONG)0xC00000F2,
                map_at(section, PLACE, 2, 0, &base));
    fact_number("X3", "one that has not", 0, map_at(section, PLACE, 1, 0, &base));
    UnmapViewOfFile(base);
}

static void test_addresses(HANDLE section)
{
    void *first, *base;

    map_at(section, PLACE, 0, 0, &first);
    fact_number("X3", "the same place: taken", (LONG)0xC0000018,
                map_at(section, PLACE, 0, 0, &base));
    fact_number("X3", "a page further: not a multiple of 64 KB", (LONG)0xC0000220,
                map_at(section, PLACE + PAGE, 0, 0, &base));
    fact_number("X3", "AT_ROUND_TO_PAGE, the same page: taken", (LONG)0xC0000018,
                map_at(section, PLACE + 42, 0, ROUND_TO_PAGE, &base));
    fact_number("X3", "AT_ROUND_TO_PAGE, the next page", 0,
                map_at(section, PLACE + PAGE, 0, ROUND_TO_PAGE, &base));
    fact("X3", "lies there", base == at(PLACE + PAGE));
    UnmapViewOfFile(base);
    fact_number("X3", "AT_ROUND_TO_PAGE and a byte", 0,
                map_at(section, PLACE + 2 * PAGE + 1, 0, ROUND_TO_PAGE, &base));
    fact("X3", "is rounded down", base == at(PLACE + 2 * PAGE));
    fact("X3", "the first view is untouched", query(first).RegionSize == PAGE);
    UnmapViewOfFile(base);
    UnmapViewOfFile(first);
    fact_number(
        "X3", "a wrong kind of inheritance: the eighth argument", (LONG)0xC00000F6,
        map(section, GetCurrentProcess(), &base, 0, 0, NULL, &(SIZE_T){0}, 3, 0, PAGE_READWRITE));
}

static void test_no_cache(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL,
                                        PAGE_READWRITE | SEC_COMMIT | SEC_NOCACHE, 0, PAGE, NULL);
    volatile char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    volatile char *cached = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);

    fact_number("X3", "SEC_NOCACHE shows in a view's protection", PAGE_READWRITE | PAGE_NOCACHE,
                query(view).Protect);
    fact_number("X3", "and in that of its allocation", PAGE_READWRITE | PAGE_NOCACHE,
                query(view).AllocationProtect);
    fact_number("X3", "of a read-only view, too", PAGE_READONLY | PAGE_NOCACHE,
                query(cached).Protect);
    view[5] = 7;
    fact_number("X3", "its bytes are like any other", 7, cached[5]);
    fact_number("X3", "also after a touch", PAGE_READWRITE | PAGE_NOCACHE, query(view).Protect);
    UnmapViewOfFile((void *)view);
    UnmapViewOfFile((void *)cached);
    CloseHandle(section);
}

/* --- MEM_RESET --- */

static void test_reset(HANDLE section)
{
    enum { PAGES = 8 };
    volatile unsigned char *p = fresh(PAGES * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    void *view;
    int old = 0, zero = 0;

    for (unsigned i = 0; i < PAGES * PAGE; i++)
        p[i] = 0x5A;
    VirtualLock((void *)p, PAGE);
    fact("X4", "MEM_RESET of written pages",
         VirtualAlloc((void *)p, PAGES * PAGE, MEM_RESET, PAGE_READWRITE) == p);
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
    for (unsigned i = 0; i < PAGES; i++) {
        int all_old = 1;

        for (unsigned k = 0; k < PAGE; k++)
            all_old &= p[i * PAGE + k] == 0x5A;
        old += all_old;
        zero += all_zero(p + i * PAGE, PAGE);
    }
    fact_number("X4", "each page has its old bytes or none", PAGES, old + zero);
    fact("X4", "a locked page keeps its bytes", p[0] == 0x5A);
    memset((void *)p, 0x33, PAGES * PAGE);
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
    fact("X4", "what is written afterwards stays", p[PAGE] == 0x33 && p[PAGES * PAGE - 1] == 0x33);
    VirtualUnlock((void *)p, PAGE);
    release(p);
    map_view(section, PAGE_READWRITE, &view);
    *(volatile int *)view = 77;
    fact("X4", "MEM_RESET of a view succeeds",
         VirtualAlloc(view, PAGE, MEM_RESET, PAGE_READWRITE) == view);
    fact_number("X4", "and takes no byte of it", 77, *(volatile int *)view);
    UnmapViewOfFile(view);
}

int main(void)
{
    HANDLE section;

    setvbuf(stdout, NULL, _IONBF, 0);
    map = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtMapViewOfSection");
    section = section_of(PAGE_READWRITE, PAGE);
    test_matrix();
    test_copied();
    test_zero_bits(section);
    test_addresses(section);
    test_no_cache();
    test_reset(section);
    return facts_end();
}
