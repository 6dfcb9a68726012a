/* replace_clean.c - modified CLOCK: prefers pages that need not be written.
 *
 * Two kinds of rounds in turn.  The first looks for A = 0, D = 0 and changes nothing; the second
 * takes A = 0, D = 1 and clears the A bits it passes.  After twice both, something was found.
 */
#include "mm/replace.h"

/* One round; PFN_NONE if it found nothing. */
static pfn_t look(struct working_set *ws, bool take_dirty)
{
    for (uint32_t i = 0; i < ws->count; i++, ws->hand = pfn_record(ws->hand)->next) {
        pfn_t frame = ws->hand;

        if (pfn_record(frame)->locks)
            continue;
        if (!replace_accessed(ws, frame) && (take_dirty || !replace_dirty(ws, frame)))
            return frame;
        if (take_dirty)
            ws->view->clear_accessed(frame);
    }
    return PFN_NONE;
}

static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = PFN_NONE;

    for (int round = 0; round < 4 && !frame; round++)
        frame = look(ws, round & 1);
    return frame;
}

const struct replace_policy replace_clean = {
    .name = "clock-clean",
    .title = "modified CLOCK (A and D): prefers pages that need not be written",
    .victim = victim,
};
