/* test_simulator.c - the simulator against the tables of an independent one, and against the laws.
 *
 * sources: tests/host/simulator.c tests/host/trace_file.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <stdlib.h>
#include <string.h>

/* One line of expected.tsv: file, policy, frames, references, pages, hard faults, write-backs. */
struct expected {
    char file[64], policy[16];
    uint32_t frames, references, pages, hard, writes;
};

static bool agrees(const struct expected *e, const struct reference_string *string)
{
    struct simulation s;
    char policy[16];

    for (size_t i = 0; i < sizeof policy; i++)
        policy[i] =
            (char)(e->policy[i] >= 'A' && e->policy[i] <= 'Z' ? e->policy[i] + 32 : e->policy[i]);
    if (!simulate(string, e->frames, policy, &s))
        return false;
    if (s.hard == e->hard && s.writes == e->writes)
        return true;
    if (strcmp(policy, "opt") == 0 && s.hard == e->hard && s.writes <= e->writes &&
        simulate_opt(string, e->frames, true).writes >= e->writes)
        return true; /* between the fewest and the most that OPT can have */
    printf("# %s %s %u frames: hard %u (%u), writes %u (%u)\n", e->file, policy, e->frames, s.hard,
           e->hard, s.writes, e->writes);
    return false;
}

/* At least `least` lines of tests/traces/`name`. */
static void test_table(const char *name, uint32_t least)
{
    struct reference_string string = {0};
    struct expected e;
    char path[128], open[64] = "";
    const char *why = "";
    uint32_t lines = 0, good = 0;
    FILE *table;

    snprintf(path, sizeof path, "tests/traces/%s", name);
    table = fopen(path, "r");
    while (table && fscanf(table, "%63s %15s %u %u %u %u %u %*u", e.file, e.policy, &e.frames,
                           &e.references, &e.pages, &e.hard, &e.writes) == 7) {
        if (strcmp(open, e.file) != 0) {
            simulator_free(&string);
            snprintf(path, sizeof path, "tests/traces/%s.xz", e.file);
            if (!simulator_read(path, &string, &why))
                break;
            strcpy(open, e.file);
        }
        lines++;
        good += string.count == e.references && string.pages == e.pages && agrees(&e, &string);
    }
    if (table)
        fclose(table);
    simulator_free(&string);
    test_ok(lines >= least && good == lines, "%u of %u lines of %s agree %s", good, lines, name,
            why);
}

/* What the textbooks print for the two that only a simulator can run. */
static void test_textbooks(void)
{
    static const struct {
        const char *string;
        uint32_t frames, lru, opt;
    } table[] = {
        {"70120304230321201701", 3, 12, 9},
        {"70120304230321201701", 4, 8, 8},
        {"70120304230321201701", 5, 7, 7},
        {"123412512345", 3, 10, 7},
        {"123412512345", 4, 8, 6},
        {"123412512345", 5, 5, 5},
        {"01201303121", 3, 5, 5},
        {"232152453252", 3, 7, 6},
        {"12342156212376321236", 3, 15, 11},
        {"12342156212376321236", 4, 10, 8},
        {"12342156212376321236", 5, 8, 7},
        {"72312534677105462301", 3, 18, 13},
    };
    uint32_t good = 0, rows = sizeof table / sizeof *table, page[32];
    uint8_t write[32] = {0};

    for (uint32_t row = 0; row < rows; row++) {
        struct reference_string string = {.pages = 10, .page = page, .write = write};

        for (const char *at = table[row].string; *at; at++)
            page[string.count++] = (uint32_t)(*at - '0');
        good += simulate_lru(&string, table[row].frames).hard == table[row].lru &&
                simulate_opt(&string, table[row].frames, false).hard == table[row].opt;
    }
    test_ok(good == rows, "LRU and OPT: %u of %u rows of the textbooks agree", good, rows);
}

/* LRU and OPT never get worse with one more frame; OPT is never above any policy. */
static bool laws_hold(const struct reference_string *string)
{
    uint32_t lru_before = UINT32_MAX, opt_before = UINT32_MAX;

    for (uint32_t frames = 1; frames <= 6; frames++) {
        uint32_t lru = simulate_lru(string, frames).hard;
        uint32_t opt = simulate_opt(string, frames, false).hard;

        if (lru > lru_before || opt > opt_before || opt > lru)
            return false;
        for (const struct replace_policy *const *p = replace_policies; *p; p++)
            if (simulate_policy(string, frames, *p).hard < opt)
                return false;
        lru_before = lru;
        opt_before = opt;
    }
    return true;
}

static void test_laws(void)
{
    uint32_t page[32], strings = test_long() ? 100000 : 2000, good;
    uint8_t write[32];
    struct reference_string string = {.pages = 8, .page = page, .write = write};

    for (good = 0; good < strings; good++) {
        string.count = 1 + test_below(32);
        for (uint32_t i = 0; i < string.count; i++) {
            page[i] = test_below(8);
            write[i] = (uint8_t)test_below(2);
        }
        if (!laws_hold(&string))
            break;
    }
    test_ok(good == strings, "the laws hold on %u of %u random strings", good, strings);
}

int main(void)
{
    test_seed();
    test_textbooks();
    test_table("expected.tsv", 72);
    test_table("recorded.tsv", 28);
    test_laws();
    return test_end();
}
