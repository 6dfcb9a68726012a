/* console_line.h - what a program gets when it reads from the console: whole lines. */
#pragma once
#include "mm/mm.h"

struct process;

/* Waits until a line has been typed: *size bytes at *text, CR LF at its end, until somebody waits again.  *size 0: end
 * of input (Ctrl-Z).  STATUS_PROCESS_IS_TERMINATING: the thread is to die; STATUS_CANCELLED: console_line_interrupt().
 * => the current thread can wait. */
status_t console_line_wait(const char **text, uint32_t *size);

/* A reader has so many bytes of it; the rest is there for the next one. */
void console_line_drop(uint32_t size);

/* Ctrl-C, which a handler of the process deals with: its thread that waits for a line gets none. */
void console_line_interrupt(const struct process *process);
