/* replace_fifo.c - first in, first out: the page that came in longest ago goes.
 *
 * The hand rests on the oldest frame and new frames come in before it, so the ring is the queue.
 */
#include "mm/replace.h"

static pfn_t victim(struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        if (!pfn_record(frame)->locks)
            return frame;
    return PFN_NONE;
}

const struct replace_policy replace_fifo = {
    .name = "fifo",
    .title = "first in, first out: the page that came in longest ago goes",
    .victim = victim,
};
