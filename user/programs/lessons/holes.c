/* holes.c - lesson: external fragmentation, and why pages do not have it.
 *
 * Of a heap that can't grow every second block is freed: half of it is free, and no block twice as
 * large fits.  The same with pages of RAM: every second one is given back, and a region of the sum is no
 * problem, because its pages may be in any frames.
 */
#include <stdio.h>
#include <windows.h>

enum { PAGE = 0x1000, MOST = 32 };

static void heap(void)
{
    HANDLE heap = HeapCreate(0, 0, 0x10000);
    void *blocks[MOST];
    unsigned count = 0, freed = 0;

    while (count < MOST && (blocks[count] = HeapAlloc(heap, 0, PAGE)) != NULL)
        count++;
    for (unsigned i = 0; i < count; i += 2) {
        HeapFree(heap, 0, blocks[i]);
        freed++;
    }
    printf("A heap of 64 KB held %u blocks of 4 KB; %u are free again, %u KB in all.\n", count,
           freed, freed * PAGE / 1024);
    printf("  A block of 4 KB: %s\n", HeapAlloc(heap, 0, PAGE) ? "yes" : "no");
    printf("  A block of 8 KB: %s\n", HeapAlloc(heap, 0, 2 * PAGE) ? "yes" : "no");
    HeapDestroy(heap);
}

static void pages(void)
{
    enum { COUNT = 16 };
    char *region = VirtualAlloc(NULL, COUNT * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), *sum;
    unsigned written = 0;

    for (unsigned i = 0; i < COUNT; i++)
        region[i * PAGE] = 1; /* each has a frame now */
    for (unsigned i = 0; i < COUNT; i += 2)
        VirtualFree(region + i * PAGE, PAGE, MEM_DECOMMIT);
    sum = VirtualAlloc(NULL, COUNT / 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; sum && i < COUNT / 2; i++)
        written += sum[i * PAGE] = 1;
    printf("Of 16 pages every second one was given back, 32 KB in all.\n");
    printf("  A region of 32 KB: %s, %u pages of it written\n", sum ? "yes" : "no", written);
}

int main(void)
{
    heap();
    pages();
    return 0;
}
