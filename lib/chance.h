/* chance.h - numbers that look random and that a seed repeats (xorshift32, Marsaglia 2003). */
#pragma once
#include <stdint.h>

/* The number after `word`; any but 0 will do to begin with. */
static inline uint32_t chance_next(uint32_t word)
{
    word ^= word << 13;
    word ^= word >> 17;
    return word ^ word << 5;
}
