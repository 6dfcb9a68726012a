/* bench.h - what programs that measure share: the clock, and one line for each result.
 *
 *     bench null-call 61
 *
 * Under QEMU's -icount shift=0 the time stamp counter counts instructions, those of the kernel
 * included.  tests/bench/run reads the lines.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static inline uint64_t cycles(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

/* `total` cycles for `count` times. */
static inline void report(const char *name, uint64_t total, uint32_t count)
{
    printf("bench %s %u\n", name, (unsigned)(total / count));
}

/* What can't be done can't be measured. */
static inline void need(BOOL done, const char *what)
{
    if (!done) {
        printf("bench: %s failed with error %u\n", what, (unsigned)GetLastError());
        exit(1);
    }
}

#endif
