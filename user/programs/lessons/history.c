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

struct step {
    char *address;
    unsigned long bytes; /* asked for; of a free block: usable */
    int block;           /* its number, FREE or OTHER */
};
enum { FREE = -1, OTHER = -2, STEPS = 512 };

static int number_of(const void *address)
{
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i] == address)
            return i;
    return OTHER;
}

/* Reads the history in the order of addresses; returns how many steps it has. */
static int read_history(struct step *steps)
{
    PROCESS_HEAP_ENTRY entry = {0};
    int count = 0;

    HeapLock(GetProcessHeap());
    while (count < STEPS && HeapWalk(GetProcessHeap(), &entry)) {
        int busy = entry.wFlags & PROCESS_HEAP_ENTRY_BUSY;

        if (entry.wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE))
            continue;
        steps[count].address = entry.lpData;
        steps[count].bytes = entry.cbData;
        steps[count++].block = busy ? number_of(entry.lpData) : FREE;
    }
    HeapUnlock(GetProcessHeap());
    return count;
}

/* From the first of our blocks to the last one; the others' are only counted. */
static void print_history(const char *when)
{
    static struct step steps[STEPS];
    int count = read_history(steps), first = count, last = 0, others = 0;

    for (int i = 0; i < count; i++)
        if (steps[i].block >= 0) {
            first = i < first ? i : first;
            last = i;
        }
    printf("\nThe history %s:\n    address    bytes  to the next  what\n", when);
    for (int i = first; i <= last; i++) {
        if (steps[i].block == OTHER) {
            others++;
            continue;
        }
        printf("    %p %6lu", (void *)steps[i].address, steps[i].bytes);
        if (i + 1 < count)
            printf(" %12d", (int)(steps[i + 1].address - steps[i].address));
        printf(steps[i].block == FREE ? "  free\n" : "  block %d\n", steps[i].block);
    }
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
    puts("\nFrom one block to the next it is 8 bytes more than was asked for, or a little more "
         "than\n"
         "that: the header, and what rounding to a multiple of 8 leaves over.  _msize() asks the\n"
         "same history:");
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
