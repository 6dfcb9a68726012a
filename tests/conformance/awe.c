/* awe.c - physical pages of a program's own, shown in windows: facts W330 to W333.
 *
 * Plain Win32.  On Windows the account needs "Lock pages in memory"; the program asks for it as every such program does.
 */
#include "tests/conformance/memory.h"
/* after windows.h */
#include <psapi.h>

enum { COUNT = 16 };

static ULONG_PTR frames[COUNT];

static BOOL lock_privilege(void)
{
    TOKEN_PRIVILEGES wish = {.PrivilegeCount = 1};
    HANDLE token;
    BOOL asked;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token))
        return FALSE;
    wish.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    SetLastError(99);
    asked = LookupPrivilegeValueA(NULL, "SeLockMemoryPrivilege", &wish.Privileges[0].Luid) &&
            AdjustTokenPrivileges(token, FALSE, &wish, 0, NULL, NULL);
    return asked && GetLastError() == ERROR_SUCCESS && CloseHandle(token);
}

static DWORD take(ULONG_PTR *count, ULONG_PTR *list)
{
    SetLastError(0);
    return AllocateUserPhysicalPages(GetCurrentProcess(), count, list) ? 0 : GetLastError();
}

static DWORD give(ULONG_PTR *count, ULONG_PTR *list)
{
    SetLastError(0);
    return FreeUserPhysicalPages(GetCurrentProcess(), count, list) ? 0 : GetLastError();
}

static DWORD map(volatile void *base, ULONG_PTR count, ULONG_PTR *list)
{
    SetLastError(0);
    return MapUserPhysicalPages((void *)base, count, list) ? 0 : GetLastError();
}

static DWORD scatter(void **addresses, ULONG_PTR count, ULONG_PTR *list)
{
    SetLastError(0);
    return MapUserPhysicalPagesScatter(addresses, count, list) ? 0 : GetLastError();
}

static volatile unsigned char *open_window(void)
{
    return fresh(COUNT * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
}

static int different(void)
{
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < i; j++)
            if (frames[i] == frames[j] || frames[i] == 0)
                return 0;
    return 1;
}

static void test_pages(void)
{
    ULONG_PTR count = COUNT, none = 0;

    fact("W330", "the privilege is asked for, and there", lock_privilege());
    fact_number("W330", "pages", 0, take(&count, frames));
    fact_number("W330", "as many as asked for", COUNT, (long long)count);
    fact("W330", "each with a number of its own", different());
    fact_number("W330", "none asked for, none given", 0, take(&none, frames));
    count = 1;
    SetLastError(0);
    fact("W330", "not of no process: error 6",
         !AllocateUserPhysicalPages(NULL, &count, frames) && GetLastError() == 6);
    fact_number("W330", "a list that can't be written: error 998", 998, take(&count, at(0x10)));
    fact_number("W330", "nor a count", 998, take(at(0x10), frames));
}

static void test_window(volatile unsigned char *w)
{
    fact_number("W331", "READONLY: error 87", 87,
                alloc_error(0, UNIT, MEM_RESERVE | MEM_PHYSICAL, PAGE_READONLY));
    fact_number("W331", "committed at once: error 87", 87,
                alloc_error(0, UNIT, RESERVE_COMMIT | MEM_PHYSICAL, PAGE_READWRITE));
    fact_number("W331", "without MEM_RESERVE: error 87", 87,
                alloc_error(0, UNIT, MEM_PHYSICAL, PAGE_READWRITE));
    fact_number("W331", "with a write watch: error 87", 87,
                alloc_error(0, UNIT, MEM_RESERVE | MEM_PHYSICAL | MEM_WRITE_WATCH, PAGE_READWRITE));
    fact_number("W331", "at the top is fine", 0,
                alloc_error(0, UNIT, MEM_RESERVE | MEM_PHYSICAL | MEM_TOP_DOWN, PAGE_READWRITE));
    fact_region("W331", "a window at first shows nothing", w, COUNT * PAGE, MEM_RESERVE, 0);
    fact_number("W331", "and can't be touched", EXCEPTION_ACCESS_VIOLATION, touch(w, READ));
    fact("W331", "nor protected", protect_error(w, PAGE, PAGE_READONLY) != 0);
    fact("W331", "nor committed", alloc_error((uintptr_t)w, PAGE, MEM_COMMIT, PAGE_READWRITE) != 0);
    fact("W331", "nor decommitted", free_error((uintptr_t)w, PAGE, MEM_DECOMMIT) != 0);
}

/* A page of RAM that this program does not have. */
static ULONG_PTR not_ours(void)
{
    ULONG_PTR number = 1;

    for (int i = 0; i < COUNT; i++)
        if (frames[i] == number) {
            number++;
            i = -1;
        }
    return number;
}

static void test_mapping(volatile unsigned char *w)
{
    int zero = 1, kept = 1;

    fact_number("W332", "all pages at once", 0, map(w, COUNT, frames));
    for (int i = 0; i < COUNT; i++) {
        zero &= w[i * PAGE] == 0 && w[i * PAGE + PAGE - 1] == 0;
        w[i * PAGE] = (unsigned char)(i + 1);
    }
    fact("W332", "which are zero", zero);
    fact_region("W332", "they are read and written", w, COUNT * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W332", "unmapped", 0, map(w, COUNT, NULL));
    fact_number("W332", "they can't be touched", EXCEPTION_ACCESS_VIOLATION, touch(w, READ));
    for (int i = 0; i < COUNT; i += 4) { /* four at a time, through the first four pages */
        kept &= map(w, 4, frames + i) == 0;
        for (int k = 0; k < 4; k++)
            kept &= w[k * PAGE] == i + k + 1;
    }
    fact("W332", "the window moves over them, and each has what was written", kept);
    fact_number("W332", "a page that is shown already: error 87", 87,
                map(w + 8 * PAGE, 1, frames + COUNT - 1));
    fact_number("W332", "one page at two places in one call: error 87", 87,
                map(w + 8 * PAGE, 2, (ULONG_PTR[]){frames[0], frames[0]}));
    fact_number("W332", "a number that is no page of ours: error 87", 87,
                map(w + 8 * PAGE, 2, (ULONG_PTR[]){frames[0], not_ours()}));
    fact_number("W332", "then nothing was mapped", EXCEPTION_ACCESS_VIOLATION,
                touch(w + 8 * PAGE, READ));
    fact_number("W332", "behind the window: error 87", 87, map(w + 15 * PAGE, 2, frames));
    fact_number("W332", "outside of any: error 87", 87, map(at(PLACE), 1, frames));
    map(w, COUNT, NULL);
}

/* A list that the call itself hides: what it said when the call began counts, or it is refused. */
static void test_list_in_window(volatile unsigned char *w)
{
    ULONG_PTR *list = (ULONG_PTR *)(w + 0x100);

    map(w, 1, frames);
    list[0] = frames[1];
    list[1] = frames[2];
    fact("W332", "a list in the window shows what it said, or it is refused",
         map(w, 2, list) == 87 || (touch(w + PAGE, READ) == 0 && w[0] == 2 && w[PAGE] == 3));
    map(w, COUNT, NULL);
}

static void test_scatter(volatile unsigned char *w)
{
    void *places[3] = {(void *)(w + 9 * PAGE), (void *)w, (void *)(w + 4 * PAGE)};

    fact_number("W332", "pages here and there", 0, scatter(places, 3, frames));
    fact("W332", "each where it was put", w[9 * PAGE] == 1 && w[0] == 2 && w[4 * PAGE] == 3);
    fact_number("W332", "number 0: that place only is emptied", 0,
                scatter(places, 1, (ULONG_PTR[]){0}));
    fact("W332", "the others are not",
         touch(w + 9 * PAGE, READ) == EXCEPTION_ACCESS_VIOLATION && w[0] == 2);
    fact_number("W332", "no list: all are emptied", 0, scatter(places, 3, NULL));
    fact_number("W332", "and can't be touched", EXCEPTION_ACCESS_VIOLATION, touch(w, READ));
}

static void test_stays(volatile unsigned char *w)
{
    ULONG_PTR count;

    map(w, COUNT, frames);
    EmptyWorkingSet(GetCurrentProcess());
    fact("W333", "pages stay when the working set is emptied", w[0] == 1 && w[15 * PAGE] == 16);
    fact_number("W333", "the window can be released meanwhile", 0, release(w));
    w = open_window();
    fact_number("W333", "its pages are shown by another", 0, map(w, COUNT, frames));
    fact("W333", "with what they held", w[0] == 1 && w[15 * PAGE] == 16);
    count = 2;
    fact_number("W333", "pages that are shown can be given back", 0, give(&count, frames));
    fact_number("W333", "and show no more", EXCEPTION_ACCESS_VIOLATION, touch(w, READ));
    fact("W333", "the others do", w[2 * PAGE] == 3);
    count = 1;
    fact_number("W333", "a page given back is nobody's: error 487", 487, give(&count, frames));
    fact_number("W333", "nor can it be mapped: error 87", 87, map(w, 1, frames));
    count = COUNT - 2;
    fact_number("W333", "all", 0, give(&count, frames + 2));
    release(w);
}

/* More than there is: fewer come, and everything else goes on. */
static void test_greed(void)
{
    static ULONG_PTR list[0x40000];
    ULONG_PTR count = 0x40000, all;
    MEMORYSTATUSEX before = {.dwLength = sizeof before}, after = before;

    GlobalMemoryStatusEx(&before);
    fact_number("W330", "more than there are: some", 0, take(&count, list));
    all = count;
    fact("W330", "fewer than asked for", all > 0 && all < 0x40000);
    fact("W330", "then nobody gets one", take(&(ULONG_PTR){1}, frames) == 1450);
    fact_number("W333", "they are given back", 0, give(&count, list));
    GlobalMemoryStatusEx(&after);
    fact("W333", "and memory is as it was",
         after.ullAvailPageFile + 0x40000 >= before.ullAvailPageFile && count == all);
}

int main(void)
{
    volatile unsigned char *w = open_window();

    test_pages();
    test_window(w);
    test_mapping(w);
    test_list_in_window(w);
    test_scatter(w);
    test_stays(w);
    test_greed();
    return facts_end();
}
