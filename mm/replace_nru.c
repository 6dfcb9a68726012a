/* replace_nru.c - not recently used: the first page of the lowest of four classes goes.
 *
 * The classes are A = 0, D = 0; A = 0, D = 1; A = 1, D = 0; A = 1, D = 1.  In half a working set of
 * victims every A bit is cleared once, CLEARED a victim, which stands for the textbook's clock
 * interrupt.  The lowest class is that among LOOKS pages behind the hand.
 */
#include "mm/replace.h"

enum { CLEARED = 2, LOOKS = 32 };

/* The hand ends on the victim, whose place the next page takes. */
static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = ws->hand, best = PFN_NONE;
    unsigned best_class = 4, looks = 0;

    for (uint32_t i = 0; i < CLEARED; i++, ws->walk = pfn_record(ws->walk)->prev)
        ws->view->clear_accessed(ws->walk);
    for (uint32_t i = 0; i < ws->count && looks < LOOKS && best_class; i++) {
        unsigned class = 2u * replace_accessed(ws, frame) + replace_dirty(ws, frame);

        if (!pfn_record(frame)->locks) {
            looks++;
            if (class < best_class) {
                best = frame;
                best_class = class;
            }
        }
        frame = pfn_record(frame)->next;
    }
    if (best)
        ws->hand = best;
    return best;
}

const struct replace_policy replace_nru = {
    .name = "nru",
    .title = "not recently used: four classes by A and D, the lowest goes",
    .victim = victim,
};
