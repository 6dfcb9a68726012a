/* fact.h - how a conformance program with the C library reports: one line a fact.
 *
 *     ok W205 calloc(0, 4) gives a block
 *     not ok W206 errno of an impossible malloc: expected 12, got 0
 *
 * The last line counts: "12 facts hold, 0 do not".  The exit code is 0 only if all hold.
 */
#ifndef TESTS_CONFORMANCE_FACT_H
#define TESTS_CONFORMANCE_FACT_H

#include <stdio.h>

/* Waiting for what will happen: only a hang takes so long, however slow the machine is. */
enum { PATIENCE_MS = 300000 };

static int facts_held, facts_broken;

/* `name` is the number of the fact in the list ("W205"), or a word where the list has none. */
static inline void fact_number(const char *name, const char *what, long long expected,
                               long long got)
{
    if (expected == got) {
        facts_held++;
        printf("ok %s %s\n", name, what);
    } else {
        facts_broken++;
        printf("not ok %s %s: expected %lld, got %lld\n", name, what, expected, got);
    }
    fflush(stdout); /* a program that crashes has said what it knew */
}

static inline void fact(const char *name, const char *what, int holds)
{
    if (holds)
        facts_held++;
    else
        facts_broken++;
    printf("%s %s %s\n", holds ? "ok" : "not ok", name, what);
    fflush(stdout);
}

static inline int facts_end(void)
{
    printf("%d facts hold, %d do not\n", facts_held, facts_broken);
    return facts_broken ? 1 : 0;
}

#endif
