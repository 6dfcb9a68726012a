/* launch.h - what a new program finds: its images, its records, and a stack for each thread.
 *
 * The protocol with ntdll is described at the top of process.h.
 */
#pragma once
#include "kernel/process/process.h"

/* Open a program's image.  On failure `reason` (PROCESS_REASON bytes) holds a sentence. */
status_t launch_open(const char *name, struct image **image, char *reason);

/* Map ntdll.dll and the program into process->space; sets image_base, loader, dispatcher. */
status_t launch_map(struct process *process, char *reason);

/* PEB and parameters.  Sets process->peb.  `std_handle`: three handles of the new process. */
status_t launch_records(struct process *process, const struct process_start *start,
                        const uint32_t std_handle[3]);

/* A thread with its stack, its TEB and its first registers, not started yet, with one reference.
 * `stack_size` and `flags` as in struct abi_create_thread (W110 to W113).  STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT; nothing is left behind. */
status_t launch_thread(struct process *process, va_t start, uint32_t argument, uint32_t stack_size,
                       uint32_t flags, struct thread **thread);

/* Give back what launch_thread() allocated in the program's memory.  => process->space exists */
void launch_forget_thread(struct thread *thread);
