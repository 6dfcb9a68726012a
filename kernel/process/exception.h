/* exception.h - turns a refused fault or a CPU exception into an exception of the program.
 *
 * How a program hears of it (the other half is ntdll's, W105): the kernel puts this on the thread's
 * own stack and continues at ntdll's entry point, where threads begin, too (process.h):
 *
 *   esp + 0   EXCEPTION_RECORD *   -> esp + 8
 *   esp + 4   CONTEXT *            -> esp + 100
 *   esp + 8   the record, 80 bytes
 *   esp + 100 the context, 716 bytes: all registers as they were, to go back to by NtContinue;
 *             its last 512 bytes are aligned, so that FXSAVE and FXRSTOR can use them
 *
 * ntdll asks the handlers.  If none wants it, it calls NtRaiseException(record, context, FALSE), and
 * the kernel ends the process with the exception's code as exit status and one sentence on the
 * console.  If the stack can't take the record, the kernel does that at once.
 */
#pragma once
#include "mm/mm.h"

struct context;
struct trap_frame;

enum { EXCEPTION_PARAMETERS = 15, EXCEPTION_NONCONTINUABLE = 1 };

/* EXCEPTION_RECORD */
struct exception_record {
    status_t code;
    uint32_t flags;
    va_t next; /* the exception during whose handling this one came, or 0 */
    va_t address;
    uint32_t count;
    uint32_t parameter[EXCEPTION_PARAMETERS];
};
_Static_assert(sizeof(struct exception_record) == 80, "the public layout");

/* The exception that a program gets for a refused fault. */
status_t exception_code(const struct fault *fault);

/* mm_fault() refused an access of a program: deliver it. */
void exception_fault(struct trap_frame *frame, const struct fault *fault);

/* Any other CPU exception that a program caused. */
void exception_cpu(struct trap_frame *frame);

/* The frame that a trap left is none that a program of ours can have (frame_is_odd()): end the process. */
_Noreturn void exception_odd_frame(const struct trap_frame *frame);

/* NtRaiseException of the current thread, whose registers have become `context`: deliver the
 * record, or, if no handler wanted it, end the process. */
void exception_raise(const struct exception_record *record, bool first_chance);
