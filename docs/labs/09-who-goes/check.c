/* check.c - lab 9: reads pages of a region that lives in a few frames under CLOCK.
 *
 *   lab09 FRAMES LOCKED "7 0 1 2 ..."    these pages, the first LOCKED of the region locked before
 *   lab09 FRAMES chance SEED PAGES COUNT  pages by chance: seed = seed * 1103515245 + 12345
 */
#include "docs/labs/lab.h"

static volatile char *memory;

static unsigned next_page(unsigned *seed, unsigned pages)
{
    *seed = *seed * 1103515245 + 12345;
    if (*seed >> 16 & 1) /* half of the uses go to a fifth of the pages */
        return (*seed >> 17) % (pages / 5 + 1);
    return (*seed >> 17) % pages;
}

int main(int argc, char **argv)
{
    unsigned frames = argument(argc, argv, 1), sum = 0, seed = argument(argc, argv, 3), refused;
    int chance = argc > 2 && strcmp(argv[2], "chance") == 0;

    memory = VirtualAlloc(NULL, 256 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    refused = (unsigned)live_in((void *)memory, frames, "clock", 0);
    mark("refused", refused);
    if (!chance && argument(argc, argv, 2))
        VirtualLock((void *)memory, argument(argc, argv, 2) * PAGE);
    mark("before", 0);
    if (chance)
        for (unsigned i = 0; i < argument(argc, argv, 5); i++)
            sum += (unsigned)memory[next_page(&seed, argument(argc, argv, 4)) * PAGE];
    else
        for (char *at = argv[3], *end; *at; at = end) {
            unsigned page = strtoul(at, &end, 10);

            if (end == at)
                break;
            sum += (unsigned)memory[page * PAGE];
        }
    mark("after", sum);
    for (unsigned i = 0; !chance && i < argument(argc, argv, 2); i++)
        sum += (unsigned)memory[i * PAGE];
    mark("locked", sum);
    audit();
    return 0;
}
