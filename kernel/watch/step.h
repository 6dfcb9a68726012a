/* step.h - stop at a fault and explain it. */
#ifndef KERNEL_STEP_H
#define KERNEL_STEP_H

#include "mm/mm.h"

/* Which faults to stop at: all conditions must hold. */
struct step_filter {
    bool any_kind;
    enum fault_kind kind; /* unless any_kind */
    bool one_pid;
    uint32_t pid;   /* if one_pid; 0 is the kernel */
    va_t low, high; /* inclusive */
};

void step_start(const struct step_filter *filter);
void step_stop(void);
/* Called by the trace once a fault while `step` is on: explains it and waits for a key if it
 * passes the filter.  No thread runs meanwhile.  => interrupts are off; the current thread is not in
 * an interrupt. */
void step_fault(const struct fault *fault);

#endif
