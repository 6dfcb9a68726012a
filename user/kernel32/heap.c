/* heap.c - the Heap* functions that are more than a forwarder to ntdll.dll.
 *
 * HeapAlloc, HeapReAlloc, HeapFree and HeapSize *are* RtlAllocateHeap and so on: see kernel32.def.
 */
#include "user/kernel32/kernel32.h"

HANDLE WINAPI GetProcessHeap(void)
{
    return peb()->heap;
}

/* A maximum makes the heap fixed: it is reserved at once and never grows (W163). */
HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    if (maximum == 0) {
        return RtlCreateHeap(options | HEAP_GROWABLE, NULL, 0, initial, NULL, NULL);
    }
    return RtlCreateHeap(options & ~(DWORD)HEAP_GROWABLE, NULL, maximum, initial, NULL, NULL);
}

BOOL WINAPI HeapDestroy(HANDLE heap)
{
    return RtlDestroyHeap(heap) == NULL;
}

BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID block)
{
    return RtlValidateHeap(heap, flags, block);
}

SIZE_T WINAPI HeapCompact(HANDLE heap, DWORD flags)
{
    return RtlCompactHeap(heap, flags);
}

BOOL WINAPI HeapLock(HANDLE heap)
{
    return RtlLockHeap(heap);
}

BOOL WINAPI HeapUnlock(HANDLE heap)
{
    return RtlUnlockHeap(heap);
}

BOOL WINAPI HeapWalk(HANDLE heap, LPPROCESS_HEAP_ENTRY entry)
{
    NTSTATUS status = RtlWalkHeap(heap, entry);

    return status == STATUS_SUCCESS ? TRUE : error_set(status); /* the end is a warning: 259 */
}

DWORD WINAPI GetProcessHeaps(DWORD count, PHANDLE heaps)
{
    return RtlGetProcessHeaps(count, heaps);
}

BOOL WINAPI HeapQueryInformation(HANDLE heap, HEAP_INFORMATION_CLASS class, PVOID buffer,
                                 SIZE_T length, PSIZE_T returned)
{
    return error_result((NTSTATUS)RtlQueryHeapInformation(heap, class, buffer, length, returned));
}

BOOL WINAPI HeapSetInformation(HANDLE heap, HEAP_INFORMATION_CLASS class, PVOID buffer,
                               SIZE_T length)
{
    return error_result((NTSTATUS)RtlSetHeapInformation(heap, class, buffer, length));
}
