/* condition.h - conditions typed by people: "faults of thrash > 500 and free < 100".
 *
 *     condition:  term { "and" term }                        at most CONDITION_TERMS
 *     term:       NAME [ "of" OWNER ] COMPARE NUMBER         < <= = != >= >; "is" is "="
 *               | NAME [ "of" OWNER ] ( "is" | "has" ) TEXT
 *     NUMBER:     as parse_u32 reads it; with a + before it: that many more than now
 *
 * Blanks around a comparison may be left out.  What the names mean is the caller's business.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CONDITION_TERMS = 4 };

/* Numbers: a bit for each way in which it holds. */
enum condition_compare {
    CONDITION_LESS = 1,
    CONDITION_EQUAL = 2,
    CONDITION_LESS_EQUAL = 3,
    CONDITION_GREATER = 4,
    CONDITION_NOT_EQUAL = 5,
    CONDITION_GREATER_EQUAL = 6,
    CONDITION_IS = 8,   /* a text, whole */
    CONDITION_HAS = 16, /* a text, somewhere */
};

struct condition_term {
    const char *name;
    const char *owner; /* 0: none was given */
    enum condition_compare compare;
    uint32_t number;  /* unless IS or HAS */
    bool more;        /* the number counts from now */
    const char *text; /* for IS and HAS */
};

struct condition {
    unsigned count;
    struct condition_term terms[CONDITION_TERMS];
};

/* Reads words[0..count), which it changes and the result points into.  Returns 0, or one sentence that
 * says what is wrong. */
const char *condition_parse(char *words[], int count, struct condition *out);

/* Does `value` compare with the term's number as the term says?  => not IS, not HAS. */
bool condition_compare(const struct condition_term *term, uint32_t value);
