/* machine.h - all that mm asks of the machine.
 *
 * Declared by mm, implemented twice: kernel/cpu/machine.c drives the real CPU, and
 * tests/host/machine.c is a software MMU whose TLB really keeps stale entries.
 * No other door leads out of mm: `nm -u` on its objects may list these names, the
 * lib/ helpers and nothing else.
 */
#pragma once
#include "mm/types.h"

struct fault;

/* The bytes of a frame.  A frame below the direct-map limit has one address for ever; a higher
 * one is seen through a window that stays valid until the next three calls. */
void *machine_frame(pfn_t frame);

/* Where the direct map begins.  Page tables and the kernel's small objects always lie there. */
extern char *machine_direct;

/* Fill a frame with zero bytes. */
void machine_zero(pfn_t frame);

/* Copy all bytes of one frame to another. */
void machine_copy(pfn_t to, pfn_t from);

/* Forget the cached translation of one page in the address space of directory `dir`.
 * => must follow every change of a PTE that was valid (Intel SDM vol. 3, 4.10.4.2). */
void machine_forget(pfn_t dir, va_t va);

/* Make `dir` the directory that translates; forgets every non-global translation. */
void machine_load(pfn_t dir);

/* One fault has been resolved or refused: keep its record.  Called once per fault while fault_watched (fault.h). */
void machine_trace(struct fault *fault);

/* An invariant is broken: say which and stop the machine. */
_Noreturn void machine_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define MM_ASSERT(condition)                                                                       \
    ((condition) ? (void)0                                                                         \
                 : machine_panic("%s:%d: broken invariant: %s", __FILE__, __LINE__, #condition))
