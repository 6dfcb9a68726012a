/* replace_aging.c - ageing: LRU as far as one bit a page allows.
 *
 * Every page has an 8-bit history.  Once per eighth of the working set's size in victims each
 * history is shifted right and the A bit put in at the left: a tick of the book.  It is spread, eight
 * pages a victim, and so is the search: of the next LOOKS pages behind the hand the smallest history
 * goes, among equals the first, which is the oldest of those never ticked.
 */
#include "mm/replace.h"

enum { NEWEST = 0x80, TICKS = 8, LOOKS = 16 };

static void tick(struct working_set *ws)
{
    pfn_t frame = ws->walk;
    struct pfn *p = pfn_record(frame);

    ws->walk = p->prev;
    p->age >>= 1;
    if (replace_accessed(ws, frame)) {
        p->age |= NEWEST;
        ws->view->clear_accessed(frame);
    }
}

static void inserted(struct working_set *, pfn_t frame)
{
    pfn_record(frame)->age = NEWEST;
}

static void start(struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        pfn_record(frame)->age = NEWEST;
}

/* The history as it would be after a tick now. */
static uint32_t rank(struct working_set *ws, pfn_t frame)
{
    return pfn_record(frame)->age | (replace_accessed(ws, frame) ? 0x100u : 0);
}

/* The hand ends on the victim, whose place the next page takes. */
static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = ws->hand, best = PFN_NONE;
    uint32_t best_rank = UINT32_MAX, looks = 0, now;

    for (uint32_t i = 0; i < TICKS && i < ws->count; i++)
        tick(ws);
    for (uint32_t i = 0; i < ws->count && looks < LOOKS; i++, frame = pfn_record(frame)->next) {
        if (pfn_record(frame)->locks)
            continue;
        looks++;
        now = rank(ws, frame);
        if (now >= best_rank)
            continue;
        best = frame;
        best_rank = now;
    }
    if (best)
        ws->hand = best;
    return best;
}

const struct replace_policy replace_aging = {
    .name = "aging",
    .title = "ageing: an 8-bit history of the A bit, the smallest goes",
    .start = start,
    .inserted = inserted,
    .victim = victim,
};
