/* test_quality.c - how good are the policies?  Faults divided by those of OPT, at every size of the
 * tables where memory is short (OPT faults more than 1.02 times for each page); the geometric mean.
 *
 * sources: tests/host/simulator.c tests/host/trace_file.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * LRU's and OPT's faults are those of the tables, which test_simulator compares with the simulator.
 * PAGODA_LONG=1: every policy, else the default one and those it is measured against.
 */
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POLICIES = 24, MOST_POINTS = 64 };

struct point {
    char file[64];
    uint32_t frames, pages, opt, lru;
};

struct row {
    char policy[32];
    double hard, soft; /* sums of logarithms of hard faults / OPT; of soft faults / hard faults */
};

struct table {
    struct point point[MOST_POINTS];
    uint32_t points;
    struct row row[MOST_POLICIES];
    uint32_t rows;
    double worst; /* the default policy's hard faults / fifo's, both with standby */
};

static void add_row(struct table *t, const char *policy, const char *more)
{
    snprintf(t->row[t->rows].policy, sizeof t->row->policy, "%s%s", policy, more);
    t->row[t->rows++].hard = 0;
}

static struct point *find_point(struct table *t, const char *file, uint32_t frames, uint32_t pages)
{
    struct point *p = t->point;

    while (p < t->point + t->points && (strcmp(p->file, file) != 0 || p->frames != frames))
        p++;
    if (p == t->point + t->points && t->points < MOST_POINTS) {
        *p = (struct point){.frames = frames, .pages = pages};
        strcpy(p->file, file);
        t->points++;
    }
    return p;
}

/* The sizes of the table at `path` and what OPT and LRU make of them. */
static bool read_points(struct table *t, const char *path)
{
    FILE *file = fopen(path, "r");
    char name[64], policy[16];
    uint32_t frames, pages, hard;

    if (!file)
        return false;
    while (fscanf(file, "%63s %15s %u %*u %u %u %*u %*u", name, policy, &frames, &pages, &hard) ==
           5) {
        struct point *p = find_point(t, name, frames, pages);

        if (strcmp(policy, "OPT") == 0)
            p->opt = hard;
        else if (strcmp(policy, "LRU") == 0)
            p->lru = hard;
    }
    fclose(file);
    return true;
}

static bool is_short_of_memory(const struct point *p)
{
    return p->opt > 1.02 * p->pages;
}

static uint32_t points_that_count(const struct table *t)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < t->points; i++)
        count += is_short_of_memory(&t->point[i]);
    return count;
}

static void measure_point(struct table *t, const struct point *p,
                          const struct reference_string *string)
{
    struct simulation fifo, ours;

    for (uint32_t r = 0; r < t->rows; r++) {
        struct simulation s = {.hard = p->lru};

        if (strcmp(t->row[r].policy, "lru") != 0)
            simulate(string, p->frames, t->row[r].policy, &s);
        t->row[r].hard += log((double)s.hard / p->opt);
        t->row[r].soft += (double)s.soft / s.hard;
    }
    fifo = simulate_standby(string, p->frames, &replace_fifo);
    ours = simulate_standby(string, p->frames, replace_policies[0]);
    if ((double)ours.hard / fifo.hard > t->worst)
        t->worst = (double)ours.hard / fifo.hard;
}

/* `pattern` makes a path of the table's file name without its ending. */
static bool measure(struct table *t, const char *pattern)
{
    struct reference_string string = {0};
    const char *open = "", *why = "";
    char path[256];

    for (uint32_t i = 0; i < t->points; i++) {
        struct point *p = &t->point[i];
        const char *dot = strrchr(p->file, '.');

        if (strcmp(open, p->file) != 0) {
            simulator_free(&string);
            snprintf(path, sizeof path, pattern, (int)(dot - p->file), p->file);
            if (!simulator_read(path, &string, &why)) {
                printf("# %s: %s\n", path, why);
                return false;
            }
            open = p->file;
        }
        if (is_short_of_memory(p))
            measure_point(t, p, &string);
    }
    simulator_free(&string);
    return true;
}

static double mean(const struct table *t, const char *policy)
{
    for (uint32_t r = 0; r < t->rows; r++)
        if (strcmp(t->row[r].policy, policy) == 0)
            return exp(t->row[r].hard / points_that_count(t));
    return NAN;
}

static void print_table(const struct table *t, const char *title)
{
    printf("# %s: hard faults / OPT over %u points\n", title, points_that_count(t));
    for (uint32_t r = 0; r < t->rows; r++)
        printf("#   %-18s %.3f   soft faults a hard one %.2f\n", t->row[r].policy,
               exp(t->row[r].hard / points_that_count(t)), t->row[r].soft / points_that_count(t));
}

/* `compared`: with those that the default policy is measured against. */
static void fill(struct table *t, bool compared)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++) {
        if (test_long() || p == replace_policies || (compared && *p == &replace_clock))
            add_row(t, (*p)->name, "");
        if (test_long() || (compared && p == replace_policies))
            add_row(t, (*p)->name, "+standby");
    }
    add_row(t, "lru", "");
}

int main(void)
{
    static struct table programs, loops;
    const char *standard = replace_policies[0]->name;
    char standby[32];

    snprintf(standby, sizeof standby, "%s+standby", standard);
    fill(&programs, true);
    fill(&loops, false);
    test_ok(read_points(&programs, "tests/traces/expected.tsv") &&
                measure(&programs, "tests/traces/%.*s.u16.xz"),
            "traces of programs");
    print_table(&programs, "programs");
    test_ok(mean(&programs, standard) <= 1.06 * mean(&programs, "lru"),
            "alone, faults %.3f are within 1.06 times LRU %.3f", mean(&programs, standard),
            mean(&programs, "lru"));
    test_ok(mean(&programs, standby) <= 1.03 * mean(&programs, "lru"),
            "with standby, hard faults %.3f are within 1.03 times LRU %.3f",
            mean(&programs, standby), mean(&programs, "lru"));
    test_ok(programs.worst <= 1.05,
            "with standby never worse than fifo with standby: %.3f at worst", programs.worst);
    test_ok(read_points(&loops, "tests/traces/published/expected.tsv") &&
                measure(&loops, "tests/traces/published/%.*s.trace.gz"),
            "published traces of file blocks");
    print_table(&loops, "published traces");
    test_ok(mean(&loops, standard) <= 1.30, "%s: at most 1.30 on the published traces", standard);
    return test_end();
}
