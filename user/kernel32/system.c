/* system.c - facts about the machine, its memory and the working sets of processes.
 *
 * Includes what newer Windows exports as K32...; psapi.dll forwards to those.
 */
#include "user/kernel32/kernel32.h"

#include <psapi.h>

/* --- the machine --- */

void WINAPI GetSystemInfo(LPSYSTEM_INFO info)
{
    memset(info, 0, sizeof *info);
    info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_INTEL;
    info->dwPageSize = PAGE_BYTES;
    info->lpMinimumApplicationAddress = (void *)0x00010000; /* W7 */
    info->lpMaximumApplicationAddress = (void *)0x7FFEFFFF;
    info->dwNumberOfProcessors = SHARED_PAGE->processors;
    info->dwActiveProcessorMask = (1u << info->dwNumberOfProcessors) - 1;
    info->dwProcessorType = PROCESSOR_INTEL_PENTIUM;
    info->dwAllocationGranularity = 0x10000;
    info->wProcessorLevel = 6; /* the P6 family: i686 */
}

BOOL WINAPI IsProcessorFeaturePresent(DWORD feature)
{
    return feature < sizeof SHARED_PAGE->processor_features &&
           SHARED_PAGE->processor_features[feature] != 0;
}

DWORD WINAPI GetVersion(void)
{
    return (DWORD)ABI_BUILD << 16 | ABI_MINOR_VERSION << 8 | ABI_MAJOR_VERSION;
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW info)
{
    OSVERSIONINFOEXW *extended = (OSVERSIONINFOEXW *)info;

    if (info->dwOSVersionInfoSize != sizeof *info && info->dwOSVersionInfoSize != sizeof *extended)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    memset(&info->dwMajorVersion, 0, info->dwOSVersionInfoSize - sizeof(DWORD));
    info->dwMajorVersion = ABI_MAJOR_VERSION;
    info->dwMinorVersion = ABI_MINOR_VERSION;
    info->dwBuildNumber = ABI_BUILD;
    info->dwPlatformId = VER_PLATFORM_WIN32_NT;
    if (info->dwOSVersionInfoSize == sizeof *extended)
        extended->wProductType = VER_NT_WORKSTATION;
    return TRUE;
}

UINT WINAPI GetSystemDirectoryW(LPWSTR buffer, UINT size)
{
    return text_give_wide(buffer, size, "C:\\");
}

/* Programs may write where they lie. */
DWORD WINAPI GetTempPathW(DWORD size, LPWSTR buffer)
{
    return text_give_wide(buffer, size, "C:\\");
}

DWORD WINAPI GetTempPathA(DWORD size, LPSTR buffer)
{
    return text_give(buffer, size, "C:\\");
}

BOOL WINAPI GetComputerNameW(LPWSTR buffer, LPDWORD size)
{
    DWORD length = text_give_wide(buffer, *size, "PAGODA");
    bool fits = length < *size;

    *size = length;
    return fits ? TRUE : error_fail(ERROR_BUFFER_OVERFLOW);
}

/* All kinds of names are this one; there is no domain behind it. */
BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT kind, LPWSTR buffer, LPDWORD size)
{
    if (kind == ComputerNameDnsDomain || kind == ComputerNamePhysicalDnsDomain) {
        bool fits = *size > 0;

        if (fits)
            *buffer = 0;
        *size = fits ? 0 : 1;
        return fits ? TRUE : error_fail(ERROR_MORE_DATA);
    }
    if (GetComputerNameW(buffer, size))
        return TRUE;
    return error_fail(ERROR_MORE_DATA);
}

/* There is one processor, number 0, and one NUMA node. */
DWORD WINAPI GetCurrentProcessorNumber(void)
{
    return 0;
}

BOOL WINAPI GetNumaHighestNodeNumber(PULONG highest)
{
    *highest = 0;
    return TRUE;
}

/* There is node 0, and processor 0 is in it. */
BOOL WINAPI GetNumaNodeProcessorMask(UCHAR node, PULONGLONG mask)
{
    *mask = node == 0;
    return node == 0 || error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetNumaProcessorNode(UCHAR processor, PUCHAR node)
{
    *node = processor == 0 ? 0 : 0xFF;
    return processor == 0 || error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetNumaProximityNode(ULONG proximity, PUCHAR node)
{
    *node = 0;
    return proximity == 0 || error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetNumaAvailableMemoryNodeEx(USHORT node, PULONGLONG bytes)
{
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};

    if (node != 0 || !GlobalMemoryStatusEx(&memory))
        return error_fail(ERROR_INVALID_PARAMETER);
    *bytes = memory.ullAvailPhys;
    return TRUE;
}

BOOL WINAPI GetNumaAvailableMemoryNode(UCHAR node, PULONGLONG bytes)
{
    return GetNumaAvailableMemoryNodeEx(node, bytes);
}

BOOL WINAPI GetLogicalProcessorInformation(PSYSTEM_LOGICAL_PROCESSOR_INFORMATION out, PDWORD size)
{
    DWORD room = *size;

    *size = sizeof *out;
    if (room < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    *out = (SYSTEM_LOGICAL_PROCESSOR_INFORMATION){.ProcessorMask = 1,
                                                  .Relationship = RelationProcessorCore};
    return TRUE;
}

/* Cycles of the whole machine: nobody counts those of a thread. */
BOOL WINAPI QueryThreadCycleTime(HANDLE thread, PULONG64 cycles)
{
    (void)thread;
    *cycles = __builtin_ia32_rdtsc();
    return TRUE;
}

/* A program is looked for in the current directory, then in the root. */
BOOL WINAPI NeedCurrentDirectoryForExePathA(LPCSTR name)
{
    (void)name;
    return TRUE;
}

/* Two-level page tables can't forbid execution. */
DEP_SYSTEM_POLICY_TYPE WINAPI GetSystemDEPPolicy(void)
{
    return DEPPolicyAlwaysOff;
}

/* Off, for good. */
BOOL WINAPI GetProcessDEPPolicy(HANDLE process, LPDWORD flags, PBOOL permanent)
{
    (void)process;
    *flags = 0;
    *permanent = TRUE;
    return TRUE;
}

BOOL WINAPI SetProcessDEPPolicy(DWORD flags)
{
    return flags == 0 ? TRUE : error_fail(ERROR_NOT_SUPPORTED);
}

/* In rounded arithmetic of 64 bits; -1 when the result doesn't fit or `divisor` is 0. */
int WINAPI MulDiv(int value, int factor, int divisor)
{
    LONGLONG product = (LONGLONG)value * factor, half, result;

    if (divisor == 0)
        return -1;
    half = (divisor < 0 ? -(LONGLONG)divisor : divisor) / 2;
    result = ((product < 0) ? product - half : product + half) / divisor;
    return result < INT_MIN || result > INT_MAX ? -1 : (int)result;
}

/* --- memory of the machine and of this process (W132 to W134) --- */

_Static_assert(offsetof(SYSTEM_PERFORMANCE_INFORMATION, AvailablePages) == 44 &&
                   sizeof(SYSTEM_PERFORMANCE_INFORMATION) == 312,
               "the layout that the kernel fills in");

static bool query_system(SYSTEM_BASIC_INFORMATION *basic, SYSTEM_PERFORMANCE_INFORMATION *now)
{
    return NT_SUCCESS(
               NtQuerySystemInformation(SystemBasicInformation, basic, sizeof *basic, NULL)) &&
           NT_SUCCESS(
               NtQuerySystemInformation(SystemPerformanceInformation, now, sizeof *now, NULL));
}

static SIZE_T reserved_by_us(void)
{
    VM_COUNTERS counters;

    return NT_SUCCESS(NtQueryInformationProcess(CURRENT_PROCESS, ProcessVmCounters, &counters,
                                                sizeof counters, NULL))
               ? counters.VirtualSize
               : 0;
}

BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX status)
{
    SYSTEM_BASIC_INFORMATION basic;
    SYSTEM_PERFORMANCE_INFORMATION now;

    if (status->dwLength != sizeof *status)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!query_system(&basic, &now))
        return error_fail(ERROR_GEN_FAILURE);
    status->ullTotalPhys = (ULONGLONG)SHARED_PAGE->physical_pages * PAGE_BYTES;
    status->ullAvailPhys = (ULONGLONG)now.AvailablePages * PAGE_BYTES;
    status->dwMemoryLoad =
        (DWORD)((status->ullTotalPhys - status->ullAvailPhys) * 100 / status->ullTotalPhys);
    status->ullTotalPageFile = (ULONGLONG)now.TotalCommitLimit * PAGE_BYTES;
    status->ullAvailPageFile =
        (ULONGLONG)(now.TotalCommitLimit - now.TotalCommittedPages) * PAGE_BYTES;
    status->ullTotalVirtual = 0x7FFE0000;
    status->ullAvailVirtual = status->ullTotalVirtual - reserved_by_us();
    status->ullAvailExtendedVirtual = 0;
    return TRUE;
}

/* In KB. */
BOOL WINAPI GetPhysicallyInstalledSystemMemory(PULONGLONG size)
{
    if (size == NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    *size = (ULONGLONG)SHARED_PAGE->physical_pages * (PAGE_BYTES / 1024);
    return TRUE;
}

/* In pages.  The kernel's pools are no numbers of theirs, and there is one table of handles for each process. */
BOOL WINAPI K32GetPerformanceInfo(PPERFORMANCE_INFORMATION out, DWORD size)
{
    SYSTEM_BASIC_INFORMATION basic;
    SYSTEM_PERFORMANCE_INFORMATION now;
    DWORD ids[256], used = 0;

    if (size < sizeof *out)
        return error_fail(ERROR_BAD_LENGTH);
    if (!query_system(&basic, &now))
        return error_fail(ERROR_GEN_FAILURE);
    K32EnumProcesses(ids, sizeof ids, &used);
    *out = (PERFORMANCE_INFORMATION){
        .cb = sizeof *out,
        .CommitTotal = now.TotalCommittedPages,
        .CommitLimit = now.TotalCommitLimit,
        .CommitPeak = now.PeakCommitment,
        .PhysicalTotal = SHARED_PAGE->physical_pages,
        .PhysicalAvailable = now.AvailablePages,
        .PageSize = PAGE_BYTES,
        .ProcessCount = used / sizeof *ids,
        .ThreadCount = used / sizeof *ids, /* one each at least */
    };
    return TRUE;
}

static SIZE_T capped(ULONGLONG bytes)
{
    return bytes > MAXDWORD ? MAXDWORD : (SIZE_T)bytes;
}

void WINAPI GlobalMemoryStatus(LPMEMORYSTATUS out)
{
    DWORD error = RtlGetLastWin32Error();
    MEMORYSTATUSEX status = {.dwLength = sizeof status};

    GlobalMemoryStatusEx(&status);
    RtlSetLastWin32Error(error);
    out->dwLength = sizeof *out;
    out->dwMemoryLoad = status.dwMemoryLoad;
    out->dwTotalPhys = capped(status.ullTotalPhys);
    out->dwAvailPhys = capped(status.ullAvailPhys);
    out->dwTotalPageFile = capped(status.ullTotalPageFile);
    out->dwAvailPageFile = capped(status.ullAvailPageFile);
    out->dwTotalVirtual = capped(status.ullTotalVirtual);
    out->dwAvailVirtual = capped(status.ullAvailVirtual);
}

/* Files in memory are charged to the commit limit, so that is how much more the "disk" can hold. */
BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR path, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free_bytes)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof status};

    (void)path;
    if (!GlobalMemoryStatusEx(&status))
        return FALSE;
    if (available != NULL)
        available->QuadPart = status.ullAvailPageFile;
    if (total != NULL)
        total->QuadPart = status.ullTotalPageFile;
    if (free_bytes != NULL)
        free_bytes->QuadPart = status.ullAvailPageFile;
    return TRUE;
}

BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR path, LPDWORD sectors, LPDWORD bytes, LPDWORD free_clusters,
                              LPDWORD clusters)
{
    enum { SECTOR = 512 };
    ULARGE_INTEGER available, total;

    if (!GetDiskFreeSpaceExW(path, &available, &total, NULL))
        return FALSE;
    *sectors = PAGE_BYTES / SECTOR;
    *bytes = SECTOR;
    *free_clusters = (DWORD)(available.QuadPart / PAGE_BYTES);
    *clusters = (DWORD)(total.QuadPart / PAGE_BYTES);
    return TRUE;
}

/* --- working sets (W126 to W131) --- */

static BOOL query_quota(HANDLE process, QUOTA_LIMITS *quota)
{
    return error_result(
        NtQueryInformationProcess(process, ProcessQuotaLimits, quota, sizeof *quota, NULL));
}

BOOL WINAPI GetProcessWorkingSetSize(HANDLE process, PSIZE_T minimum, PSIZE_T maximum)
{
    QUOTA_LIMITS quota;

    if (!query_quota(process, &quota))
        return FALSE;
    *minimum = quota.MinimumWorkingSetSize;
    *maximum = quota.MaximumWorkingSetSize;
    return TRUE;
}

/* Both -1: everything that may go leaves the working set. */
BOOL WINAPI SetProcessWorkingSetSize(HANDLE process, SIZE_T minimum, SIZE_T maximum)
{
    QUOTA_LIMITS quota;

    memset(&quota, 0, sizeof quota);
    quota.MinimumWorkingSetSize = minimum;
    quota.MaximumWorkingSetSize = maximum;
    return error_result(NtSetInformationProcess(process, ProcessQuotaLimits, &quota, sizeof quota));
}

BOOL WINAPI K32EmptyWorkingSet(HANDLE process)
{
    return SetProcessWorkingSetSize(process, (SIZE_T)-1, (SIZE_T)-1);
}

BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PPROCESS_MEMORY_COUNTERS out, DWORD size)
{
    VM_COUNTERS counters;

    if (size < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!error_result(NtQueryInformationProcess(process, ProcessVmCounters, &counters,
                                                sizeof counters, NULL)))
        return FALSE;
    *out = (PROCESS_MEMORY_COUNTERS){
        .cb = sizeof *out,
        .PageFaultCount = counters.PageFaultCount,
        .PeakWorkingSetSize = counters.PeakWorkingSetSize,
        .WorkingSetSize = counters.WorkingSetSize,
        .QuotaPeakPagedPoolUsage = counters.QuotaPeakPagedPoolUsage,
        .QuotaPagedPoolUsage = counters.QuotaPagedPoolUsage,
        .QuotaPeakNonPagedPoolUsage = counters.QuotaPeakNonPagedPoolUsage,
        .QuotaNonPagedPoolUsage = counters.QuotaNonPagedPoolUsage,
        .PagefileUsage = counters.PagefileUsage,
        .PeakPagefileUsage = counters.PeakPagefileUsage,
    };
    if (size >= sizeof(PROCESS_MEMORY_COUNTERS_EX)) {
        PROCESS_MEMORY_COUNTERS_EX *extended = (PROCESS_MEMORY_COUNTERS_EX *)out;

        extended->cb = sizeof *extended;
        extended->PrivateUsage = counters.PagefileUsage;
    }
    return TRUE;
}

BOOL WINAPI K32QueryWorkingSet(HANDLE process, PVOID buffer, DWORD size)
{
    return error_result(
        NtQueryVirtualMemory(process, NULL, MemoryWorkingSetInformation, buffer, size, NULL));
}

BOOL WINAPI K32QueryWorkingSetEx(HANDLE process, PVOID buffer, DWORD size)
{
    return error_result(
        NtQueryVirtualMemory(process, NULL, MemoryWorkingSetExInformation, buffer, size, NULL));
}
