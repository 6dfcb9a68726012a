/* replace_clock.c - CLOCK, or second chance: the hand passes pages used since its last visit.
 *
 * A page enters with its A bit set, because the faulting instruction restarts and sets it.  The
 * victim's place in the ring is taken by the page that comes in, and the hand moves past it.
 */
#include "mm/replace.h"

static pfn_t victim(struct working_set *ws)
{
    /* Twice round is enough: the first round clears every A bit that was set. */
    for (uint32_t i = 0; i < 2 * ws->count + 1; i++) {
        pfn_t frame = ws->hand;

        if (!pfn_record(frame)->locks) {
            if (!ws->view->accessed(frame))
                return frame;
            ws->view->clear_accessed(frame);
        }
        ws->hand = pfn_record(frame)->next;
    }
    return PFN_NONE;
}

const struct replace_policy replace_clock = {
    .name = "clock",
    .title = "second chance: the hand passes pages used since its last visit",
    .victim = victim,
};
