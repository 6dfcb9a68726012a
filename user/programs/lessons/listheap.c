/* listheap.c - lesson: a list in the heap that everybody uses, against a list in a heap of its own.
 *
 * In the process heap the nodes of a list lie between the blocks of everything else that the program
 * allocates meanwhile.  To walk the list is to touch nearly all those pages.  In a private heap the
 * nodes lie side by side.  Both lists are walked with all pages taken away before, so each page that
 * a walk touches is one page fault; and the private heap is freed in one call.  `listheap read`: the heaps have
 * four frames each, so that each of these faults must read from the paging file.
 */
#include "user/programs/lessons/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 2000, OTHER_SIZE = 300 };

struct node {
    struct node *next;
    int value;
};

/* One node after the other from `heap`; between two of them the program needs `others` for itself. */
static struct node *build(HANDLE heap, void **others)
{
    struct node *head = NULL;

    for (int i = 0; i < NODES; i++) {
        struct node *node = HeapAlloc(heap, 0, sizeof *node);

        if (!node)
            ExitProcess(1);
        node->next = head;
        node->value = i;
        head = node;
        others[i] = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, OTHER_SIZE);
    }
    return head;
}

static unsigned pages_of(const struct node *node)
{
    static unsigned char seen[0x80000 / 8]; /* a bit a page of the lower 2 GB */
    unsigned count = 0;

    memset(seen, 0, sizeof seen);
    for (; node; node = node->next) {
        unsigned page = (unsigned)((ULONG_PTR)node >> 12);

        count += !(seen[page / 8] >> page % 8 & 1);
        seen[page / 8] |= (unsigned char)(1 << page % 8);
    }
    return count;
}

static void report(const char *where, HANDLE heap, const struct node *list, BOOL read)
{
    unsigned pages = pages_of(list), all, hard, hard_before;
    long sum = 0;

    if (read && cap_region(heap, 4, "fifo"))
        pages_of(list); /* passes over all nodes, and the pages go for good */
    else
        SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
    all = faults_so_far(&hard_before);
    for (; list; list = list->next)
        sum += list->value;
    all = faults_so_far(&hard) - all;
    printf(
        "%-24s %5u pages hold the list; a walk takes %5u page faults, %u of them read (sum %ld)\n",
        where, pages, all, hard - hard_before, sum);
}

int main(int argc, char **argv)
{
    static void *others[NODES];
    HANDLE heap = HeapCreate(0, 0, 0);
    struct node *shared, *own;
    unsigned calls = 0;

    (void)argv;
    if (!heap)
        return 1;
    printf("A list of %d nodes of %u bytes, and as many other blocks of %d bytes.\n\n", NODES,
           (unsigned)sizeof(struct node), OTHER_SIZE);
    shared = build(GetProcessHeap(), others);
    report("in the process heap:", GetProcessHeap(), shared, argc > 1);
    own = build(heap, others);
    report("in a heap of its own:", heap, own, argc > 1);
    while (shared) {
        struct node *next = shared->next;

        HeapFree(GetProcessHeap(), 0, shared);
        shared = next;
        calls++;
    }
    printf("\nTo free the first list took %u calls of HeapFree().\n", calls);
    printf("To free the second: 1 call of HeapDestroy(), which %s.\n",
           HeapDestroy(heap) ? "gave back all its pages at once" : "FAILED");
    return 0;
}
