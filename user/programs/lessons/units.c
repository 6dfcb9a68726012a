/* units.c - lesson: three units. Addresses are given out by 64 KB, memory by pages, page tables by 4 MB. */
#include <stdio.h>
#include <windows.h>

enum { PAGE = 4096, BLOCKS = 4 };

int main(void)
{
    SYSTEM_INFO system;
    char *blocks[BLOCKS];
    MEMORY_BASIC_INFORMATION info;
    char *inside;

    GetSystemInfo(&system);
    printf("a page: %lu bytes; allocation granularity: %lu bytes\n\n", system.dwPageSize,
           system.dwAllocationGranularity);
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = VirtualAlloc(NULL, 32, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        VirtualQuery(blocks[i], &info, sizeof info);
        printf("VirtualAlloc of 32 bytes: at %p, %lu bytes committed", (void *)blocks[i],
               (unsigned long)info.RegionSize);
        if (i > 0 && blocks[i] > blocks[i - 1])
            printf(", %ld KB of addresses behind the one before are lost",
                   (long)(blocks[i] - blocks[i - 1]) / 1024 - 4);
        printf("\n");
    }
    inside = VirtualAlloc(blocks[0] + 5 * PAGE, PAGE, MEM_RESERVE, PAGE_READWRITE);
    printf("\nMay somebody else have the 60 KB? VirtualAlloc at %p: %s\n",
           (void *)(blocks[0] + 5 * PAGE),
           inside ? (inside == blocks[0] + 5 * PAGE ? "yes" : "it is rounded down") : "no");
    if (!inside)
        printf("    error %lu: it is rounded down to %p, which is taken\n", GetLastError(),
               (void *)blocks[0]);
    printf("\nYou should now be able to say: what does a call for 32 bytes cost in addresses, in "
           "promised\n"
           "memory, and in RAM?\n");
    return 0;
}
