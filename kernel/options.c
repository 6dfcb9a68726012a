/* options.c - reads the kernel's command line.
 *
 * A mistyped option would otherwise be noticed only by its missing effect, so the first word that
 * can't be understood stops the boot with a sentence.  Pure text work: tested on the host.
 */
#include "kernel/options.h"

#include "lib/format.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { LATENCY_MOST = 1000000 };

struct options options;

/* A word of the line, unquoted, and what it is to be stored in. */
struct word {
    char text[OPTIONS_TEXT];
    struct options *out;
};

/* Takes the next word off the line; false at the end or at an open quotation mark. */
static bool next_word(const char **line, struct word *word)
{
    const char *at = *line;
    size_t used = 0;
    bool quoted = false;

    while (*at == ' ' || *at == '\t')
        at++;
    if (!*at)
        return false;
    for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
        if (*at == '"') {
            quoted = !quoted;
            continue;
        }
        if (*at == '\\' && at[1])
            at++;
        if (used < sizeof word->text - 1)
            word->text[used++] = *at;
    }
    word->text[used] = 0;
    *line = at;
    if (quoted)
        format(word->out->error, OPTIONS_ERROR,
               "The command line has an opening quotation mark without a closing one.");
    return !quoted;
}

static void bad_value(struct options *out, const char *name, const char *value, const char *wanted)
{
    format(out->error, OPTIONS_ERROR, "Option %s=%.40s is not understood: %s.", name, value,
           wanted);
}

static void read_size(struct options *out, const char *name, const char *value, uint32_t *size)
{
    if (!parse_u32(value, size))
        bad_value(out, name, value, "a size below 4 GB is wanted, such as 64M");
}

static void read_text(struct options *out, const char *name, const char *value, char *to,
                      size_t size)
{
    if (string_copy(to, value, size) >= size)
        bad_value(out, name, value, "it is too long");
}

static void read_switch(struct options *out, const char *name, const char *value, bool *on)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        bad_value(out, name, value, "on or off is wanted");
    *on = strcmp(value, "on") == 0;
}

static void read_word(const struct word *word)
{
    struct options *out = word->out;
    const char *value;

    if ((value = parse_setting(word->text, "mem"))) {
        read_size(out, "mem", value, &out->mem);
        if (!out->error[0] && out->mem == 0)
            bad_value(out, "mem", value, "the machine needs some RAM");
    } else if ((value = parse_setting(word->text, "pagefile"))) {
        out->pagefile_set = true;
        read_size(out, "pagefile", value, &out->pagefile);
    } else if ((value = parse_setting(word->text, "frames"))) {
        if (!parse_u32(value, &out->frames))
            bad_value(out, "frames", value, "a number of page frames is wanted, such as 200");
    } else if ((value = parse_setting(word->text, "policy"))) {
        read_text(out, "policy", value, out->policy, sizeof out->policy);
    } else if ((value = parse_setting(word->text, "cmd"))) {
        read_text(out, "cmd", value, out->cmd, sizeof out->cmd);
    } else if ((value = parse_setting(word->text, "screen"))) {
        read_switch(out, "screen", value, &out->screen);
    } else if ((value = parse_setting(word->text, "rows"))) {
        out->rows25 = strcmp(value, "25") == 0;
        if (!out->rows25 && strcmp(value, "50") != 0)
            bad_value(out, "rows", value, "25 or 50 is wanted");
    } else if ((value = parse_setting(word->text, "latency"))) {
        if (!parse_u32(value, &out->latency) || out->latency > LATENCY_MOST)
            bad_value(out, "latency", value, "microseconds are wanted, at most 1000000");
    } else if ((value = parse_setting(word->text, "compress"))) {
        read_switch(out, "compress", value, &out->compress);
    } else if ((value = parse_setting(word->text, "nonce"))) {
        read_text(out, "nonce", value, out->nonce, sizeof out->nonce);
    } else if (strcmp(word->text, "poison") == 0) {
        out->poison = true;
    } else if (strcmp(word->text, "trace") == 0) {
        out->trace = true;
    } else if (strcmp(word->text, "notick") == 0) {
        out->notick = true;
    } else {
        format(out->error, OPTIONS_ERROR,
               "Unknown option \"%.40s\"; there are mem=, pagefile=, frames=, policy=, cmd=, "
               "screen=, rows=, latency=, compress=, nonce=, poison, trace and notick.",
               word->text);
    }
}

void options_parse(const char *line, struct options *out)
{
    struct word word = {.out = out};

    memset(out, 0, sizeof *out);
    out->screen = true;
    while (!out->error[0] && next_word(&line, &word))
        read_word(&word);
}
