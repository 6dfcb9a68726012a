/* test_policies.c - every victim of every policy, in order: a policy changes only when somebody means it to.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * What a policy is worth, test_quality and test_simulator say; a wrong constant may cost so little that neither sees it.
 * Here a program of four phases (a loop that does not fit, favourites, a walk with writes, chance) runs against each, with
 * some frames locked now and then and the policy's start in the middle, and a checksum of all victims and, now and then,
 * of all that the policy remembers, is compared with the one below.  Who changes a policy looks at the others first, and then writes the new number down.
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
    if (phase == 0) /* some pages twice, so that not only the load was a use */
        return (i % 3 ? i : i - 1) % wide;
    if (phase == 1)
        return below(4) ? below(frames / 2) : below(PAGES);
    if (phase == 2)
        return (i / 3 + below(frames / 4)) % PAGES;
    return below(wide);
}

/* What the policy has noted: its own numbers, and those of each frame. */
static uint32_t notes(const struct working_set *ws, uint32_t frames)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < WS_WORDS; i++)
        sum = sum * 31 + ws->word[i];
    for (pfn_t f = 1; f <= frames; f++)
        sum = sum * 31 + pfn_record(f)->age * 2 + pfn_record(f)->mark;
    return sum;
}

/* The policy takes over from another one, which has left its notes at the frames. */
static uint32_t take_over(struct working_set *ws, const struct replace_policy *policy,
                          uint32_t frames)
{
    for (pfn_t f = 1; f <= frames; f++) {
        pfn_record(f)->age = 77;
        pfn_record(f)->mark = 1;
    }
    memset(ws->word, 0x55, sizeof ws->word);
    replace_switch(ws, policy);
    return notes(ws, frames);
}

/* With every frame locked but one, that one goes; then none is left.  Returns what was wrong. */
static uint32_t end(struct working_set *ws, uint32_t frames)
{
    uint32_t wrong = 0, retired;

    for (pfn_t f = 1; f <= frames; f++)
        pfn_record(f)->locks = 1;
    wrong += replace_victim(ws) != PFN_NONE;
    for (uint32_t i = 0; i < 10 * frames; i++) {
        pfn_t only = 1 + i % frames;

        pfn_record(only)->locks = 0;
        wrong += replace_victim(ws) != only;
        pfn_record(only)->locks = 1;
    }
    wrong += ws->peak != frames;
    while (ws->count)
        replace_remove(ws->hand);
    retired = replace_retired;
    replace_retire(ws);
    wrong += replace_retired != retired + 1;
    return wrong;
}

/* One run; the checksum of its victims. */
static uint32_t run(const struct replace_policy *policy, uint32_t frames, uint32_t standby)
{
    static struct pfn database[MOST_FRAMES + 1];
    struct working_set ws = {.maximum = frames, .standby = standby};
    uint32_t sum = 0, locked = 0, next = 1, victims = 0;

    memset(database, 0, sizeof database);
    memset(frame_of, 0, sizeof frame_of);
    memset(a_bit, 0, sizeof a_bit);
    memset(d_bit, 0, sizeof d_bit);
    chance = SEED;
    pfn_init(database, MOST_FRAMES + 1);
    pfn_add(1, MOST_FRAMES + 1);
    replace_sets = NULL;
    replace_init(&ws, frames < 100 ? policy : replace_find("fifo"), &view);
    for (uint32_t i = 0; i < REFERENCES; i++) {
        bool write;
        uint32_t page = reference(i, frames, &write);
        pfn_t frame = frame_of[page];

        if (i == frames * 2 && frames >= 100)
            sum += take_over(&ws, policy, frames);
        if (i % 61 == 0) /* now and then every page has been used */
            memset(a_bit, true, sizeof a_bit);
        if (i % 500 == 0 && locked)
            pfn_record(locked)->locks = 0;
        if (i % 500 == 0 && ws.count)
            pfn_record(locked = 1 + below(ws.count))->locks = 1;
        if (!frame && ws.count == frames) {
            frame = replace_victim(&ws);
            sum = sum * 31 + page_in[frame] * 2 + d_bit[frame];
            if (++victims % 37 == 0)
                sum = sum * 31 + notes(&ws, frames);
            replace_remove(frame);
            frame_of[page_in[frame]] = PFN_NONE;
            d_bit[frame] = false;
        } else if (!frame) {
            frame = next++;
            pfn_move(frame, PFN_ACTIVE);
        }
        if (!frame_of[page]) {
            pfn_record(frame)->va = page << PAGE_SHIFT;
            pfn_record(frame)->shares = (uint16_t)(page % 40); /* as pages of sections have */
            page_in[frame] = page;
            frame_of[page] = frame;
            replace_insert(&ws, frame);
        }
        a_bit[frame] = true;
        d_bit[frame] |= write;
    }
    return sum + end(&ws, frames);
}

static void look_on(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    (void)event, (void)ws, (void)frame;
}

/* Sets so small that whole numbers are often equal. */
static uint32_t run_tiny(const struct replace_policy *policy)
{
    uint32_t sum = 0;

    for (uint32_t frames = 6; frames <= 54; frames += 8)
        sum = sum * 31 + run(policy, frames, 0);
    return sum;
}

/* 6 frames and some more; 60; 300; 150 of 300, the others standing by */
static const struct {
    const char *policy;
    uint32_t tiny, small, large, standby;
} table[] = {
    {"adaptive", 0x94E7882E, 0xEA882296, 0x171C65F6, 0x2F310482},
    {"clock", 0xD190DCCC, 0x5ACE693E, 0xC41BD1E8, 0xDBFE5C13},
    {"fifo", 0x02E19775, 0x8E31B785, 0xEA6631F7, 0x3F5323D8},
    {"clock-clean", 0x1DEEBA89, 0xC7D208A8, 0xEEF2C0EC, 0x082D3B78},
    {"nru", 0xC212B5C4, 0x5D5EA9ED, 0x94B52FD4, 0xC8AED090},
    {"aging", 0x5C6D3DFF, 0x55A21684, 0xBE94F162, 0x7FB94E7F},
    {"wsclock", 0x230D1B61, 0x4D839ACB, 0x1114A579, 0xE8476A4F},
    {"random", 0xE916BFD5, 0xEC1062FA, 0x015A85BC, 0x1220E005},
};

int main(void)
{
    const struct replace_policy *const *policy = replace_policies;

    for (; *policy; policy++) {
        uint32_t tiny = run_tiny(*policy), small = run(*policy, 60, 0),
                 large = run(*policy, MOST_FRAMES, 0), standby = run(*policy, 150, 150);
        bool right = false, same;

        replace_watcher = look_on;
        same = run(*policy, 60, 0) == small;
        replace_watcher = NULL;
        test_ok(same, "%s does the same when somebody watches", (*policy)->name);

        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            right |= strcmp(table[i].policy, (*policy)->name) == 0 && table[i].tiny == tiny &&
                     table[i].small == small && table[i].large == large &&
                     table[i].standby == standby;
        test_ok(right, "{\"%s\", 0x%08X, 0x%08X, 0x%08X, 0x%08X},", (*policy)->name, tiny, small,
                large, standby);
    }
    return test_end();
}
