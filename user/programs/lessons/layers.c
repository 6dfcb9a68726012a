/* layers.c - lesson: malloc stands on HeapAlloc, HeapAlloc on VirtualAlloc. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { LARGE = 4 * 1024 * 1024 };

static DWORD state_at(const void *address)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(address, &info, sizeof info);
    return info.State;
}

static void where(const char *call, const void *block)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(block, &info, sizeof info);
    printf("  %-28s %p, in the region that VirtualAlloc made at %p\n", call, block,
           info.AllocationBase);
}

int main(void)
{
    HANDLE heap = GetProcessHeap();
    HLOCAL local = LocalAlloc(LMEM_FIXED, 10);
    HGLOBAL global = GlobalAlloc(GMEM_FIXED, 10);
    char *block = malloc(10), *zeros = calloc(5, 2), *large;
    HANDLE own;

    printf("    malloc, calloc, new       LocalAlloc, GlobalAlloc\n"
           "             \\                   /\n"
           "           HeapAlloc (the process heap)        MapViewOfFile\n"
           "                      |                              |\n"
           "               VirtualAlloc (pages)               sections\n\n");
    printf("GetProcessHeap() = %p, the C run-time's heap = %p: %s\n", heap,
           (void *)_get_heap_handle(),
           heap == (HANDLE)_get_heap_handle() ? "the same" : "DIFFERENT");
    where("malloc(10)", block);
    where("calloc(5, 2)", zeros);
    where("LocalAlloc(10)", local);
    where("GlobalAlloc(10)", global);
    printf("HeapSize(process heap, malloc(10)) = %lu, of LocalAlloc(10) = %lu\n",
           (unsigned long)HeapSize(heap, 0, block), (unsigned long)HeapSize(heap, 0, local));
    printf("HeapFree of what malloc gave: %s\n", HeapFree(heap, 0, block) ? "done" : "REFUSED");

    own = HeapCreate(0, 0, 0);
    printf("\nA heap is memory of the program, no kernel object: its handle %p is an address,\n"
           "and the first word there is %08x.\n",
           own, *(unsigned *)own);
    large = HeapAlloc(own, 0, LARGE);
    printf("HeapAlloc(4 MB) = %p: HeapAlloc has called VirtualAlloc, the pages there are %s;\n",
           (void *)large, state_at(large + LARGE / 2) == MEM_COMMIT ? "committed" : "FREE");
    HeapFree(own, 0, large);
    printf("after HeapFree they are %s: VirtualFree.\n",
           state_at(large + LARGE / 2) == MEM_FREE ? "free" : "still committed");
    printf("\nYou should now be able to say: whom does malloc ask, whom does that ask, and why is "
           "there\n"
           "more than one layer?\n");
    free(zeros);
    LocalFree(local);
    GlobalFree(global);
    return 0;
}
