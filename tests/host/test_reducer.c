/* test_reducer.c - what the reducer leaves has LRU's and OPT's faults at K frames and more, and is shorter.
 *
 * sources: tests/host/reducer.c tests/host/simulator.c tests/host/trace_file.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/reducer.h"
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <string.h>

enum { MOST = 4000, STRINGS = 300 };

static uint32_t whole_page[MOST], short_page[MOST];
static uint8_t whole_write[MOST], short_write[MOST];
static struct reference_string whole = {.page = whole_page, .write = whole_write};
static struct reference_string shorter = {.page = short_page, .write = short_write};

static void keep(uint32_t page, bool write)
{
    short_page[shorter.count] = page;
    short_write[shorter.count++] = write;
}

/* Mostly the pages near a place that moves, as programs do. */
static void make_string(uint32_t pages, uint32_t near)
{
    uint32_t place = 0;

    whole.count = 0;
    whole.pages = shorter.pages = pages;
    while (whole.count < MOST) {
        if (test_below(50) == 0)
            place = test_below(pages);
        whole_page[whole.count] = (place + test_below(near)) % pages;
        whole_write[whole.count++] = test_below(4) == 0;
    }
}

static void reduce(uint32_t k)
{
    shorter.count = 0;
    reducer_start(k, keep);
    for (uint32_t i = 0; i < whole.count; i++)
        reducer_add(whole_page[i], whole_write[i]);
    reducer_end();
}

/* No page is written that was not, and none is missed. */
static bool writes_agree(void)
{
    uint8_t written[2][64] = {0};

    for (uint32_t i = 0; i < whole.count; i++)
        written[0][whole_page[i]] |= whole_write[i];
    for (uint32_t i = 0; i < shorter.count; i++)
        written[1][short_page[i]] |= short_write[i];
    return memcmp(written[0], written[1], 64) == 0;
}

int main(void)
{
    uint64_t references = 0, left = 0;
    uint32_t wrong = 0, writes = 0;

    test_seed();
    for (uint32_t i = 0; i < STRINGS; i++) {
        uint32_t k = 1 + test_below(12), frames = k + test_below(20);

        make_string(frames + 1 + test_below(20), 1 + test_below(2 * k));
        reduce(k);
        references += whole.count;
        left += shorter.count;
        wrong += simulate_lru(&whole, frames).hard != simulate_lru(&shorter, frames).hard;
        wrong +=
            simulate_opt(&whole, frames, false).hard != simulate_opt(&shorter, frames, false).hard;
        writes += !writes_agree();
    }
    test_ok(wrong == 0, "LRU and OPT fault as often: %u of %u counts differ", wrong, 2 * STRINGS);
    test_ok(writes == 0, "the pages written are the same");
    test_ok(left * 2 < references, "%llu of %llu references are left", (unsigned long long)left,
            (unsigned long long)references);
    return test_end();
}
