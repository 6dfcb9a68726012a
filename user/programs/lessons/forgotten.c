/* forgotten.c - lesson: a leak, and who finds it.
 *
 * A list of 30 nodes is taken apart, and three are forgotten.  Nothing happens: that is the trouble with leaks.
 * At the end HeapWalk names what is still there; at the end of the process the system takes everything back.
 */
#include <stdio.h>
#include <windows.h>

enum { NODES = 30 };

struct node {
    struct node *next;
    int number;
    char text[32];
};

int main(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    struct node *list = NULL, *next;
    PROCESS_HEAP_ENTRY entry = {0};
    unsigned left = 0;

    for (int i = 0; i < NODES; i++) {
        struct node *node = HeapAlloc(heap, 0, sizeof *node);

        if (!node)
            return 1;
        *node = (struct node){.next = list, .number = i};
        sprintf(node->text, "node %d, from line %d", i, __LINE__);
        list = node;
    }
    for (; list; list = next) {
        next = list->next;
        if (list->number % 10 != 7) /* the mistake */
            HeapFree(heap, 0, list);
    }
    printf("%d nodes were allocated and all of them \"freed\".  What HeapWalk still finds:\n",
           NODES);
    while (HeapWalk(heap, &entry))
        if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY && entry.cbData == sizeof(struct node)) {
            printf("    %p, %lu bytes: \"%s\"\n", entry.lpData, (unsigned long)entry.cbData,
                   ((struct node *)entry.lpData)->text);
            left++;
        }
    printf("%u blocks leaked: nobody has their address any more.\n", left);
    printf("HeapDestroy takes them back in one call: %s; so does the end of the process.\n",
           HeapDestroy(heap) ? "done" : "FAILED");
    printf("\nYou should now be able to say: why does no error tell of a leak, and how long does a "
           "leaked\n"
           "block live?\n");
    return left != 3;
}
