/* wait.h - how a thread waits, and what it can wait for.
 *
 * Two layers.  A wait queue is a plain line of sleeping threads, for the kernel's own use (a
 * console waiting for a key).  A dispatcher is a wait queue with a state and a rule for changing
 * it: the part of an event, a mutant, a semaphore, a thread or a process that programs wait for.
 *
 * The signaller, not the waiter, decides who goes on: wait_signal() takes the object on behalf of
 * each thread it lets go, so a thread that wakes up owns what it waited for and never has to look
 * again.  All functions are called with interrupts off.
 */
#pragma once
#include "mm/status.h"
#include "mm/types.h"

struct thread;
struct dispatcher;

enum { WAIT_OBJECTS = 64 };      /* most objects of one wait */
#define WAIT_FOREVER 0xFFFFFFFFu /* as a timeout in milliseconds */

/* One thread standing in one queue. */
struct wait_block {
    struct wait_block *next, *prev;
    struct wait_queue *queue;  /* 0: not in a queue */
    struct dispatcher *object; /* 0: a plain queue */
    struct thread *thread;
};

struct wait_queue {
    struct wait_block *first, *last;
};

/* Sleep until woken.  STATUS_SUCCESS, STATUS_TIMEOUT, or STATUS_PROCESS_IS_TERMINATING: the thread
 * is to die, so the caller returns at once.  `timeout` is in milliseconds.
 * => the current thread may wait (it is not the idle thread and not in an interrupt). */
status_t wait_sleep(struct wait_queue *queue, uint32_t timeout);

/* Let all sleepers go on.  May be called from interrupts. */
void wait_wake_all(struct wait_queue *queue);

enum dispatcher_kind {
    DISPATCH_MANUAL,    /* stays signalled: manual-reset event, process, thread, file */
    DISPATCH_AUTO,      /* lets one thread go and is reset: auto-reset event */
    DISPATCH_MUTANT,    /* owned by a thread, recursively */
    DISPATCH_SEMAPHORE, /* lets `signal` threads go */
};

struct dispatcher {
    struct wait_queue queue;
    enum dispatcher_kind kind;
    int32_t signal;       /* > 0: signalled.  Mutant: 1 free, 0 owned once, -1 owned twice ... */
    int32_t limit;        /* semaphore: the most `signal` may be */
    struct thread *owner; /* mutant */
    bool abandoned;       /* mutant: its last owner died */
    struct dispatcher *next_owned, *prev_owned; /* mutants of one owner */
};

void wait_init_object(struct dispatcher *object, enum dispatcher_kind kind, int32_t signal);

/* The object is about to be freed; nobody waits for it. */
void wait_destroy_object(struct dispatcher *object);

/* The object's state has become `signalled`: let go whoever may. */
void wait_signal(struct dispatcher *object);

/* Wait for any or all of `count` (1..WAIT_OBJECTS) objects.  Returns STATUS_SUCCESS + index,
 * STATUS_ABANDONED + index, STATUS_TIMEOUT or STATUS_PROCESS_IS_TERMINATING.  The caller holds
 * references to the objects. */
status_t wait_objects(struct dispatcher *const *objects, uint32_t count, bool all,
                      uint32_t timeout);

/* Give up a mutant once; STATUS_MUTANT_NOT_OWNED. */
status_t wait_release_mutant(struct dispatcher *mutant, int32_t *previous);

/* A thread dies: its mutants are abandoned.  Called by thread.c. */
void wait_abandon_all(struct thread *thread);

/* The timer interrupt: end the waits whose time is up. */
void wait_tick(void);

/* Take a waiting thread out of its wait, which returns `status`.  Called by thread.c. */
void wait_cancel(struct thread *thread, status_t status);
