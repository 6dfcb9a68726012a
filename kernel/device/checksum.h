/* checksum.h - a checksum of a page for less than one instruction a word.
 *
 * A page is 256 rows of four words.  Each column has a sum of its half words, each weighed with a number of its own:
 * odd and below 2^15, so that no one or two bits of a column can turn and leave the sum as it was (w1 * 2^a is
 * w2 * 2^b for the same half word only).  The four sums become one word, in which two changes meet by a chance of one
 * in four thousand million.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CHECKSUM_PAGE = 4096, CHECKSUM_COLUMNS = 4 };

/* Of each half word. */
#define CHECKSUM_1(i)  (((i)*0x1E37 & 0x3FFF) * 2 + 1)
#define CHECKSUM_4(i)  CHECKSUM_1(i), CHECKSUM_1(i + 1), CHECKSUM_1(i + 2), CHECKSUM_1(i + 3)
#define CHECKSUM_16(i) CHECKSUM_4(i), CHECKSUM_4(i + 4), CHECKSUM_4(i + 8), CHECKSUM_4(i + 12)
#define CHECKSUM_64(i) CHECKSUM_16(i), CHECKSUM_16(i + 16), CHECKSUM_16(i + 32), CHECKSUM_16(i + 48)
#define CHECKSUM_256(i)                                                                            \
    CHECKSUM_64(i), CHECKSUM_64(i + 64), CHECKSUM_64(i + 128), CHECKSUM_64(i + 192)
static const int16_t checksum_weights[CHECKSUM_PAGE / 2] __attribute__((aligned(16))) = {
    CHECKSUM_256(0),    CHECKSUM_256(256),  CHECKSUM_256(512),  CHECKSUM_256(768),
    CHECKSUM_256(1024), CHECKSUM_256(1280), CHECKSUM_256(1536), CHECKSUM_256(1792)};

/* Copies a page and adds to its columns' sums, with any CPU. */
static inline void checksum_plain(void *to, const void *from, uint32_t sums[CHECKSUM_COLUMNS])
{
    const int16_t *half = from;
    int16_t *copy = to;

    for (uint32_t i = 0; i < CHECKSUM_PAGE / 2; i++) {
        copy[i] = half[i];
        sums[i / 2 % CHECKSUM_COLUMNS] += (uint32_t)(half[i] * checksum_weights[i]);
    }
}

/* The same with SSE2, a row in four instructions.  Its registers may be a program's: they are kept. */
static __attribute__((noinline)) void checksum_sse2(void *to, const void *from, uint32_t *sums)
{
    uint8_t kept[32];

    __asm__ volatile(
        "movups %%xmm0, (%[kept]); movups %%xmm1, 16(%[kept])\n\t"
        "pxor %%xmm1, %%xmm1; .set checksum_row, 0\n\t"
        ".rept 256\n\t"
        "movdqa checksum_row(%[from]), %%xmm0\n\t"
        "movdqa %%xmm0, checksum_row(%[to])\n\t"
        "pmaddwd checksum_row(%[weights]), %%xmm0\n\t"
        "paddd %%xmm0, %%xmm1\n\t"
        ".set checksum_row, checksum_row + 16\n\t"
        ".endr\n\t"
        "movups %%xmm1, %[sums]\n\t"
        "movups (%[kept]), %%xmm0; movups 16(%[kept]), %%xmm1"
        : [sums] "=m"(*(uint32_t(*)[CHECKSUM_COLUMNS])sums)
        : [from] "r"(from), [to] "r"(to), [weights] "r"(checksum_weights), [kept] "r"(kept)
        : "memory", "cc");
}

/* The checksum of the 4,096 bytes at `from`, which are copied to `to`; both lie on a multiple of 16, and may be the
 * same.  `sse2`: the CPU has it, and its registers may be used; the result is the same. */
static inline uint32_t checksum_copy(void *to, const void *from, bool sse2)
{
    uint32_t sums[CHECKSUM_COLUMNS] = {0}, sum = 0;

    if (sse2)
        checksum_sse2(to, from, sums);
    else
        checksum_plain(to, from, sums);
    for (unsigned i = 0; i < CHECKSUM_COLUMNS; i++) {
        sum = (sum ^ sums[i]) * 0x9E3779B1u; /* an odd number: no step loses anything */
        sum = sum << 15 | sum >> 17;
    }
    return sum;
}
