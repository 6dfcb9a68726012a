/* memory.c - VirtualAlloc and family: reserve, commit, protect, query, lock, watch.
 *
 * The rules are the kernel's (W11 to W84); only what Win32 adds to the native call is
 * decided here.
 */
#include "user/kernel32/kernel32.h"

/* --- reserve, commit, release --- */

LPVOID WINAPI VirtualAllocEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect)
{
    void *base = address;
    SIZE_T bytes = size;
    NTSTATUS status = NtAllocateVirtualMemory(process, &base, 0, &bytes, type, protect);

    return error_result(status) ? base : NULL;
}

LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protect)
{
    return VirtualAllocEx(CURRENT_PROCESS, address, size, type, protect);
}

BOOL WINAPI VirtualFreeEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type)
{
    void *base = address;
    SIZE_T bytes = size;

    if (type == MEM_RELEASE && size != 0) /* W44: only the native call releases a part */
        return error_set(STATUS_INVALID_PARAMETER);
    return error_result(NtFreeVirtualMemory(process, &base, &bytes, type));
}

BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type)
{
    return VirtualFreeEx(CURRENT_PROCESS, address, size, type);
}

/* --- protect, query --- */

BOOL WINAPI VirtualProtectEx(HANDLE process, LPVOID address, SIZE_T size, DWORD protect, PDWORD old)
{
    void *base = address;
    SIZE_T bytes = size;

    return error_result(NtProtectVirtualMemory(process, &base, &bytes, protect, old));
}

BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T size, DWORD protect, PDWORD old)
{
    return VirtualProtectEx(CURRENT_PROCESS, address, size, protect, old);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE process, LPCVOID address, PMEMORY_BASIC_INFORMATION buffer,
                             SIZE_T length)
{
    SIZE_T returned = 0;
    NTSTATUS status =
        NtQueryVirtualMemory(process, address, MemoryBasicInformation, buffer, length, &returned);

    return error_result(status) ? returned : 0;
}

SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION buffer, SIZE_T length)
{
    return VirtualQueryEx(CURRENT_PROCESS, address, buffer, length);
}

/* --- lock --- */

enum { LOCK_IN_WORKING_SET = 1 };

BOOL WINAPI VirtualLock(LPVOID address, SIZE_T size)
{
    void *base = address;
    SIZE_T bytes = size;

    return error_result(NtLockVirtualMemory(CURRENT_PROCESS, &base, &bytes, LOCK_IN_WORKING_SET));
}

BOOL WINAPI VirtualUnlock(LPVOID address, SIZE_T size)
{
    void *base = address;
    SIZE_T bytes = size;

    return error_result(NtUnlockVirtualMemory(CURRENT_PROCESS, &base, &bytes, LOCK_IN_WORKING_SET));
}

/* --- physical pages of the program's own, shown in windows (AWE) --- */

BOOL WINAPI AllocateUserPhysicalPages(HANDLE process, PULONG_PTR count, PULONG_PTR frames)
{
    return error_result(NtAllocateUserPhysicalPages(process, count, frames));
}

/* Near which processors: there is one node. */
BOOL WINAPI AllocateUserPhysicalPagesNuma(HANDLE process, PULONG_PTR count, PULONG_PTR frames,
                                          DWORD node)
{
    if (node != 0 && node != NUMA_NO_PREFERRED_NODE)
        return error_fail(ERROR_INVALID_PARAMETER);
    return AllocateUserPhysicalPages(process, count, frames);
}

BOOL WINAPI FreeUserPhysicalPages(HANDLE process, PULONG_PTR count, PULONG_PTR frames)
{
    return error_result(NtFreeUserPhysicalPages(process, count, frames));
}

BOOL WINAPI MapUserPhysicalPages(PVOID base, ULONG_PTR count, PULONG_PTR frames)
{
    return error_result(NtMapUserPhysicalPages(base, count, frames));
}

BOOL WINAPI MapUserPhysicalPagesScatter(PVOID *addresses, ULONG_PTR count, PULONG_PTR frames)
{
    return error_result(NtMapUserPhysicalPagesScatter(addresses, count, frames));
}

/* --- write watch: 0 is success, ~0 failure --- */

UINT WINAPI GetWriteWatch(DWORD flags, PVOID base, SIZE_T size, PVOID *array, ULONG_PTR *count,
                          LPDWORD granularity)
{
    NTSTATUS status =
        NtGetWriteWatch(CURRENT_PROCESS, flags, base, size, array, count, granularity);

    return error_result(status) ? 0 : ~0u;
}

UINT WINAPI ResetWriteWatch(LPVOID base, SIZE_T size)
{
    return error_result(NtResetWriteWatch(CURRENT_PROCESS, base, size)) ? 0 : ~0u;
}

/* --- other processes' memory --- */

BOOL WINAPI ReadProcessMemory(HANDLE process, LPCVOID base, LPVOID buffer, SIZE_T size,
                              SIZE_T *done)
{
    SIZE_T bytes = 0;
    NTSTATUS status = NtReadVirtualMemory(process, base, buffer, size, &bytes);

    if (done != NULL)
        *done = bytes;
    return error_result(status);
}

/* Debuggers write into code, which is never writable: the call makes it so for a moment. */
static bool make_code_writable(HANDLE process, void *base, SIZE_T size, DWORD *old)
{
    MEMORY_BASIC_INFORMATION info;

    return VirtualQueryEx(process, base, &info, sizeof info) != 0 && info.State == MEM_COMMIT &&
           (info.Protect == PAGE_EXECUTE || info.Protect == PAGE_EXECUTE_READ) &&
           VirtualProtectEx(process, base, size, PAGE_EXECUTE_READWRITE, old);
}

BOOL WINAPI WriteProcessMemory(HANDLE process, LPVOID base, LPCVOID buffer, SIZE_T size,
                               SIZE_T *done)
{
    DWORD error = RtlGetLastWin32Error();
    SIZE_T bytes = 0;
    DWORD old;
    bool was_code = make_code_writable(process, base, size, &old);
    NTSTATUS status;

    RtlSetLastWin32Error(error);
    status = NtWriteVirtualMemory(process, base, buffer, size, &bytes);
    if (was_code)
        VirtualProtectEx(process, base, size, old, &old);
    if (done != NULL)
        *done = NT_SUCCESS(status) ? bytes : 0; /* X5 */
    return error_result(status);
}

/* The processor keeps its instruction cache in step with writes (Intel SDM vol. 3, 8.1.3). */
BOOL WINAPI FlushInstructionCache(HANDLE process, LPCVOID base, SIZE_T size)
{
    (void)process;
    (void)base;
    (void)size;
    return TRUE;
}

/* --- IsBad...Ptr (W108, X7): would an access fault?  A byte of each page is touched, which uses up a guard; the
 * system does it, so that nothing is raised --- */

static NTSTATUS touch_for_reading(ULONG_PTR at)
{
    char byte;

    return NtReadVirtualMemory(CURRENT_PROCESS, (const void *)at, &byte, sizeof byte, NULL);
}

/* The place for the count is tried first; what is wrong with the rest of the call comes second. */
static NTSTATUS touch_for_writing(ULONG_PTR at)
{
    NTSTATUS status = NtReadVirtualMemory(NULL, NULL, NULL, 0, (SIZE_T *)(at & ~(ULONG_PTR)3));

    return status == STATUS_INVALID_HANDLE ? STATUS_SUCCESS : status;
}

enum { USER_LOW = 0x10000, USER_END = 0x7FFF0000 };

static BOOL is_bad(const void *address, UINT_PTR size, NTSTATUS (*touch)(ULONG_PTR at))
{
    ULONG_PTR at = (ULONG_PTR)address, last = at + size - 1;

    if (size == 0)
        return FALSE;
    if (last < at || at < USER_LOW || last >= USER_END)
        return TRUE;
    for (; at <= last; at = (at | (PAGE_BYTES - 1)) + 1)
        if (!NT_SUCCESS(touch(at)))
            return TRUE;
    return FALSE;
}

BOOL WINAPI IsBadReadPtr(const VOID *address, UINT_PTR size)
{
    return is_bad(address, size, touch_for_reading);
}

BOOL WINAPI IsBadWritePtr(LPVOID address, UINT_PTR size)
{
    return is_bad(address, size, touch_for_writing);
}

/* The same where no segment ends at 64 KB. */
BOOL WINAPI IsBadHugeReadPtr(const VOID *address, UINT_PTR size)
{
    return IsBadReadPtr(address, size);
}

BOOL WINAPI IsBadHugeWritePtr(LPVOID address, UINT_PTR size)
{
    return IsBadWritePtr(address, size);
}

BOOL WINAPI IsBadCodePtr(FARPROC address)
{
    return is_bad((const void *)address, 1, touch_for_reading);
}

/* Bad if a byte up to the zero, or up to `limit`, can't be read. */
BOOL WINAPI IsBadStringPtrA(LPCSTR text, UINT_PTR limit)
{
    for (UINT_PTR i = 0; i < limit; i++) {
        if ((i == 0 || ((ULONG_PTR)(text + i) & (PAGE_BYTES - 1)) == 0) &&
            IsBadReadPtr(text + i, 1))
            return TRUE;
        if (text[i] == 0)
            break;
    }
    return FALSE;
}

BOOL WINAPI IsBadStringPtrW(LPCWSTR text, UINT_PTR limit)
{
    for (UINT_PTR i = 0; i < limit; i++) {
        if (IsBadReadPtr(text + i, sizeof *text))
            return TRUE;
        if (text[i] == 0)
            break;
    }
    return FALSE;
}
