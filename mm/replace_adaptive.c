/* replace_adaptive.c - LRU from a sample, until remembering turns out to be useless.
 *
 * As long as pages are used again, a page unused for long goes: the hand passes pages with A = 1,
 * noting the time, and of the next LOOKS others it takes the one unused for longest.  Time is
 * counted in victims.  A look at all pages would be a little better and much slower.
 *
 * A loop over more pages than there are frames defeats that, as it defeats LRU: each page goes just
 * before it is needed.  It shows in the A bits: no page is ever found used again.  So every
 * eighth of the working set a scan counts the pages used again; after ENTER scans with
 * hardly any, the newest page goes instead, and most of the loop stays in RAM.  After LEAVE scans
 * with hardly any in that mode, the program has moved on: back to the first mode.
 */
#include "mm/replace.h"

enum { NOW, SINCE_SCAN, REUSED, POOR_SCANS, NEWEST_GOES, BACK }; /* ws->word */
enum { LOOKS = 32, SCANS = 8, FEW = 16, ENTER = 8, LEAVE = 24 };
enum { LOADED, USED_ONCE }; /* pfn.mark: the first A = 1 is that of the load itself */

static void start(struct working_set *ws)
{
    ws->word[BACK] = ws->back;
    for (uint32_t i = 0; i < ws->count; i++, ws->hand = pfn_record(ws->hand)->next) {
        pfn_record(ws->hand)->age = 0;
        pfn_record(ws->hand)->mark = LOADED;
    }
}

/* Victims since the page was last seen in use. */
static uint16_t age_of(const struct working_set *ws, pfn_t frame)
{
    return (uint16_t)(ws->word[NOW] - pfn_record(frame)->age);
}

/* The page was used since somebody looked. */
static void note_use(struct working_set *ws, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    ws->view->clear_accessed(frame);
    ws->word[REUSED] += p->mark == USED_ONCE;
    p->mark = USED_ONCE;
    p->age = (uint16_t)ws->word[NOW];
}

/* Count the pages used again, and change the mode when they are few for long. */
static void scan(struct working_set *ws, pfn_t newest)
{
    pfn_t frame = ws->hand;
    bool poor;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        if (frame != newest && ws->view->accessed(frame))
            note_use(ws, frame);
    ws->word[REUSED] += ws->back - ws->word[BACK];
    ws->word[BACK] = ws->back;
    poor = ws->word[REUSED] * FEW < ws->count;
    ws->word[REUSED] = 0;
    ws->word[POOR_SCANS] = poor ? ws->word[POOR_SCANS] + 1 : 0;
    if (ws->word[POOR_SCANS] >= (ws->word[NEWEST_GOES] ? LEAVE : ENTER)) {
        ws->word[NEWEST_GOES] ^= 1;
        ws->word[POOR_SCANS] = 0;
    }
}

static void inserted(struct working_set *ws, pfn_t frame)
{
    pfn_record(frame)->age = (uint16_t)ws->word[NOW];
    pfn_record(frame)->mark = LOADED;
    if (ws->word[SINCE_SCAN] * SCANS < ws->count)
        return;
    ws->word[SINCE_SCAN] = 0;
    scan(ws, frame);
}

/* New frames come in before the hand. */
static pfn_t newest(const struct working_set *ws)
{
    pfn_t frame = pfn_record(ws->hand)->prev;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->prev)
        if (!pfn_record(frame)->locks)
            return frame;
    return PFN_NONE;
}

/* The hand ends on the victim, whose place the next page takes. */
static pfn_t longest_unused(struct working_set *ws)
{
    pfn_t oldest = PFN_NONE;
    uint32_t looks = 0;

    for (uint32_t i = 0; i < ws->count && looks < LOOKS; i++) {
        pfn_t frame = ws->hand;

        ws->hand = pfn_record(frame)->next;
        if (pfn_record(frame)->locks)
            continue;
        if (ws->view->accessed(frame))
            note_use(ws, frame);
        else
            looks++;
        if (!oldest || age_of(ws, frame) > age_of(ws, oldest))
            oldest = frame;
    }
    if (oldest)
        ws->hand = oldest;
    return oldest;
}

static pfn_t victim(struct working_set *ws)
{
    ws->word[NOW]++;
    ws->word[SINCE_SCAN]++;
    return ws->word[NEWEST_GOES] ? newest(ws) : longest_unused(ws);
}

const struct replace_policy replace_adaptive = {
    .name = "adaptive",
    .title = "LRU from a sample, and in a loop too large for RAM the newest page goes",
    .start = start,
    .inserted = inserted,
    .victim = victim,
};
