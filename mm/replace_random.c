/* replace_random.c - any page, by chance: what a policy must beat to be worth its code.
 *
 * The generator is seeded the same at every start, so runs can be repeated.
 */
#include "mm/replace.h"

#include "lib/chance.h"

enum { STATE = 0, SEED = 0x9E3779B9 }; /* ws->word[STATE] */

static void start(struct working_set *ws)
{
    ws->word[STATE] = (uint32_t)SEED;
}

static pfn_t victim(struct working_set *ws)
{
    uint32_t steps = (ws->word[STATE] = chance_next(ws->word[STATE])) % ws->count;
    pfn_t frame = ws->hand;

    while (steps--)
        frame = pfn_record(frame)->next;
    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next)
        if (!pfn_record(frame)->locks)
            return frame;
    return PFN_NONE;
}

const struct replace_policy replace_random = {
    .name = "random",
    .title = "any page, by chance",
    .start = start,
    .victim = victim,
};
