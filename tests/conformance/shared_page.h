/* shared_page.h - the page at 7FFE0000, which the system writes and every program reads (X8). */
#pragma once
#include <stdint.h>

static inline const volatile uint32_t *shared(unsigned offset)
{
    return (const volatile uint32_t *)(0x7FFE0000u + offset);
}

/* As Go reads it: high1, low, high2, again until the highs are equal. */
static inline uint64_t shared_time(unsigned offset)
{
    const volatile uint32_t *time = shared(offset);
    uint32_t low, high;

    do {
        high = time[1];
        low = time[0];
    } while (time[2] != high);
    return (uint64_t)high << 32 | low;
}
