/* parse.h - numbers and words typed by people.
 *
 * Everything typed is hostile: no function reads past the closing zero, wraps around or guesses.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* A whole word as a number: decimal or 0x..., then at most one K, M or G (times 2^10, 2^20, 2^30).
 * False, and *value untouched, if it is empty, has anything else in it or exceeds the type. */
bool parse_u32(const char *word, uint32_t *value);

/* An address: hexadecimal with or without 0x, as debuggers write it ("80100000", "0x1234");
 * a backquote or underscore may separate digits. */
bool parse_address(const char *word, uint32_t *value);

enum { PARSE_QUOTE_OPEN = -1, PARSE_TOO_MANY = -2 };

/* Splits `line`, which it changes, into words[0..limit).  Blanks and tabs separate words; "..." and
 * '...' keep them together, also inside a word.  Returns how many words there are,
 * PARSE_QUOTE_OPEN if a quotation mark has no partner or PARSE_TOO_MANY. */
int parse_words(char *line, char *words[], int limit);

/* Takes the next statement off *rest, which it changes: up to a `;` or newline that isn't quoted.
 * A quotation mark without a partner quotes nothing.  Returns 0 when nothing is left.  Statements may
 * be empty. */
char *parse_statement(char **rest);

/* The value of "name=value" if that is what `word` is, else 0.  The name's case doesn't matter. */
const char *parse_setting(const char *word, const char *name);
