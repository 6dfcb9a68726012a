/* thread.c - the life of a thread, from its first stack to its last.
 *
 * A thread of a program begins as if it had been in the kernel before and were about to return: its
 * trap frame lies at the top of its kernel stack.  It ends only there, too, on its way back to the
 * program (thread_leave_kernel), so no thread ever dies in the middle of the kernel's work.
 */
#include "kernel/object/thread.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/cpu/stack.h"
#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/object/schedule.h"
#include "lib/list.h"
#include "lib/string.h"

enum { SUSPEND_LIMIT = 127 };

static struct thread idle_thread;
struct thread *thread_all;
static struct thread *all_last;
bool (*thread_idle_work)(void);
void (*thread_ended)(struct thread *thread);
static void (*watch)(void);
static uint8_t fresh_fpu[THREAD_FPU_BYTES] __attribute__((aligned(16))); /* of a new thread */

/* --- birth --- */

static _Noreturn void leave_for_good(status_t status);

static void begin_kernel(void)
{
    struct thread *self = thread_running;

    schedule_begin();
    self->entry(self->argument);
    leave_for_good(STATUS_SUCCESS);
}

static void begin_user(void)
{
    struct trap_frame *frame = thread_frame(thread_running);

    schedule_begin();
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

static struct thread *create(const char *name)
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
    thread->priority = THREAD_NORMAL;
    thread->state = THREAD_WAITING;
    thread->exit_status = STATUS_PENDING;
    thread->created = clock_now();
    string_copy(thread->name, name, sizeof thread->name);
    LIST_APPEND(thread_all, all_last, thread, next, prev);
    return thread;
}

struct thread *thread_create_kernel(const char *name, void (*entry)(void *), void *argument)
{
    struct thread *thread = create(name);

    if (!thread)
        return NULL;
    thread->entry = entry;
    thread->argument = argument;
    prepare_stack(thread, thread->stack_top, begin_kernel);
    schedule_wake(thread);
    return thread;
}

status_t thread_create_user(const char *name, struct process *process, struct object *owner,
                            struct space *space, struct thread **out)
{
    struct thread *thread = create(name);

    if (!thread)
        return STATUS_NO_MEMORY;
    object_reference(owner);
    thread->process = process;
    thread->owner = owner;
    thread->space = space;
    memcpy(thread->fpu, fresh_fpu, sizeof thread->fpu);
    prepare_stack(thread, (uintptr_t)thread_frame(thread), begin_user);
    *out = thread;
    return STATUS_SUCCESS;
}

void thread_start(struct thread *thread)
{
    object_reference(&thread->object);
    schedule_wake(thread);
}

static void destroy(struct object *object)
{
    struct thread *thread = (struct thread *)object;
    struct object *owner = thread->owner;

    if (thread->state != THREAD_DEAD) { /* never started */
        LIST_REMOVE(thread_all, all_last, thread, next, prev);
        stack_free(thread->stack);
    }
    pool_free(thread);
    if (owner)
        object_release(owner);
}

/* --- death --- */

static void bury(struct thread *thread)
{
    stack_free(thread->stack);
    thread->stack = 0;
    object_release(&thread->object); /* running has kept it */
}

/* End the current thread. */
static _Noreturn void leave_for_good(status_t status)
{
    struct thread *self = thread_running;

    self->exit_status = status;
    self->ended_at = clock_now();
    wait_abandon_all(self);
    if (self->process)
        thread_ended(self);
    LIST_REMOVE(thread_all, all_last, self, next, prev);
    self->state = THREAD_DEAD;
    self->object.dispatcher.signal = 1;
    wait_signal(&self->object.dispatcher);
    schedule_end();
}

void thread_kill(struct thread *thread, status_t status)
{
    if (thread->killed || thread->state == THREAD_DEAD)
        return;
    thread->killed = true;
    thread->exit_status = status;
    thread_set_priority(thread, THREAD_HIGH); /* to die it needs the CPU, whoever else wants it */
    if (thread == thread_running)
        frame_work_pending = 1;
    else if (thread->blocks)
        wait_cancel(thread, STATUS_PROCESS_IS_TERMINATING);
}

uint32_t thread_suspend(struct thread *thread)
{
    if (thread->suspended == SUSPEND_LIMIT)
        return UINT32_MAX;
    if (thread == thread_running)
        frame_work_pending = 1;
    return thread->suspended++;
}

uint32_t thread_resume(struct thread *thread)
{
    uint32_t before = thread->suspended;

    if (before > 0 && --thread->suspended == 0)
        wait_wake_all(&thread->resumed);
    return before;
}

void thread_leave_kernel(struct trap_frame *frame)
{
    struct thread *self = thread_running;

    if (!frame_from_user(frame))
        return;
    frame_work_pending = watch != NULL;
    for (;;) {
        if (watch)
            watch();
        if (self->killed)
            leave_for_good(self->exit_status);
        if (self->suspended)
            (void)wait_sleep(&self->resumed, WAIT_FOREVER);
        else if (schedule_due())
            schedule_yield();
        else
            break;
    }
}

void thread_set_watch(void (*function)(void))
{
    watch = function;
    frame_work_pending = 1;
}

/* --- time --- */

void thread_tick(struct trap_frame *frame)
{
    clock_tick();
    if (frame_from_user(frame))
        thread_running->user_ticks++;
    else
        thread_running->kernel_ticks++;
    wait_tick();
    schedule_tick();
}

void thread_set_priority(struct thread *thread, enum thread_priority priority)
{
    bool queued = schedule_remove(thread);

    thread->priority = priority;
    thread->boosted = false;
    if (queued)
        schedule_wake(thread);
}

/* --- the user stack, for the fault handler (W93, W114) --- */

/* Offsets in the TEB: end of the stack, its lowest committed address, start of its reservation. */
enum { TEB_STACK_BASE = 4, TEB_STACK_LIMIT = 8, TEB_STACK_ALLOCATION = 0xE0C };

static uint32_t *teb_word(uint32_t offset)
{
    return (uint32_t *)(uintptr_t)(thread_running->teb + offset);
}

/* The TEB belongs to the program, which may write anything there (W119 wants that): mm only grows a
 * stack inside the region in which its guard page lies. */
static void stack_of_program(va_t *low, va_t *top)
{
    if (!thread_running->teb)
        return;
    cpu_user_access_on();
    *low = *teb_word(TEB_STACK_ALLOCATION);
    *top = *teb_word(TEB_STACK_BASE);
    cpu_user_access_off();
}

void thread_stack_grown(va_t limit)
{
    if (!thread_running->teb)
        return;
    cpu_user_access_on();
    *teb_word(TEB_STACK_LIMIT) = limit;
    cpu_user_access_off();
}

static status_t rest(void)
{
    cpu_irq_gap();
    return thread_running->killed ? STATUS_PROCESS_IS_TERMINATING : STATUS_SUCCESS;
}

/* --- the idle thread --- */

void thread_init(void)
{
    object_set_destroy(OBJECT_THREAD, destroy);
    object_init(&idle_thread.object, OBJECT_THREAD, DISPATCH_MANUAL, 0);
    string_copy(idle_thread.name, "idle", sizeof idle_thread.name);
    schedule_init(&idle_thread, bury);
    fpu_init(fresh_fpu);
    fault_stack = stack_of_program;
    usercopy_rest = rest;
}

void thread_idle(void)
{
    for (;;) {
        cpu_irq_off();
        if (schedule_any_ready(THREAD_LOW))
            schedule_yield();
        else if (thread_idle_work && thread_idle_work())
            cpu_irq_gap();
        else
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
