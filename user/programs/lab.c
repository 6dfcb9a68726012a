/* lab.c - page replacement step by step, on real pages: lab "7 0 1 2 0 3" FRAMES [POLICY].
 *
 * Touches page 7, page 0, ... of a region that may have FRAMES frames, and prints after each step
 * what every frame holds, as it is read from the kernel, and which page had to go.
 */
#include "user/programs/laboratory.h"

#include "lib/parse.h"
#include "lib/string.h"

enum { MOST_REFERENCES = 200, MOST_FRAMES = 16, MOST_PAGE = 999 };
enum { NOTHING = -1 };

struct board {
    int page[MOST_FRAMES]; /* what each frame holds, or NOTHING */
    uint32_t frames;
};

static bool is_in(const struct abi_region_ring *ring, const struct laboratory *lab, int page)
{
    uint32_t address = (uint32_t)(uintptr_t)lab->pages + (uint32_t)page * LABORATORY_PAGE;

    for (uint32_t i = 0; i < ring->count && i < ABI_RING_PAGES; i++)
        if ((ring->page[i] & ~(LABORATORY_PAGE - 1u)) == address)
            return true;
    return false;
}

static int page_under_hand(const struct abi_region_ring *ring, const struct laboratory *lab)
{
    return ring->count ? (int)((ring->page[0] - (uint32_t)(uintptr_t)lab->pages) / LABORATORY_PAGE)
                       : NOTHING;
}

/* Bring the board up to date: the page that is gone makes room for the new one.  Returns the former. */
static int update(struct board *board, const struct abi_region_ring *ring,
                  const struct laboratory *lab, int page)
{
    int victim = NOTHING;
    uint32_t place = board->frames;

    for (uint32_t f = 0; f < board->frames; f++) {
        if (board->page[f] == page)
            return NOTHING;
        if (board->page[f] != NOTHING && !is_in(ring, lab, board->page[f])) {
            victim = board->page[f];
            place = f;
        } else if (board->page[f] == NOTHING && place == board->frames) {
            place = f;
        }
    }
    if (place < board->frames)
        board->page[place] = page;
    return victim;
}

static void print_row(const struct board *board, int page, bool fault, int victim, int hand)
{
    bare_print("%4d  %s ", page, fault ? "fault" : "hit  ");
    for (uint32_t f = 0; f < board->frames; f++)
        if (board->page[f] == NOTHING)
            bare_print("    .");
        else
            bare_print(board->page[f] == hand ? " >%3d" : "  %3d", board->page[f]);
    if (victim != NOTHING)
        bare_print("   %d goes", victim);
    bare_print("\n");
}

/* One run; prints every step if `steps`.  Returns the faults, or -1. */
static int run(const int *string, uint32_t count, uint32_t frames, const char *policy, bool steps)
{
    static struct abi_region_ring ring;
    struct board board = {.frames = frames};
    struct laboratory lab;
    uint32_t faults = 0;

    if (!laboratory_open(&lab, MOST_PAGE + 1, frames, policy))
        return -1;
    for (uint32_t f = 0; f < frames; f++)
        board.page[f] = NOTHING;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = faults;
        int victim;

        laboratory_touch(&lab, (uint32_t)string[i], false);
        faults = laboratory_counters(&lab).hard;
        laboratory_ring(&lab, &ring);
        victim = update(&board, &ring, &lab, string[i]);
        if (steps)
            print_row(&board, string[i], faults > before, victim, page_under_hand(&ring, &lab));
    }
    laboratory_close(&lab);
    return (int)faults;
}

static int every_policy(const int *string, uint32_t count, uint32_t frames)
{
    char name[24];
    int faults;

    for (uint32_t n = 0; laboratory_policy(n, name); n++) {
        faults = run(string, count, frames, name, false);
        if (faults < 0)
            return 1;
        bare_print("%-12s %3d faults of %u references with %u frames\n", name, faults, count,
                   frames);
    }
    return 0;
}

static bool read_string(char *text, int *string, uint32_t *count)
{
    char *words[MOST_REFERENCES];
    int found = parse_words(text, words, MOST_REFERENCES);

    for (int i = 0; i < found; i++) {
        uint32_t page;

        if (!parse_u32(words[i], &page) || page > MOST_PAGE) {
            bare_print("\"%s\" is no page: numbers from 0 to %u are wanted.\n", words[i],
                       MOST_PAGE);
            return false;
        }
        string[i] = (int)page;
    }
    *count = found > 0 ? (uint32_t)found : 0;
    return found > 0;
}

int bare_main(int argc, char **argv)
{
    static int string[MOST_REFERENCES];
    const char *policy = argc > 3 ? argv[3] : "all";
    uint32_t count, frames;
    int faults;

    if (argc < 3 || argc > 4 || !parse_u32(argv[2], &frames) || !frames || frames > MOST_FRAMES) {
        bare_print(
            "Usage: lab \"7 0 1 2 0 3 0 4\" FRAMES [POLICY]   (1 to %u frames; without POLICY: "
            "all of them)\n",
            MOST_FRAMES);
        return 2;
    }
    if (!laboratory_exists() || !read_string(argv[1], string, &count))
        return 2;
    if (strcmp(policy, "all") == 0)
        return every_policy(string, count, frames);
    bare_print("page  what    frames (> the hand)\n");
    faults = run(string, count, frames, policy, true);
    if (faults < 0)
        return 1;
    bare_print("%s: %d faults, %d hits of %u references with %u frames\n", policy, faults,
               (int)count - faults, count, frames);
    return 0;
}
