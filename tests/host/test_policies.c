/* test_policies.c - every victim of every policy, in order: a policy changes only when somebody means it to.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * What a policy is worth, test_quality and test_simulator say; a wrong constant may cost so little that neither sees it.
 * Here a program of four phases (a loop that does not fit, favourites, a walk with writes, chance) runs against each, with
 * some frames locked now and then and the policy's start in the middle, and a checksum of all victims is compared with
 * the one below.  Who changes a policy looks at the others first, and then writes the new number down.
 */
#include "tests/host/machine.h"

#include <string.h>

enum { PAGES = 512, MOST_FRAMES = 300, REFERENCES = 60000, SEED = 12345 };

static pfn_t frame_of[PAGES];
static uint32_t page_in[MOST_FRAMES + 1], chance;
static bool a_bit[MOST_FRAMES + 1], d_bit[MOST_FRAMES + 1];

static bool accessed(pfn_t frame)
{
    return a_bit[frame];
}

static void clear_accessed(pfn_t frame)
{
    a_bit[frame] = false;
}

static bool dirty(pfn_t frame)
{
    return d_bit[frame];
}

static const struct replace_view view = {accessed, clear_accessed, dirty};

static uint32_t below(uint32_t limit)
{
    chance = chance * 1664525 + 1013904223; /* this test's own, the same everywhere */
    return (chance >> 8) % limit;
}

/* The page that reference `i` of a program for `frames` frames touches. */
static uint32_t reference(uint32_t i, uint32_t frames, bool *write)
{
    uint32_t phase = i / (REFERENCES / 8) % 4, wide = frames + frames / 3;

    *write = phase == 2 || below(8) == 0;
    if (phase == 0)
        return i % wide;
    if (phase == 1)
        return below(4) ? below(frames / 2) : below(PAGES);
    if (phase == 2)
        return (i / 3 + below(frames / 4)) % PAGES;
    return below(wide);
}

/* One run; the checksum of its victims. */
static uint32_t run(const struct replace_policy *policy, uint32_t frames, uint32_t standby)
{
    static struct pfn database[MOST_FRAMES + 1];
    struct working_set ws = {.maximum = frames, .standby = standby};
    uint32_t sum = 0, locked = 0, next = 1;

    memset(database, 0, sizeof database);
    memset(frame_of, 0, sizeof frame_of);
    memset(a_bit, 0, sizeof a_bit);
    memset(d_bit, 0, sizeof d_bit);
    chance = SEED;
    pfn_init(database, MOST_FRAMES + 1);
    pfn_add(1, MOST_FRAMES + 1);
    replace_sets = NULL;
    replace_init(&ws, replace_find("fifo"), &view);
    for (uint32_t i = 0; i < REFERENCES; i++) {
        bool write;
        uint32_t page = reference(i, frames, &write);
        pfn_t frame = frame_of[page];

        if (i == frames * 2)
            replace_switch(&ws, policy);
        if (i % 500 == 0 && locked)
            pfn_record(locked)->locks = 0;
        if (i % 500 == 0 && ws.count)
            pfn_record(locked = 1 + below(ws.count))->locks = 1;
        if (!frame && ws.count == frames) {
            frame = replace_victim(&ws);
            sum = sum * 31 + page_in[frame] * 2 + d_bit[frame];
            replace_remove(frame);
            frame_of[page_in[frame]] = PFN_NONE;
            d_bit[frame] = false;
        } else if (!frame) {
            frame = next++;
            pfn_move(frame, PFN_ACTIVE);
        }
        if (!frame_of[page]) {
            pfn_record(frame)->va = page << PAGE_SHIFT;
            page_in[frame] = page;
            frame_of[page] = frame;
            replace_insert(&ws, frame);
        }
        a_bit[frame] = true;
        d_bit[frame] |= write;
    }
    for (pfn_t f = 1; f <= frames; f++)
        pfn_record(f)->locks = 1;
    sum += replace_victim(&ws) != PFN_NONE;
    pfn_record(frames / 2)->locks = 0;
    sum += replace_victim(&ws) != frames / 2;
    while (ws.count)
        replace_remove(ws.hand);
    replace_retire(&ws);
    return sum;
}

static const struct {
    const char *policy;
    uint32_t small, large, standby; /* 60 frames; 300; 150 of 300, the others standing by */
} table[] = {
    {"adaptive", 0xB836184C, 0xCA421C90, 0xEDC1CD11},
    {"clock", 0x07F8C264, 0x1D3982AB, 0x58751CF4},
    {"fifo", 0x561F172D, 0xBD2CFB99, 0xE4CCEDB2},
    {"clock-clean", 0x03C1E1D2, 0x0C012F3A, 0xEFE24505},
    {"nru", 0xDBC02C57, 0x0C7CC60F, 0x2525CBBF},
    {"aging", 0x899F009C, 0xB9B5721E, 0x8CFE4F11},
    {"wsclock", 0x883B92A9, 0x7FFEFC45, 0x8AC159DA},
    {"random", 0x48DC43E2, 0x9DCB61B5, 0x01092E48},
};

int main(void)
{
    const struct replace_policy *const *policy = replace_policies;

    for (; *policy; policy++) {
        uint32_t small = run(*policy, 60, 0), large = run(*policy, MOST_FRAMES, 0),
                 standby = run(*policy, 150, 150);
        bool right = false;

        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            right |= strcmp(table[i].policy, (*policy)->name) == 0 && table[i].small == small &&
                     table[i].large == large && table[i].standby == standby;
        test_ok(right, "{\"%s\", 0x%08X, 0x%08X, 0x%08X},", (*policy)->name, small, large, standby);
    }
    return test_end();
}
