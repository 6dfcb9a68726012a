/* parse.c - numbers and words typed by people.
 *
 * A number is read digit by digit into 64 bits with a test before each step, then narrowed; a
 * line is split in place, because a word never grows when its quotation marks go.
 */
#include "lib/parse.h"

#include <stddef.h>

#include "lib/string.h"

/* 0..15, or -1 if `c` is no digit. */
static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool has_0x(const char *word)
{
    return word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
}

/* Appends one digit; false if the number no longer fits 64 bits. */
static bool append(uint64_t *number, unsigned base, unsigned next)
{
    if (*number > (UINT64_MAX - next) / base)
        return false;
    *number = *number * base + next;
    return true;
}

/* How far the suffix shifts; -1 if it is none. */
static int suffix_shift(const char *suffix)
{
    static const char letters[] = "KkMmGg";
    const char *letter = *suffix ? strchr(letters, *suffix) : NULL;

    if (!*suffix)
        return 0;
    return letter && !suffix[1] ? (int)((letter - letters) / 2 + 1) * 10 : -1;
}

bool parse_u32(const char *word, uint32_t *value)
{
    unsigned base = has_0x(word) ? 16 : 10;
    uint64_t number = 0;
    int shift;

    word += base == 16 ? 2 : 0;
    if (digit(*word) < 0 || digit(*word) >= (int)base)
        return false;
    for (; digit(*word) >= 0 && digit(*word) < (int)base; word++)
        if (!append(&number, base, (unsigned)digit(*word)))
            return false;
    shift = suffix_shift(word);
    if (shift < 0 || number > UINT32_MAX >> shift)
        return false;
    *value = (uint32_t)(number << shift);
    return true;
}

bool parse_address(const char *word, uint32_t *value)
{
    uint64_t number = 0;
    int count = 0;

    for (word += has_0x(word) ? 2 : 0; *word; word++) {
        if ((*word == '`' || *word == '_') && count > 0)
            continue;
        if (digit(*word) < 0 || !append(&number, 16, (unsigned)digit(*word)))
            return false;
        count++;
    }
    if (count == 0 || number > UINT32_MAX)
        return false;
    *value = (uint32_t)number;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies one word down over its own quotation marks.  Returns what follows it, or 0 if a quotation
 * is still open at the end. */
static char *take_word(char *from, char *to)
{
    char quote = 0;

    for (; *from && (quote || !is_blank(*from)); from++)
        if (quote ? *from == quote : *from == '"' || *from == '\'')
            quote = quote ? 0 : *from;
        else
            *to++ = *from;
    if (quote)
        return 0;
    char *next = *from ? from + 1 : from; /* read before the zero below may overwrite it */
    *to = 0;
    return next;
}

int parse_words(char *line, char *words[], int limit)
{
    int count = 0;

    for (;;) {
        while (is_blank(*line))
            line++;
        if (!*line)
            return count;
        if (count == limit)
            return PARSE_TOO_MANY;
        words[count++] = line;
        line = take_word(line, line);
        if (!line)
            return PARSE_QUOTE_OPEN;
    }
}

char *parse_statement(char **rest)
{
    char *start = *rest;

    if (!start)
        return 0;
    for (char *at = start; *at; at++) {
        if (*at == '"' || *at == '\'') {
            char *partner = strchr(at + 1, *at);

            if (partner)
                at = partner;
        } else if (*at == ';' || *at == '\n') {
            *at = 0;
            *rest = at + 1;
            return start;
        }
    }
    *rest = 0;
    return start;
}

const char *parse_setting(const char *word, const char *name)
{
    size_t length = strlen(name);

    if (!string_equal_nocase_n(word, name, length) || strnlen(word, length) < length ||
        word[length] != '=')
        return 0;
    return word + length + 1;
}
