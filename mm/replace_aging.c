/* replace_aging.c - ageing: LRU as far as one bit a page allows.
 *
 * Every page has an 8-bit history.  Once per eighth of the working set's size in faults, a scan
 * shifts each history right and puts the A bit in at the left; the smallest history goes.  Among
 * equals the one that comes first after the hand, which is the oldest of those never scanned.
 */
#include "mm/replace.h"

enum { SINCE_SCAN = 0 }; /* ws->word: faults since the last scan */
enum { NEWEST = 0x80 };

static void scan(struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next) {
        struct pfn *p = pfn_record(frame);

        p->age = (uint16_t)(p->age >> 1);
        if (ws->view->accessed(frame)) {
            p->age |= NEWEST;
            ws->view->clear_accessed(frame);
        }
    }
}

static void start(struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        pfn_record(frame)->age = NEWEST;
}

static void inserted(struct working_set *ws, pfn_t frame)
{
    pfn_record(frame)->age = NEWEST;
    if (++ws->word[SINCE_SCAN] * 8 >= ws->count) {
        ws->word[SINCE_SCAN] = 0;
        scan(ws);
        pfn_record(frame)->age = NEWEST;
    }
}

/* The history as it would be after a scan now. */
static uint32_t rank(struct working_set *ws, pfn_t frame)
{
    return pfn_record(frame)->age | (ws->view->accessed(frame) ? 0x100u : 0);
}

static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = ws->hand, best = PFN_NONE;
    uint32_t best_rank = UINT32_MAX;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next) {
        if (pfn_record(frame)->locks || rank(ws, frame) >= best_rank)
            continue;
        best = frame;
        best_rank = rank(ws, frame);
    }
    return best;
}

const struct replace_policy replace_aging = {
    .name = "aging",
    .title = "ageing: an 8-bit history of the A bit, the smallest goes",
    .start = start,
    .inserted = inserted,
    .victim = victim,
};
