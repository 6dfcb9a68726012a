/* fault.h - resolves one page fault. */
#pragma once
#include "mm/reclaim.h"

enum fault_access { FAULT_READ, FAULT_WRITE, FAULT_EXECUTE };

/* Why a fault was refused; words_fault_reason() says it to people. */
enum fault_reason {
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

struct fault {
    /* Set by the caller. */
    struct space *space;
    va_t va, pc;
    enum fault_access access;
    bool user;                 /* raised in user mode */
    bool present;              /* error code bit 0: the word was VALID */
    va_t stack_low, stack_top; /* the thread's stack, [low, top); 0, 0: no growth */
    uint32_t tid;

    /* Set by mm_fault(). */
    enum fault_kind kind;
    enum fault_reason reason;
    status_t status;
    pte_t pte_before, pte_after;
    prot_t prot;              /* of the page, when it has one */
    const struct vad *region; /* valid until interrupts are on again */
    va_t stack_limit;         /* GROWTH: the lowest committed page; the TEB must be told */

    /* For machine_trace() only: set when somebody watches. */
    uint32_t number; /* sequence */
    pfn_t frame;     /* the page is there now; 0: nowhere */
    const struct replace_policy *policy;
    const struct pfn_victim *victim; /* a frame had to be taken from it; 0: none was */
};

/* Is anybody interested in machine_trace()?  True from the start; whoever implements it may switch it
 * off, and then a fault pays for one comparison. */
extern bool fault_watched;

extern uint32_t fault_kind_count[FAULT_KINDS];

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
