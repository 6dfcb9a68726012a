/* badfree.c - lesson: free() of an address that malloc() never gave.
 *
 * Here every such free() is caught at the call, because the heap checks what the address points to
 * before it changes anything: errno is EINVAL, nothing is damaged.  On Windows, as on most systems,
 * the same mistakes may go unnoticed and damage the heap, and the program dies later, elsewhere.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static int a_global = 5;

static int try_to_free(const char *what, void *address)
{
    int caught;

    errno = 0;
    free(address);
    caught = errno == EINVAL;
    printf("%-46s %s; the heap is %s\n", what, caught ? "refused (errno EINVAL)" : "ACCEPTED",
           _heapchk() == _HEAPOK ? "sound" : "DAMAGED");
    return caught;
}

int main(void)
{
    char *block = malloc(100), *other = malloc(100);
    HANDLE private_heap = HeapCreate(0, 0, 0);
    void *foreign = HeapAlloc(private_heap, 0, 100);
    char *page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    int on_the_stack = 5, caught = 0;

    strcpy(other, "my neighbour is fine");
    caught += try_to_free("the address of a local variable", &on_the_stack);
    caught += try_to_free("the address of a global variable", &a_global);
    caught += try_to_free("an address inside a block", block + 8);
    caught += try_to_free("an odd address", block + 1);
    caught += try_to_free("a page of VirtualAlloc()", page);
    caught += try_to_free("a block of another heap", foreign);
    caught += try_to_free("an address where nothing is mapped", (void *)0x10000);
    free(block);
    caught += try_to_free("a block that was freed before", block);
    printf("\n%d of 8 mistakes caught.  The block beside says: \"%s\".\n", caught, other);
    puts("free() frees what the history knows.  An address that is not in it can't be freed: the "
         "heap\n"
         "would have to believe the bytes in front of it, whatever they are.");
    return caught == 8 ? 0 : 1;
}
