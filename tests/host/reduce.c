/* reduce.c - valgrind's memory trace on the standard input, a page-reference string on the standard output:
 *
 *   valgrind --tool=lackey --trace-mem=yes --log-fd=9 PROGRAM 9>&1 >/dev/null 2>&1 | reduce K >NAME.u16
 *
 * Little-endian words, page << 1 | written; pages of 4 KB, numbered in order of first appearance; references
 * dropped as reducer.h says.  tests/traces/record does all of it.
 */
#include "tests/host/reducer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 17, PAGE_BITS = 12, MOST_BYTES = 4096 };

static uint64_t page_at[SLOTS], accesses, references; /* a page's number in the process + 1 */
static uint32_t number_at[SLOTS], pages;

static void fail(const char *what, const char *more)
{
    fprintf(stderr, "reduce: %s: %s\n", what, more);
    exit(1);
}

static uint32_t number_of(uint64_t page)
{
    uint32_t slot = (uint32_t)(page * 0x9E3779B97F4A7C15u >> 47);

    while (page_at[slot] && page_at[slot] != page + 1)
        slot = (slot + 1) % SLOTS;
    if (!page_at[slot]) {
        if (pages == REDUCER_PAGES)
            fail("the program uses more pages than a word can number", "32768");
        page_at[slot] = page + 1;
        number_at[slot] = pages++;
    }
    return number_at[slot];
}

static void keep(uint32_t page, bool write)
{
    putchar((int)((page << 1 | write) & 0xFF));
    putchar((int)(page >> 7));
    references++;
}

/* "I  04001000,3": instruction; " L", " S", " M": load, store, both.  Other lines are valgrind's own. */
static void read_line(const char *line)
{
    bool data = line[0] == ' ' && line[1] && strchr("LSM", line[1]);
    unsigned long long at, size;

    if (!data && strncmp(line, "I  ", 3) != 0)
        return;
    if (sscanf(line + 3, "%llx,%llu", &at, &size) != 2 || size - 1 > MOST_BYTES)
        fail("this is no line of lackey's", line);
    for (uint64_t page = at >> PAGE_BITS; page <= (at + size - 1) >> PAGE_BITS; page++)
        reducer_add(number_of(page), data && line[1] != 'L');
    accesses++;
}

int main(int argc, char **argv)
{
    uint32_t k = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    char line[256];

    if (k < 1 || k > REDUCER_MOST_K) {
        fprintf(stderr, "usage: reduce K <LACKEY >NAME.u16   (K: 1 to %d)\n", REDUCER_MOST_K);
        return 2;
    }
    reducer_start(k, keep);
    while (fgets(line, sizeof line, stdin))
        read_line(line);
    reducer_end();
    if (fflush(stdout) != 0)
        fail("can't write", strerror(errno));
    if (!accesses)
        fail("there is no access", "has valgrind run, with --tool=lackey --trace-mem=yes?");
    fprintf(stderr, "%llu accesses, %llu references kept, %u pages\n", (unsigned long long)accesses,
            (unsigned long long)references, pages);
    return 0;
}
