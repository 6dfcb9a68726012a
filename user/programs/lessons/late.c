/* late.c - lesson: a heap that believes what it is told fails late, and elsewhere.
 *
 * Pagoda's heap refuses a wrong address at once (badfree.exe).  Most heaps don't look so closely.  Here is one in
 * thirty lines: a size in front of each block, a list of free ones, and no doubt at all.
 */
#include <stdio.h>
#include <string.h>

struct header {
    unsigned size; /* with the header */
    struct header *next;
};

static char memory[4096];
static unsigned end;
static struct header *free_list;

static void *take(unsigned size)
{
    unsigned whole = sizeof(struct header) + ((size + 7) & ~7u);

    for (struct header **at = &free_list; *at; at = &(*at)->next)
        if ((*at)->size >= whole) {
            struct header *found = *at;

            *at = found->next;
            return found + 1;
        }
    struct header *fresh = (struct header *)(memory + end);

    end += whole;
    fresh->size = whole;
    return fresh + 1;
}

static void give(void *block)
{
    struct header *header = (struct header *)block - 1;

    header->next = free_list; /* whatever the size says */
    free_list = header;
}

int main(void)
{
    char *letter = take(64), *list, *name;

    memset(letter, 0, 64);
    memcpy(letter + 16, "@\0\0\0", 4); /* its own bytes, which will be taken for a size: 64 */
    printf("step 1: give(letter + 24), which take() never gave: nothing happens\n");
    give(letter + 24);
    printf("step 2: a hundred lines later take(40): works");
    list = take(40);
    printf(", at letter + %d\n", (int)(list - letter));
    printf("step 3: somebody else writes a name into it: works\n");
    strcpy(list, "Somebody Else");
    name = letter + 24;
    printf("step 4: the letter says \"%s\": ", name);
    printf("%s\n", strcmp(name, "") ? "damaged, and the culprit is three steps away" : "fine");
    printf("\nYou should now be able to say: why does the mistake not show where it is made, and "
           "what\n"
           "does a heap need in order to refuse at once?\n");
    return strcmp(name, "") == 0;
}
