/* replace_random.c - any page, by chance: what a policy must beat to be worth its code.
 *
 * The generator is a 32-bit xorshift, seeded the same at every start, so runs can be repeated.
 */
#include "mm/replace.h"

enum { STATE = 0, SEED = 0x9E3779B9 }; /* ws->word[STATE] */

static void start(struct working_set *ws)
{
    ws->word[STATE] = (uint32_t)SEED;
}

static uint32_t next_random(uint32_t x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ x << 5;
}

static pfn_t victim(struct working_set *ws)
{
    uint32_t steps = (ws->word[STATE] = next_random(ws->word[STATE])) % ws->count;
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
