/* checksum.h - a checksum of a page for one instruction a word.
 *
 * A page is 256 rows of four words.  Each column has two sums: one of its words, whose halves are weighed,
 * and one of the first sum after each row, so that rows count by their place, too (as Fletcher's does).
 * Weights are odd: whatever one or two bits of a page turn, a sum changes.  The eight sums become one word, in
 * which two changes meet by a chance of one in four thousand million.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CHECKSUM_PAGE = 4096, CHECKSUM_COLUMNS = 4, CHECKSUM_ROUND = 1024 };

/* Of each half word of 1 KB; the next KB begins again. */
#define CHECKSUM_1(i) (int16_t)((i)*0x9E37u | 1)
#define CHECKSUM_8(i)                                                                              \
    CHECKSUM_1(i), CHECKSUM_1(i + 1), CHECKSUM_1(i + 2), CHECKSUM_1(i + 3), CHECKSUM_1(i + 4),     \
        CHECKSUM_1(i + 5), CHECKSUM_1(i + 6), CHECKSUM_1(i + 7)
#define CHECKSUM_64(i)                                                                             \
    CHECKSUM_8(i), CHECKSUM_8(i + 8), CHECKSUM_8(i + 16), CHECKSUM_8(i + 24), CHECKSUM_8(i + 32),  \
        CHECKSUM_8(i + 40), CHECKSUM_8(i + 48), CHECKSUM_8(i + 56)
static const int16_t checksum_weights[CHECKSUM_ROUND / 2] __attribute__((aligned(16))) = {
    CHECKSUM_64(0),   CHECKSUM_64(64),  CHECKSUM_64(128), CHECKSUM_64(192),
    CHECKSUM_64(256), CHECKSUM_64(320), CHECKSUM_64(384), CHECKSUM_64(448)};

/* The columns' sums with any CPU. */
static inline void checksum_plain(const void *page, uint32_t sums[2 * CHECKSUM_COLUMNS])
{
    const int16_t *half = page;

    for (uint32_t i = 0; i < CHECKSUM_PAGE / 4; i++) {
        const int16_t *weight = &checksum_weights[2 * i % (CHECKSUM_ROUND / 2)];
        uint32_t *sum = &sums[i % CHECKSUM_COLUMNS];

        sum[0] += (uint32_t)(half[2 * i] * weight[0]) + (uint32_t)(half[2 * i + 1] * weight[1]);
        sum[CHECKSUM_COLUMNS] += sum[0];
    }
}

/* The same with SSE2, a row in four instructions.  Its registers may be a program's: they are kept. */
static inline void checksum_sse2(const void *page, uint32_t sums[2 * CHECKSUM_COLUMNS])
{
    uint8_t kept[48];
    const char *at = page;

    __asm__ volatile("movups %%xmm0, (%[kept])\n\t"
                     "movups %%xmm1, 16(%[kept])\n\t"
                     "movups %%xmm2, 32(%[kept])\n\t"
                     "pxor %%xmm1, %%xmm1\n\t"
                     "pxor %%xmm2, %%xmm2\n"
                     "1:\n\t"
                     ".set checksum_row, 0\n\t"
                     ".rept 64\n\t"
                     "movdqa checksum_row(%[at]), %%xmm0\n\t"
                     "pmaddwd checksum_row(%[weights]), %%xmm0\n\t"
                     "paddd %%xmm0, %%xmm1\n\t"
                     "paddd %%xmm1, %%xmm2\n\t"
                     ".set checksum_row, checksum_row + 16\n\t"
                     ".endr\n\t"
                     "addl $1024, %[at]\n\t"
                     "cmpl %[end], %[at]\n\t"
                     "jne 1b\n\t"
                     "movups %%xmm1, (%[sums])\n\t"
                     "movups %%xmm2, 16(%[sums])\n\t"
                     "movups (%[kept]), %%xmm0\n\t"
                     "movups 16(%[kept]), %%xmm1\n\t"
                     "movups 32(%[kept]), %%xmm2"
                     : [at] "+r"(at)
                     : [end] "g"(at + CHECKSUM_PAGE), [weights] "r"(checksum_weights),
                       [kept] "r"(kept), [sums] "r"(sums)
                     : "memory", "cc");
}

/* The checksum of the 4,096 bytes at `page`, which lies on a multiple of 16.  `sse2`: the CPU has it, and
 * its registers may be used; the result is the same. */
static inline uint32_t checksum_page(const void *page, bool sse2)
{
    uint32_t sums[2 * CHECKSUM_COLUMNS] = {0}, sum = 0;

    if (sse2)
        checksum_sse2(page, sums);
    else
        checksum_plain(page, sums);
    for (unsigned i = 0; i < 2 * CHECKSUM_COLUMNS; i++) {
        sum = (sum ^ sums[i]) * 0x9E3779B1u; /* an odd number: no step loses anything */
        sum = sum << 15 | sum >> 17;
    }
    return sum;
}
