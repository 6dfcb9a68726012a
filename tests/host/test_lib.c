/* test_lib.c - formatting against the C library's, parsing against tables, byte moving against loops.
 *
 * sources: lib/format.c lib/parse.c
 *
 * lib/string.c is included below in its freestanding form, its functions renamed so that the C
 * library's own stay beside them.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGODA_FREESTANDING
#define memcpy  own_memcpy
#define memmove own_memmove
#define memset  own_memset
#define memcmp  own_memcmp
#define strlen  own_strlen
#define strnlen own_strnlen
#define strcmp  own_strcmp
#define strncmp own_strncmp
#define strchr  own_strchr
#define strrchr own_strrchr
#include "lib/chance.h"
#include "lib/string.c"
#include "user/ntdll/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

#include "lib/format.h"
#include "lib/parse.h"

enum { ROUNDS = 200000, TEXT = 64 };

static unsigned number, failures;
static uint32_t state;

static void check(bool good, const char *name)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++number, name);
    failures += !good;
}

static uint32_t random_word(void)
{
    return state = chance_next(state);
}

static uint32_t below(uint32_t limit)
{
    return random_word() % limit;
}

/* --- format --- */

/* "%-08.3llx": flags, width, precision, length and conversion by chance, all legal together. */
static char random_conversion(char *text, const char *length)
{
    static const char conversions[] = "duxX";
    char c = conversions[below(4)];
    char *at = text;

    *at++ = '%';
    if (below(3) == 0)
        *at++ = '-';
    else if (below(3) == 0)
        *at++ = '0';
    if (below(2))
        at += sprintf(at, "%u", 1 + below(20));
    if (below(3) == 0)
        at += sprintf(at, ".%u", below(15));
    at += sprintf(at, "%s%c|", length, c);
    return c;
}

/* Values with few bits, with many, and at the ends of the types. */
static uint64_t random_value(void)
{
    static const uint64_t special[] = {0,         1,          0x7F,       0x80,
                                       0xFFFF,    0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
                                       INT64_MAX, 1ull << 63, UINT64_MAX};

    if (below(3) == 0)
        return special[below(sizeof special / sizeof *special)];
    return ((uint64_t)random_word() << 32 | random_word()) >> below(64);
}

static bool same(const char *ours, int our_length, const char *theirs, int their_length,
                 const char *conversion)
{
    if (our_length == their_length && strcmp(ours, theirs) == 0)
        return true;
    printf("# %s: '%s' (%d), the C library says '%s' (%d)\n", conversion, ours, our_length, theirs,
           their_length);
    return false;
}

static bool random_number(void)
{
    static const char *const lengths[] = {"", "l", "ll"};
    const char *length = lengths[below(3)];
    char conversion[32], ours[TEXT], theirs[TEXT];
    size_t size = below(8) ? TEXT : 1 + below(12);
    uint64_t value = random_value();
    int a, b;

    random_conversion(conversion, length);
    if (strcmp(length, "ll") == 0) {
        a = format(ours, size, conversion, value);
        b = snprintf(theirs, size, conversion, value);
    } else {
        a = format(ours, size, conversion, (uint32_t)value);
        b = snprintf(theirs, size, conversion, (uint32_t)value);
    }
    return same(ours, a, theirs, b, conversion);
}

static bool random_text(void)
{
    char word[16], ours[TEXT], theirs[TEXT];
    int width = (int)below(24) - 12, precision = (int)below(12) - 2;
    uint32_t length = below(15);

    for (uint32_t i = 0; i < length; i++)
        word[i] = (char)('a' + below(26));
    word[length] = 0;
    return same(ours, format(ours, TEXT, "<%*.*s%c%%>", width, precision, word, 'x'), theirs,
                snprintf(theirs, TEXT, "<%*.*s%c%%>", width, precision, word, 'x'), word);
}

static void test_format(void)
{
    const char *volatile odd = "a%q b %d";
    const char *volatile nothing = NULL; /* the compiler must not see it */
    char text[TEXT], small[3];
    bool good = true;

    for (int i = 0; i < ROUNDS && good; i++)
        good = random_number();
    check(good, "numbers are formatted as the C library does");
    for (int i = 0; i < ROUNDS && good; i++)
        good = random_text();
    check(good, "strings are formatted as the C library does");
    check(format(NULL, 0, "%u", 12345u) == 5, "without a buffer the length is told");
    check(format(small, sizeof small, "%s", "long") == 4 && strcmp(small, "lo") == 0,
          "a small buffer gets what fits, and its zero");
    format(text, sizeof text, odd, 1);
    check(strcmp(text, "a%q b %d") == 0, "what is no conversion is printed, and all behind it");
    format(text, sizeof text, "%dl %ull", 5, 6u);
    check(strcmp(text, "5l 6ll") == 0, "an l behind a conversion is a letter");
    format(text, sizeof text, "%*s|%*s|%*s|", -1, "", 0, "", 1, "");
    check(strcmp(text, " || |") == 0, "fields of one column and of none");
    format(text, sizeof text, "%s", nothing);
    check(strcmp(text, "(null)") == 0, "a null string is said to be one");
}

/* --- parse --- */

static void test_numbers(void)
{
    static const struct {
        const char *word;
        bool good;
        uint32_t value;
    } table[] = {
        {"0", true, 0},
        {"4294967295", true, 4294967295u},
        {"4294967296", false, 0},
        {"18446744073709551615", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999", false, 0},
        {"0x7FffE000", true, 0x7FFFE000},
        {"0X1f", true, 31},
        {"00X5", false, 0},
        {"0x", false, 0},
        {"x1", false, 0},
        {"", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1K", true, 1024},
        {"64m", true, 64u << 20},
        {"3G", true, 3u << 30},
        {"4G", false, 0},
        {"17179869184G", false, 0},
        {"1KK", false, 0},
        {"K", false, 0},
        {"12three", false, 0},
    };
    bool good = true;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint32_t found = 99;

        if (parse_u32(table[i].word, &found) != table[i].good ||
            found != (table[i].good ? table[i].value : 99)) {
            printf("# '%s' is %u\n", table[i].word, found);
            good = false;
        }
    }
    check(good, "numbers: the whole word or nothing");
}

static bool address_is(const char *word, bool good, uint32_t value)
{
    uint32_t found = 99;

    return parse_address(word, &found) == good && found == (good ? value : 99);
}

static void test_addresses(void)
{
    check(address_is("80100000", true, 0x80100000) && address_is("0x1234", true, 0x1234) &&
              address_is("8010`0000", true, 0x80100000) &&
              address_is("ffff_FFFF", true, UINT32_MAX),
          "addresses are hexadecimal with or without 0x");
    check(address_is("abcdef", true, 0xabcdef) && address_is("ABCDEF", true, 0xabcdef) &&
              address_is("98765432", true, 0x98765432) && address_is("10", true, 0x10),
          "all sixteen digits");
    check(address_is("g", false, 0) && address_is("G", false, 0) && address_is("`", false, 0) &&
              address_is("@", false, 0) && address_is(":", false, 0) && address_is("/", false, 0),
          "and none of their neighbours");
    check(address_is("100000000", false, 0) && address_is("", false, 0) &&
              address_is("0x", false, 0) && address_is("12g4", false, 0),
          "bad addresses are refused");
}

/* The words joined by '|', or the error. */
static const char *words_of(const char *line)
{
    static char text[TEXT];
    char copy[TEXT], *words[4];
    int count;

    strcpy(copy, line);
    count = parse_words(copy, words, 4);
    sprintf(text, "%d:", count);
    for (int i = 0; i < count; i++)
        strcat(strcat(text, words[i]), "|");
    return text;
}

static void test_words(void)
{
    check(strcmp(words_of("  run\thello.exe  a "), "3:run|hello.exe|a|") == 0, "words");
    check(strcmp(words_of("a \"b c\" d'e f'"), "3:a|b c|de f|") == 0, "quoted words");
    check(strcmp(words_of("a\rb\nc\td"), "4:a|b|c|d|") == 0, "all four kinds of blank");
    check(strcmp(words_of("\"\""), "1:|") == 0, "an empty word");
    check(strcmp(words_of(""), "0:") == 0 && strcmp(words_of(" \t "), "0:") == 0, "no words");
    check(strcmp(words_of("a \"b"), "-1:") == 0, "an open quotation mark");
    check(strcmp(words_of("a b c d"), "4:a|b|c|d|") == 0 &&
              strcmp(words_of("a b c d e"), "-2:") == 0,
          "as many as there is room for, and one more");
}

/* The statements joined by '|'. */
static const char *statements_of(const char *line)
{
    static char text[TEXT];
    char copy[TEXT], *rest = copy, *statement;

    strcpy(copy, line);
    text[0] = 0;
    while ((statement = parse_statement(&rest)) != NULL)
        strcat(strcat(text, statement), "|");
    return text;
}

static void test_statements(void)
{
    check(strcmp(statements_of("a b;c\nd"), "a b|c|d|") == 0, "statements end at ; and newline");
    check(strcmp(statements_of("a \";\" b;'x;y'"), "a \";\" b|'x;y'|") == 0,
          "a quoted ; ends nothing");
    check(strcmp(statements_of("\"\";\"x\""), "\"\"|\"x\"|") == 0,
          "two marks side by side are a pair");
    check(strcmp(statements_of("it's; exit"), "it's| exit|") == 0,
          "a mark without a partner quotes nothing");
    check(strcmp(statements_of(";;"), "|||") == 0, "statements may be empty");
    check(strcmp(parse_setting("Mem=16M", "mem"), "16M") == 0 && !parse_setting("mem", "mem") &&
              !parse_setting("memory=1", "mem") && !parse_setting("max=1", "mem") &&
              !parse_setting("me=1", "mem"),
          "settings");
}

/* --- string --- */

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

/* Moves that overlap in every way, compared with the C library's. */
static bool random_move(void)
{
    unsigned char ours[96], theirs[96];
    size_t from = below(48), to = below(48), size = below(48);

    for (size_t i = 0; i < sizeof ours; i++)
        ours[i] = theirs[i] = (unsigned char)random_word();
    if (from + size <= to || to + size <= from) {
        own_memcpy(ours + to, ours + from, size);
        memcpy(theirs + to, theirs + from, size);
    }
    own_memmove(ours + from, ours + to, size);
    memmove(theirs + from, theirs + to, size);
    own_memset(ours + to, (int)from, size / 2);
    memset(theirs + to, (int)from, size / 2);
    return memcmp(ours, theirs, sizeof ours) == 0 &&
           sign(own_memcmp(ours, theirs + 48, size)) == sign(memcmp(ours, theirs + 48, size));
}

static bool random_strings(void)
{
    char a[12] = "", b[12] = "";
    size_t limit = below(12);

    for (size_t i = 0, length = below(10); i < length; i++)
        a[i] = b[i] = (char)('a' + below(3));
    if (below(2))
        b[below(10)] = (char)below(2) ? 'A' : '\x80';
    return own_strlen(a) == strlen(a) && own_strnlen(b, limit) == strnlen(b, limit) &&
           sign(own_strcmp(a, b)) == sign(strcmp(a, b)) &&
           sign(own_strncmp(a, b, limit)) == sign(strncmp(a, b, limit)) &&
           own_strchr(b, 'b') == strchr(b, 'b') && own_strrchr(b, 'b') == strrchr(b, 'b') &&
           own_strchr(b, 0) == strchr(b, 0) && own_strrchr(b, 0) == strrchr(b, 0);
}

static void test_string(void)
{
    check(string_equal_nocase("AZ@[", "az@[") && !string_equal_nocase("@", "`") &&
              !string_equal_nocase("[", "{"),
          "capital letters are small ones, their neighbours are not");
    char text[4] = "###";
    bool good = true;

    for (int a = 1; a < 128; a++)
        for (int b = 1; b < 128; b++) {
            char left[2] = {(char)a}, right[2] = {(char)b};

            good &= string_equal_nocase(left, right) == (tolower(a) == tolower(b));
        }
    check(good, "of all pairs of characters");

    for (int i = 0; i < ROUNDS && good; i++)
        good = random_move();
    check(good, "bytes are moved, set and compared as the C library does");
    for (int i = 0; i < ROUNDS && good; i++)
        good = random_strings();
    check(good, "strings are measured, compared and searched as the C library does");
    memset(text, '#', sizeof text);
    check(string_copy(text, "hello", sizeof text) == 5 && strcmp(text, "hel") == 0,
          "a copy is cut short and ended");
    check(string_copy(text, "", 0) == 0 && text[0] == 'h', "no room: nothing is written");
    check(string_equal_nocase("Kernel32.DLL", "kernel32.dll") && !string_equal_nocase("a", "ab") &&
              !string_equal_nocase("a[", "a{"),
          "case is ignored for letters only");
    check(string_equal_nocase_n("MEM=1", "mem", 3) && !string_equal_nocase_n("me", "mem", 3),
          "the same up to a limit");
}

int main(void)
{
    const char *seed = getenv("SEED");

    state = seed ? (uint32_t)strtoul(seed, NULL, 0) | 1 : 0x9E3779B9;
    printf("# seed %u\n", state);
    test_format();
    test_numbers();
    test_addresses();
    test_words();
    test_statements();
    test_string();
    printf("1..%u\n", number);
    return failures ? 1 : 0;
}
