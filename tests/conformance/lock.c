/* lock.c - VirtualLock, the working set and the counters of memory. */
#include "tests/conformance/memory.h"

#include <psapi.h>

static DWORD lock_error(const volatile void *base, SIZE_T size)
{
    SetLastError(0);
    return VirtualLock((void *)base, size) ? 0 : GetLastError();
}

static DWORD unlock_error(const volatile void *base, SIZE_T size)
{
    SetLastError(0);
    return VirtualUnlock((void *)base, size) ? 0 : GetLastError();
}

static PROCESS_MEMORY_COUNTERS counters_now(void)
{
    PROCESS_MEMORY_COUNTERS counters;

    memset(&counters, 0, sizeof counters);
    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    return counters;
}

static PSAPI_WORKING_SET_EX_BLOCK block_of(const volatile void *address)
{
    PSAPI_WORKING_SET_EX_INFORMATION info = {.VirtualAddress = (void *)address};

    QueryWorkingSetEx(GetCurrentProcess(), &info, sizeof info);
    return info.VirtualAttributes;
}

static void trim(void)
{
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
}

static void test_lock(void)
{
    volatile unsigned char *p = fresh(8 * PAGE, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc((void *)p, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_number("W122", "committed and reserved: error 998", 998, lock_error(p, 5 * PAGE));
    fact_number("W122", "reserved: error 998", 998, lock_error(p + 5 * PAGE, PAGE));
    fact_number("W122", "free: error 998", 998, lock_error(at(PLACE), PAGE));
    fact_number("W122", "size 0: error 87", 87, lock_error(p, 0));
    fact_number("W122", "a kernel address: error 87", 87, lock_error(at(0x80000000u), PAGE));
    p[PAGE] = 5;
    fact_number("W123", "locking two pages", 0, lock_error(p, 2 * PAGE));
    fact("W123", "both are in the working set", block_of(p).Valid && block_of(p + PAGE).Valid);
    fact("W131", "and say so", block_of(p).Locked && block_of(p + PAGE).Locked);
    fact("W123", "their content is unchanged", p[0] == 0 && p[PAGE] == 5);
    fact_number("W123", "locking again succeeds", 0, lock_error(p, 2 * PAGE));
    fact_number("W124", "unlocking more than is locked: error 158", 158, unlock_error(p, 3 * PAGE));
    fact_number("W123", "one unlock ends both locks", 0, unlock_error(p, 2 * PAGE));
    fact_number("W124", "unlocking again: error 158", 158, unlock_error(p, 2 * PAGE));
    protect_old(p, PAGE, PAGE_NOACCESS);
    fact_number("W122", "NOACCESS: error 998", 998, lock_error(p, PAGE));
    release(p);
}

static void test_pinned(void)
{
    volatile unsigned char *p = fresh(4 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    for (unsigned i = 0; i < 4; i++)
        p[i * PAGE] = (unsigned char)(i + 1);
    lock_error(p, 2 * PAGE);
    trim();
    fact("W125", "locked pages stay in the working set",
         block_of(p).Valid && block_of(p + PAGE).Valid);
    fact("W128", "the others have left it",
         !block_of(p + 2 * PAGE).Valid && !block_of(p + 3 * PAGE).Valid);
    fact("W128", "no data is lost", p[2 * PAGE] == 3 && p[3 * PAGE] == 4 && p[0] == 1);
    VirtualFree((void *)p, PAGE, MEM_DECOMMIT);
    VirtualAlloc((void *)p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    p[0] = 1;
    fact_number("W125", "decommit ends the lock: error 158", 158, unlock_error(p, PAGE));
    release(p);
    p = fresh(1024 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    fact_number("W126", "more than the minimum working set: error 1453", 1453,
                lock_error(p, 1024 * PAGE));
    fact_number("W126", "then nothing is locked: error 158", 158, unlock_error(p, PAGE));
    release(p);
}

/* A view's pages and those of two regions side by side (W122 to W125). */
static void test_views(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
    volatile unsigned char *p = fresh(3 * UNIT, MEM_RESERVE, PAGE_READWRITE);

    release(p);
    VirtualAlloc((void *)p, UNIT, RESERVE_COMMIT, PAGE_READWRITE);
    fact("W122", "a view behind a private region",
         MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 0, (void *)(p + UNIT)) == p + UNIT);
    p[UNIT] = 7;
    fact_number("W122", "a view's page can be locked", 0, lock_error(p + UNIT, PAGE));
    trim();
    fact("W125", "and stays in the working set", block_of(p + UNIT).Valid);
    fact("W131", "and says so", block_of(p + UNIT).Locked);
    fact_number("W124", "unlocked", 0, unlock_error(p + UNIT, PAGE));
    fact_number("W124", "unlocking again: error 158", 158, unlock_error(p + UNIT, PAGE));
    fact_number("W123", "a range may span both regions", 0, lock_error(p + UNIT - PAGE, 2 * PAGE));
    fact_number("W122", "not the free pages behind: error 998", 998,
                lock_error(p + 2 * UNIT - PAGE, 2 * PAGE));
    fact_number("W124", "one unlock for both", 0, unlock_error(p + UNIT - PAGE, 2 * PAGE));
    UnmapViewOfFile((void *)(p + UNIT));
    release(p);
    CloseHandle(section);
}

static DWORD set_error(SIZE_T minimum, SIZE_T maximum)
{
    SetLastError(0);
    return SetProcessWorkingSetSize(GetCurrentProcess(), minimum, maximum) ? 0 : GetLastError();
}

static void test_sizes(void)
{
    SIZE_T minimum = 0, maximum = 0;

    fact("W127", "the sizes can be asked",
         GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
    fact_number("W127", "minimum: 50 pages", 50 * PAGE, (int)minimum);
    fact_number("W127", "maximum: 345 pages", 345 * PAGE, (int)maximum);
    fact_number("W127", "minimum above maximum: error 87", 87, set_error(400 * PAGE, 300 * PAGE));
    fact_number("W127", "maximum of 12 pages: error 87", 87, set_error(PAGE, 12 * PAGE));
    fact_number("W127", "others are taken", 0, set_error(PAGE, 400 * PAGE));
    GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum);
    fact_number("W127", "a minimum of 1 page is 20", 20 * PAGE, (int)minimum);
    fact_number("W127", "the maximum is as asked", 400 * PAGE, (int)maximum);
    fact_number("W127", "back to what it was", 0, set_error(50 * PAGE, 345 * PAGE));
}

static void test_counters(void)
{
    enum { PAGES = 64, TOUCHED = 16 };
    PROCESS_MEMORY_COUNTERS before = counters_now(), committed, touched, later;
    volatile unsigned char *p = fresh(PAGES * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    int same = 1;

    committed = counters_now();
    fact_number("W130", "committing 64 pages: 64 more are charged", PAGES,
                (committed.PagefileUsage - before.PagefileUsage) / PAGE);
    fact("W130", "none is in RAM yet", committed.WorkingSetSize <= before.WorkingSetSize + PAGE);
    fact("W130", "a page not touched is not in the working set", !block_of(p).Valid);
    EmptyWorkingSet(
        GetCurrentProcess()); /* else, with few frames, a page of ours goes for one that comes */
    for (unsigned round = 0; round < 2;
         round++) { /* the first brings back the code that the second runs */
        committed = counters_now();
        for (unsigned i = 0; i < TOUCHED; i++)
            p[(round * TOUCHED + i) * PAGE] = (unsigned char)(i + 1);
        touched = counters_now();
    }
    fact_number("W130", "touching 16: 16 more in RAM", TOUCHED,
                ((int)touched.WorkingSetSize - (int)committed.WorkingSetSize) / PAGE);
    fact("W130", "at least 16 faults",
         touched.PageFaultCount - committed.PageFaultCount >= TOUCHED);
    fact("W129", "the peak is not below",
         touched.PeakWorkingSetSize >= touched.WorkingSetSize &&
             touched.PeakPagefileUsage >= touched.PagefileUsage);
    p[0] = 1;
    fact("W131", "a touched page is valid, with its protection",
         block_of(p).Valid && block_of(p).Win32Protection == PAGE_READWRITE && !block_of(p).Shared);
    fact("W131", "an untouched one is not", !block_of(p + (PAGES - 1) * PAGE).Valid);
    EmptyWorkingSet(GetCurrentProcess());
    later = counters_now();
    fact("W128", "EmptyWorkingSet takes the pages",
         !block_of(p).Valid && later.WorkingSetSize < touched.WorkingSetSize);
    for (unsigned i = 0; i < TOUCHED; i++)
        same &= p[i * PAGE] == i + 1;
    fact("W128", "no data is lost", same);
    committed = counters_now();
    fact("W128", "every touch is a fault",
         committed.PageFaultCount - later.PageFaultCount >= TOUCHED);
    fact("W129", "faults never become fewer", later.PageFaultCount >= touched.PageFaultCount);
    release(p);
    fact_number("W129", "released: the charge is gone", (long long)before.PagefileUsage,
                counters_now().PagefileUsage);
}

/* Shared pages count how many share them (W131). */
static void test_shared(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
    volatile unsigned char *one = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    volatile unsigned char *two = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);

    one[0] = 1;
    fact("W131", "a view's page is shared", block_of(one).Shared && block_of(one).Valid);
    fact_number("W131", "by one", 1, block_of(one).ShareCount);
    fact("W131", "the same bytes", two[0] == 1);
    fact_number("W131", "then by two", 2, block_of(one).ShareCount);
    UnmapViewOfFile((void *)one);
    UnmapViewOfFile((void *)two);
    CloseHandle(section);
}

static void test_status(void)
{
    MEMORYSTATUS old;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory}, after = {.dwLength = sizeof after};
    volatile unsigned char *p;

    memset(&old, 0xEE, sizeof old);
    SetLastError(4711);
    GlobalMemoryStatus(&old);
    fact_number("W132", "GlobalMemoryStatus leaves the last error", 4711, GetLastError());
    fact_number("W132", "and sets the length", 32, old.dwLength);
    memory.dwLength = 60;
    SetLastError(0);
    fact("W132", "GlobalMemoryStatusEx with another length: error 87",
         !GlobalMemoryStatusEx(&memory) && GetLastError() == 87);
    memory.dwLength = 64;
    fact("W132", "with 64: success", GlobalMemoryStatusEx(&memory));
    fact("W133", "load is the percentage of RAM in use",
         memory.dwMemoryLoad <= 100 &&
             llabs((long long)memory.dwMemoryLoad -
                   (long long)(100 - memory.ullAvailPhys * 100 / memory.ullTotalPhys)) <= 1);
    fact_number("W133", "2 GB of addresses less the ends", 0x7FFE0000, memory.ullTotalVirtual);
    fact_number("W133", "the same in the old call", 0x7FFE0000, old.dwTotalVirtual);
    fact("W133", "what is left of the commit limit is less than the limit",
         memory.ullAvailPageFile < memory.ullTotalPageFile);
    p = fresh(64 * UNIT, MEM_RESERVE, PAGE_READWRITE);
    GlobalMemoryStatusEx(&after);
    fact_number("W133", "reserving 4 MB: 4 MB of addresses fewer", 64 * UNIT,
                memory.ullAvailVirtual - after.ullAvailVirtual);
    release(p);
    fact("W134", "the old call's figures are the same, or capped",
         old.dwTotalPageFile == memory.ullTotalPageFile || memory.ullTotalPageFile > 0x7FFFFFFF);
}

static void test_limit(void)
{
    MEMORYSTATUSEX before = {.dwLength = sizeof before}, after = {.dwLength = sizeof after};
    volatile unsigned char *p;

    GlobalMemoryStatusEx(&before);
    p = fresh(256 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    GlobalMemoryStatusEx(&after);
    fact("W133", "committing 1 MB: as much less is left",
         before.ullAvailPageFile - after.ullAvailPageFile >= 256 * PAGE &&
             before.ullAvailPageFile - after.ullAvailPageFile <= 260 * PAGE);
    release(p);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_sizes();
    test_lock();
    test_pinned();
    test_views();
    test_counters();
    test_shared();
    test_status();
    test_limit();
    return facts_end();
}
