/* replace_nru.c - not recently used: the first page of the lowest of four classes goes.
 *
 * The classes are A = 0, D = 0; A = 0, D = 1; A = 1, D = 0; A = 1, D = 1.  The A bits are cleared
 * every half working set of faults, which stands for the textbook's clock interrupt.
 */
#include "mm/replace.h"

enum { SINCE_CLEAR = 0 }; /* ws->word: faults since the A bits were cleared */

static void inserted(struct working_set *ws, pfn_t frame)
{
    (void)frame;
    if (++ws->word[SINCE_CLEAR] * 2 < ws->count)
        return;
    ws->word[SINCE_CLEAR] = 0;
    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        ws->view->clear_accessed(frame);
}

static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = ws->hand, best = PFN_NONE;
    unsigned best_class = 4;

    for (uint32_t i = 0; i < ws->count && best_class; i++, frame = pfn_record(frame)->next) {
        unsigned class = 2u * ws->view->accessed(frame) + ws->view->dirty(frame);

        if (pfn_record(frame)->locks || class >= best_class)
            continue;
        best = frame;
        best_class = class;
    }
    return best;
}

const struct replace_policy replace_nru = {
    .name = "nru",
    .title = "not recently used: four classes by A and D, the lowest goes",
    .inserted = inserted,
    .victim = victim,
};
