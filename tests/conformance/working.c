/* working.c - the working-set watch, the younger forms of older calls, names of mapped files (W324 to W327).  Runs on Windows, too. */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"

#include <string.h>
#include <windows.h>
/* after windows.h */
#include <psapi.h>

typedef BOOL WINAPI watch_call(HANDLE);
typedef BOOL WINAPI changes_call(HANDLE, PSAPI_WS_WATCH_INFORMATION *, DWORD);

enum { PAGES = 16, MOST = 1024 };

static PSAPI_WS_WATCH_INFORMATION log_of_faults[MOST];

static void *get(const char *name)
{
    return (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), name);
}

/* How many of the log are about these pages; *in_order: as they were touched. */
static int about(const char *pages, int *in_order)
{
    int n = 0;

    *in_order = 1;
    for (int i = 0; i < MOST && log_of_faults[i].FaultingPc != NULL; i++) {
        size_t offset = (size_t)((char *)log_of_faults[i].FaultingVa - pages);

        if (offset < PAGES * 4096)
            *in_order &= (int)(offset / 4096) == n++;
    }
    return n;
}

static void test_watch(void)
{
    watch_call *start = (watch_call *)get("K32InitializeProcessForWsWatch");
    changes_call *changes = (changes_call *)get("K32GetWsChanges");
    HANDLE self = GetCurrentProcess();
    char *pages = VirtualAlloc(NULL, PAGES * 4096, MEM_COMMIT, PAGE_READWRITE);
    int in_order;

    fact("W324", "what isn't watched can't be asked: error 31",
         !changes(self, log_of_faults, sizeof log_of_faults) &&
             GetLastError() == ERROR_GEN_FAILURE);
    memset(log_of_faults, 0, sizeof log_of_faults);
    fact("W324", "InitializeProcessForWsWatch", start(self));
    for (int i = 0; i < PAGES; i++)
        pages[i * 4096 + i] = 1;
    for (int i = 0; i < PAGES; i++)
        pages[i * 4096] = 2;
    fact("W324", "GetWsChanges: a buffer too small is error 122",
         !changes(self, log_of_faults, sizeof *log_of_faults) &&
             GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    fact("W324", "GetWsChanges", changes(self, log_of_faults, sizeof log_of_faults));
    fact_number("W324", "each page that was touched is there once", PAGES, about(pages, &in_order));
    fact("W324", "in the order of the faults", in_order);
    memset(log_of_faults, 0, sizeof log_of_faults);
    changes(self, log_of_faults, sizeof log_of_faults);
    fact_number("W324", "what was told is not told again", 0, about(pages, &in_order));
    VirtualFree(pages, 0, MEM_RELEASE);
}

static void test_younger(void)
{
    HANDLE self = GetCurrentProcess(), heap = HeapCreate(0, 0, 0);
    BOOL(WINAPI * summary)(HANDLE, DWORD, SIZE_T *) = get("HeapSummary");
    SIZE_T minimum, maximum, before[5] = {sizeof before}, after[5] = {sizeof after};
    DWORD flags = 0;
    char *page = VirtualAllocExNuma(self, NULL, 4096, MEM_COMMIT, PAGE_READWRITE, 0);

    fact("W325", "VirtualAllocExNuma, node 0", page != NULL && *page == 0);
    fact("W325", "node 1: there is none, error 87",
         VirtualAllocExNuma(self, NULL, 4096, MEM_COMMIT, PAGE_READWRITE, 1) == NULL &&
             GetLastError() == ERROR_INVALID_PARAMETER);
    fact_number("W325", "there are no large pages", 0, GetLargePageMinimum());
    fact("W325", "GetProcessWorkingSetSizeEx: soft limits",
         GetProcessWorkingSetSizeEx(self, &minimum, &maximum, &flags) && maximum > minimum &&
             flags == (QUOTA_LIMITS_HARDWS_MIN_DISABLE | QUOTA_LIMITS_HARDWS_MAX_DISABLE));
    fact("W325", "SetProcessWorkingSetSizeEx",
         SetProcessWorkingSetSizeEx(self, minimum, maximum, QUOTA_LIMITS_HARDWS_MAX_DISABLE));
    fact("W325", "flags that contradict each other: error 87",
         !SetProcessWorkingSetSizeEx(self, minimum, maximum,
                                     QUOTA_LIMITS_HARDWS_MAX_DISABLE |
                                         QUOTA_LIMITS_HARDWS_MAX_ENABLE) &&
             GetLastError() == ERROR_INVALID_PARAMETER);
    fact("W325", "HeapSummary", summary(heap, 0, before));
    HeapAlloc(heap, 0, 5000);
    summary(heap, 0, after);
    fact("W325", "of a heap with one block more",
         after[1] >= before[1] + 5000 && after[2] >= after[1] && after[3] >= after[2]);
    HeapDestroy(heap);
    VirtualFree(page, 0, MEM_RELEASE);
}

/* The name of the file that is mapped at `address`: does it end so? */
static int mapped_as(const void *address, const char *end)
{
    char name[MAX_PATH] = "";
    DWORD length = GetMappedFileNameA(GetCurrentProcess(), (void *)address, name, sizeof name);

    return length == strlen(name) && length > strlen(end) && strncmp(name, "\\Device\\", 8) == 0 &&
           strcmp(name + length - strlen(end), end) == 0;
}

static DWORD unnamed(const void *address, DWORD room)
{
    char name[MAX_PATH];

    return GetMappedFileNameA(GetCurrentProcess(), (void *)address, name, room) == 0
               ? GetLastError()
               : 0;
}

static void test_names(void)
{
    LONG(WINAPI * ask)
    (HANDLE, void *, int, void *, SIZE_T, SIZE_T *) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryVirtualMemory");
    char *image = (char *)GetModuleHandleA(NULL), *bytes, *paged, *page, text[600];
    HANDLE file = CreateFileA("mapped.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    HANDLE section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x5000, NULL);
    HANDLE other = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, NULL);

    bytes = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    paged = MapViewOfFile(other, FILE_MAP_READ, 0, 0, 0);
    page = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_READWRITE);
    fact("W327", "of the program, anywhere in it",
         mapped_as(image, "\\working.exe") && mapped_as(image + 0x1234, "\\working.exe"));
    fact("W327", "of a file's view",
         mapped_as(bytes, "\\mapped.tmp") && mapped_as(bytes + 0x4FFF, "\\mapped.tmp"));
    fact_number("W327", "the paging file has no name: error 1006", ERROR_FILE_INVALID,
                unnamed(paged, MAX_PATH));
    fact_number("W327", "private memory: error 59", ERROR_UNEXP_NET_ERR, unnamed(page, MAX_PATH));
    VirtualFree(page, 0, MEM_RELEASE);
    fact_number("W327", "nothing: error 59", ERROR_UNEXP_NET_ERR, unnamed(page, MAX_PATH));
    fact_number("W327", "no room: error 122", ERROR_INSUFFICIENT_BUFFER, unnamed(image, 0));
    fact_number("W327", "the native call wants room for all of it", (LONG)0x80000005,
                ask(GetCurrentProcess(), bytes, 2, text, 8, NULL));
    UnmapViewOfFile(bytes);
    UnmapViewOfFile(paged);
    CloseHandle(section);
    CloseHandle(other);
    CloseHandle(file);
}

static void test_nodes(void)
{
    ULONGLONG mask = 0, bytes = 0;
    ULONG highest = 1;
    UCHAR node = 7;

    fact("W325", "there is one NUMA node, with all processors and all memory",
         GetNumaHighestNodeNumber(&highest) && highest == 0 && GetNumaNodeProcessorMask(0, &mask) &&
             (mask & 1) && GetNumaProcessorNode(0, &node) && node == 0 &&
             GetNumaAvailableMemoryNode(0, &bytes) && bytes > 0);
}

/* Touches all that is available until the low condition holds: then the program is told. */
static void press(HANDLE low)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof status};
    SIZE_T size;
    char *bytes;

    GlobalMemoryStatusEx(&status);
    size = (SIZE_T)status.ullAvailPhys + (4 << 20);
    bytes = VirtualAlloc(NULL, size, MEM_COMMIT, PAGE_READWRITE);
    while (bytes != NULL && WaitForSingleObject(low, 0) != WAIT_OBJECT_0)
        for (SIZE_T at = 0; at < size && WaitForSingleObject(low, 0) != WAIT_OBJECT_0; at += 4096)
            bytes[at]++;
    if (bytes != NULL)
        VirtualFree(bytes, 0, MEM_RELEASE);
}

static void test_notifications(void)
{
    HANDLE low = CreateMemoryResourceNotification(LowMemoryResourceNotification);
    HANDLE high = CreateMemoryResourceNotification(HighMemoryResourceNotification);
    BOOL is_low = TRUE, is_high = TRUE;

    fact("W326", "CreateMemoryResourceNotification", low != NULL && high != NULL);
    fact("W326", "of a third kind: error 87",
         CreateMemoryResourceNotification(2) == NULL && GetLastError() == ERROR_INVALID_PARAMETER);
    WaitForSingleObject(high, INFINITE);
    fact("W326", "while there is plenty the high one is signalled, and not the low one",
         QueryMemoryResourceNotification(high, &is_high) &&
             QueryMemoryResourceNotification(low, &is_low) && is_high && !is_low);
    press(low);
    fact_number("W326", "memory given back: the high one is signalled again", WAIT_OBJECT_0,
                WaitForSingleObject(high, INFINITE));
    CloseHandle(low);
    CloseHandle(high);
    low = CreateMemoryResourceNotification(LowMemoryResourceNotification);
    fact("W326", "closed, and opened again", low != NULL);
    CloseHandle(low);
    fact("W326", "what is no handle can't be asked: error 6",
         !QueryMemoryResourceNotification(low, &is_low) && GetLastError() == ERROR_INVALID_HANDLE);
}

int main(void)
{
    test_watch();
    test_nodes();
    test_names();
    test_younger();
    test_notifications();
    return facts_end();
}
