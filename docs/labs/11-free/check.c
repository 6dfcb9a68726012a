/* check.c - lab 11: a private heap, walked by the system's own HeapWalk.
 *
 *   lab11 merge COUNT ORDER     free blocks in ascending, descending or mixed order
 *   lab11 split BYTES           take small blocks out of one large free block
 *   lab11 trim                  take much and give it back
 *   lab11 stress SEED STEPS     by chance; what is in the blocks must stay there
 */
#include "docs/labs/lab.h"

enum { MOST = 120 };

static HANDLE heap;
static unsigned char *block[MOST];
static SIZE_T size[MOST];

/* Free and busy blocks, and how often two free ones touch; the front end keeps small blocks, these are large. */
static void walk(const char *label)
{
    PROCESS_HEAP_ENTRY entry = {0};
    unsigned free_blocks = 0, busy = 0, touching = 0;
    char name[28];
    char *free_end = NULL;

    while (HeapWalk(heap, &entry)) {
        if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) {
            busy++;
            free_end = NULL;
        } else if (!(entry.wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE))) {
            free_blocks++;
            touching += free_end != NULL;
            free_end = (char *)entry.lpData + entry.cbData;
        } else {
            free_end = NULL;
        }
    }
    sprintf(name, "%s-free", label);
    mark(name, free_blocks);
    sprintf(name, "%s-busy", label);
    mark(name, busy);
    sprintf(name, "%s-touching", label);
    mark(name, touching);
    sprintf(name, "%s-valid", label);
    mark(name, HeapValidate(heap, 0, NULL));
}

static void merge(unsigned count, const char *order)
{
    unsigned refused = 0;

    for (unsigned i = 0; i < count; i++)
        block[i] = HeapAlloc(heap, 0, 1000 + 136 * i);
    walk("all");
    for (unsigned i = 0; i < count; i++) {
        unsigned at = *order == 'a' ? i : *order == 'd' ? count - 1 - i : i * 7 % count;

        HeapFree(heap, 0, block[at]);
    }
    walk("none");
    for (unsigned i = 0; i < count; i++)
        refused += !HeapFree(heap, 0, block[i]);
    mark("twice-refused", refused);
    mark("twice-valid", HeapValidate(heap, 0, NULL));
}

/* Much memory is taken and given back: its pages go back, too. */
static void trim(void)
{
    for (unsigned i = 0; i < MOST; i++)
        block[i] = HeapAlloc(heap, 0, 16000);
    mark("much", 0);
    for (unsigned i = 0; i < MOST; i++)
        HeapFree(heap, 0, block[i]);
    mark("trimmed", 0);
}

static void split(unsigned bytes)
{
    unsigned char *large = HeapAlloc(heap, 0, bytes), *end = HeapAlloc(heap, 0, 2000);
    unsigned inside = 0;

    HeapFree(heap, 0, large);
    mark("freed", 0);
    for (unsigned i = 0; i < 10; i++) {
        block[i] = HeapAlloc(heap, 0, 700 + 56 * i);
        inside += block[i] >= large && block[i] < large + bytes;
    }
    mark("inside", inside);
    mark("given", HeapFree(heap, 0, end));
    walk("split");
}

static void fill(unsigned i, unsigned value)
{
    memset(block[i], (int)value & 0xFF, size[i]);
}

static unsigned damaged(unsigned i, unsigned value)
{
    unsigned count = 0;

    for (SIZE_T j = 0; j < size[i]; j++)
        count += block[i][j] != (value & 0xFF);
    return count;
}

static void stress(unsigned seed, unsigned steps)
{
    unsigned wrong = 0, misjudged = 0, refused = 0;

    for (unsigned step = 0; step < steps; step++) {
        unsigned i = (seed = seed * 1103515245 + 12345) >> 16 & 0x7FFF;

        i %= MOST;
        if (block[i]) {
            wrong += damaged(i, i * 3) > 0;
            misjudged += HeapSize(heap, 0, block[i]) != size[i];
            refused += !HeapFree(heap, 0, block[i]);
            block[i] = NULL;
        } else {
            size[i] = (seed >> 8) % 3000 + 600;
            block[i] = HeapAlloc(heap, 0, size[i]);
            if (block[i])
                fill(i, i * 3);
        }
    }
    mark("wrong", wrong);
    mark("misjudged", misjudged);
    mark("refused", refused);
    walk("stress");
}

int main(int argc, char **argv)
{
    const char *scene = argc > 1 ? argv[1] : "";

    heap = HeapCreate(0, 0x10000, 0);
    mark("before", 0);
    if (strcmp(scene, "merge") == 0)
        merge(argument(argc, argv, 2), argv[3]);
    else if (strcmp(scene, "split") == 0)
        split(argument(argc, argv, 2));
    else if (strcmp(scene, "trim") == 0)
        trim();
    else
        stress(argument(argc, argv, 2), argument(argc, argv, 3));
    mark("after", 0);
    HeapDestroy(heap);
    mark("destroyed", 0);
    return 0;
}
