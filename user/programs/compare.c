/* compare.c - every policy at several sizes of memory: compare TRACE [FRAMES...].
 *
 * Prints a table of faults, first touches included, and draws them: a letter for each policy, so that thrashing and
 * Belady's anomaly can be seen.
 */
#include "user/programs/laboratory.h"

#include "lib/parse.h"
#include "lib/string.h"

enum { POLICIES = 12, SIZES = 8, HEIGHT = 16, COLUMN = 9 };

struct comparison {
    char name[POLICIES][24];
    uint32_t policies, sizes;
    uint32_t frames[SIZES];
    uint32_t faults[POLICIES][SIZES];
};

static bool measure(const struct reference_string *string, struct comparison *c, uint32_t p,
                    uint32_t s)
{
    struct laboratory lab;

    if (!laboratory_open(&lab, string->pages, c->frames[s], c->name[p]))
        return false;
    for (uint32_t i = 0; i < string->count; i++)
        laboratory_touch(&lab, string->reference[i] >> 1, string->reference[i] & 1);
    c->faults[p][s] = laboratory_counters(&lab).faults;
    if (laboratory_verify(&lab)) {
        bare_print("compare: %u pages came back wrong\n", lab.mismatches);
        return false;
    }
    laboratory_close(&lab);
    return true;
}

static void print_table(const struct comparison *c)
{
    bare_print("%-14s", "faults");
    for (uint32_t s = 0; s < c->sizes; s++)
        bare_print("%*u", COLUMN, c->frames[s]);
    bare_print(" frames\n");
    for (uint32_t p = 0; p < c->policies; p++) {
        bare_print("%c %-12s", 'a' + (char)p, c->name[p]);
        for (uint32_t s = 0; s < c->sizes; s++)
            bare_print("%*u", COLUMN, c->faults[p][s]);
        bare_print("\n");
    }
}

/* Row of the plot for a number of faults: a logarithmic scale in half powers of two. */
static uint32_t row_of(uint32_t faults)
{
    uint32_t row = 0;

    while (faults > 1) {
        row += 2;
        faults >>= 1;
    }
    return row;
}

/* The letters of the policies that lie in this row at this size. */
static void cell_text(const struct comparison *c, uint32_t row, uint32_t s, char *text)
{
    uint32_t length = 0;

    for (uint32_t p = 0; p < c->policies; p++)
        if (row_of(c->faults[p][s]) == row && length < COLUMN - 1)
            text[length++] = (char)('a' + p);
    text[length] = 0;
}

static void print_plot(const struct comparison *c)
{
    uint32_t top = 0, bottom = UINT32_MAX;
    char text[COLUMN];

    for (uint32_t p = 0; p < c->policies; p++) {
        for (uint32_t s = 0; s < c->sizes; s++) {
            uint32_t row = row_of(c->faults[p][s]);

            top = row > top ? row : top;
            bottom = row < bottom ? row : bottom;
        }
    }
    for (uint32_t row = top; row + 2 > bottom && row <= top; row -= 2) {
        bare_print("%10u |  ", 1u << row / 2);
        for (uint32_t s = 0; s < c->sizes; s++) {
            cell_text(c, row, s, text);
            bare_print("%*s", COLUMN, text);
        }
        bare_print("\n");
    }
}

static bool read_sizes(int argc, char **argv, const struct reference_string *string,
                       struct comparison *c)
{
    for (int i = 2; i < argc && c->sizes < SIZES; i++) {
        if (!parse_u32(argv[i], &c->frames[c->sizes]) || !c->frames[c->sizes++]) {
            bare_print("\"%s\" is no number of frames.\n", argv[i]);
            return false;
        }
    }
    if (c->sizes)
        return true;
    for (uint32_t eighths = 1; eighths < 8; eighths++)
        c->frames[c->sizes++] = string->pages * eighths / 8 + 1;
    return true;
}

int bare_main(int argc, char **argv)
{
    static struct comparison c;
    struct reference_string string;

    if (argc < 2) {
        bare_print("Usage: compare TRACE [FRAMES...]   (compare sort.u16 32 64 128)\n");
        return 2;
    }
    if (!laboratory_exists() || !laboratory_read(argv[1], &string) ||
        !read_sizes(argc, argv, &string, &c))
        return 1;
    while (c.policies < POLICIES && laboratory_policy(c.policies, c.name[c.policies]))
        c.policies++;
    bare_print("%s: %u references to %u pages\n", argv[1], string.count, string.pages);
    for (uint32_t p = 0; p < c.policies; p++) {
        for (uint32_t s = 0; s < c.sizes; s++)
            if (!measure(&string, &c, p, s))
                return 1;
    }
    print_table(&c);
    print_plot(&c);
    return 0;
}
