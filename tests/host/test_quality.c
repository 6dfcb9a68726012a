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
    uint32_t now;      /* hard faults at the point that was measured last */
};

struct table {
    struct point point[MOST_POINTS];
    uint32_t points;
    struct row row[MOST_POLICIES];
    uint32_t rows;
    /* The default policy's hard faults, at the worst point: alone / clock's; with standby / fifo's with standby. */
    double worst_alone, worst_standby;
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

/* The row of this name, or NULL. */
static const struct row *find_row(const struct table *t, const char *policy)
{
    for (uint32_t r = 0; r < t->rows; r++)
        if (strcmp(t->row[r].policy, policy) == 0)
            return &t->row[r];
    return NULL;
}

static void note_worst(double *worst, const struct row *ours, const struct row *simple)
{
    if (ours && simple && (double)ours->now / simple->now > *worst)
        *worst = (double)ours->now / simple->now;
}

static void measure_point(struct table *t, const struct point *p,
                          const struct reference_string *string)
{
    for (uint32_t r = 0; r < t->rows; r++) {
        struct row *row = &t->row[r];
        struct simulation s = {.hard = p->lru};

        if (strcmp(row->policy, "lru") != 0)
            simulate(string, p->frames, row->policy, &s);
        row->now = s.hard;
        row->hard += log((double)s.hard / p->opt);
        row->soft += (double)s.soft / s.hard;
    }
    note_worst(&t->worst_alone, find_row(t, "adaptive"), find_row(t, "clock"));
    note_worst(&t->worst_standby, find_row(t, "adaptive+standby"), find_row(t, "fifo+standby"));
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
    const struct row *row = find_row(t, policy);

    return row ? exp(row->hard / points_that_count(t)) : NAN;
}

static void print_table(const struct table *t, const char *title)
{
    printf("# %s: hard faults / OPT over %u points\n", title, points_that_count(t));
    for (uint32_t r = 0; r < t->rows; r++)
        printf("#   %-18s %.3f   soft faults a hard one %.2f\n", t->row[r].policy,
               exp(t->row[r].hard / points_that_count(t)), t->row[r].soft / points_that_count(t));
}

/* Without PAGODA_LONG the policies of `names` only. */
static void fill(struct table *t, const char *const *names)
{
    for (const struct replace_policy *const *p = replace_policies; test_long() && *p; p++) {
        add_row(t, (*p)->name, "");
        add_row(t, (*p)->name, "+standby");
    }
    while (!test_long() && *names)
        add_row(t, *names++, "");
    add_row(t, "lru", "");
}

/* What the default policy promises on programs. */
static void judge_programs(struct table *t, const char *title)
{
    double lru = mean(t, "lru"), alone = mean(t, "adaptive"), standby = mean(t, "adaptive+standby");

    print_table(t, title);
    test_ok(alone <= 1.06 * lru, "alone, faults %.3f are within 1.06 times LRU %.3f", alone, lru);
    test_ok(standby <= 1.03 * lru, "with standby, hard faults %.3f are within 1.03 times LRU %.3f",
            standby, lru);
    test_ok(t->worst_alone <= 1.05, "alone never worse than clock: %.3f at worst", t->worst_alone);
    test_ok(t->worst_standby <= 1.05,
            "with standby never worse than fifo with standby: %.3f at worst", t->worst_standby);
}

int main(void)
{
    static const char *const compared[] = {"adaptive", "adaptive+standby", "clock", "fifo+standby",
                                           NULL};
    static const char *const alone[] = {"adaptive", NULL};
    static struct table programs, recorded, loops;

    fill(&programs, compared);
    fill(&recorded, compared);
    fill(&loops, alone);
    test_ok(read_points(&programs, "tests/traces/expected.tsv") &&
                measure(&programs, "tests/traces/%.*s.u16.xz"),
            "traces of programs");
    judge_programs(&programs, "programs");
    test_ok(read_points(&recorded, "tests/traces/recorded.tsv") &&
                measure(&recorded, "tests/traces/%.*s.u16.xz"),
            "traces recorded when the policy was final");
    judge_programs(&recorded, "recorded programs");
    test_ok(read_points(&loops, "tests/traces/published/expected.tsv") &&
                measure(&loops, "tests/traces/published/%.*s.trace.gz"),
            "published traces of file blocks");
    print_table(&loops, "published traces");
    test_ok(mean(&loops, "adaptive") <= 1.30, "adaptive: at most 1.30 on the published traces");
    return test_end();
}
