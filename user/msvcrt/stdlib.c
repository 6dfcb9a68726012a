/* stdlib.c - the small rest of <stdlib.h>: absolute values, quotients, rotations, random numbers. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#undef _rotl
#undef _rotr
#undef _rotl64
#undef _rotr64
#undef _lrotl
#undef _lrotr

errno_t rand_s(unsigned *value);

int abs(int value)
{
    return value < 0 ? -value : value;
}

int64_t _abs64(int64_t value)
{
    return value < 0 ? -value : value;
}

long long llabs(long long value)
{
    return _abs64(value);
}

intmax_t imaxabs(intmax_t value)
{
    return _abs64(value);
}

div_t div(int number, int divisor)
{
    return (div_t){.quot = number / divisor, .rem = number % divisor};
}

ldiv_t ldiv(long number, long divisor)
{
    return (ldiv_t){.quot = number / divisor, .rem = number % divisor};
}

unsigned _rotl(unsigned value, int shift)
{
    return value << (shift & 31) | value >> (-shift & 31);
}

unsigned _rotr(unsigned value, int shift)
{
    return _rotl(value, -shift);
}

uint64_t _rotl64(uint64_t value, int shift)
{
    return value << (shift & 63) | value >> (-shift & 63);
}

uint64_t _rotr64(uint64_t value, int shift)
{
    return _rotl64(value, -shift);
}

/* The generator of Windows: the same seed gives the same 15-bit numbers, in each thread. */
int rand(void)
{
    struct crt_thread *thread = crt_thread();

    thread->random = thread->random * 214013 + 2531011;
    return thread->random >> 16 & RAND_MAX;
}

void srand(unsigned seed)
{
    crt_thread()->random = seed;
}

/* Not for cryptography: this system has no source of true randomness.  The counter is mixed until
 * every bit of it reaches every bit of the result (Steele's splitmix). */
errno_t rand_s(unsigned *value)
{
    static uint64_t state;
    LARGE_INTEGER now;
    uint64_t mixed;

    if (!value)
        return EINVAL;
    QueryPerformanceCounter(&now);
    state += (uint64_t)now.QuadPart + 0x9E3779B97F4A7C15u;
    mixed = state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    *value = (unsigned)(mixed ^ mixed >> 31);
    return 0;
}
