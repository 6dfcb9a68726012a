/* divide.c - division of 64-bit numbers, which this CPU has no instruction for.
 *
 * The compiler calls these functions by the names it knows.  Its own library has them, too, but wants
 * arguments on the stack, and the kernel passes them in registers.
 */
#include <stdint.h>

uint64_t __udivmoddi4(uint64_t number, uint64_t by, uint64_t *rest);
uint64_t __udivdi3(uint64_t number, uint64_t by);

/* => high < by, so that the quotient fits (Intel SDM vol. 2, "DIV") */
static uint32_t divide(uint32_t high, uint32_t low, uint32_t by, uint32_t *rest)
{
    uint32_t quotient;

    __asm__("divl %4" : "=a"(quotient), "=d"(*rest) : "a"(low), "d"(high), "rm"(by) : "cc");
    return quotient;
}

/* By a number of one word: on paper, with words for digits. */
static uint64_t by_word(uint64_t number, uint32_t by, uint64_t *rest)
{
    uint32_t left;
    uint32_t high = divide(0, (uint32_t)(number >> 32), by, &left);
    uint32_t low = divide(left, (uint32_t)number, by, &left);

    *rest = left;
    return (uint64_t)high << 32 | low;
}

/* Nobody here divides by more than a word. */
uint64_t __udivmoddi4(uint64_t number, uint64_t by, uint64_t *rest)
{
    if (by >> 32)
        __builtin_trap();
    return by_word(number, (uint32_t)by, rest);
}

uint64_t __udivdi3(uint64_t number, uint64_t by)
{
    uint64_t rest;

    return __udivmoddi4(number, by, &rest);
}
