/* thread.c - threads and the scheduler.
 *
 * It may be this simple because there is one CPU, the kernel runs with interrupts off and is never
 * preempted: "the current thread gives the CPU away" is the only event, and it is a
 * function call (switch_to).  A switch keeps four registers; everything else a program has is in its
 * trap frame at the top of its kernel stack, where the CPU put it.
 *
 * A dying thread can't free the stack it stands on, so the next one does (reap).
 */
#include "kernel/thread.h"

#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/fpu.h"
#include "kernel/gdt.h"
#include "kernel/process.h"
#include "kernel/stack.h"
#include "kernel/trap.h"
#include "lib/string.h"
#include "mm/machine.h"

void thread_switch(uintptr_t *save, uintptr_t load); /* switch.asm */

enum { SUSPEND_LIMIT = 127 };

struct ready_list {
    struct thread *first, *last;
};

struct thread_counters thread_counters;
volatile uint32_t thread_work_pending;
struct thread *thread_running;

static struct thread idle_thread;
static struct ready_list ready[THREAD_PRIORITIES];
static struct thread *sleepers; /* by deadline, earliest first */
static struct thread *all_first, *all_last;
static struct thread *dead;  /* its stack is to be freed by whoever runs next */
static struct space *loaded; /* whose directory translates */
static bool reschedule;      /* the current thread's time is up, or a better one is ready */
static bool (*idle_work)(void);
static uint8_t fresh_fpu[THREAD_FPU_BYTES] __attribute__((aligned(16))); /* of a new thread */

/* --- the ready lists --- */

static void make_ready(struct thread *thread)
{
    struct ready_list *list = &ready[thread->priority];

    thread->state = THREAD_READY;
    thread->next_ready = NULL;
    if (list->last)
        list->last->next_ready = thread;
    else
        list->first = thread;
    list->last = thread;
}

/* Take the first thread of the highest priority that has one; the idle thread if there is none. */
static struct thread *pick(void)
{
    for (uint32_t i = THREAD_PRIORITIES; i-- > THREAD_LOW;) {
        struct thread *thread = ready[i].first;

        if (!thread)
            continue;
        ready[i].first = thread->next_ready;
        if (!ready[i].first)
            ready[i].last = NULL;
        return thread;
    }
    return &idle_thread;
}

static bool any_ready(uint32_t priority)
{
    for (uint32_t i = priority; i < THREAD_PRIORITIES; i++)
        if (ready[i].first)
            return true;
    return false;
}

static void remove_ready(struct thread *thread)
{
    struct ready_list *list = &ready[thread->priority];
    struct thread *before = NULL;

    for (struct thread *t = list->first; t != thread; t = t->next_ready)
        before = t;
    if (before)
        before->next_ready = thread->next_ready;
    else
        list->first = thread->next_ready;
    if (list->last == thread)
        list->last = before;
}

/* --- switching --- */

/* The dead thread's stack is in use until the switch away from it is over. */
static void reap(void)
{
    struct thread *thread = dead;

    if (!thread)
        return;
    dead = NULL;
    stack_free(thread->stack);
    thread->stack = 0;
    object_release(&thread->object);
}

/* Kernel threads use whatever directory is loaded: the kernel's half is the same in all. */
static void enter_program(struct thread *thread)
{
    struct space *space = thread->process->space;

    gdt_set_kernel_stack(thread->stack_top);
    gdt_set_teb(thread->teb);
    fpu_load(thread->fpu);
    if (space && space != loaded) {
        loaded = space;
        machine_load(space->dir);
    }
}

static void switch_to(struct thread *next)
{
    struct thread *self = thread_running;

    next->state = THREAD_RUNNING;
    if (next == self)
        return;
    thread_counters.switches++;
    next->slice = THREAD_SLICE;
    if (self->process)
        fpu_save(self->fpu);
    thread_running = next;
    if (next->process)
        enter_program(next);
    if (next->killed || next->suspended)
        thread_work_pending = 1;
    thread_switch(&self->esp, next->esp);
    reap();
}

void thread_leave_space(void)
{
    loaded = &space_kernel;
    machine_load(space_kernel.dir);
}

void thread_yield(void)
{
    if (thread_running != &idle_thread)
        make_ready(thread_running);
    switch_to(pick());
}

void thread_block(void)
{
    MM_ASSERT(thread_running != &idle_thread);
    thread_running->state = THREAD_WAITING;
    switch_to(pick());
}

void thread_wake(struct thread *thread)
{
    make_ready(thread);
    if (thread->priority > thread_running->priority) {
        reschedule = true;
        thread_work_pending = 1;
    }
}

void thread_set_priority(struct thread *thread, enum thread_priority priority)
{
    bool queued = thread->state == THREAD_READY;

    if (queued)
        remove_ready(thread);
    thread->priority = priority;
    if (queued)
        thread_wake(thread);
}

/* --- time --- */

void thread_set_deadline(struct thread *thread, uint32_t timeout_ms)
{
    struct thread *before = NULL, *after = sleepers;

    /* The current tick has begun already: wait for one more, never too short. */
    thread->deadline = clock_ms() + timeout_ms + (timeout_ms ? THREAD_TICK_MS : 0);
    while (after && after->deadline <= thread->deadline) {
        before = after;
        after = after->next_sleeper;
    }
    thread->has_deadline = true;
    thread->prev_sleeper = before;
    thread->next_sleeper = after;
    if (before)
        before->next_sleeper = thread;
    else
        sleepers = thread;
    if (after)
        after->prev_sleeper = thread;
}

void thread_clear_deadline(struct thread *thread)
{
    if (!thread->has_deadline)
        return;
    thread->has_deadline = false;
    if (thread->prev_sleeper)
        thread->prev_sleeper->next_sleeper = thread->next_sleeper;
    else
        sleepers = thread->next_sleeper;
    if (thread->next_sleeper)
        thread->next_sleeper->prev_sleeper = thread->prev_sleeper;
}

void thread_tick(struct trap_frame *frame)
{
    struct thread *self = thread_running;

    thread_counters.ticks++;
    clock_tick();
    while (sleepers && sleepers->deadline <= clock_ms())
        wait_cancel(sleepers, STATUS_TIMEOUT);
    if (trap_from_user(frame))
        self->user_ticks++;
    else
        self->kernel_ticks++;
    if (self->slice > 0 && --self->slice > 0)
        return;
    self->slice = THREAD_SLICE;
    if (any_ready(self->priority)) {
        reschedule = true;
        thread_work_pending = 1;
    }
}

uint64_t thread_time(void)
{
    return clock_ms();
}

/* --- life and death --- */

void thread_leave_kernel(struct trap_frame *frame)
{
    struct thread *self = thread_running;

    if (!trap_from_user(frame))
        return;
    thread_work_pending = 0;
    for (;;) {
        if (self->killed)
            thread_exit(self->exit_status);
        if (self->suspended) {
            (void)wait_sleep(&self->resumed, WAIT_FOREVER);
        } else if (reschedule) {
            reschedule = false;
            thread_yield();
        } else {
            break;
        }
    }
}

static void begin_kernel(void)
{
    struct thread *self = thread_running;

    reap();
    self->entry(self->argument);
    thread_exit(STATUS_SUCCESS);
}

static void begin_user(void)
{
    struct trap_frame *frame = thread_frame(thread_running);

    reap();
    thread_leave_kernel(frame);
    trap_return(frame);
}

/* Lay out a new stack as thread_switch() would have left it: four registers and a return address,
 * `begin`, which finds 0 as its own return address and as the end of the EBP chain. */
static void prepare_stack(struct thread *thread, uintptr_t top, void (*begin)(void))
{
    uintptr_t *at = (uintptr_t *)top;

    *--at = 0;
    *--at = (uintptr_t)begin;
    at -= 4;
    memset(at, 0, 4 * sizeof *at);
    thread->esp = (uintptr_t)at;
}

static struct thread *create(const char *name, struct process *process)
{
    struct thread *thread = pool_alloc(sizeof *thread, "Thrd");

    if (!thread)
        return NULL;
    thread->stack = stack_create();
    if (!thread->stack) {
        pool_free(thread);
        return NULL;
    }
    thread->stack_top = thread->stack + STACK_SIZE;
    object_init(&thread->object, OBJECT_THREAD, DISPATCH_MANUAL, 0);
    thread->id = thread_new_id();
    thread->process = process;
    thread->priority = THREAD_NORMAL;
    thread->state = THREAD_WAITING;
    thread->exit_status = STATUS_PENDING;
    thread->created = clock_now();
    string_copy(thread->name, name, sizeof thread->name);
    thread->prev = all_last;
    if (all_last)
        all_last->next = thread;
    else
        all_first = thread;
    all_last = thread;
    thread_counters.threads++;
    return thread;
}

static void unlink_thread(struct thread *thread)
{
    if (thread->prev)
        thread->prev->next = thread->next;
    else
        all_first = thread->next;
    if (thread->next)
        thread->next->prev = thread->prev;
    else
        all_last = thread->prev;
    thread_counters.threads--;
}

struct thread *thread_create_kernel(const char *name, void (*entry)(void *), void *argument)
{
    struct thread *thread = create(name, NULL);

    if (!thread)
        return NULL;
    thread->entry = entry;
    thread->argument = argument;
    prepare_stack(thread, thread->stack_top, begin_kernel);
    make_ready(thread);
    return thread;
}

status_t thread_create_user(struct process *process, struct thread **out)
{
    struct thread *thread = create(process->image_name, process);

    if (!thread)
        return STATUS_NO_MEMORY;
    object_reference(&process->object);
    memcpy(thread->fpu, fresh_fpu, sizeof thread->fpu);
    prepare_stack(thread, (uintptr_t)thread_frame(thread), begin_user);
    *out = thread;
    return STATUS_SUCCESS;
}

void thread_start(struct thread *thread)
{
    object_reference(&thread->object);
    thread_wake(thread);
}

static void destroy(struct object *object)
{
    struct thread *thread = (struct thread *)((char *)object - offsetof(struct thread, object));
    struct process *process = thread->process;

    if (thread->state != THREAD_DEAD) { /* never started */
        unlink_thread(thread);
        stack_free(thread->stack);
    }
    pool_free(thread);
    if (process)
        object_release(&process->object);
}

void thread_exit(status_t status)
{
    struct thread *self = thread_running;

    self->exit_status = status;
    self->ended_at = clock_now();
    wait_abandon_all(self);
    if (self->process)
        process_thread_ended(self);
    unlink_thread(self);
    self->state = THREAD_DEAD;
    self->object.dispatcher.signal = 1;
    wait_signal(&self->object.dispatcher);
    dead = self;
    switch_to(pick());
    machine_panic("thread %u runs after its end", self->id);
}

void thread_kill(struct thread *thread, status_t status)
{
    if (thread->killed || thread->state == THREAD_DEAD)
        return;
    thread->killed = true;
    thread->exit_status = status;
    if (thread == thread_running)
        thread_work_pending = 1;
    else if (thread->blocks)
        wait_cancel(thread, STATUS_PROCESS_IS_TERMINATING);
}

uint32_t thread_suspend(struct thread *thread)
{
    if (thread->suspended == SUSPEND_LIMIT)
        return UINT32_MAX;
    if (thread == thread_running)
        thread_work_pending = 1;
    return thread->suspended++;
}

uint32_t thread_resume(struct thread *thread)
{
    uint32_t before = thread->suspended;

    if (before > 0 && --thread->suspended == 0)
        (void)wait_wake_all(&thread->resumed);
    return before;
}

/* --- the idle thread --- */

void thread_init(void)
{
    object_set_destroy(OBJECT_THREAD, destroy);
    object_init(&idle_thread.object, OBJECT_THREAD, DISPATCH_MANUAL, 0);
    string_copy(idle_thread.name, "idle", sizeof idle_thread.name);
    idle_thread.priority = THREAD_IDLE;
    idle_thread.state = THREAD_RUNNING;
    thread_running = &idle_thread;
    fpu_init(fresh_fpu);
    loaded = &space_kernel;
}

void thread_set_idle_work(bool (*work)(void))
{
    idle_work = work;
}

void thread_idle(void)
{
    for (;;) {
        cpu_irq_off();
        if (any_ready(THREAD_LOW))
            thread_yield();
        else if (!idle_work || !idle_work())
            cpu_wait();
    }
}

/* --- finding --- */

struct trap_frame *thread_frame(const struct thread *thread)
{
    return (struct trap_frame *)thread->stack_top - 1;
}

uint32_t thread_new_id(void)
{
    static uint32_t last;

    return last += 4;
}

struct thread *thread_first(void)
{
    return all_first;
}

struct thread *thread_next(const struct thread *thread)
{
    return thread->next;
}

struct thread *thread_find(uint32_t id)
{
    struct thread *thread = all_first;

    while (thread && thread->id != id)
        thread = thread->next;
    return thread;
}

const char *thread_state_name(enum thread_state state)
{
    static const char *const names[] = {"ready", "running", "waiting", "ended"};

    return names[state];
}

/* --- the user stack, for the fault handler (W93, W114) --- */

/* Offsets in the TEB: end of the stack, its lowest committed address, start of its reservation. */
enum { TEB_STACK_BASE = 4, TEB_STACK_LIMIT = 8, TEB_STACK_ALLOCATION = 0xE0C };

static uint32_t *teb_word(const struct thread *thread, uint32_t offset)
{
    return (uint32_t *)(uintptr_t)(thread->teb + offset);
}

/* The TEB belongs to the program, which may write anything there (W119 wants that): mm only grows a
 * stack inside the region in which its guard page lies. */
void thread_fault_context(struct fault *fault)
{
    const struct thread *self = thread_running;

    fault->tid = self ? self->id : 0;
    fault->stack_low = fault->stack_top = 0;
    fault->space = &space_kernel;
    if (!self || !self->process || !self->process->space)
        return;
    if (fault->user || fault->va < LAYOUT_KERNEL)
        fault->space = self->process->space;
    if (!self->teb || fault->va >= LAYOUT_USER_TOP)
        return;
    cpu_user_access_on();
    fault->stack_low = *teb_word(self, TEB_STACK_ALLOCATION);
    fault->stack_top = *teb_word(self, TEB_STACK_BASE);
    cpu_user_access_off();
}

void thread_stack_grown(va_t limit)
{
    if (!thread_running->teb)
        return;
    cpu_user_access_on();
    *teb_word(thread_running, TEB_STACK_LIMIT) = limit;
    cpu_user_access_off();
}
