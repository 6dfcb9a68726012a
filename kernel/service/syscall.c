/* syscall.c - from a service number to its handler. */
#include "kernel/service/syscall.h"

#include "kernel/cpu/frame.h"
#include "kernel/cpu/usercopy.h"
#include "kernel/object/thread.h"
#include "kernel/process/exception.h"

enum { ARGUMENT_WORDS = 11 }; /* the most any service has */

#define X(name, words) _Static_assert(words <= ARGUMENT_WORDS, #name);
ABI_SERVICES(X)
#undef X

struct service {
    syscall_handler *handler;
    uint32_t words;
};

static const struct service services[ABI_SERVICE_COUNT] = {
#define X(name, words) {sys_##name, words},
    ABI_SERVICES(X)
#undef X
};

/* Apart, so that a call without arguments costs next to nothing. */
static APART status_t run(const struct service *service, va_t from)
{
    uint32_t arguments[ARGUMENT_WORDS];

    return usercopy_fetch(arguments, from, service->words * sizeof *arguments)
               ?: service->handler(arguments);
}

/* What a call leaves to be done: see struct thread. */
static APART void finish(struct thread *self, struct trap_frame *frame, status_t status)
{
    while (self->held_count > 0)
        object_release(self->held[--self->held_count]);
    if (!self->frame_set)
        frame->eax = status;
}

/* Services that replace the whole frame (NtContinue) say so in thread->frame_set. */
void syscall_dispatch(struct trap_frame *frame)
{
    struct thread *self = thread_current();
    uint32_t number = frame->eax;
    const struct service *service = &services[number];
    status_t status;

    if (frame->eflags & FRAME_VM)
        exception_odd_frame(frame);
    if (number >= ABI_SERVICE_COUNT) {
        frame->eax = STATUS_INVALID_SYSTEM_SERVICE;
        return;
    }
    self->frame_set = false; /* and nothing is held: finish() saw to it */
    status = service->words ? run(service, frame->edx) : service->handler(NULL);
    if (self->call_work)
        finish(self, frame, status);
    else
        frame->eax = status;
}
