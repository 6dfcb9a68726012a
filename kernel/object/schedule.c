/* schedule.c - which thread runs next, and the switch to it.
 *
 * It may be this simple because there is one CPU, the kernel runs with interrupts off and is never
 * preempted: "the current thread gives the CPU away" is the only event, and it is a
 * function call (switch_to).  A switch keeps four registers; everything else a program has is in its
 * trap frame at the top of its kernel stack, where the CPU put it.
 *
 * Strict priorities, round robin within one: a thread that has used its slice goes to the end of
 * its list.  Two exceptions keep programs from waiting for ever for what a thread of lower priority
 * owns: who yields lets any ready thread have a slice, and a thread that was ready for three seconds
 * without running gets one at the highest priority.  The idle thread is in no list; it runs when they are all empty.
 */
#include "kernel/object/schedule.h"

#include "kernel/cpu/fpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/cpu/gdt.h"
#include "kernel/device/clock.h"
#include "lib/list.h"

struct thread *thread_running;

void thread_switch(uintptr_t *save, uintptr_t load); /* switch.asm */

enum { STARVED = 3 * CLOCK_HZ, LOOK = CLOCK_HZ / 2 };

struct ready_list {
    struct thread *first, *last;
};

static struct thread *idle_thread;
static struct ready_list ready[THREAD_PRIORITIES];
static struct thread *dead;  /* its stack is in use until the switch away from it is over */
static struct space *loaded; /* whose directory translates */
static bool due, watching;   /* DR7 is not 0 */
static void (*bury)(struct thread *thread);

void schedule_init(struct thread *idle, void (*buried)(struct thread *thread))
{
    bury = buried;
    idle_thread = idle;
    idle->priority = THREAD_IDLE;
    idle->state = THREAD_RUNNING;
    thread_running = idle;
    loaded = &space_kernel;
}

/* --- the ready lists --- */

/* At the end of its list, or before all others.  A boost ends here: the thread has had its slice, or has
 * waited. */
static void enlist(struct thread *thread, bool first)
{
    struct ready_list *list;

    if (thread->boosted)
        thread->priority = thread->usual;
    thread->boosted = false;
    list = &ready[thread->priority];
    thread->state = THREAD_READY;
    thread->ready_since = clock_ticks;
    if (first)
        LIST_PREPEND(list->first, list->last, thread, next_ready, prev_ready);
    else
        LIST_APPEND(list->first, list->last, thread, next_ready, prev_ready);
}

/* Take the first thread of the highest priority that has one. */
static struct thread *pick(void)
{
    for (uint32_t i = THREAD_PRIORITIES; i-- > THREAD_LOW;) {
        struct thread *thread = ready[i].first;

        if (!thread)
            continue;
        LIST_SHIFT(ready[i].first, ready[i].last, next_ready, prev_ready);
        return thread;
    }
    return idle_thread;
}

bool schedule_any_ready(uint32_t priority)
{
    for (uint32_t i = priority; i < THREAD_PRIORITIES; i++)
        if (ready[i].first)
            return true;
    return false;
}

bool schedule_remove(struct thread *thread)
{
    struct ready_list *list = &ready[thread->priority];

    if (thread->state != THREAD_READY)
        return false;
    LIST_REMOVE(list->first, list->last, thread, next_ready, prev_ready);
    return true;
}

static void give_way_soon(void)
{
    due = true;
    frame_work_pending = 1;
}

bool schedule_due(void)
{
    bool was_due = due;

    due = false;
    return was_due;
}

void schedule_wake(struct thread *thread)
{
    enlist(thread, false);
    if (thread->priority > thread_running->priority)
        give_way_soon();
}

void schedule_hurry(struct thread *thread)
{
    enlist(thread, true);
    if (thread->priority >= thread_running->priority)
        give_way_soon();
}

/* --- debug registers (Intel SDM vol. 3, 17.2) --- */

static void load_debug(const struct thread *thread)
{
    const uint32_t *dr = thread->debug;

    watching = dr[DEBUG_CONTROL] != 0;
    __asm__ volatile("mov %0, %%dr7" : : "r"(0));
    if (!watching)
        return;
    __asm__ volatile("mov %0, %%dr0; mov %1, %%dr1" : : "r"(dr[0]), "r"(dr[1]));
    __asm__ volatile("mov %0, %%dr2; mov %1, %%dr3" : : "r"(dr[2]), "r"(dr[3]));
    __asm__ volatile("mov %0, %%dr7" : : "r"(dr[DEBUG_CONTROL]));
}

/* What is left of DR7: the four local enables, LE, and what each breakpoint waits for. */
#define DR7_USER 0xFFFF0155u

void schedule_set_debug(struct thread *thread, const uint32_t debug[DEBUG_REGISTERS])
{
    for (unsigned i = 0; i < DEBUG_STATUS; i++)
        thread->debug[i] = debug[i] < LAYOUT_KERNEL ? debug[i] : 0;
    thread->debug[DEBUG_STATUS] = debug[DEBUG_STATUS];
    thread->debug[DEBUG_CONTROL] = debug[DEBUG_CONTROL] & DR7_USER;
    if (thread == thread_running)
        load_debug(thread);
}

uint32_t schedule_debug_status(void)
{
    uint32_t status;

    __asm__ volatile("mov %%dr6, %0; mov %1, %%dr6" : "=&r"(status) : "r"(0));
    load_debug(thread_running); /* QEMU keeps a hit at the breakpoint until it is set anew */
    return status;
}

/* --- switching --- */

void schedule_begin(void)
{
    struct thread *thread = dead;

    if (!thread)
        return;
    dead = NULL;
    bury(thread);
}

/* Kernel threads use whatever directory is loaded: the kernel's half is the same in all. */
static void enter_program(struct thread *thread)
{
    struct space *space = thread->space;

    gdt_set_kernel_stack(thread->stack_top);
    gdt_set_teb(thread->teb);
    fpu_load(thread->fpu);
    if (thread->debug[DEBUG_CONTROL] || watching)
        load_debug(thread);
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
    next->slice = THREAD_SLICE;
    if (self->process)
        fpu_save(self->fpu);
    thread_running = next;
    if (next->process)
        enter_program(next);
    if (next->killed | next->suspended)
        frame_work_pending = 1;
    thread_switch(&self->esp, next->esp);
    schedule_begin();
}

void schedule_yield(void)
{
    if (thread_running != idle_thread)
        enlist(thread_running, false);
    switch_to(pick());
}

void schedule_offer(void)
{
    struct thread *next = pick();

    if (next == idle_thread)
        return;
    enlist(thread_running, false);
    switch_to(next);
}

void schedule_block(void)
{
    MM_ASSERT(thread_running != idle_thread);
    thread_running->state = THREAD_WAITING;
    switch_to(pick());
}

void schedule_end(void)
{
    MM_ASSERT(thread_running->state == THREAD_DEAD);
    dead = thread_running;
    switch_to(pick());
    machine_panic("a thread runs after its end");
}

void schedule_leave_space(void)
{
    loaded = &space_kernel;
    machine_load(space_kernel.dir);
}

/* --- time --- */

/* The longest waiting thread of each priority, if it has waited for too long. */
static void boost_starved(void)
{
    for (uint32_t i = THREAD_LOW; i < THREAD_HIGH; i++) {
        struct thread *thread = ready[i].first;

        if (!thread || clock_ticks - thread->ready_since < STARVED)
            continue;
        (void)schedule_remove(thread);
        thread->priority = THREAD_HIGH;
        schedule_wake(thread);
        thread->usual = i;
        thread->boosted = true;
    }
}

void schedule_tick(void)
{
    static uint32_t looked;
    struct thread *self = thread_running;

    if (clock_ticks - looked >= LOOK) {
        looked = clock_ticks;
        boost_starved();
    }
    if (self->slice > 0 && --self->slice > 0)
        return;
    self->slice = THREAD_SLICE;
    if (schedule_any_ready(self->priority))
        give_way_soon();
}
