/* heap_world.h - what the tests of the heap stand on: memory that can run out, and TAP lines.
 */
#ifndef HEAP_WORLD_H
#define HEAP_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/ntdll/heap_calls.h"
#include "user/ntdll/heap_page.h"
#include "user/ntdll/heap_parts.h"

/* The memory of the test's heaps, and what the heaps reported. */
struct world {
    size_t reserved, committed; /* bytes now */
    size_t peak;                /* most bytes ever committed */
    unsigned calls;             /* of reserve and commit so far */
    unsigned fail_at;           /* this call fails, and with fail_on also those after it; 0: none */
    bool fail_on;
    unsigned fail_percent; /* of the calls fail at random */
    unsigned reports;      /* damage told by heaps */
    enum heap_damage last; /* what, and where */
    const void *last_at;
};
extern struct world world;
extern const struct heap_provider world_provider;

/* All counters back to 0; complains if a heap left memory behind. */
bool world_reset(void);

/* Is there memory at that address, as far as the heaps' provider knows? */
bool world_has(const void *at);

/* xorshift; world_start() seeds it with SEED or the time and prints the seed. */
void world_start(void);
uint32_t world_random(void);
uint32_t world_below(uint32_t limit);
bool world_long(void); /* PAGODA_LONG=1 */

/* One TAP line. */
void test(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The plan; returns the exit status. */
int test_end(void);

#endif
