/* thread.h - threads.
 *
 * Strict priorities, round robin within one, a slice of two timer ticks (schedule.h).  The kernel
 * itself is not preempted: a thread in kernel mode runs until it returns to its program, waits or
 * yields, so all state is protected by "interrupts are off".
 */
#pragma once
#include "kernel/object/object.h"
#include "mm/mm.h"

struct process;
struct trap_frame;

enum thread_state {
    THREAD_READY,
    THREAD_RUNNING,
    THREAD_WAITING,
    THREAD_DEAD, /* only its object is left */
};

enum thread_priority {
    THREAD_IDLE, /* runs when nothing else can */
    THREAD_LOW,
    THREAD_NORMAL,
    THREAD_HIGH, /* the monitor, and programs that ask */
    THREAD_PRIORITIES
};

enum { THREAD_TICK_MS = 10, THREAD_SLICE = 2 /* ticks */, THREAD_FPU_BYTES = 512 };
enum { THREAD_HELD = 4 }; /* objects of one system call */

/* The last exception that the program has not dealt with, for the sentence when it is ended. */
struct exception_note {
    status_t code; /* 0: none */
    va_t pc, va;
    enum fault_access access;
    enum fault_reason reason;
    bool has_fault; /* va, access, reason, region are meaningful */
    prot_t prot;
    char region[24]; /* tag of the region at va, or empty */
    va_t region_start, region_end;
    enum vad_type region_type;
};

/* A thread's debug registers in the order of CONTEXT: DR0 to DR3, DR6, DR7. */
enum { DEBUG_STATUS = 4, DEBUG_CONTROL = 5, DEBUG_REGISTERS = 6 };

struct thread {
    struct object
        object; /* first: an object's address is its thread's; signalled when it has ended */
    uint8_t fpu[THREAD_FPU_BYTES] __attribute__((aligned(16))); /* FXSAVE image */
    uint32_t id; /* multiple of 4, unique among processes and threads */
    char name[24];
    struct process *process; /* whose thread it is; 0: a kernel thread */
    struct object *owner;    /* the process's object, which it keeps alive; 0: a kernel thread */
    struct space *space;     /* what it runs in; 0: a kernel thread, or ended */
    enum thread_state state;
    uint32_t priority;     /* enum thread_priority */
    int32_t base_priority; /* as the program set it: -15 to 15 */
    uint32_t slice;        /* ticks left */
    uint32_t usual;        /* while boosted: the priority that it goes back to */
    bool boosted;          /* for one slice, see schedule.c */
    uint32_t ready_since;  /* tick */

    uintptr_t stack, stack_top; /* kernel stack: lowest address, and the first above it */
    uintptr_t esp;              /* where it continues, while not running */
    void (*entry)(void *);      /* kernel thread: its function */
    void *argument;

    va_t teb;        /* user thread: its environment block */
    va_t user_stack; /* base of the stack allocation, or 0 */

    uint32_t debug[DEBUG_REGISTERS];

    uint32_t suspended; /* suspend count */
    struct wait_queue resumed;
    bool killed; /* ends before it returns to its program */
    /* What the system call under way leaves to be done at its end; all of it in one look. */
    union {
        struct {
            uint8_t held_count; /* objects that it uses */
            bool frame_set;     /* the trap frame was replaced: the status is not stored in it */
        };
        uint16_t call_work;
    };
    struct object *held[THREAD_HELD];
    status_t exit_status;
    uint32_t kernel_ticks, user_ticks;
    uint64_t created, ended_at; /* system time */
    va_t start;                 /* where the program wanted it to begin */
    struct exception_note note;

    /* Waiting. */
    struct wait_block *blocks;
    uint32_t block_count;
    bool wait_all;
    status_t wait_status;
    bool has_deadline;
    uint64_t deadline; /* ms since start */
    struct thread *next_sleeper, *prev_sleeper;
    struct dispatcher *mutants; /* owned by this thread */

    struct thread *next_ready, *prev_ready;
    struct thread *next, *prev;                       /* all threads */
    struct thread *next_in_process, *prev_in_process; /* threads of one process */
};

/* Make the code that runs now the idle thread.  => traps work, mm is up.  The caller ends in
 * thread_idle(). */
void thread_init(void);

/* The idle loop: halts the CPU while nothing can run. */
_Noreturn void thread_idle(void);

/* One function that the idle thread calls while nothing else can run; it returns false when it had
 * nothing to do.  (The zero-page thread.) */
extern bool (*thread_idle_work)(void);

extern struct thread *thread_running; /* schedule.c */
static inline struct thread *thread_current(void)
{
    return thread_running;
}

/* A kernel thread, ready to run; 0 when memory is short. */
struct thread *thread_create_kernel(const char *name, void (*entry)(void *), void *argument);

/* A thread of a program, `owner` its process's object, not ready yet: the caller fills thread_frame() and calls thread_start().
 * *thread has one reference (the caller's) besides the one that running keeps.
 * STATUS_NO_MEMORY. */
status_t thread_create_user(const char *name, struct process *process, struct object *owner,
                            struct space *space, struct thread **thread);
void thread_start(struct thread *thread);

/* The registers that the thread returns to user mode with.  => a thread of a program. */
struct trap_frame *thread_frame(const struct thread *thread);

/* The timer interrupt. */
void thread_tick(struct trap_frame *frame);

/* One function to be called before every return to user mode, until it is taken away with 0: it sees
 * what the program has done, before the program goes on.  It must not wait. */
void thread_set_watch(void (*function)(void));

/* End any thread: at once if it is the current one's turn to leave the kernel, else when it next
 * would return to its program. */
void thread_kill(struct thread *thread, status_t status);

/* Suspend and resume; both return the count before.  127 is the most (0xFFFFFFFF: refused). */
uint32_t thread_suspend(struct thread *thread);
uint32_t thread_resume(struct thread *thread);

/* The last step of a program's thread, in that thread: set by the process room. */
extern void (*thread_ended)(struct thread *thread);

void thread_set_priority(struct thread *thread, enum thread_priority priority);

/* A new process or thread id. */
uint32_t thread_new_id(void);
extern struct thread *thread_all; /* the oldest; its `next` are the others */

/* The kernel has grown the current thread's stack: tell its TEB. */
void thread_stack_grown(va_t limit);
