/* test_phases.c - the default policy on programs that change what they do: never much worse than the simple
 * policies that it is made of, whatever comes after whatever.
 *
 * sources: tests/host/simulator.c tests/host/trace_file.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * At the end of each phase of each program the faults from the start are compared with those of fifo
 * with standby (with standby), of CLOCK or LRU (without), and half a memory: what it may cost to
 * learn, once.  In nearly all programs they are at most 1.05 times as many, in none more than 1.4 times.
 * A program is two to eight phases of six kinds, of random size and length.
 */
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <stdlib.h>

enum { MOST = 1 << 19, MOST_PHASES = 8 };

static uint32_t page[MOST], end[MOST_PHASES], phases;
static uint8_t write[MOST];
static struct reference_string string = {.page = page, .write = write};

static void put(uint32_t number)
{
    if (string.count == MOST)
        return;
    page[string.count++] = number;
    if (number >= string.pages)
        string.pages = number + 1;
}

/* Reference `i` of a phase over `size` pages. */
static uint32_t reference(uint32_t kind, uint32_t i, uint32_t size)
{
    uint32_t at = i % size, chance = test_below(size);

    switch (kind) {
    case 0: /* a loop */
        return at;
    case 1: /* anywhere */
        return chance;
    case 2: /* there and back */
        return i / size & 1 ? size - 1 - at : at;
    case 3: /* a loop, and every second time a page of a small part */
        return i & 1 ? chance / 3 : at;
    case 4: /* the lower the likelier */
        return (uint32_t)((uint64_t)chance * chance / size * chance / size);
    default: /* never the same again, and a small part all the time */
        return i % 4 ? i : chance / 3;
    }
}

static void add_phase(uint32_t frames)
{
    uint32_t kind = test_below(6), base = test_below(string.pages + 1);
    uint32_t size = 2 + frames / 20 + test_below(frames * (1 + 2 * test_below(2)));
    uint32_t length = frames / 2 + frames * test_below(8);

    if (test_below(3) == 0)
        length *= 4;
    for (uint32_t i = 0; i < length; i++)
        put(base + reference(kind, i, size));
    end[phases++] = string.count;
}

/* A program in which the last phase is a working set that fits, after a loop that does not. */
static void add_loop_and_rest(uint32_t frames, uint32_t loop, uint32_t rest)
{
    for (uint32_t i = 0; i < 12 * loop; i++)
        put(i % loop);
    end[phases++] = string.count;
    for (uint32_t i = 0; i < 40 * frames; i++)
        put(loop + test_below(rest));
    end[phases++] = string.count;
}

static uint32_t faults(const char *policy, uint32_t frames)
{
    struct simulation s;

    if (!simulate(&string, frames, policy, &s))
        machine_panic("no policy %s", policy);
    return s.hard;
}

/* The worst of all ends of phases: percent of what the simple policies take. */
static uint32_t worst_end(uint32_t frames, bool standby)
{
    uint32_t worst = 0;

    for (uint32_t p = 0; p < phases; p++) {
        uint32_t ours, bound, other;

        string.count = end[p];
        ours = faults(standby ? "adaptive+standby" : "adaptive", frames);
        bound = faults(standby ? "fifo+standby" : "clock", frames);
        other = standby ? 0 : faults("lru", frames);
        if (other > bound)
            bound = other;
        ours = ours > frames / 2 ? ours - frames / 2 : 0;
        if (ours * 100ull > (uint64_t)worst * bound)
            worst = (uint32_t)((ours * 100ull + bound - 1) / bound);
    }
    return worst;
}

static void clear(void)
{
    string.count = string.pages = phases = 0;
}

/* At most one program in `rare` may be beyond the bound. */
static void test_mixtures(bool standby, uint32_t rare)
{
    uint32_t programs = test_long() ? 2000 : 60, beyond = 0, worst = 0;

    for (uint32_t i = 0; i < programs; i++) {
        uint32_t frames = 16u << test_below(5), count = 2 + test_below(7), percent;

        clear();
        frames += test_below(frames);
        while (phases < count)
            add_phase(frames);
        percent = worst_end(frames, standby);
        beyond += percent > 105;
        worst = percent > worst ? percent : worst;
    }
    test_ok(beyond * rare <= programs && worst <= 140,
            "%s: %u of %u programs are beyond 105 %% of the simple policies, the worst has %u %%",
            standby ? "with standby" : "alone", beyond, programs, worst);
}

/* Leaving a loop: at most 1.2 times what the better of its two modes costs, which is that of newest-goes in the loop
 * and CLOCK's afterwards. */
static void test_leaving_a_loop(void)
{
    uint32_t frames = 400, worst = 0;

    for (uint32_t loop = frames * 5 / 4; loop <= 3 * frames; loop += frames / 8)
        for (uint32_t rest = frames / 4; rest < frames; rest += frames / 8) {
            uint32_t alone, clock, ours;

            clear();
            add_loop_and_rest(frames, loop, rest);
            string.count = end[0];
            alone = faults("adaptive", frames);
            clock = faults("clock", frames);
            string.count = end[1];
            ours = faults("adaptive", frames);
            clock = (alone < clock ? alone : clock) + rest;
            if (ours * 100 / clock > worst)
                worst = ours * 100 / clock;
        }
    test_ok(worst <= 120, "leaving a loop costs at most %u %% of the better mode", worst);
}

int main(void)
{
    test_seed();
    test_leaving_a_loop();
    test_mixtures(true, 30);
    test_mixtures(false, 12);
    return test_end();
}
