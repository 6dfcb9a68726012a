/* fault.h - resolves one page fault. */
#pragma once
#include "mm/reclaim.h"

enum __attribute__((packed)) fault_access { FAULT_READ, FAULT_WRITE, FAULT_EXECUTE };

/* Why a fault was refused; words_fault_reason() says it to people. */
enum __attribute__((packed)) fault_reason {
    REASON_NONE,
    REASON_NULL, /* null partition */
    REASON_NO_ACCESS_ZONE,
    REASON_KERNEL,    /* a user program touched the kernel's half */
    REASON_FREE,      /* nothing is reserved there */
    REASON_RESERVED,  /* reserved, not committed */
    REASON_NOACCESS,  /* PAGE_NOACCESS */
    REASON_READ_ONLY, /* write to a page that may only be read */
    REASON_GUARD,
    REASON_READ_ERROR,
    REASON_NO_FRAME,
    REASON_CPU, /* the page allows the access, the CPU refuses it all the same */
};

/* One fault.  The kernel makes it where it will stay, in the ring of the trace, so that nothing is copied.  Up to `space`
 * it is what is told of it; the rest is good for now only.  The caller sets what is marked *, and all other bits to 0. */
struct fault {
    uint64_t time;   /* TSC; this and pid: of the one who keeps it */
    uint32_t number; /* sequence, from 1 */
    uint32_t pid;
    uint32_t tid; /* * 0: no thread, so no stack that grows */
    va_t va, pc;  /* * */
    pte_t pte_before, pte_after;
    const struct replace_policy *policy; /* of the space */
    status_t status;
    uint32_t victim_pid; /* => taken; 0: a page of a section */
    va_t victim_va;
    uint32_t victim_slot;
    enum fault_kind kind;       /* * to NONE */
    enum fault_reason reason;   /* * to NONE */
    enum fault_access access;   /* * */
    bool user : 1, present : 1; /* * raised in user mode; the word was VALID (error code) */
    bool taken : 1;             /* a frame had to be taken from a standby page: the victim */
    bool victim_private : 1;    /* a page of a process, not of a section */
    bool victim_dirty : 1;      /* it had to be written before */
    uint8_t none : 3;
    struct space *space;      /* * */
    const struct vad *region; /* valid until interrupts are on again */
    prot_t prot;              /* of the page, when it has one */
    va_t stack_limit;         /* GROWTH: the lowest committed page; the TEB must be told */
};

/* Where the page is now; PFN_NONE: in no frame. */
static inline pfn_t fault_frame(const struct fault *fault)
{
    return pte_is_valid(fault->pte_after) ? pte_frame(fault->pte_after) : PFN_NONE;
}

/* Is anybody interested in machine_trace()?  True from the start; whoever implements it may switch it
 * off, and then a fault pays for one comparison. */
extern bool fault_watched;

extern uint32_t fault_kind_count[FAULT_KINDS];

/* Where the running thread's stack lies, as the program says: [*low, *top).  Unchanged: it has none. */
extern void (*fault_stack)(va_t *low, va_t *top);

/* Resolve the fault, or say why not.  Returns STATUS_SUCCESS (restart the instruction),
 * STATUS_ACCESS_VIOLATION, STATUS_GUARD_PAGE_VIOLATION, STATUS_STACK_OVERFLOW,
 * STATUS_IN_PAGE_ERROR or STATUS_NO_MEMORY.  => interrupts are off. */
status_t mm_fault(struct fault *fault);

/* Bring one page in as mm_fault() would, but with no CPU behind it: no record, no counters.
 * Used to lock pages and to reach into another process. */
status_t fault_page_in(struct space *space, va_t va, enum fault_access access);

/* Had a page to be read, from the paging file or from a section's file? */
bool fault_is_hard(enum fault_kind kind);
/* Of counts by kind: the faults that had to read, and those that were answered without. */
uint32_t fault_hard(const uint32_t count[FAULT_KINDS]);
uint32_t fault_soft(const uint32_t count[FAULT_KINDS]);
const char *fault_kind_name(enum fault_kind kind);
