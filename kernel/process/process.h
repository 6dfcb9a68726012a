/* process.h - processes: an address space, handles, threads and an exit status.
 *
 * How a thread begins (the other half is ntdll's):
 *   - Every new thread starts at the entry point of ntdll.dll with 0 at [esp] (exceptions come there, too, and
 *     have none: exception.h) and CONTEXT * at [esp + 4].  The context lies at the top of its stack; Eip and Eax are
 *     the thread's start address, Ebx is its argument, Esp is near the stack's end.  ntdll makes itself and
 *     the DLLs ready, replaces Eip as it likes and calls NtContinue(context).
 *   - For the first thread the start address is the program's entry point, the argument the PEB.
 *   - FS:0 is the TEB (selector 3B).  Set: 000 exception list (-1), 004 stack base, 008 stack limit,
 *     018 itself, 020 process id, 024 thread id, 030 PEB, E0C stack allocation.  All else is 0.
 *   - PEB: 008 address of the program's image, 010 struct abi_parameters *.  All else is 0.
 *   - TEB and PEB are one page each, resident, and the program can neither free nor protect them.
 *   - The program and ntdll.dll are mapped; ntdll.dll always lies at its preferred base, the program
 *     wherever there was room, not relocated yet.
 */
#pragma once
#include "kernel/object/handle.h"
#include "kernel/object/thread.h"

struct image;

enum { PROCESS_REASON = 200, PROCESS_NAME = 24 };

struct process {
    struct object object; /* signalled when it has ended */
    uint32_t id;          /* multiple of 4 */
    char image_name[PROCESS_NAME];
    struct space *space; /* 0 once the process has ended */
    struct handle_table handles;
    struct thread *threads;
    uint32_t thread_count;
    uint32_t parent; /* id, 0: the monitor */
    uint32_t group;  /* id of the program that the monitor started, first of its ancestors */
    bool ending;     /* exit_status is final */
    bool ended;
    status_t exit_status;
    va_t peb;
    struct object *interrupt; /* an event that Ctrl-C signals instead of ending it, or 0 */
    va_t image_base;
    struct image *image;
    va_t door;                         /* ntdll's entry point */
    uint64_t created, ended_at;        /* system time */
    uint32_t kernel_ticks, user_ticks; /* of threads that have ended */
    struct space_counters counters;    /* of its space, kept when it has ended */
    uint32_t peak_resident, peak_commit;
    uint32_t watched_to; /* which faults were told, if `watched`: see sys_watch.h */
    bool watched;
    uint32_t execute_flags; /* ProcessExecuteFlags: kept, since nothing here can forbid execution */
    struct process *next, *prev; /* all processes, oldest first */
};

struct process_start {
    const char *file;              /* name on the disc */
    const char *command_line;      /* 0: the file name */
    const char *current_directory; /* 0: "C:\" */
    const char *environment;       /* NAME=value, zero-separated, ended by an empty one; or 0 */
    struct process *parent;        /* 0: the monitor */
    uint32_t std_handle[3];        /* handles of the parent; 0: the console */
    bool inherit, suspended;
    char *reason; /* PROCESS_REASON bytes: on failure, one sentence that says why; or 0 */
};

void process_init(void);

/* Start a program.  *process has a reference that the caller releases.  On failure nothing is left
 * behind and start->reason says why. */
status_t process_create(const struct process_start *start, struct process **process);

/* Wait until it has ended; returns its exit status. */
status_t process_wait(struct process *process);

/* End it: every thread dies before it returns to the program. */
void process_terminate(struct process *process, status_t status);

/* Ctrl-C: the foreground process and all its descendants are told, if they wish to be, or end; so do
 * those that have not even heard of the last one.  `end` (Ctrl-\): all end.  May be called from
 * interrupts. */
void process_interrupt(bool end);
extern struct process *process_foreground; /* set by the monitor */

extern struct process *process_all; /* the oldest; its `next` are the others */

/* Of the thread that runs now; 0 (the kernel's space) for a kernel thread. */
struct process *process_current(void);
struct space *process_space_current(void);

/* The process with this id (no reference is added), or 0. */
struct process *process_find(uint32_t id);

/* A new thread of a program, with a reference for the caller.  `start` 0 is possible: the thread
 * faults then.  `stack_size` and `flags` as in struct abi_create_thread.
 * STATUS_PROCESS_IS_TERMINATING, else as launch_thread(). */
status_t process_add_thread(struct process *process, va_t start, uint32_t argument,
                            uint32_t stack_size, uint32_t flags, struct thread **thread);

/* The object behind a handle of the current process; the system call under way holds it to its end.
 * Understands HANDLE_PROCESS and HANDLE_THREAD.  `access` rights are required.
 * STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED. */
status_t process_object(uint32_t handle, enum object_type type, uint32_t access,
                        struct object **object);
/* The same, with a reference that the caller releases. */
status_t process_reference(uint32_t handle, enum object_type type, uint32_t access,
                           struct object **object);
