/* replace_wsclock.c - WSClock: pages not used for a while are outside the working set.
 *
 * Time is counted in faults of this working set.  The hand gives a page with A = 1 the time of
 * now; a page whose time is more than TAU behind, and that is clean, goes.  If LOOKS pages hold
 * none, the one of them with the oldest time goes.
 */
#include "mm/replace.h"

enum { LOOKS = 32 };
enum { NOW = 0 }; /* ws->word: faults so far */

/* A page not used for this many faults has left the working set: its size. */
static uint32_t tau(const struct working_set *ws)
{
    return ws->count;
}

static uint32_t age_of(const struct working_set *ws, pfn_t frame)
{
    return ws->word[NOW] - pfn_record(frame)->age;
}

static void start(struct working_set *ws)
{
    for (uint32_t i = 0; i < ws->count; i++, ws->hand = pfn_record(ws->hand)->next)
        pfn_record(ws->hand)->age = 0;
}

static void inserted(struct working_set *ws, pfn_t frame)
{
    pfn_record(frame)->age = ++ws->word[NOW];
}

static pfn_t victim(struct working_set *ws)
{
    pfn_t oldest = PFN_NONE;
    uint32_t looks = 0;

    for (uint32_t i = 0; i < ws->count && looks < LOOKS;
         i++, ws->hand = pfn_record(ws->hand)->next) {
        pfn_t frame = ws->hand;

        if (pfn_record(frame)->locks)
            continue;
        looks++;
        if (replace_accessed(ws, frame)) {
            ws->view->clear_accessed(frame);
            pfn_record(frame)->age = ws->word[NOW];
        } else if (age_of(ws, frame) > tau(ws) && !replace_dirty(ws, frame)) {
            return frame;
        }
        if (!oldest || age_of(ws, frame) > age_of(ws, oldest))
            oldest = frame;
    }
    if (oldest)
        ws->hand = oldest;
    return oldest;
}

const struct replace_policy replace_wsclock = {
    .name = "wsclock",
    .title = "WSClock: clean pages that were not used for a while go first",
    .start = start,
    .inserted = inserted,
    .victim = victim,
};
