/* context.h - a thread's registers in the form that programs see: CONTEXT, 716 bytes. */
#pragma once
#include "kernel/cpu/fpu.h"
#include "kernel/object/thread.h"

/* Which parts are meant. */
enum {
    CONTEXT_I386 = 0x10000, /* always */
    CONTEXT_CONTROL = 0x01,
    CONTEXT_INTEGER = 0x02,
    CONTEXT_SEGMENTS = 0x04,
    CONTEXT_FLOATING = 0x08,
    CONTEXT_DEBUG = 0x10,
    CONTEXT_EXTENDED = 0x20,
    CONTEXT_EVERYTHING = CONTEXT_I386 | 0x3F,
};

struct context {
    uint32_t flags;
    uint32_t debug[DEBUG_REGISTERS];
    uint8_t classic[FPU_FNSAVE];
    uint32_t cr0_npx;
    uint32_t gs, fs, es, ds;
    uint32_t edi, esi, ebx, edx, ecx, eax;
    uint32_t ebp, eip, cs, eflags, esp, ss;
    uint8_t extended[FPU_FXSAVE];
};
enum { CONTEXT_CLASSIC_BYTES = offsetof(struct context, extended) };
_Static_assert(offsetof(struct context, gs) == 0x8C && offsetof(struct context, eip) == 0xB8 &&
                   sizeof(struct context) == 716,
               "the public layout");

/* The registers with which the thread returns to its program.  Fills the parts that `flags` ask for;
 * the others are zero.  `extended` is left alone: those registers are then in thread->fpu.
 * => it is the current thread or one that does not run, of a program */
void context_capture(const struct thread *thread, struct context *context, uint32_t flags);

/* Set the parts that context->flags name.  Whatever a program may not choose is made safe. */
void context_apply(struct thread *thread, const struct context *context);
