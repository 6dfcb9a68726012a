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
    if (phase == 0) /* some pages twice, so that not only the load was a use */
        return (i % 3 ? i : i - 1) % wide;
    if (phase == 1)
        return below(4) ? below(frames / 2) : below(PAGES);
    if (phase == 2)
        return (i / 3 + below(frames / 4)) % PAGES;
    return below(wide);
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
    uint32_t sum = 0, locked = 0, next = 1;

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
    return sum + end(&ws, frames);
}

static const struct {
    const char *policy;
    uint32_t small, large, standby; /* 60 frames; 300; 150 of 300, the others standing by */
} table[] = {
    {"adaptive", 0xB106491B, 0x81A15FBD, 0xA58D81CE},
    {"clock", 0x7FD4D0AB, 0x83A604D8, 0xD410FB8E},
    {"fifo", 0xC17879E1, 0x0628F211, 0x8B81A59C},
    {"clock-clean", 0xE48B795A, 0x2931CA6C, 0x781E41A3},
    {"nru", 0x73E9852B, 0xB41C318D, 0xED93E557},
    {"aging", 0x4B09CC44, 0x1184A95D, 0x4F10BF82},
    {"wsclock", 0x5F6BF7B7, 0xFA3401D4, 0xB807FD4E},
    {"random", 0xC3DDA8D6, 0x29284179, 0x5ABC7C50},
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
