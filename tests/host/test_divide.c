/* test_divide.c - the kernel's division of 64-bit numbers agrees with a division on paper.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c lib/divide.c
 *
 * lib/divide.c has the names that the compiler calls, so nothing here may leave a 64-bit division to the compiler.
 */
#include "tests/host/machine.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t __udivmoddi4(uint64_t number, uint64_t by, uint64_t *rest);
uint64_t __udivdi3(uint64_t number, uint64_t by);

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

/* Bit by bit.  => by fits a word */
static uint64_t on_paper(uint64_t number, uint64_t by, uint64_t *rest)
{
    uint64_t quotient = 0;

    *rest = 0;
    for (int bit = 63; bit >= 0; bit--) {
        *rest = *rest << 1 | (number >> bit & 1);
        quotient <<= 1;
        if (*rest >= by) {
            *rest -= by;
            quotient |= 1;
        }
    }
    return quotient;
}

static bool agrees(uint64_t a, uint64_t b)
{
    uint64_t rest, right_rest, right;

    if (!b || b > UINT32_MAX) /* nobody divides by more than a word */
        return true;
    right = on_paper(a, b, &right_rest);
    return __udivmoddi4(a, b, &rest) == right && rest == right_rest && __udivdi3(a, b) == right;
}

/* The signal that ends a division. */
static int ended_by(uint64_t a, uint64_t b)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit((int)(__udivdi3(a, b) & 1));
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
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
    test_ok(ended_by(10, 1ull << 32) && ended_by(10, 1ull << 63) && !ended_by(10, UINT32_MAX),
            "by more than a word: nobody may");
    return test_end();
}
