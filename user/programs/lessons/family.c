/* family.c - lesson: malloc, calloc, realloc, and the one free for all of them. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int zeros(const char *block, int size)
{
    while (size > 0 && !block[size - 1])
        size--;
    return size == 0;
}

int main(void)
{
    char *block = malloc(100), *clear, *moved, *wall, *nothing;
    volatile size_t huge = 0xE0000000u, many = 0x40000000; /* volatile: or the compiler warns */

    memset(block, 'x', 100);
    free(block);
    block = malloc(100);
    printf("malloc(100):          %u bytes, whatever was there before: %s\n",
           (unsigned)_msize(block), zeros(block, 100) ? "zeros" : "not zero");
    clear = calloc(25, 4);
    printf("calloc(25, 4):        %u bytes, all zero: %s\n", (unsigned)_msize(clear),
           zeros(clear, 100) ? "yes" : "NO");
    strcpy(block, "kept");
    wall = malloc(100);
    moved = realloc(block, 5000);
    printf("realloc to 5000:      %u bytes, %s; its content: \"%s\"\n", (unsigned)_msize(moved),
           moved == block ? "in the same place" : "in another place", moved);
    errno = 0;
    nothing = malloc(huge);
    printf("malloc(3.5 GB):       %p, errno %d (ENOMEM is %d)\n", nothing, errno, ENOMEM);
    printf("calloc(2^30, 8):      %p: 2^33 bytes do not even fit into a size_t\n", calloc(many, 8));
    free(moved);
    free(clear);
    free(wall);
    printf("free took all three: the heap is %s\n", _heapchk() == _HEAPOK ? "sound" : "DAMAGED");
    printf("\nYou should now be able to say: which of the three would you take for an array, and "
           "why is the\n"
           "old pointer dead after realloc?\n");
    return 0;
}
