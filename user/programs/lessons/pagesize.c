/* pagesize.c - lesson: small pages or large ones?
 *
 * The page numbers of a real program's trace, seen as pages of 4, 8, 16 and 32 KB in the same 256 KB of RAM.
 * Smaller pages waste less and keep only what is used; larger ones need fewer PTEs and bring their neighbours along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { RAM = 64, MOST = 1024 }; /* pages of 4 KB */

static unsigned short *string;
static unsigned count;

static int read_trace(const char *name)
{
    FILE *file = fopen(name, "rb");
    long size;

    if (!file) {
        printf("There is no trace %s here.\n", name);
        return 0;
    }
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    string = malloc((size_t)size);
    count = (unsigned)fread(string, 2, (size_t)size / 2, file);
    fclose(file);
    return count > 0;
}

/* LRU; `factor` pages of 4 KB are one.  Also how many different ones there are. */
static unsigned faults(unsigned factor, unsigned *pages)
{
    static unsigned list[RAM];
    static unsigned char seen[32768];
    unsigned frames = RAM / factor, used = 0, missed = 0;

    memset(seen, 0, sizeof seen);
    *pages = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned page = (string[i] >> 1) / factor, at = 0;

        *pages += !seen[page];
        seen[page] = 1;
        while (at < used && list[at] != page)
            at++;
        if (at == used) {
            missed++;
            at = used < frames ? used++ : frames - 1;
        }
        memmove(list + 1, list, at * sizeof *list);
        list[0] = page;
    }
    return missed;
}

int main(int argc, char **argv)
{
    if (!read_trace(argc > 1 ? argv[1] : "sort.u16"))
        return 1;
    printf("%u references of a real program, LRU, 256 KB of RAM\n\n"
           "%9s %8s %8s %8s %14s %24s\n",
           count, "page size", "frames", "PTEs", "faults", "bytes moved",
           "half a page lost a region");
    for (unsigned factor = 1; factor <= 8; factor *= 2) {
        unsigned pages, missed = faults(factor, &pages);

        printf("%6u KB %8u %8u %8u %11u KB %21u KB\n", 4 * factor, RAM / factor, pages, missed,
               missed * 4 * factor, 2 * factor);
    }
    printf("\nThe number of PTEs halves with each step; what is moved and what is lost grows.\n"
           "\nYou should now be able to say: what speaks for small pages, what for large ones, and "
           "why\n"
           "did 4 KB last for forty years?\n");
    return 0;
}
