/* test_divide.c - the kernel's division of 64-bit numbers agrees with the compiler's.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

#define __udivmoddi4 kernel_udivmoddi4
#define __udivdi3    kernel_udivdi3
#include "lib/divide.c"
#undef __udivmoddi4
#undef __udivdi3

enum { ROUNDS = 300000 };

static const uint64_t edges[] = {
    0,         1,          2,         10, UINT32_MAX - 1, UINT32_MAX, 1ull << 32, (1ull << 32) + 1,
    INT64_MAX, 1ull << 63, UINT64_MAX};
enum { EDGES = sizeof edges / sizeof *edges };

/* Of every length from 1 to 64 bits. */
static uint64_t number(void)
{
    uint64_t bits = (uint64_t)test_random() << 32 | test_random();

    return bits >> test_random() % 64;
}

static bool agrees(uint64_t a, uint64_t b)
{
    uint64_t rest;

    if (!b || b > UINT32_MAX) /* nobody divides by more than a word */
        return true;
    return kernel_udivmoddi4(a, b, &rest) == a / b && rest == a % b &&
           kernel_udivdi3(a, b) == a / b;
}

int main(void)
{
    unsigned bad = 0;

    test_seed();
    for (int i = 0; i < EDGES * EDGES; i++)
        bad += !agrees(edges[i / EDGES], edges[i % EDGES]);
    test_ok(bad == 0, "numbers at the ends of the ranges");
    for (int i = 0; i < ROUNDS; i++)
        bad += !agrees(number(), i % 2 ? number() : edges[(unsigned)i / 2 % EDGES]);
    test_ok(bad == 0, "numbers of every length");
    return test_end();
}
