/* context.c - a thread's registers in the form that programs see.
 *
 * The floating-point registers of a thread are in its own area, except those of the thread that ran
 * in user mode last, which are in the CPU.  So everything here is done on areas, between saving the
 * CPU's registers and loading them again.
 */
#include "kernel/process/context.h"

#include "kernel/cpu/frame.h"
#include "kernel/object/schedule.h"
#include "lib/string.h"

/* The registers of each part; the program's selectors are told, but never taken. */
#define CONTROL(X)  X(ebp) X(eip) X(eflags) X(esp)
#define INTEGER(X)  X(edi) X(esi) X(ebx) X(edx) X(ecx) X(eax)
#define SEGMENTS(X) X(gs) X(fs) X(es) X(ds)
#define CAPTURE(r)  c->r = f->r;
#define APPLY(r)    f->r = c->r;

void context_capture(const struct thread *thread, struct context *c, uint32_t flags)
{
    const struct trap_frame *f = thread_frame(thread);

    if ((flags & CONTEXT_EVERYTHING) != CONTEXT_EVERYTHING)
        memset(c, 0, CONTEXT_CLASSIC_BYTES);
    c->flags = flags & CONTEXT_EVERYTHING;
    c->cr0_npx = 0;
    if (flags & CONTEXT_CONTROL) {
        CONTROL(CAPTURE)
        c->cs = f->cs;
        c->ss = f->ss;
    }
    if (flags & CONTEXT_INTEGER) {
        INTEGER(CAPTURE)
    }
    if (flags & CONTEXT_SEGMENTS) {
        SEGMENTS(CAPTURE)
    }
    if (flags & CONTEXT_DEBUG)
        memcpy(c->debug, thread->debug, sizeof c->debug);
    if (flags & (CONTEXT_FLOATING | CONTEXT_EXTENDED)) {
        fpu_save(thread_current()->fpu);
        fpu_export(thread->fpu, c->classic);
        fpu_load(thread_current()->fpu);
    }
}

static void apply_fpu(struct thread *thread, const struct context *c)
{
    fpu_save(thread_current()->fpu);
    if ((c->flags & CONTEXT_EXTENDED) == CONTEXT_EXTENDED)
        fpu_import_extended(thread->fpu, c->extended);
    else
        fpu_import_classic(thread->fpu, c->classic);
    fpu_load(thread_current()->fpu);
}

void context_apply(struct thread *thread, const struct context *c)
{
    struct trap_frame *f = thread_frame(thread);
    uint32_t differ = 0;

    if (c->flags & CONTEXT_CONTROL) {
        CONTROL(APPLY)
    }
    if (c->flags & CONTEXT_INTEGER) {
        INTEGER(APPLY)
    }
    frame_make_user(f);
    for (unsigned i = 0; i < DEBUG_REGISTERS; i++)
        differ |= thread->debug[i] ^ c->debug[i];
    if (c->flags & CONTEXT_DEBUG && differ)
        schedule_set_debug(thread, c->debug);
    if (c->flags & (CONTEXT_FLOATING | CONTEXT_EXTENDED))
        apply_fpu(thread, c);
}
