/* test_condition.c - conditions: those that can be read, those that can't, and noise.
 *
 * sources: lib/condition.c lib/parse.c lib/string.c
 */
#include "lib/chance.h"
#include "lib/condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"

enum { WORDS = 40, TEXT = 200, ROUNDS = 300000 };

static unsigned number, failures;
static uint32_t state;

static void check(bool good, const char *name)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++number, name);
    failures += !good;
}

static uint32_t below(uint32_t limit)
{
    state = chance_next(state);
    return state % limit;
}

/* Parses a copy of the text of exactly its size, so that a step beyond it is seen. */
static const char *parse(const char *text, struct condition *out, char **copy)
{
    char *words[WORDS];
    int count;

    *copy = strdup(text);
    count = parse_words(*copy, words, WORDS);
    return count < 0 ? "no words" : condition_parse(words, count, out);
}

/* "name/owner/compare/number/more/text; ..." */
static void describe(const struct condition *c, char *out)
{
    *out = 0;
    for (unsigned i = 0; i < c->count; i++) {
        const struct condition_term *t = &c->terms[i];

        out += sprintf(out, "%s%s|%s|%d|%u%s|%s", i ? "; " : "", t->name, t->owner ? t->owner : "",
                       t->compare, t->number, t->more ? "+" : "", t->text ? t->text : "");
    }
}

static void good(const char *text, const char *wanted)
{
    struct condition c;
    char *copy, got[4 * TEXT] = "";
    const char *wrong = parse(text, &c, &copy);

    if (!wrong)
        describe(&c, got);
    check(!wrong && strcmp(got, wanted) == 0, text);
    if (wrong || strcmp(got, wanted))
        printf("# %s\n", wrong ? wrong : got);
    free(copy);
}

static void bad(const char *text, const char *reason)
{
    struct condition c;
    char *copy;
    const char *wrong = parse(text, &c, &copy);

    check(wrong && strstr(wrong, reason), *text ? text : "(nothing)");
    free(copy);
}

static void forms(void)
{
    good("faults > 500", "faults||4|500|");
    good("faults>500", "faults||4|500|");
    good("faults >500", "faults||4|500|");
    good("faults> 500", "faults||4|500|");
    good("faults >= 0x10", "faults||6|16|");
    good("faults==4K", "faults||2|4096|");
    good("faults=4", "faults||2|4|");
    good("faults is 4", "faults||2|4|4");
    good("free != 0", "free||5|0|");
    good("free<+3", "free||1|3+|");
    good("free <= 3 and faults of thrash > +9 AND state of 12 is waiting",
         "free||3|3|; faults|thrash|4|9+|; state|12|8|0|waiting");
    good("faults of thrash.exe>7", "faults|thrash.exe|4|7|");
    good("output has \"a > b and c\"", "output||16|0|a > b and c");
    good("and of of > 1", "and|of|4|1|");
}

static void mistakes(void)
{
    bad("", "begins with the name");
    bad("> 5", "begins with the name");
    bad("faults", "a comparison must follow");
    bad("faults of", "must follow \"of\"");
    bad("faults of > 3", "must follow \"of\"");
    bad("faults of thrash", "a comparison must follow");
    bad("faults >", "a number must follow");
    bad("faults > many", "no number");
    bad("faults > -1", "no number");
    bad("faults > ++1", "no number");
    bad("faults > 4294967296", "no number");
    bad("faults >> 1", "no number");
    bad("faults ! 1", "a comparison must follow");
    bad("faults > 1 2", "only \"and\"");
    bad("faults > 1 or 2", "only \"and\"");
    bad("faults > 1 and", "begins with the name");
    bad("output has", "a text must follow");
    bad("state of x is", "a text must follow");
    bad("a=1 and a=1 and a=1 and a=1 and a=1", "at most 4");
}

static void comparisons(void)
{
    static const bool wanted[][3] = {/* 4, 5 and 6 with 5 */
                                     [CONDITION_LESS] = {true, false, false},
                                     [CONDITION_LESS_EQUAL] = {true, true, false},
                                     [CONDITION_EQUAL] = {false, true, false},
                                     [CONDITION_NOT_EQUAL] = {true, false, true},
                                     [CONDITION_GREATER_EQUAL] = {false, true, true},
                                     [CONDITION_GREATER] = {false, false, true}};
    unsigned wrong = 0;

    for (unsigned c = CONDITION_LESS; c <= CONDITION_GREATER_EQUAL; c++)
        for (uint32_t value = 4; value <= 6; value++) {
            struct condition_term term = {.compare = c, .number = 5};

            wrong += condition_compare(&term, value) != wanted[c][value - 4];
        }
    check(wrong == 0, "every comparison with less, the same and more");
}

/* Whatever is typed, the parser stays inside it (ASan looks) and what it accepts is whole. */
static void noise(void)
{
    static const char *const bits[] = {"faults", "of", "and", "is", "has", "<", ">", "=",  "!", "+",
                                       " ",      " ",  " ",   "5",  "\"",  "'", "x", "0x", "K"};
    unsigned wrong = 0, accepted = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        char text[TEXT] = "", *copy;
        struct condition c;

        for (unsigned n = below(14); n > 0; n--)
            strcat(text, bits[below(sizeof bits / sizeof *bits)]);
        if (!parse(text, &c, &copy)) {
            accepted++;
            wrong += c.count < 1 || c.count > CONDITION_TERMS;
            for (unsigned i = 0; i < c.count; i++)
                wrong += !*c.terms[i].name || (c.terms[i].owner && !*c.terms[i].owner) ||
                         (c.terms[i].compare >= CONDITION_IS && !c.terms[i].text);
        }
        free(copy);
    }
    printf("# %u of %d accepted\n", accepted, ROUNDS);
    check(accepted > 100 && wrong == 0, "noise is refused, or makes a whole condition");
}

int main(int argc, char **argv)
{
    uint32_t seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 20250607;

    state = seed;
    printf("# seed %u\n", seed);
    forms();
    mistakes();
    comparisons();
    noise();
    printf("1..%u\n", number);
    return failures != 0;
}
