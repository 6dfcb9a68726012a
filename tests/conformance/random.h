/* random.h - numbers that a seed repeats, for programs that try things by chance.
 *
 * xorshift32: any seed but 0 will do.
 */
#ifndef TESTS_CONFORMANCE_RANDOM_H
#define TESTS_CONFORMANCE_RANDOM_H

#include <stdint.h>

static uint32_t random_state;

static inline uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* From 0 up to `limit`, which it is never. */
static inline uint32_t random_below(uint32_t limit)
{
    return random_word() % limit;
}

#endif
