/* lab.c - page replacement step by step, on real pages: lab "7 0 1w 2 0 3" FRAMES [POLICY].
 *
 * Touches page 7, page 0, ... of a region that may have FRAMES frames (1w: writes page 1), and prints
 * after each step what every frame holds, as it is read from the kernel, and which page had to go.
 * LRU and OPT want to know what no MMU says; what they would do is computed here.
 */
#include "user/programs/laboratory.h"

#include "lib/parse.h"
#include "lib/string.h"

enum { MOST_REFERENCES = 200, MOST_FRAMES = 16, MOST_PAGE = 999 };
enum { NOTHING = -1 };

struct reference {
    int page;
    bool write;
};

struct board {
    int page[MOST_FRAMES]; /* what each frame holds, or NOTHING */
    bool dirty[MOST_FRAMES];
    uint32_t frames;
};

/* What one step did. */
struct step {
    bool fault, written; /* written: the victim was dirty */
    int victim, hand;    /* pages, or NOTHING */
};

static struct board empty_board(uint32_t frames)
{
    struct board board = {.frames = frames};

    for (uint32_t f = 0; f < frames; f++)
        board.page[f] = NOTHING;
    return board;
}

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

/* Bring the board up to date: the page that is gone makes room for the new one. */
static void update(struct board *board, const struct abi_region_ring *ring,
                   const struct laboratory *lab, int page, struct step *step)
{
    uint32_t place = board->frames;

    for (uint32_t f = 0; f < board->frames; f++) {
        if (board->page[f] == page)
            return;
        if (board->page[f] != NOTHING && !is_in(ring, lab, board->page[f])) {
            step->victim = board->page[f];
            step->written = board->dirty[f];
            place = f;
        } else if (board->page[f] == NOTHING && place == board->frames) {
            place = f;
        }
    }
    if (place < board->frames)
        board->page[place] = page;
}

/* Which pages have their D bit set? */
static void update_dirt(struct board *board, const struct abi_region_ring *ring,
                        const struct laboratory *lab)
{
    for (uint32_t f = 0; f < board->frames; f++) {
        uint32_t address =
            (uint32_t)(uintptr_t)lab->pages + (uint32_t)board->page[f] * LABORATORY_PAGE;

        for (uint32_t i = 0; i < ring->count && i < ABI_RING_PAGES; i++)
            if ((ring->page[i] & ~(LABORATORY_PAGE - 1u)) == address)
                board->dirty[f] = ring->page[i] & ABI_RING_DIRTY;
    }
}

static void print_head(void)
{
    bare_print("page  what    frames (> the hand, * dirty)\n");
}

static void print_row(const struct board *board, const struct reference *r, const struct step *s)
{
    char gap = ' ';

    bare_print("%4d%c %s ", r->page, r->write ? 'w' : ' ', s->fault ? "fault" : "hit  ");
    for (uint32_t f = 0; f < board->frames; f++) {
        if (board->page[f] == NOTHING)
            bare_print("%c   .", gap);
        else
            bare_print("%c%c%3d", gap, board->page[f] == s->hand ? '>' : ' ', board->page[f]);
        gap = board->page[f] != NOTHING && board->dirty[f] ? '*' : ' ';
    }
    bare_print(gap == '*' ? "*" : "");
    if (s->victim != NOTHING)
        bare_print("   %d goes%s", s->victim, s->written ? ", written back" : "");
    bare_print("\n");
}

/* One run; prints every step if `steps`.  Returns the faults, or -1. */
static int run(const struct reference *string, uint32_t count, uint32_t frames, const char *policy,
               bool steps)
{
    static struct abi_region_ring ring;
    struct board board = empty_board(frames);
    struct laboratory lab;
    uint32_t faults = 0;

    if (!laboratory_open(&lab, MOST_PAGE + 1, frames, policy))
        return -1;
    if (steps)
        print_head();
    for (uint32_t i = 0; i < count; i++) {
        struct step step = {.victim = NOTHING};
        uint32_t before = faults;

        laboratory_touch(&lab, (uint32_t)string[i].page, string[i].write);
        faults = laboratory_counters(&lab).faults;
        step.fault = faults > before;
        laboratory_ring(&lab, &ring);
        update(&board, &ring, &lab, string[i].page, &step);
        update_dirt(&board, &ring, &lab);
        step.hand = page_under_hand(&ring, &lab);
        if (steps)
            print_row(&board, &string[i], &step);
    }
    laboratory_close(&lab);
    return (int)faults;
}

/* --- LRU and OPT --- */

/* How far away the next use of the page is behind reference i, or the last one before it. */
static uint32_t distance(const struct reference *string, uint32_t count, uint32_t i, int page,
                         bool ahead)
{
    uint32_t away = 1;

    while (away <= (ahead ? count - 1 - i : i) && string[ahead ? i + away : i - away].page != page)
        away++;
    return away;
}

/* The frame for reference i: that of its page, or an empty one, or the one whose page is farthest away. */
static uint32_t choose(const struct board *board, const struct reference *string, uint32_t count,
                       uint32_t i, bool ahead)
{
    uint32_t best = 0, farthest = 0;

    for (uint32_t f = 0; f < board->frames; f++)
        if (board->page[f] == string[i].page)
            return f;
    for (uint32_t f = 0; f < board->frames; f++) {
        uint32_t away;

        if (board->page[f] == NOTHING)
            return f;
        away = distance(string, count, i, board->page[f], ahead);
        if (away > farthest) {
            farthest = away;
            best = f;
        }
    }
    return best;
}

/* LRU looks back, OPT ahead.  As run(). */
static int compute(const struct reference *string, uint32_t count, uint32_t frames, bool ahead,
                   bool steps)
{
    struct board board = empty_board(frames);
    int faults = 0;

    if (steps)
        print_head();
    for (uint32_t i = 0; i < count; i++) {
        uint32_t f = choose(&board, string, count, i, ahead);
        struct step step = {.hand = NOTHING, .victim = NOTHING};

        if (board.page[f] != string[i].page) {
            step = (struct step){true, board.dirty[f], board.page[f], NOTHING};
            board.page[f] = string[i].page;
            board.dirty[f] = false;
            faults++;
        }
        board.dirty[f] = board.dirty[f] || string[i].write;
        if (steps)
            print_row(&board, &string[i], &step);
    }
    return faults;
}

static int every_policy(const struct reference *string, uint32_t count, uint32_t frames)
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
    bare_print("%-12s %3d faults, computed: no MMU can run it\n", "lru",
               compute(string, count, frames, false, false));
    bare_print("%-12s %3d faults, computed: it knows the future\n", "opt",
               compute(string, count, frames, true, false));
    return 0;
}

/* "7 0 1w" */
static bool read_string(char *text, struct reference *string, uint32_t *count)
{
    char *words[MOST_REFERENCES];
    int found = parse_words(text, words, MOST_REFERENCES);

    if (found < 0)
        bare_print("That are more than %u references: give fewer.\n", MOST_REFERENCES);
    else if (!found)
        bare_print("There are no references: type lab \"7 0 1w 2 0 3 0 4\" 3 clock.\n");
    for (int i = 0; i < found; i++) {
        size_t length = strlen(words[i]);
        uint32_t page;

        string[i].write = length > 1 && (words[i][length - 1] | 32) == 'w';
        words[i][length - string[i].write] = 0;
        if (!parse_u32(words[i], &page) || page > MOST_PAGE) {
            bare_print(
                "\"%s\" is no page: numbers from 0 to %u are wanted, with a w for a write.\n",
                words[i], MOST_PAGE);
            return false;
        }
        string[i].page = (int)page;
    }
    *count = found > 0 ? (uint32_t)found : 0;
    return found > 0;
}

int bare_main(int argc, char **argv)
{
    static struct reference string[MOST_REFERENCES];
    const char *policy = argc > 3 ? argv[3] : "all";
    uint32_t count, frames;
    int faults;
    bool opt;

    if (argc < 3 || argc > 4 || !parse_u32(argv[2], &frames) || !frames || frames > MOST_FRAMES) {
        bare_print("Usage: lab \"7 0 1w 2 0 3 0 4\" FRAMES [POLICY]\n"
                   "1 to %u frames; 1w writes page 1\n"
                   "POLICY: lru and opt are computed, too; without it all of them\n",
                   MOST_FRAMES);
        return 2;
    }
    if (!laboratory_exists() || !read_string(argv[1], string, &count))
        return 2;
    if (strcmp(policy, "all") == 0)
        return every_policy(string, count, frames);
    opt = strcmp(policy, "opt") == 0;
    faults = opt || strcmp(policy, "lru") == 0 ? compute(string, count, frames, opt, true)
                                               : run(string, count, frames, policy, true);
    if (faults < 0) {
        if (count == 1) /* lab 7 0 1 */
            bare_print("All references stand in one pair of quotation marks: "
                       "lab \"7 0 1w 2\" 3 clock.\n");
        return 1;
    }
    bare_print("%s: %d faults, %d hits of %u references with %u frames\n", policy, faults,
               (int)count - faults, count, frames);
    return 0;
}
