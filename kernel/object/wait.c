/* wait.c - how a thread waits.
 *
 * One CPU and interrupts off: between looking at an object and going to sleep nothing can change,
 * so there is no lost wake-up and no retry loop.
 */
#include "kernel/object/wait.h"

#include "kernel/device/clock.h"
#include "kernel/object/schedule.h"
#include "lib/list.h"

static struct thread *sleepers; /* by deadline, earliest first */

static void dequeue(struct wait_block *block)
{
    LIST_REMOVE(block->queue->first, block->queue->last, block, next, prev);
    block->queue = NULL;
}

/* Wake the thread when the time is up, not earlier. */
static void set_deadline(struct thread *thread, uint32_t timeout_ms)
{
    struct thread *before = NULL, *after = sleepers;

    /* The current tick has begun already: wait for one more, never too short. */
    thread->deadline = clock_ms() + timeout_ms + (timeout_ms ? THREAD_TICK_MS : 0);
    while (after && after->deadline <= thread->deadline) {
        before = after;
        after = after->next_sleeper;
    }
    thread->has_deadline = true;
    LIST_INSERT(sleepers, before, thread, next_sleeper, prev_sleeper);
}

/* Leave all queues and become ready; the wait returns `status`. */
static void finish(struct thread *thread, status_t status)
{
    for (uint32_t i = 0; i < thread->block_count; i++)
        dequeue(&thread->blocks[i]);
    thread->blocks = NULL;
    thread->block_count = 0;
    thread->wait_status = status;
    if (thread->has_deadline)
        LIST_TAKE(sleepers, thread, next_sleeper, prev_sleeper);
    thread->has_deadline = false;
    schedule_hurry(thread);
}

/* Sleep in the queues that `blocks` name. */
static status_t sleep(struct wait_block *blocks, struct wait_queue *const *queues, uint32_t count,
                      uint32_t timeout)
{
    struct thread *self = thread_current();

    if (self->killed)
        return STATUS_PROCESS_IS_TERMINATING;
    self->blocks = blocks;
    self->block_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct wait_block *block = &blocks[i];

        block->thread = self;
        block->queue = queues[i];
        LIST_APPEND(queues[i]->first, queues[i]->last, block, next, prev);
    }
    if (timeout != WAIT_FOREVER)
        set_deadline(self, timeout);
    schedule_block();
    return self->wait_status;
}

status_t wait_sleep(struct wait_queue *queue, uint32_t timeout)
{
    struct wait_block block = {0};

    thread_current()->wait_all = false;
    return sleep(&block, &queue, 1, timeout);
}

void wait_wake_all(struct wait_queue *queue)
{
    while (queue->first)
        finish(queue->first->thread, STATUS_SUCCESS);
}

void wait_cancel(struct thread *thread, status_t status)
{
    MM_ASSERT(thread->state == THREAD_WAITING);
    finish(thread, status);
}

void wait_tick(void)
{
    while (sleepers && sleepers->deadline <= clock_ms())
        wait_cancel(sleepers, STATUS_TIMEOUT);
}

void wait_init_object(struct dispatcher *object, enum dispatcher_kind kind, int32_t signal)
{
    *object = (struct dispatcher){.kind = kind, .signal = signal, .limit = INT32_MAX};
}

static void own(struct dispatcher *mutant, struct thread *thread)
{
    mutant->owner = thread;
    LIST_PUSH(thread->mutants, mutant, next_owned, prev_owned);
}

static void disown(struct dispatcher *mutant)
{
    MM_ASSERT(mutant->owner);
    LIST_TAKE(mutant->owner->mutants, mutant, next_owned, prev_owned);
    mutant->owner = NULL;
}

void wait_destroy_object(struct dispatcher *object)
{
    MM_ASSERT(!object->queue.first);
    if (object->kind == DISPATCH_MUTANT && object->owner)
        disown(object);
}

/* Would a wait of `thread` for `object` be over at once? */
static bool can_take(const struct dispatcher *object, const struct thread *thread)
{
    return object->signal > 0 || (object->kind == DISPATCH_MUTANT && object->owner == thread);
}

/* Take the object for the thread.  True: a mutant whose last owner died without giving it up.
 * => can_take() */
static bool take(struct dispatcher *object, struct thread *thread)
{
    bool abandoned = object->abandoned;

    switch (object->kind) {
    case DISPATCH_MANUAL:
        break;
    case DISPATCH_AUTO:
        object->signal = 0;
        break;
    case DISPATCH_SEMAPHORE:
        object->signal--;
        break;
    case DISPATCH_MUTANT:
        if (object->signal-- == 1)
            own(object, thread);
        object->abandoned = false;
        break;
    }
    return abandoned;
}

static bool can_take_all(const struct thread *thread)
{
    for (uint32_t i = 0; i < thread->block_count; i++)
        if (!can_take(thread->blocks[i].object, thread))
            return false;
    return true;
}

/* The thread in this block waits for an object that is signalled: let it go if that is all it
 * waits for. */
static void try_release(struct wait_block *block)
{
    struct thread *thread = block->thread;
    status_t status = STATUS_SUCCESS;

    if (!thread->wait_all) {
        status = (status_t)(block - thread->blocks);
        if (take(block->object, thread))
            status += STATUS_ABANDONED;
    } else if (can_take_all(thread)) {
        for (uint32_t i = 0; i < thread->block_count; i++)
            if (take(thread->blocks[i].object, thread))
                status = STATUS_ABANDONED;
    } else {
        return;
    }
    finish(thread, status);
}

void wait_signal(struct dispatcher *object)
{
    struct wait_block *block = object->queue.first, *next;

    /* A released thread leaves all its queues, perhaps this one more than once: its blocks stand side by side. */
    for (; block && object->signal > 0; block = next) {
        for (next = block->next; next && next->thread == block->thread; next = next->next)
            ;
        try_release(block);
    }
}

/* Take what can be had without waiting; STATUS_PENDING if that is not enough. */
static status_t take_now(struct dispatcher *const *objects, uint32_t count, bool all)
{
    struct thread *self = thread_current();
    status_t status = STATUS_SUCCESS;
    uint32_t ready = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!can_take(objects[i], self))
            continue;
        ready++;
        if (!all)
            return i + (take(objects[i], self) ? STATUS_ABANDONED : STATUS_SUCCESS);
    }
    if (ready < count)
        return STATUS_PENDING;
    for (uint32_t i = 0; i < count; i++)
        if (take(objects[i], self))
            status = STATUS_ABANDONED;
    return status;
}

status_t wait_objects(struct dispatcher *const *objects, uint32_t count, bool all, uint32_t timeout)
{
    struct wait_block blocks[WAIT_OBJECTS];
    struct wait_queue *queues[WAIT_OBJECTS];
    status_t status;

    MM_ASSERT(count > 0 && count <= WAIT_OBJECTS);
    status = take_now(objects, count, all);
    if (status != STATUS_PENDING)
        return status;
    if (timeout == 0)
        return STATUS_TIMEOUT;
    for (uint32_t i = 0; i < count; i++) {
        blocks[i].object = objects[i];
        queues[i] = &objects[i]->queue;
    }
    thread_current()->wait_all = all;
    return sleep(blocks, queues, count, timeout);
}

status_t wait_release_mutant(struct dispatcher *mutant, int32_t *previous)
{
    if (mutant->owner != thread_current())
        return STATUS_MUTANT_NOT_OWNED;
    *previous = mutant->signal;
    if (++mutant->signal == 1) {
        disown(mutant);
        wait_signal(mutant);
    }
    return STATUS_SUCCESS;
}

void wait_abandon_all(struct thread *thread)
{
    while (thread->mutants) {
        struct dispatcher *mutant = thread->mutants;

        disown(mutant);
        mutant->abandoned = true;
        mutant->signal = 1;
        wait_signal(mutant);
    }
}
