/* trap.c - sends every trap to the one who deals with it.
 *
 * Called by trap.asm with interrupts off.  Interrupts come only from user mode or from the idle
 * loop, because the kernel never turns them on elsewhere; so nothing here nests deeper than a page
 * fault inside a system call.
 */
#include "kernel/cpu/frame.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/machine.h"
#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/keyboard.h"
#include "kernel/device/panic.h"
#include "kernel/device/pic.h"
#include "kernel/device/vga.h"
#include "kernel/object/keeper.h"
#include "kernel/object/schedule.h"
#include "kernel/process/exception.h"
#include "kernel/process/words.h"
#include "kernel/watch/trace.h"

enum { SCREEN_TICKS = 5, LONGEST_INSTRUCTION = 15 };

/* Name of a CPU exception for people ("divide error"). */
static const char *trap_name(uint32_t vector)
{
    static const char *const names[] = {
        [TRAP_DIVIDE] = "divide error",
        [TRAP_DEBUG] = "debug trap",
        [TRAP_NMI] = "non-maskable interrupt",
        [TRAP_BREAKPOINT] = "breakpoint",
        [TRAP_OVERFLOW] = "overflow trap",
        [TRAP_BOUND] = "bound range exceeded",
        [TRAP_INVALID_OPCODE] = "invalid instruction",
        [TRAP_NO_FPU] = "no floating-point unit",
        [TRAP_DOUBLE_FAULT] = "double fault",
        [TRAP_INVALID_TSS] = "invalid task state",
        [TRAP_NO_SEGMENT] = "segment not present",
        [TRAP_STACK] = "stack segment fault",
        [TRAP_PROTECTION] = "general protection fault",
        [TRAP_PAGE_FAULT] = "page fault",
        [TRAP_FPU] = "floating-point error",
        [TRAP_ALIGNMENT] = "alignment check",
        [TRAP_MACHINE_CHECK] = "machine check",
        [TRAP_SIMD] = "SIMD floating-point error",
    };

    if (vector < sizeof names / sizeof names[0] && names[vector])
        return names[vector];
    return "unexpected interrupt";
}

/* With SMEP the error code tells a fetch from a read (Intel SDM vol. 3, 4.7).  Without it the address
 * does: it is that of the instruction, or the start of the page that the instruction runs into. */
static APART enum fault_access access_of(const struct trap_frame *frame, va_t va)
{
    if (frame->error & TRAP_PF_WRITE)
        return FAULT_WRITE;
    if (cpu_features.smep)
        return frame->error & TRAP_PF_FETCH ? FAULT_EXECUTE : FAULT_READ;
    if (va == frame->eip)
        return FAULT_EXECUTE;
    if (va == page_down(va) && frame->eip < va && va - frame->eip < LONGEST_INSTRUCTION)
        return FAULT_EXECUTE;
    return FAULT_READ;
}

/* The caller's part of the record; mm_fault() sets the rest. */
static inline void fill(struct fault *fault, const struct trap_frame *frame, bool user)
{
    const struct thread *self = thread_current();

    fault->kind = FAULT_NONE;
    fault->reason = REASON_NONE;
    fault->va = cpu_cr2();
    fault->pc = frame->eip;
    fault->tid = self->id;
    fault->access = FAULT_WRITE;
    if (!(frame->error & TRAP_PF_WRITE))
        fault->access = access_of(frame, fault->va);
    fault->user = user;
    fault->present = frame->error & TRAP_PF_PRESENT;
    fault->taken = fault->victim_private = fault->victim_dirty = false;
    fault->none = 0;
    fault->space = self->space;
}

/* The kernel touches programs' memory in one place only; anything else is a wild pointer, even where
 * the program has a page. */
static void check_kernel_fault(const struct trap_frame *frame, va_t va)
{
    if (!thread_current())
        panic_trap(frame, "page fault at %08X before memory management runs", va);
    if (va < LAYOUT_KERNEL && !usercopy_end(frame->eip))
        panic_trap(frame, "wild pointer: the kernel tried to %s address %08X",
                   words_access(access_of(frame, va)), va);
}

/* A fault inside a system call uses windows of its own (machine.c). */
static APART void kernel_fault(struct trap_frame *frame, struct fault *fault)
{
    if (frame_is_odd(frame))
        exception_odd_frame(frame);
    check_kernel_fault(frame, cpu_cr2());
    fill(fault, frame, false);
    if (!fault->space || fault->va >= LAYOUT_KERNEL)
        fault->space = &space_kernel;
    machine_nest(true);
    (void)mm_fault(fault);
    machine_nest(false);
    if (fault->status && !usercopy_recover(frame, fault->status))
        panic_trap(frame, "page fault in the kernel: it tried to %s address %08X; %s",
                   words_access(fault->access), fault->va, words_fault_reason(fault->reason));
}

void trap_page_fault(struct trap_frame *frame)
{
    struct fault *fault = trace_place;

    if (frame_is_program(frame)) {
        fill(fault, frame, true);
        if (mm_fault(fault)) {
            exception_fault(frame, fault);
            return;
        }
    } else {
        kernel_fault(frame, fault);
    }
    if (fault->kind == FAULT_GROWTH)
        thread_stack_grown(fault->stack_limit);
}

static void exception(struct trap_frame *frame)
{
    uint32_t vector = frame->vector;

    if (vector == TRAP_DEBUG && !frame_from_user(frame))
        (void)schedule_debug_status(); /* the kernel touched what a program watches */
    if (vector == TRAP_NMI || (vector == TRAP_DEBUG && !frame_from_user(frame)))
        return; /* ... or the watchdog, over the kernel's work */
    if (vector == TRAP_MACHINE_CHECK)
        panic_trap(frame, "%s", trap_name(vector));
    if (!frame_from_user(frame))
        panic_trap(frame, "%s in the kernel (vector %u, error code %X)", trap_name(vector), vector,
                   frame->error);
    exception_cpu(frame);
}

static void interrupt(struct trap_frame *frame, unsigned line)
{
    if (!pic_acknowledge(line))
        return;
    switch (line) {
    case PIC_TIMER:
        thread_tick(frame);
        if (clock_ticks % SCREEN_TICKS == 0)
            vga_flush();
        keeper_tick(frame);
        break;
    case PIC_KEYBOARD:
        keyboard_interrupt();
        break;
    case PIC_COM1:
        console_serial_interrupt();
        break;
    }
}

void trap_dispatch(struct trap_frame *frame)
{
    if (frame->vector >= TRAP_IRQ)
        interrupt(frame, frame->vector - TRAP_IRQ);
    if (frame_is_odd(frame))
        exception_odd_frame(frame);
    if (frame->vector < TRAP_IRQ)
        exception(frame);
}
