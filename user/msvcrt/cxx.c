/* cxx.c - try, catch and throw as Visual C++ compiles them.
 *
 * A function with objects to destroy or with a try has a state, a number that its code keeps in the record it links
 * into fs:[0].  Its tables say for each state what to destroy and which state is then reached, and for each try the
 * states that it covers and its catch blocks.  A thrown object comes with the types as which it can be caught.
 * Catch blocks and destructors are parts of the function and run on its EBP; a catch block returns where the
 * function goes on.
 */
#include "user/msvcrt/crt.h"
#include <excpt.h>
#include <stdlib.h>
#include <string.h>

enum {
    CODE = 0xE06D7363, /* "msc" with bits for "error" and "customer" */
    MAGIC = 0x19930520,
    UNWINDING = 6,
    CATCH_REFERENCE = 8,  /* adjectives of a catch: by reference */
    TYPE_SIMPLE = 1,      /* properties of a type that can be caught: copied as bytes */
    TYPE_VIRTUAL_BASE = 4 /* the copy constructor has one more argument */
};

struct type {
    const void *vtable;
    char *undecorated;
    char name[]; /* ".?AVexception@std@@" */
};

struct displacement {
    int member, vbtable, vbase;
};

struct catchable {
    unsigned properties;
    const struct type *type;
    struct displacement where; /* of the base in the object */
    int size;
    void *copy;
};

struct throw_info {
    unsigned attributes;
    void *destructor;
    void *forward;
    const struct {
        int count;
        const struct catchable *types[];
    } * catchables;
};

struct catch_block {
    unsigned adjectives;
    const struct type *type; /* 0: catch (...) */
    int object;              /* distance from EBP to the variable; 0: it has none */
    void *address;
};

struct try_block {
    int low, high, catch_high;
    int count;
    const struct catch_block *catches;
};

struct function_info {
    unsigned magic; /* and bits of what follows */
    int states;
    const struct {
        int outer;
        void *action;
    } * unwind;
    unsigned tries;
    const struct try_block *blocks;
};

/* The word in front of it is ESP as the function needs it; its EBP points behind it. */
struct cxx_frame {
    struct cxx_frame *next;
    void *handler;
    int state;
    uintptr_t ebp;
};

/* What is being handled, the innermost first: `throw;` raises it again. */
struct crt_caught {
    struct crt_caught *outer;
    EXCEPTION_RECORD *record;
    const struct cxx_frame *frame; /* whose catch block handles it ... */
    const struct try_block *try;   /* ... of which try */
    uintptr_t esp;                 /* and the function's ESP outside of the block */
};

static struct crt_caught **caught(void)
{
    return (struct crt_caught **)&crt_thread()->caught;
}

void cxx_resume(void *address, uintptr_t *ebp, uintptr_t esp) __attribute__((noreturn));
void cxx_construct(void *function, void *self, void *argument, int most_derived);

/* crt_call_on() runs a part of a function on its EBP.  cxx_resume: goes on in the function.  cxx_construct: a method by
 * __thiscall, `this` in ECX, the callee takes its arguments off the stack: ESP is put back whatever it did. */
__asm__(".text\n"
        "_cxx_resume:\n"
        "    movl 4(%esp), %eax\n"
        "    movl 8(%esp), %ebp\n"
        "    movl 12(%esp), %esp\n"
        "    jmp *%eax\n"
        "_cxx_construct:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    movl 12(%ebp), %ecx\n"
        "    cmpl $0, 20(%ebp)\n"
        "    je 1f\n"
        "    pushl 20(%ebp)\n"
        "1:  cmpl $0, 16(%ebp)\n"
        "    je 2f\n"
        "    pushl 16(%ebp)\n"
        "2:  call *8(%ebp)\n"
        "    movl %ebp, %esp\n"
        "    popl %ebp\n"
        "    ret\n");

/* ---- leaving states ---------------------------------------------------------------------------------------- */

static void leave_states(struct cxx_frame *frame, const struct function_info *info, int stop)
{
    while (frame->state != stop && frame->state >= 0 && frame->state < info->states) {
        int state = frame->state;

        frame->state = info->unwind[state].outer;
        if (info->unwind[state].action)
            crt_call_on(info->unwind[state].action, &frame->ebp);
    }
}

static void destroy(const EXCEPTION_RECORD *record)
{
    const struct throw_info *info = (const struct throw_info *)record->ExceptionInformation[2];

    if (record->ExceptionCode == CODE && info && info->destructor)
        cxx_construct(info->destructor, (void *)record->ExceptionInformation[1], NULL, 0);
}

void __DestructExceptionObject(EXCEPTION_RECORD *record);
void __DestructExceptionObject(EXCEPTION_RECORD *record)
{
    destroy(record);
}

/* ---- finding a catch ---------------------------------------------------------------------------------------- */

static void *base_of(char *object, const struct displacement *where)
{
    char *base = object + where->member;

    if (where->vbtable >= 0) {
        const char *table = *(const char **)(object + where->vbtable);

        base += where->vbtable + *(const int *)(table + where->vbase);
    }
    return base;
}

/* The form of the thrown object that this catch takes; *any: it takes everything. */
static const struct catchable *match(const struct catch_block *block,
                                     const EXCEPTION_RECORD *record, bool *any)
{
    const struct throw_info *info = record->ExceptionCode == CODE
                                        ? (const struct throw_info *)record->ExceptionInformation[2]
                                        : NULL;

    *any = !block->type || !block->type->name[0];
    for (int i = 0; info && !*any && i < info->catchables->count; i++) {
        const struct catchable *type = info->catchables->types[i];

        if (type->type == block->type || strcmp(type->type->name, block->type->name) == 0)
            return type;
    }
    return NULL;
}

/* Puts the object, or its address, into the variable of the catch block. */
static void fill_variable(const struct cxx_frame *frame, const struct catch_block *block,
                          const struct catchable *type, const EXCEPTION_RECORD *record)
{
    char *object = (char *)record->ExceptionInformation[1];
    void **variable = (void **)((char *)&frame->ebp + block->object);

    if (!block->object || !type)
        return;
    if (block->adjectives & CATCH_REFERENCE) {
        *variable = base_of(object, &type->where);
    } else if (type->properties & TYPE_SIMPLE) {
        memcpy(variable, object, (size_t)type->size);
        if (type->size == sizeof *variable && *variable) /* a pointer to a class: to its base */
            *variable = base_of(*variable, &type->where);
    } else if (type->copy) {
        cxx_construct(type->copy, variable, base_of(object, &type->where),
                      type->properties & TYPE_VIRTUAL_BASE ? 1 : 0);
    } else {
        memcpy(variable, base_of(object, &type->where), (size_t)type->size);
    }
}

/* Catch blocks that are left without reaching their end, because `try` around them or a function further out
 * catches: their objects are done with.  Returns ESP of the function where its catch block begins. */
static uintptr_t leave_catches(const struct cxx_frame *frame, const struct try_block *try,
                               const EXCEPTION_RECORD *kept)
{
    uintptr_t esp = ((const uintptr_t *)frame)[-1]; /* in a catch block that is that block's own */
    struct crt_caught *at;

    while ((at = *caught()) != NULL && (uintptr_t)at->frame <= (uintptr_t)frame) {
        if (at->frame == frame) {
            if (at->try->high < try->low || at->try->catch_high > try->high)
                break; /* the try stands inside of that block */
            esp = at->esp;
        }
        *caught() = at->outer;
        if (at->record != kept)
            destroy(at->record);
    }
    return esp;
}

/* The catch block runs; then the function goes on. */
static void __attribute__((noreturn))
enter(struct cxx_frame *frame, const struct function_info *info, const struct try_block *try,
      const struct catch_block *block, EXCEPTION_RECORD *record)
{
    struct crt_caught now = {.record = record, .frame = frame, .try = try};
    void *resume;

    RtlUnwind(frame, NULL, record, NULL);
    record->ExceptionFlags &= ~(DWORD)UNWINDING;
    leave_states(frame, info, try->low);
    frame->state = try->high + 1;
    now.esp = leave_catches(frame, try, record);
    now.outer = *caught();
    *caught() = &now;
    resume = (void *)crt_call_on(block->address, &frame->ebp);
    *caught() = now.outer;
    destroy(record);
    ((uintptr_t *)frame)[-1] = now.esp;
    cxx_resume(resume, &frame->ebp, now.esp);
}

static EXCEPTION_DISPOSITION search(struct cxx_frame *frame, const struct function_info *info,
                                    EXCEPTION_RECORD *record)
{
    for (unsigned i = 0; i < info->tries; i++) {
        const struct try_block *try = &info->blocks[i];

        if (frame->state < try->low || frame->state > try->high)
            continue;
        for (int j = 0; j < try->count; j++) {
            bool any;
            const struct catchable *type = match(&try->catches[j], record, &any);

            if (!type && !any)
                continue;
            if (type)
                fill_variable(frame, &try->catches[j], type, record);
            enter(frame, info, try, &try->catches[j], record);
        }
    }
    return ExceptionContinueSearch;
}

/* `throw;` has no object: it means the one that is being handled. */
static EXCEPTION_RECORD *meant(EXCEPTION_RECORD *record)
{
    if (record->ExceptionCode == CODE && !record->ExceptionInformation[2] && *caught())
        return (*caught())->record;
    return record;
}

/* Is the function in one of its try blocks? */
static bool in_try(const struct cxx_frame *frame, const struct function_info *info)
{
    for (unsigned i = 0; i < info->tries; i++)
        if (frame->state >= info->blocks[i].low && frame->state <= info->blocks[i].high)
            return true;
    return false;
}

EXCEPTION_DISPOSITION cxx_handle(EXCEPTION_RECORD *record, struct cxx_frame *frame,
                                 CONTEXT *context, void *dispatcher,
                                 const struct function_info *info);
EXCEPTION_DISPOSITION cxx_handle(EXCEPTION_RECORD *record, struct cxx_frame *frame,
                                 CONTEXT *context, void *dispatcher,
                                 const struct function_info *info)
{
    (void)dispatcher;
    if (record->ExceptionFlags & UNWINDING) {
        leave_states(frame, info, -1);
        return ExceptionContinueSearch;
    }
    if (record->ExceptionCode != CODE && crt_translator() && in_try(frame, info)) {
        EXCEPTION_POINTERS pointers = {record, context};

        crt_translator()(record->ExceptionCode,
                         &pointers); /* it throws, or declines by returning */
    }
    return search(frame, info, meant(record));
}

/* The frame's own thunk has put the address of its tables into EAX. */
__asm__(".globl ___CxxFrameHandler\n"
        "___CxxFrameHandler:\n"
        "    pushl %eax\n"
        "    pushl 20(%esp)\n"
        "    pushl 20(%esp)\n"
        "    pushl 20(%esp)\n"
        "    pushl 20(%esp)\n"
        "    call _cxx_handle\n"
        "    addl $20, %esp\n"
        "    ret\n");

/* ---- throwing -------------------------------------------------------------------------------------------- */

void __attribute__((stdcall)) crt_throw(void *object, const struct throw_info *info);
void __attribute__((stdcall)) crt_throw(void *object, const struct throw_info *info)
{
    ULONG_PTR arguments[] = {MAGIC, (ULONG_PTR)object, (ULONG_PTR)info};

    RaiseException(CODE, EXCEPTION_NONCONTINUABLE, 3, arguments);
}

void **__current_exception(void);
void **__current_exception(void)
{
    return &crt_thread()->current_exception;
}

void **__current_exception_context(void);
void **__current_exception_context(void)
{
    return &crt_thread()->current_context;
}

/* The destructor of type_info: there is nothing to destroy. */
void __attribute__((thiscall)) crt_type_info_destroy(void *self);
void __attribute__((thiscall)) crt_type_info_destroy(void *self)
{
    (void)self;
}
