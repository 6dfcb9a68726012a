/* test_text.c - texts in buffers of every size: nothing is written behind them, and nothing gets lost.
 *
 * sources: lib/text.c lib/format.c lib/string.c
 */
#include "lib/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/chance.h"

enum { ROUNDS = 100000, MOST = 300 };

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

static void fixed(void)
{
    char buffer[24];
    struct text text;

    memset(buffer, '#', sizeof buffer);
    text_start(&text, buffer + 1, sizeof buffer - 1);
    check(buffer[0] == '#' && buffer[1] == 0 && text.used == 0,
          "an empty text ends where it starts");
    text_start(&text, buffer, sizeof buffer);
    text_add(&text, "%s %u", "frame", 7u);
    check(text.used == 7 && strcmp(buffer, "frame 7") == 0, "words and numbers");
    text_pad(&text, 10);
    check(text.used == 10 && strcmp(buffer, "frame 7   ") == 0, "blanks up to a column");
    text_add(&text, "%s", "a word too long for the rest");
    check(text.used == 23 && strcmp(buffer, "frame 7   a word too lo") == 0, "cut off at the end");
    text_pad(&text, 99);
    check(text.used == 23, "no blank behind the end");
}

/* Does the text become that in lines of 10 columns? */
static bool wraps(const char *from, const char *to)
{
    char buffer[64];
    struct text text;

    text_start(&text, buffer, sizeof buffer);
    text_add(&text, "%s", from);
    text_wrap(&text, 10);
    return strcmp(buffer, to) == 0;
}

static void wrapped(void)
{
    check(wraps("  one two three four\nfive six\n", "  one two\n  three\n  four\nfive six\n"),
          "lines break at blanks, indented");
    check(wraps("  a\none two three four\n", "  a\none two\nthree four\n"),
          "the next line has its own indent");
    check(wraps("unbreakable-as-it-is a b", "unbreakable-as-it-is\na b"),
          "a long word stays whole");
    check(wraps("aaaa bbbbb", "aaaa bbbbb"), "a line that just fits stays whole");
    check(wraps("    a unbreakable-as-it-is b", "    a\n    unbreakable-as-it-is\n    b"),
          "and is indented once");
}

/* Without its blanks and line ends. */
static void squeeze(char *to, const char *from)
{
    for (; *from; from++)
        if (*from != ' ' && *from != '\n')
            *to++ = *from;
    *to = 0;
}

static bool lines_fit(const char *text, size_t width)
{
    size_t start = 0, blanks = 0, indent = 0;

    for (size_t i = 0;; i++) {
        if (text[i] == 0 || text[i] == '\n') {
            if (i - start > width && blanks > 0)
                return false;
            if (text[i] == 0)
                return true;
            start = i + 1;
            blanks = indent = 0;
        } else if (text[i] == ' ') {
            if (i == start + indent)
                indent++;
            else if (i < start + width)
                blanks++;
        }
    }
}

/* A random text in a buffer of exactly its size, so that the sanitizer sees a step beyond it. */
static bool one_round(void)
{
    size_t size = 1 + below(MOST), width = 1 + below(40);
    char *buffer = malloc(size), before[MOST + 1], after[MOST + 1];
    struct text text;
    bool good;

    text_start(&text, buffer, size);
    for (uint32_t i = below(60); i > 0; i--)
        text_add(&text, "%s%u", below(4) ? " " : below(6) ? "" : "\n", below(100000));
    good = text.used < size && strlen(buffer) == text.used;
    squeeze(before, buffer);
    text_wrap(&text, width);
    squeeze(after, buffer);
    good = good && text.used < size && strlen(buffer) == text.used && strcmp(before, after) == 0 &&
           lines_fit(buffer, width);
    if (!good)
        printf("# size %zu, width %zu: \"%s\"\n", size, width, buffer);
    free(buffer);
    return good;
}

int main(void)
{
    const char *seed = getenv("SEED");
    bool good = true;

    state = seed ? (uint32_t)strtoul(seed, NULL, 0) : (uint32_t)time(NULL) | 1;
    printf("# seed %u (SEED=%u repeats this run)\n", state, state);
    fixed();
    wrapped();
    for (int i = 0; i < ROUNDS && good; i++)
        good = one_round();
    check(good, "random texts keep their letters, within buffer and width");
    printf("1..%u\n", number);
    return failures > 0;
}
