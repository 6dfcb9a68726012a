/* machine.h - the machine that host tests run mm/ on: RAM in an array, a disk in another, and an
 * MMU in software whose TLB really keeps stale entries, so a forgotten invlpg is a failing test. */
#ifndef TESTS_HOST_MACHINE_H
#define TESTS_HOST_MACHINE_H

#include "mm/machine.h"
#include "mm/mm.h"

#include <stdio.h>

/* A fresh machine: `frames` frames of RAM of which the kernel keeps a few, `slots` blocks of paging
 * file, mm_init() done with `options` (may be 0). */
void machine_start(uint32_t frames, uint32_t slots, const struct mm_options *options);

/* One access by the program in `space` to one byte, as a CPU does it: TLB, walk, A and D bits,
 * mm_fault().  Returns STATUS_SUCCESS or what mm_fault() refused with. */
status_t machine_read(struct space *space, va_t va, uint8_t *byte);
status_t machine_write(struct space *space, va_t va, uint8_t byte);
status_t machine_read32(struct space *space, va_t va, uint32_t *word); /* 4-aligned */
status_t machine_write32(struct space *space, va_t va, uint32_t word);

/* The last fault, and how many there were. */
extern struct fault machine_last_fault;
extern uint32_t machine_faults;
/* mm_fault(), or one that is compared with it. */
extern status_t (*machine_fault)(struct fault *fault);
/* The stack that faults are told of. */
extern va_t machine_stack_low, machine_stack_top;

/* Seeded bugs and broken disks. */
extern bool machine_forgets_nothing; /* machine_forget() does nothing */
extern uint32_t machine_fail_read,
    machine_fail_write;             /* the k-th transfer from now fails; 0: none */
extern bool machine_refuses_writes; /* every one */

/* Start TAP; report one check; end with the plan and the exit status. */
void test_ok(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
int test_end(void);

/* SEED and PAGODA_LONG of the environment. */
uint32_t test_seed(void);
bool test_long(void);
uint32_t test_random(void); /* xorshift, seeded by test_seed() */
uint32_t test_below(uint32_t limit);

/* The checksum of a page, with SSE2. */
uint32_t machine_sum(void *page);

/* While `expected` is set, machine_panic() jumps back there instead of ending the test. */
bool test_panics(void (*action)(void *), void *context, const char **why);

#endif
