/* merge.c - lesson: neighbours that are free become one block. */
#include <stdio.h>
#include <windows.h>

enum { BLOCKS = 6, BYTES = 2000 };

static HANDLE heap;
static char *blocks[BLOCKS];

/* The heap as HeapWalk tells it: B busy, f free; sizes of the free ones. */
static void show(const char *what)
{
    PROCESS_HEAP_ENTRY entry = {0};
    int free_blocks = 0;
    unsigned long largest = 0;

    printf("%-26s", what);
    while (HeapWalk(heap, &entry)) {
        if (entry.wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE) ||
            (char *)entry.lpData < blocks[0] || (char *)entry.lpData > blocks[BLOCKS - 1])
            continue;
        if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) {
            printf("[ busy ]");
        } else {
            printf("( %lu )", (unsigned long)entry.cbData);
            free_blocks++;
            largest = entry.cbData > largest ? entry.cbData : largest;
        }
    }
    printf("  %d free, the largest %lu\n", free_blocks, largest);
}

static void give_back(int i)
{
    char what[32];

    HeapFree(heap, 0, blocks[i]);
    sprintf(what, "free(%d):", i);
    show(what);
}

int main(void)
{
    char *big;

    heap = HeapCreate(0, 0, 0);
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = HeapAlloc(heap, 0, BYTES);
    printf("Six blocks of %d bytes; between them lie headers of 8 bytes.\n", BYTES);
    show("at first:");
    give_back(1);
    give_back(3);
    give_back(2);
    big = HeapAlloc(heap, 0, 3 * BYTES + 16);
    printf("6016 bytes in one block: %p, %s\n", (void *)big,
           big == blocks[1] ? "the place of 1, 2 and 3 and of the two headers between"
                            : "ELSEWHERE");
    printf("\nYou should now be able to say: how does free find the neighbours, and what would "
           "happen\n"
           "without merging?\n");
    return big != blocks[1];
}
