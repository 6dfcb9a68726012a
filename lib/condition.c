/* condition.c - reads a condition word by word, from left to right, without a look back. */
#include "lib/condition.h"

#include <stddef.h>

#include "lib/parse.h"
#include "lib/string.h"

static const char signs[] = "<>=!";

/* What is still to be read: the rest of the first word, and the words behind it. */
struct cursor {
    char **words;
    int left; /* how many words, the first included */
    char *at; /* in the first word */
};

static bool is_sign(char c)
{
    return c && strchr(signs, c);
}

/* The rest of the current word, or of the next one when nothing is left of it; 0 at the end. */
static char *peek(struct cursor *c)
{
    while (c->left > 0 && !*c->at) {
        c->words++;
        c->at = --c->left > 0 ? *c->words : NULL;
    }
    return c->left > 0 ? c->at : NULL;
}

/* All that is left of a word; 0 at the end. */
static char *take_word(struct cursor *c)
{
    char *word = peek(c);

    if (word)
        c->at += strlen(word);
    return word;
}

/* A word up to a comparison, which may be glued to it; 0 if there is none. */
static char *take_name(struct cursor *c)
{
    char *name = peek(c);

    if (!name || is_sign(*name))
        return NULL;
    while (*c->at && !is_sign(*c->at))
        c->at++;
    return name;
}

static bool take_this(struct cursor *c, const char *wanted)
{
    const char *word = peek(c);

    if (!word || !string_equal_nocase(word, wanted))
        return false;
    take_word(c);
    return true;
}

/* "<", "<=", "=", "==", "!=", ">=", ">"; the name before it ends where it begins. */
static bool take_sign(struct cursor *c, enum condition_compare *compare)
{
    char *at = peek(c);
    char sign = at ? *at : 0;
    bool equal;

    if (!is_sign(sign))
        return false;
    equal = at[1] == '=';
    c->at += equal ? 2 : 1;
    *at = 0;
    if (sign == '!' && !equal)
        return false;
    *compare = sign == '<'   ? CONDITION_LESS
               : sign == '>' ? CONDITION_GREATER
               : sign == '!' ? CONDITION_NOT_EQUAL
                             : CONDITION_EQUAL;
    if (equal && sign != '!')
        *compare |= CONDITION_EQUAL;
    return true;
}

static const char *take_number(struct cursor *c, struct condition_term *term)
{
    const char *word = take_word(c);

    if (!word)
        return "a number must follow the comparison";
    term->more = *word == '+';
    if (!parse_u32(word + term->more, &term->number))
        return "what follows the comparison is no number";
    return NULL;
}

static const char *take_text(struct cursor *c, struct condition_term *term,
                             enum condition_compare compare)
{
    uint32_t number;

    term->text = take_word(c);
    if (!term->text)
        return "a text must follow \"is\" or \"has\"";
    term->compare = compare;
    if (compare == CONDITION_IS && parse_u32(term->text, &number)) {
        term->compare = CONDITION_EQUAL;
        term->number = number;
    }
    return NULL;
}

static const char *take_term(struct cursor *c, struct condition_term *term)
{
    term->name = take_name(c);
    if (!term->name)
        return "a condition begins with the name of what to look at";
    if (take_this(c, "of") && !(term->owner = take_name(c)))
        return "the name or the number of a program must follow \"of\"";
    if (take_this(c, "is"))
        return take_text(c, term, CONDITION_IS);
    if (take_this(c, "has"))
        return take_text(c, term, CONDITION_HAS);
    if (!take_sign(c, &term->compare))
        return "a comparison must follow the name: one of < <= = != >= > is has";
    return take_number(c, term);
}

const char *condition_parse(char *words[], int count, struct condition *out)
{
    struct cursor c = {words, count, count > 0 ? words[0] : NULL};
    const char *wrong;

    memset(out, 0, sizeof *out);
    do {
        if (out->count == CONDITION_TERMS)
            return "at most 4 conditions can be joined by \"and\"";
        wrong = take_term(&c, &out->terms[out->count++]);
    } while (!wrong && take_this(&c, "and"));
    if (!wrong && peek(&c))
        return "only \"and\" can follow a condition";
    return wrong;
}

bool condition_compare(const struct condition_term *term, uint32_t value)
{
    unsigned now = value < term->number   ? CONDITION_LESS
                   : value > term->number ? CONDITION_GREATER
                                          : CONDITION_EQUAL;

    return term->compare & now;
}
