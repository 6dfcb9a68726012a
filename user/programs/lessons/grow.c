/* grow.c - lesson: a heap reserves first and commits as it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { PAGE = 4096, BLOCK = 3000, BLOCKS = 18 };

/* The heap's first region: bytes committed, bytes reserved in all. */
static void look(const char *heap, unsigned *committed, unsigned *reserved)
{
    MEMORY_BASIC_INFORMATION info;

    *committed = *reserved = 0;
    for (const char *at = heap; VirtualQuery(at, &info, sizeof info) && info.AllocationBase == heap;
         at += info.RegionSize) {
        *reserved += (unsigned)info.RegionSize;
        *committed += info.State == MEM_COMMIT ? (unsigned)info.RegionSize : 0;
    }
}

int main(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    unsigned committed, reserved, before, outside = 0, two_pages = 0;
    char *blocks[BLOCKS], *more;
    unsigned grown = 0;
    volatile size_t huge = 0xC0000000u;

    look(heap, &before, &reserved);
    printf("a new heap:          %4u KB committed of %u KB reserved\n", before / 1024,
           reserved / 1024);
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = HeapAlloc(heap, 0, BLOCK);
        look(heap, &committed, &reserved);
        if (committed != before && grown++ < 4)
            printf("block %2d of %d bytes: %4u KB committed: the heap asked for %u pages more\n", i,
                   BLOCK, committed / 1024, (committed - before) / PAGE);
        before = committed;
        outside += blocks[i] < (char *)heap || blocks[i] >= (char *)heap + reserved;
        two_pages += ((UINT_PTR)blocks[i] ^ (UINT_PTR)(blocks[i] + BLOCK - 1)) >= PAGE;
    }
    printf(
        "after %d blocks:      %4u KB committed, grown %u times; %u blocks lie across two pages\n",
        BLOCKS, committed / 1024, grown, two_pages);
    printf("    so nobody needs to care about pages, and nobody can protect or give back one "
           "block's.\n");
    more = HeapAlloc(heap, 0, reserved);
    printf("%u KB in one block: %p, %s\n", reserved / 1024, (void *)more,
           more && (more < (char *)heap || more >= (char *)heap + reserved)
               ? "in a region of its own: VirtualAlloc was called again"
               : "in the same region");
    printf("malloc of 3 GB: %p: where nothing fits, NULL comes\n", malloc(huge));
    printf("\nYou should now be able to say: when does a heap call VirtualAlloc, and what does a "
           "program\n"
           "give up by leaving pages to the heap?\n");
    return outside != 0;
}
