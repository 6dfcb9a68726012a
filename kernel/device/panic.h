/* panic.h - the end of the line: say what is wrong, where, and how it came there; then stop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct trap_frame;

/* As machine_panic() (mm/machine.h), but with the registers and the backtrace of the interrupted code. */
_Noreturn void panic_trap(const struct trap_frame *frame, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The kernel can't start (too little RAM, a bad option): one sentence, no backtrace. */
_Noreturn void panic_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints which thread of which process it was.  Set by the process room. */
extern void (*panic_who)(void);

/* Can the word at this address of the kernel be read? */
bool panic_readable(uint32_t va);

/* The double fault's task: started by the CPU with its own stack. */
_Noreturn void panic_double_fault(void);

/* The monitor's `crash stack` and `crash null`: break the kernel on purpose, by endless recursion and
 * by a jump through a null pointer. */
_Noreturn void panic_crash_stack(void);
_Noreturn void panic_crash_null(void);
