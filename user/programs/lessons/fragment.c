/* fragment.c - lesson: internal fragmentation, the bytes that nobody asked for.
 *
 * A page is 4,096 bytes, a block of the heap a multiple of 8 and a header.  What is not asked for but
 * can't be given to anyone else is lost.  The table shows how much, by size: with VirtualAlloc(), the
 * layer of pages, and with malloc(), which cuts pages into blocks.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { BLOCKS = 64 };

/* The bytes that one block of many equal ones takes up: the distance from one to the next, header and
 * rounding included.  Where the heap goes on in another place the distance says nothing, so the least
 * one counts. */
static unsigned heap_bytes(char *const *blocks)
{
    unsigned least = 0xFFFFFFFF;

    for (int i = 1; i < BLOCKS; i++) {
        unsigned distance = (unsigned)(blocks[i] - blocks[i - 1]);

        if (blocks[i] > blocks[i - 1] && distance < least)
            least = distance;
    }
    return least;
}

/* The bytes that a block costs if every block gets pages of its own. */
static unsigned bytes_of_pages(SIZE_T size)
{
    char *block = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    MEMORY_BASIC_INFORMATION region;
    unsigned bytes = 0;

    if (block && VirtualQuery(block, &region, sizeof region))
        bytes = (unsigned)region.RegionSize;
    if (block)
        VirtualFree(block, 0, MEM_RELEASE);
    return bytes;
}

static unsigned lost(unsigned taken, SIZE_T asked)
{
    return taken > asked ? (unsigned)((taken - asked) * 100 / taken) : 0;
}

int main(void)
{
    static const SIZE_T sizes[] = {1,   8,   12,  16,   24,   32,   50,
                                   100, 200, 500, 1000, 4000, 4097, 10000};
    int result = 0;

    puts("            the heap            pages\n"
         "   asked    taken    lost      taken    lost");
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        HANDLE heap = HeapCreate(0, 0, 0);
        char *blocks[BLOCKS];
        unsigned in_heap, in_pages = bytes_of_pages(sizes[i]);

        for (int n = 0; n < BLOCKS; n++)
            blocks[n] = HeapAlloc(heap, 0, sizes[i]);
        in_heap = heap_bytes(blocks);
        printf("%8lu %8u %6u%% %10u %6u%%\n", (unsigned long)sizes[i], in_heap,
               lost(in_heap, sizes[i]), in_pages, lost(in_pages, sizes[i]));
        if (in_heap < sizes[i] || in_pages < sizes[i])
            result = 1;
        HeapDestroy(heap);
    }
    puts("\nSmall blocks: never ask the layer of pages.  Large blocks: the loss of either is "
         "small, and\n"
         "whole pages can be given back one by one.");
    return result;
}
