/* random.h - numbers that a seed repeats, for programs that try things by chance.
 * Any seed but 0 will do.
 */
#ifndef TESTS_CONFORMANCE_RANDOM_H
#define TESTS_CONFORMANCE_RANDOM_H

#include <stdint.h>
#include <time.h>

#include "lib/chance.h"

static uint32_t random_state;

static inline uint32_t random_word(void)
{
    return random_state = chance_next(random_state);
}

/* A seed that nobody gave: another one each second, even where the CPU's cycles are counted the same. */
static inline uint32_t random_seed(void)
{
    return (uint32_t)time(NULL) * 2654435761u + 1;
}

/* From 0 up to `limit`, which it is never. */
static inline uint32_t random_below(uint32_t limit)
{
    return random_word() % limit;
}

#endif
