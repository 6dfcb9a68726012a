/* console_line.h - what a program gets when it reads from the console: whole lines. */
#pragma once
#include "mm/mm.h"

struct process;

/* Waits until a line has been typed and copies at most `size` bytes of it, CR LF at its end; what
 * doesn't fit is there for the next call.  *done 0: end of input (Ctrl-Z).
 * STATUS_PROCESS_IS_TERMINATING: the thread is to die; STATUS_CANCELLED: console_line_interrupt().
 * => the current thread can wait. */
status_t console_line_read(char *buffer, uint32_t size, uint32_t *done);

/* Ctrl-C, which a handler of the process deals with: its thread that waits for a line gets none. */
void console_line_interrupt(const struct process *process);
