/* working_set.c - the working-set watch, limits of working sets in their younger form, and what else is asked about memory as
 * a whole (W324 to W326).
 *
 * The watch is the kernel's own record of page faults (docs/ws-watch.md): from InitializeProcessForWsWatch() on
 * GetWsChanges() tells each fault of the process once.
 */
#include "user/kernel32/kernel32.h"

#include <psapi.h>

enum { EVENT_QUERY_STATE = 1 };
enum { WATCH = 15, WATCH_EX = 42 }; /* ProcessWorkingSetWatch, ProcessWorkingSetWatchEx */

BOOL WINAPI K32InitializeProcessForWsWatch(HANDLE process)
{
    return error_result(NtSetInformationProcess(process, (PROCESSINFOCLASS)WATCH, NULL, 0));
}

BOOL WINAPI K32GetWsChanges(HANDLE process, PPSAPI_WS_WATCH_INFORMATION changes, DWORD size)
{
    return error_result(
        NtQueryInformationProcess(process, (PROCESSINFOCLASS)WATCH, changes, size, NULL));
}

/* The header of mingw-w64 takes the size itself; Windows wants to know where it is. */
BOOL WINAPI changes_ex(HANDLE process, PPSAPI_WS_WATCH_INFORMATION_EX changes,
                       PDWORD size) __asm__("_K32GetWsChangesEx@12");
BOOL WINAPI changes_ex(HANDLE process, PPSAPI_WS_WATCH_INFORMATION_EX changes, PDWORD size)
{
    return error_result(
        NtQueryInformationProcess(process, (PROCESSINFOCLASS)WATCH_EX, changes, *size, NULL));
}

/* --- limits --- */

enum {
    SOFT = QUOTA_LIMITS_HARDWS_MIN_DISABLE | QUOTA_LIMITS_HARDWS_MAX_DISABLE,
    HARD = QUOTA_LIMITS_HARDWS_MIN_ENABLE | QUOTA_LIMITS_HARDWS_MAX_ENABLE
};

BOOL WINAPI GetProcessWorkingSetSizeEx(HANDLE process, PSIZE_T minimum, PSIZE_T maximum,
                                       PDWORD flags)
{
    *flags = SOFT; /* a limit gives way when others don't need the memory */
    return GetProcessWorkingSetSize(process, minimum, maximum);
}

/* A limit can't be hard and soft at once.  Hard ones are accepted, and are as soft as the others. */
BOOL WINAPI SetProcessWorkingSetSizeEx(HANDLE process, SIZE_T minimum, SIZE_T maximum, DWORD flags)
{
    bool both_minimum = (flags & QUOTA_LIMITS_HARDWS_MIN_ENABLE) != 0 &&
                        (flags & QUOTA_LIMITS_HARDWS_MIN_DISABLE) != 0;
    bool both_maximum = (flags & QUOTA_LIMITS_HARDWS_MAX_ENABLE) != 0 &&
                        (flags & QUOTA_LIMITS_HARDWS_MAX_DISABLE) != 0;

    if (both_minimum || both_maximum || (flags & ~(DWORD)(SOFT | HARD)) != 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    return SetProcessWorkingSetSize(process, minimum, maximum);
}

/* --- nodes, large pages --- */

/* There is one node.  NUMA_NO_PREFERRED_NODE is any. */
LPVOID WINAPI VirtualAllocExNuma(HANDLE process, LPVOID address, SIZE_T size, DWORD type,
                                 DWORD protect, DWORD node)
{
    if (node != 0 && node != NUMA_NO_PREFERRED_NODE)
        return error_null(ERROR_INVALID_PARAMETER);
    return VirtualAllocEx(process, address, size, type, protect);
}

static bool is_node(DWORD node)
{
    return node == 0 || node == NUMA_NO_PREFERRED_NODE || error_fail(ERROR_INVALID_PARAMETER);
}

HANDLE WINAPI CreateFileMappingNumaW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                     DWORD high, DWORD low, LPCWSTR name, DWORD node)
{
    return is_node(node) ? CreateFileMappingW(file, security, protect, high, low, name) : NULL;
}

HANDLE WINAPI CreateFileMappingNumaA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                     DWORD high, DWORD low, LPCSTR name, DWORD node)
{
    return is_node(node) ? CreateFileMappingA(file, security, protect, high, low, name) : NULL;
}

LPVOID WINAPI MapViewOfFileExNuma(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T size,
                                  LPVOID base, DWORD node)
{
    return is_node(node) ? MapViewOfFileEx(mapping, access, high, low, size, base) : NULL;
}

SIZE_T WINAPI GetLargePageMinimum(void)
{
    return 0; /* programs can't have large pages (W34) */
}

/* --- is memory short? --- */

/* The kernel's two events, which nobody else can set (W326). */
HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE type)
{
    struct object_name name;
    HANDLE handle;

    if (type != LowMemoryResourceNotification && type != HighMemoryResourceNotification)
        return error_null(ERROR_INVALID_PARAMETER);
    object_name(&name,
                type == LowMemoryResourceNotification ? L"\\KernelObjects\\LowMemoryCondition"
                                                      : L"\\KernelObjects\\HighMemoryCondition",
                NULL, 0);
    return object_opened(NtOpenEvent(&handle, SYNCHRONIZE | EVENT_QUERY_STATE, &name.attributes),
                         &handle);
}

BOOL WINAPI QueryMemoryResourceNotification(HANDLE notification, PBOOL state)
{
    DWORD result = WaitForSingleObject(notification, 0);

    if (result == WAIT_FAILED)
        return FALSE;
    *state = result == WAIT_OBJECT_0;
    return TRUE;
}

/* --- heaps --- */

BOOL WINAPI HeapSummary(HANDLE heap, DWORD flags, LPHEAP_SUMMARY summary)
{
    PROCESS_HEAP_ENTRY entry = {.lpData = NULL};

    if (flags != 0 || summary->cb != sizeof *summary)
        return error_fail(ERROR_INVALID_PARAMETER);
    *summary = (HEAP_SUMMARY){.cb = sizeof *summary};
    if (!HeapLock(heap))
        return FALSE;
    while (HeapWalk(heap, &entry)) {
        if ((entry.wFlags & PROCESS_HEAP_REGION) != 0) {
            summary->cbCommitted += entry.Region.dwCommittedSize;
            summary->cbReserved += entry.Region.dwCommittedSize + entry.Region.dwUnCommittedSize;
        } else if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) {
            summary->cbAllocated += entry.cbData;
        }
    }
    summary->cbMaxReserve = summary->cbReserved;
    return HeapUnlock(heap);
}
