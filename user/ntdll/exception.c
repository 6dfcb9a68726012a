/* exception.c - who is asked when an exception happens, and in which order (W102).
 *
 * First the vectored handlers, then the frames of the thread's chain at fs:[0] from the innermost
 * outward, then the unhandled-exception filter; when nobody wants it, the kernel ends the process
 * and says why.  A handler that repaired the cause says "continue", and the thread goes on with
 * the registers in CONTEXT, whatever the handler has made of them.
 *
 * The kernel starts us at KiUserExceptionDispatcher with both records on the program's own stack
 * (W105).  An exception inside a handler simply comes here again, deeper on the same stack.
 */
#include "user/ntdll/ntdll.h"

/* What handlers answer, and what they are told; the values are part of the calling convention.
 * excpt.h has the answers as an enum; these flags it keeps to itself. */
enum {
    FLAG_UNWINDING = 2,
    FLAG_EXIT_UNWIND = 4,
    FLAG_STACK_INVALID = 8,
    FLAG_NESTED = 0x10,
};

/* Calls a handler with its four arguments (asm below).  Meanwhile the chain begins with a frame of
 * our own, so that an exception inside the handler finds out which frame was being asked. */
EXCEPTION_DISPOSITION exception_call(EXCEPTION_RECORD *record, struct exception_frame *frame,
                                     CONTEXT *context, struct exception_frame **dispatcher,
                                     void *handler, void *guard);
EXCEPTION_DISPOSITION exception_nested(EXCEPTION_RECORD *record, struct exception_frame *frame,
                                       CONTEXT *context, struct exception_frame **dispatcher);
EXCEPTION_DISPOSITION exception_collided(EXCEPTION_RECORD *record, struct exception_frame *frame,
                                         CONTEXT *context, struct exception_frame **dispatcher);
void exception_arrived(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

static PTOP_LEVEL_EXCEPTION_FILTER unhandled_filter;

void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter)
{
    unhandled_filter = filter;
}

static struct exception_frame *chain(void)
{
    struct exception_frame *first;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(first));
    return first;
}

static void set_chain(struct exception_frame *first)
{
    __asm__ volatile("movl %0, %%fs:0" : : "r"(first) : "memory");
}

/* --- vectored handlers --- */

/* A node that is being called stays in the list even if it is removed meanwhile, so that whoever walks
 * there finds the next one; its handler is then 0. */
struct vectored {
    struct vectored *next;
    PVECTORED_EXCEPTION_HANDLER handler;
    uint32_t users; /* threads that are calling it, plus one until it is removed */
};

static struct vectored *exception_handlers, *continue_handlers;
static RTL_CRITICAL_SECTION vectored_lock = {.LockCount = -1};

static void *add(struct vectored **list, ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
    struct vectored *node = RtlAllocateHeap(peb()->heap, 0, sizeof *node);

    if (node == NULL)
        return NULL;
    RtlEnterCriticalSection(&vectored_lock);
    while (!first && *list != NULL)
        list = &(*list)->next;
    *node = (struct vectored){.next = *list, .handler = handler, .users = 1};
    *list = node;
    RtlLeaveCriticalSection(&vectored_lock);
    return node;
}

/* => the lock is held */
static void drop(struct vectored **list, struct vectored *node)
{
    if (--node->users > 0)
        return;
    while (*list != node)
        list = &(*list)->next;
    *list = node->next;
    RtlFreeHeap(peb()->heap, 0, node);
}

/* 1 if the cookie was in the list.  It comes from the program and may be anything. */
static ULONG remove_from(struct vectored **list, const void *cookie)
{
    struct vectored *node;
    ULONG found = 0;

    RtlEnterCriticalSection(&vectored_lock);
    for (node = *list; node != NULL && node != cookie; node = node->next) {
    }
    if (node != NULL && node->handler != NULL) {
        node->handler = NULL;
        drop(list, node);
        found = 1;
    }
    RtlLeaveCriticalSection(&vectored_lock);
    return found;
}

void *NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
    return add(&exception_handlers, first, handler);
}

ULONG NTAPI RtlRemoveVectoredExceptionHandler(void *cookie)
{
    return remove_from(&exception_handlers, cookie);
}

void *NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
    return add(&continue_handlers, first, handler);
}

ULONG NTAPI RtlRemoveVectoredContinueHandler(void *cookie)
{
    return remove_from(&continue_handlers, cookie);
}

/* Asks one list.  The lock is not held during a call, because a handler may leave by longjmp();
 * its node then has a user for ever and stays in the list, which costs its few bytes and nothing
 * else. */
static bool ask(struct vectored **list, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_POINTERS pointers = {record, context};
    struct vectored *node, *next;
    bool resume = false;

    if (*list == NULL)
        return false;
    RtlEnterCriticalSection(&vectored_lock);
    for (node = *list; node != NULL && !resume; node = next) {
        PVECTORED_EXCEPTION_HANDLER handler = node->handler;

        node->users++;
        if (handler != NULL) {
            RtlLeaveCriticalSection(&vectored_lock);
            resume = handler(&pointers) == EXCEPTION_CONTINUE_EXECUTION;
            RtlEnterCriticalSection(&vectored_lock);
        }
        next = node->next;
        drop(list, node);
    }
    RtlLeaveCriticalSection(&vectored_lock);
    return resume;
}

/* --- the chain of frames --- */

/* A frame must lie on the thread's stack, on a word, and its handler anywhere but there: a stack
 * overrun must not choose what runs next. */
static bool frame_sound(const struct exception_frame *frame)
{
    const char *at = (const char *)frame;
    const struct teb *here = teb();

    return ((ULONG_PTR)at & 3) == 0 && at >= here->stack_limit &&
           at <= here->stack_base - sizeof *frame &&
           ((const char *)frame->handler < here->stack_allocation ||
            (const char *)frame->handler >= here->stack_base);
}

bool exception_dispatch(EXCEPTION_RECORD *record, CONTEXT *context)
{
    struct exception_frame *nested = NULL; /* up to this frame all were asked before */

    if (ask(&exception_handlers, record, context)) {
        ask(&continue_handlers, record, context);
        return true;
    }
    for (struct exception_frame *frame = chain(); frame != END_OF_FRAMES; frame = frame->next) {
        struct exception_frame *asked = NULL;

        if (!frame_sound(frame)) {
            record->ExceptionFlags |= FLAG_STACK_INVALID;
            return false;
        }
        switch (exception_call(record, frame, context, &asked, frame->handler, exception_nested)) {
        case ExceptionContinueExecution:
            if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
                raise_status(STATUS_NONCONTINUABLE_EXCEPTION, record);
            ask(&continue_handlers, record, context);
            return true;
        case ExceptionContinueSearch:
            break;
        case ExceptionNestedException:
            record->ExceptionFlags |= FLAG_NESTED;
            nested = asked > nested ? asked : nested;
            break;
        default:
            raise_status(STATUS_INVALID_DISPOSITION, record);
        }
        if (frame == nested) {
            record->ExceptionFlags &= ~(DWORD)FLAG_NESTED;
            nested = NULL;
        }
    }
    return false;
}

/* RtlUnwind (asm below).  Calls the handlers of all frames inside `target` (0: of all frames) for the last time
 * and takes them off the chain.  `context` is that of the caller as it will go on, and what handlers change in it
 * holds (X16). */
void exception_unwind(void *target, EXCEPTION_RECORD *record, CONTEXT *context)
    __attribute__((noreturn));
void exception_unwind(void *target, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_RECORD own = {.ExceptionCode = (DWORD)STATUS_UNWIND,
                            .ExceptionAddress = (void *)context->Eip};
    struct exception_frame *frame = chain();

    if (record == NULL)
        record = &own;
    record->ExceptionFlags |= target == NULL ? FLAG_UNWINDING | FLAG_EXIT_UNWIND : FLAG_UNWINDING;
    while (frame != END_OF_FRAMES && frame != target) {
        struct exception_frame *collided = frame;

        if (target != NULL && frame > (struct exception_frame *)target)
            raise_status(STATUS_INVALID_UNWIND_TARGET, record); /* it isn't in the chain */
        if (!frame_sound(frame))
            raise_status(STATUS_BAD_STACK, record);
        switch (
            exception_call(record, frame, context, &collided, frame->handler, exception_collided)) {
        case ExceptionContinueSearch:
            break;
        case ExceptionCollidedUnwind: /* an unwind inside a handler: go on where that one was */
            frame = collided;
            break;
        default:
            raise_status(STATUS_INVALID_DISPOSITION, record);
        }
        frame = frame->next;
        set_chain(frame);
    }
    for (;;)
        NtContinue(context, FALSE);
}

/* --- arrival and departure --- */

/* Nobody wanted it: the program's filter, else the kernel decides. */
static void __attribute__((noreturn)) unhandled(EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_POINTERS pointers = {record, context};
    LONG answer = EXCEPTION_CONTINUE_SEARCH;

    if (unhandled_filter != NULL)
        answer = unhandled_filter(&pointers);
    if (answer == EXCEPTION_CONTINUE_EXECUTION) {
        if ((record->ExceptionFlags & EXCEPTION_NONCONTINUABLE) == 0)
            NtContinue(context, FALSE);
        if (record->ExceptionCode != (DWORD)STATUS_NONCONTINUABLE_EXCEPTION)
            raise_status(STATUS_NONCONTINUABLE_EXCEPTION, record);
    }
    if (answer == EXCEPTION_EXECUTE_HANDLER) /* W104: the filter has said all there is to say */
        NtTerminateProcess(CURRENT_PROCESS, (NTSTATUS)record->ExceptionCode);
    NtRaiseException(record, context, FALSE);
    for (;;) /* the kernel doesn't come back from it; with damaged records it may refuse */
        NtTerminateProcess(CURRENT_PROCESS, (NTSTATUS)record->ExceptionCode);
}

/* INT n for which the kernel has no gate faults.  29 is how abort() of newer run-times ends a program at once; 2D is
 * the debugger's service, a breakpoint with three parameters behind the instruction (X16). */
static void tell_interrupt(EXCEPTION_RECORD *record, CONTEXT *context)
{
    const unsigned char *code = (const unsigned char *)context->Eip;

    if (code[0] != 0xCD)
        return;
    if (code[1] == 0x29)
        NtTerminateProcess(CURRENT_PROCESS, STATUS_STACK_BUFFER_OVERRUN);
    if (code[1] != 0x2D)
        return;
    context->Eip += 2;
    record->ExceptionCode = (DWORD)STATUS_BREAKPOINT;
    record->ExceptionAddress = (void *)context->Eip;
    record->NumberParameters = 3;
    record->ExceptionInformation[0] = context->Eax;
    record->ExceptionInformation[1] = context->Ecx;
    record->ExceptionInformation[2] = context->Edx;
}

/* An emulator without segmentation (QEMU without KVM) lets an access through a null selector pass, and paging refuses
 * it at the bare offset: it is told as the processor would, a read without an address. */
static void tell_null_selector(EXCEPTION_RECORD *record, const CONTEXT *context)
{
    const unsigned char *code = (const unsigned char *)context->Eip;
    DWORD selector = *code == 0x65   ? context->SegGs
                     : *code == 0x64 ? context->SegFs
                     : *code == 0x26 ? context->SegEs
                                     : context->SegDs;

    if ((selector & 0xFFFC) == 0) {
        record->ExceptionInformation[0] = 0;
        record->ExceptionInformation[1] = ~(ULONG_PTR)0;
    }
}

void exception_arrived(EXCEPTION_RECORD *record, CONTEXT *context)
{
    /* An instruction that can't be read itself is none. */
    if (record->ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION &&
        record->ExceptionInformation[1] - context->Eip >= PAGE_BYTES) {
        tell_interrupt(record, context);
        if (record->ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION)
            tell_null_selector(record, context);
    }
    if (exception_dispatch(record, context))
        NtContinue(context, FALSE);
    unhandled(record, context);
}

/* The answers of the frame that exception_call() puts around a handler.  The frame that was being
 * asked lies behind that frame's two words. */
static struct exception_frame *asked_by(struct exception_frame *frame)
{
    return *(struct exception_frame **)(frame + 1);
}

EXCEPTION_DISPOSITION exception_nested(EXCEPTION_RECORD *record, struct exception_frame *frame,
                                       CONTEXT *context, struct exception_frame **dispatcher)
{
    (void)context;
    if (record->ExceptionFlags & (FLAG_UNWINDING | FLAG_EXIT_UNWIND))
        return ExceptionContinueSearch;
    *dispatcher = asked_by(frame);
    return ExceptionNestedException;
}

EXCEPTION_DISPOSITION exception_collided(EXCEPTION_RECORD *record, struct exception_frame *frame,
                                         CONTEXT *context, struct exception_frame **dispatcher)
{
    (void)context;
    if (!(record->ExceptionFlags & (FLAG_UNWINDING | FLAG_EXIT_UNWIND)))
        return ExceptionContinueSearch;
    *dispatcher = asked_by(frame);
    return ExceptionCollidedUnwind;
}

/* Handlers may leave any register changed but EBP, and forget the stack pointer's place; the chain
 * says where it was.  After `call`, fs:[0] is our frame again: who linked itself in has
 * unlinked itself. */
__asm__(".text\n"
        "_exception_call:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    pushl 12(%ebp)\n" /* the frame that is asked: see asked_by() */
        "    pushl 28(%ebp)\n" /* our frame: handler ... */
        "    pushl %fs:0\n"    /* ... and next */
        "    movl %esp, %fs:0\n"
        "    pushl 20(%ebp)\n"
        "    pushl 16(%ebp)\n"
        "    pushl 12(%ebp)\n"
        "    pushl 8(%ebp)\n"
        "    call *24(%ebp)\n"
        "    movl %fs:0, %esp\n"
        "    popl %fs:0\n"
        "    leal -12(%ebp), %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    ret\n");

/* RtlUnwind(target, ip, record, value): the registers of the caller as they will be when it goes on, behind the four
 * arguments and with `value` in EAX; `ip` has no meaning on this processor.  The offsets are those of CONTEXT's Eax,
 * Ebp, Eip and Esp; a CONTEXT has 716 bytes. */
_Static_assert(offsetof(CONTEXT, Eax) == 0xB0 && offsetof(CONTEXT, Ebp) == 0xB4 &&
                   offsetof(CONTEXT, Eip) == 0xB8 && offsetof(CONTEXT, Esp) == 0xC4 &&
                   sizeof(CONTEXT) == 716,
               "the numbers below");
__asm__(".globl _RtlUnwind@16\n"
        "_RtlUnwind@16:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    subl $716, %esp\n"
        "    pushl %esp\n"
        "    call _RtlCaptureContext@4\n"
        "    movl 20(%ebp), %eax\n"
        "    movl %eax, 0xB0(%esp)\n"
        "    movl 0(%ebp), %eax\n"
        "    movl %eax, 0xB4(%esp)\n"
        "    movl 4(%ebp), %eax\n"
        "    movl %eax, 0xB8(%esp)\n"
        "    leal 24(%ebp), %eax\n"
        "    movl %eax, 0xC4(%esp)\n"
        "    movl %esp, %eax\n"
        "    pushl %eax\n"
        "    pushl 16(%ebp)\n"
        "    pushl 8(%ebp)\n"
        "    call _exception_unwind\n");

/* KiUserExceptionDispatcher: the kernel jumps here with [esp] = EXCEPTION_RECORD *,
 * [esp+4] = CONTEXT *.  The missing return address is a zero. */
__asm__(".globl _KiUserExceptionDispatcher@8\n"
        "_KiUserExceptionDispatcher@8:\n"
        "    cld\n"
        "    pushl $0\n"
        "    jmp _exception_arrived\n");
