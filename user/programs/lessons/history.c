/* history.c - lesson: free() is not told a size, so who knows it?
 *
 * The heap manager keeps a history of what it gave away: a small header in front of every block.
 * HeapWalk() reads that history aloud.  This program allocates, looks, frees the middle block and
 * looks again: the freed block is still in the history, now as a hole, and the next request of that
 * size gets it.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { BLOCKS = 5 };

static const size_t sizes[BLOCKS] = {24, 100, 1000, 100, 24};
static char *blocks[BLOCKS];

static int number_of(const void *address)
{
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i] == address)
            return i;
    return -1;
}

/* Prints the entries of the history that are ours, or lie between ours. */
static void print_history(const char *when)
{
    PROCESS_HEAP_ENTRY entry = {0};
    char *low = blocks[0], *high = blocks[0];
    int others = 0;

    for (int i = 1; i < BLOCKS; i++) {
        low = blocks[i] < low ? blocks[i] : low;
        high = blocks[i] > high ? blocks[i] : high;
    }
    printf("\nThe history %s:\n    address    bytes  overhead  what\n", when);
    HeapLock(GetProcessHeap());
    while (HeapWalk(GetProcessHeap(), &entry)) {
        int busy = entry.wFlags & PROCESS_HEAP_ENTRY_BUSY;
        int number = busy ? number_of(entry.lpData) : -1;

        if ((char *)entry.lpData < low || (char *)entry.lpData > high ||
            entry.wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE))
            continue;
        if (busy && number < 0) {
            others++;
            continue;
        }
        printf("    %p %6lu %9u  ", entry.lpData, entry.cbData, entry.cbOverhead);
        printf(busy ? "block %d\n" : "free\n", number);
    }
    HeapUnlock(GetProcessHeap());
    if (others > 0)
        printf("    (and %d blocks of somebody else between them)\n", others);
}

int main(void)
{
    char *again;

    setvbuf(stdout, malloc(4096), _IOFBF, 4096); /* so that printf() itself asks for nothing more */
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(sizes[i]);
        if (!blocks[i])
            return 1;
        memset(blocks[i], 'A' + i, sizes[i]);
    }
    puts("Five calls of malloc(): 24, 100, 1000, 100 and 24 bytes.");
    print_history("after malloc()");
    puts("\nOverhead is what a block costs beside its bytes: its header, and what rounding to a\n"
         "multiple of 8 leaves over.  _msize() asks the same history:");
    for (int i = 0; i < BLOCKS; i++)
        printf("    _msize(block %d) = %u\n", i, (unsigned)_msize(blocks[i]));
    puts("\nNow free(block 2), a pointer and nothing else.");
    free(blocks[2]);
    print_history("after free()");
    again = malloc(1000);
    printf("\nmalloc(1000) gives %p: %s.\n", (void *)again,
           again == blocks[2] ? "the same place, taken from the history" : "another place");
    return 0;
}
