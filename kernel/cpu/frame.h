/* frame.h - what the CPU and trap.asm leave on the kernel stack when a trap comes.
 *
 * Every entry into the kernel builds the same record, so a thread in the kernel is described by
 * one pointer.  All gates are interrupt gates: interrupts are off until someone says otherwise.
 */
#pragma once
#include "kernel/cpu/gdt.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trap_frame {
    uint32_t gs, fs, es, ds;                                /* pushed by trap.asm */
    uint32_t edi, esi, ebp, esp_unused, ebx, edx, ecx, eax; /* pusha */
    uint32_t vector, error;                                 /* error 0 where the CPU has none */
    uint32_t eip, cs, eflags;                               /* pushed by the CPU */
    uint32_t esp, ss;                                       /* only from user mode */
};

/* trap.asm knows these numbers. */
_Static_assert(offsetof(struct trap_frame, ds) == 12, "segment registers");
_Static_assert(offsetof(struct trap_frame, edi) == 16, "pusha block");
_Static_assert(offsetof(struct trap_frame, eax) == 44, "pusha block");
_Static_assert(offsetof(struct trap_frame, vector) == 48, "number and error code");
_Static_assert(offsetof(struct trap_frame, eip) == 56, "the CPU's part");
_Static_assert(sizeof(struct trap_frame) == 76, "whole frame");

/* Vectors.  0 to 31 are the CPU's exceptions (Intel SDM vol. 3, 6.15); the two interrupt
 * controllers come behind the system call, as they do in Windows NT. */
enum {
    TRAP_DIVIDE = 0,
    TRAP_DEBUG = 1,
    TRAP_NMI = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_OVERFLOW = 4,
    TRAP_BOUND = 5,
    TRAP_INVALID_OPCODE = 6,
    TRAP_NO_FPU = 7,
    TRAP_DOUBLE_FAULT = 8,
    TRAP_INVALID_TSS = 10,
    TRAP_NO_SEGMENT = 11,
    TRAP_STACK = 12,
    TRAP_PROTECTION = 13,
    TRAP_PAGE_FAULT = 14,
    TRAP_FPU = 16,
    TRAP_ALIGNMENT = 17,
    TRAP_MACHINE_CHECK = 18,
    TRAP_SIMD = 19,
    TRAP_SYSCALL = 0x2E,
    TRAP_IRQ = 0x30, /* IRQ 0 to 15 */
    TRAP_VECTORS = TRAP_IRQ + 16,
};

/* Error code of a page fault (Intel SDM vol. 3, 4.7). */
enum { TRAP_PF_PRESENT = 1, TRAP_PF_WRITE = 2, TRAP_PF_USER = 4, TRAP_PF_FETCH = 16 };

enum { FRAME_VM = 0x20000 }; /* EFLAGS.VM: virtual-8086 mode */

static inline bool frame_from_user(const struct trap_frame *frame)
{
    return (frame->cs & 3) != 0 || (frame->eflags & FRAME_VM) != 0;
}

/* Did a program's code run there, as programs of ours run? */
static inline bool frame_is_program(const struct trap_frame *frame)
{
    return (uint16_t)frame->cs == GDT_USER_CODE && (uint16_t)frame->ss == GDT_USER_DATA &&
           !(frame->eflags & FRAME_VM);
}

/* Does the frame of a program have selectors or a mode that no program of ours may run with?
 * An IRET in ring 3 can't set EFLAGS.VM (Intel SDM vol. 2, IRET), but under QEMU it does; from virtual-8086 mode
 * the CPU pushes four words more, so the frame is not where thread_frame() expects it. */
static inline bool frame_is_odd(const struct trap_frame *frame)
{
    return frame_from_user(frame) && !frame_is_program(frame);
}

/* Make a frame that a program had a hand in (NtContinue, NtSetContextThread) safe to return to:
 * user selectors, interrupts on, no I/O privilege, no virtual-8086 mode.  Call it before the
 * frame is used; a bad selector would otherwise fault inside the kernel's own return path. */
void frame_make_user(struct trap_frame *frame);

/* Something is to be done before the return to user mode: reschedule, end or suspend the thread. */
extern volatile uint32_t frame_work_pending;

/* trap.asm: leave the current stack for `frame` and return through it. */
_Noreturn void trap_return(struct trap_frame *frame);
/* trap.asm: the entry of each vector; 0 where there is none. */
extern const uint32_t trap_entries[TRAP_VECTORS];

/* What trap.asm calls; implemented above, as mm/machine.h is.
 *   trap_page_fault      vector TRAP_PAGE_FAULT (kernel/trap.c)
 *   trap_dispatch        everything else but system calls (kernel/trap.c)
 *   syscall_dispatch     vector TRAP_SYSCALL, from user mode
 *   thread_leave_kernel  before each return to user mode while frame_work_pending is set */
void trap_page_fault(struct trap_frame *frame);
void trap_dispatch(struct trap_frame *frame);
void syscall_dispatch(struct trap_frame *frame);
void thread_leave_kernel(struct trap_frame *frame);
