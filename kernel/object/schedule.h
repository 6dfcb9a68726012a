/* schedule.h - which thread runs next, and the switch to it. */
#pragma once
#include "kernel/object/thread.h"

/* The code that runs now is `idle`, which runs whenever nothing else can.  `bury` is told of a thread
 * that is dead and switched away from. */
void schedule_init(struct thread *idle, void (*bury)(struct thread *thread));

/* The thread can run; if it is better than the current one, that one is to give way soon. */
void schedule_wake(struct thread *thread);

/* A thread's wait has ended: the running thread gives way to it unless it has a higher priority (X17). */
void schedule_hurry(struct thread *thread);

/* Set a thread's debug registers; what a program may not choose (DR7.GD, addresses of the kernel) is left out. */
void schedule_set_debug(struct thread *thread, const uint32_t debug[DEBUG_REGISTERS]);

/* What DR6 says of the debug trap that just came; it is cleared, since the CPU only adds to it (Intel SDM vol. 3,
 * 17.2.3). */
uint32_t schedule_debug_status(void);
/* Take a thread that is ready, but does not run, out of the queue; false if it is not ready. */
bool schedule_remove(struct thread *thread);
/* Is any thread of this priority or a higher one ready? */
bool schedule_any_ready(uint32_t priority);

/* Give the CPU away: for a moment, until schedule_wake(), for ever.  => state THREAD_DEAD for the
 * last; whoever runs next has it buried. */
void schedule_yield(void);
/* Let any other thread that is ready run for a slice, even one of lower priority. */
void schedule_offer(void);
void schedule_block(void);
_Noreturn void schedule_end(void);

/* A new thread has just been switched to: the rest of what a switch does. */
void schedule_begin(void);

/* The current process's space is about to be deleted: load the kernel's own directory. */
void schedule_leave_space(void);

/* The timer interrupt: the time slice. */
void schedule_tick(void);

/* Is the current thread to give way before it returns to its program?  Asking forgets it. */
bool schedule_due(void);
