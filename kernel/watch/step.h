/* step.h - stop at a fault and explain it. */
#pragma once
#include "mm/mm.h"

/* Which faults to stop at: all conditions must hold. */
struct step_filter {
    enum fault_kind kind; /* FAULT_NONE: any */
    bool one_pid;
    uint32_t pid;   /* if one_pid; 0 is the kernel */
    va_t low, high; /* inclusive */
};

/* From now on each fault that passes the filter is explained, and a key is waited for.  No thread runs
 * meanwhile. */
void step_start(const struct step_filter *filter);
void step_stop(void);
