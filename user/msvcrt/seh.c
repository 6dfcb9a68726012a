/* seh.c - __try, __except and __finally as Visual C++ compiles them: the handlers of its frames.
 *
 * A function with __try links a record into the thread's chain (fs:[0]); its handler is one of those here.  The
 * record names a table with one line for each __try: the one around it, the filter (0: it is a __finally) and the
 * block.  Filters and blocks are parts of the function itself and run on its EBP.
 */
#include "user/msvcrt/crt.h"
#include <excpt.h>

struct scope {
    int outer;
    int(__cdecl *filter)(void);
    void(__cdecl *block)(void);
};

/* The record, which ends where the function's EBP points; one word in front of it are the EXCEPTION_POINTERS that
 * GetExceptionInformation() reads. */
struct seh_frame {
    struct seh_frame *next;
    void *handler;
    uintptr_t table;
    int level;
    uintptr_t ebp;
};

/* The table of _except_handler4: cookies of the stack, which the function checks itself, then the scopes. */
struct table4 {
    int cookie_offset, cookie_xor, frame_offset, frame_xor;
    struct scope scopes[];
};

enum { NONE = -1, NONE4 = -2, UNWINDING = 6 };

void seh_jump(void *block, uintptr_t *ebp) __attribute__((noreturn));

/* Both run a part of a function on its EBP; seh_jump never comes back (the block sets ESP itself). */
__asm__(".text\n"
        "_crt_call_on:\n"
        "    pushl %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    movl 20(%esp), %eax\n"
        "    movl 24(%esp), %ebp\n"
        "    call *%eax\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    ret\n"
        "_seh_jump:\n"
        "    movl 4(%esp), %eax\n"
        "    movl 8(%esp), %ebp\n"
        "    jmp *%eax\n");

/* Runs the __finally blocks from the frame's level out to `stop`. */
static void unwind_to(struct seh_frame *frame, const struct scope *scopes, int stop, int none)
{
    while (frame->level != none && frame->level != stop) {
        const struct scope *scope = &scopes[frame->level];

        frame->level = scope->outer;
        if (!scope->filter) {
            crt_thread()->leaving++;
            crt_call_on((void *)scope->block, &frame->ebp);
            crt_thread()->leaving--;
        }
    }
}

static EXCEPTION_DISPOSITION handle(EXCEPTION_RECORD *record, struct seh_frame *frame,
                                    CONTEXT *context, const struct scope *scopes, int none)
{
    EXCEPTION_POINTERS pointers = {record, context};

    if (record->ExceptionFlags & UNWINDING) {
        unwind_to(frame, scopes, none, none);
        return ExceptionContinueSearch;
    }
    /* for as long as filters are asked; gcc would think that it stays */
    __asm__ volatile("movl %0, -4(%1)" : : "r"(&pointers), "r"(frame) : "memory");
    for (int level = frame->level; level != none; level = scopes[level].outer) {
        int answer =
            scopes[level].filter ? (int)crt_call_on((void *)scopes[level].filter, &frame->ebp) : 0;

        if (answer < 0)
            return ExceptionContinueExecution;
        if (answer > 0) {
            RtlUnwind(frame, NULL, record, NULL);
            unwind_to(frame, scopes, level, none);
            frame->level = scopes[level].outer;
            seh_jump((void *)scopes[level].block, &frame->ebp);
        }
    }
    return ExceptionContinueSearch;
}

EXCEPTION_DISPOSITION crt_except_handler3(EXCEPTION_RECORD *record, struct seh_frame *frame,
                                          CONTEXT *context, void *dispatcher);
EXCEPTION_DISPOSITION crt_except_handler3(EXCEPTION_RECORD *record, struct seh_frame *frame,
                                          CONTEXT *context, void *dispatcher)
{
    (void)dispatcher;
    return handle(record, frame, context, (const struct scope *)frame->table, NONE);
}

/* The table's address is kept XORed with the program's cookie. */
EXCEPTION_DISPOSITION _except_handler4_common(const uintptr_t *cookie, void *check,
                                              EXCEPTION_RECORD *record, struct seh_frame *frame,
                                              CONTEXT *context, void *dispatcher);
EXCEPTION_DISPOSITION _except_handler4_common(const uintptr_t *cookie, void *check,
                                              EXCEPTION_RECORD *record, struct seh_frame *frame,
                                              CONTEXT *context, void *dispatcher)
{
    const struct table4 *table = (const struct table4 *)(frame->table ^ *cookie);

    (void)check;
    (void)dispatcher;
    return handle(record, frame, context, table->scopes, NONE4);
}

void crt_local_unwind2(struct seh_frame *frame, int stop);
void crt_local_unwind2(struct seh_frame *frame, int stop)
{
    unwind_to(frame, (const struct scope *)frame->table, stop, NONE);
}

void crt_global_unwind2(void *frame);
void crt_global_unwind2(void *frame)
{
    RtlUnwind(frame, NULL, NULL, NULL);
}

/* Is a __finally block run because of an exception, and not at its usual end? */
int crt_abnormal_termination(void);
int crt_abnormal_termination(void)
{
    return crt_thread()->leaving > 0;
}

/* longjmp() out of __try: the blocks down to level `stop` of that frame are left. */
struct seh_jump_buffer {
    unsigned registers[6];
    struct seh_frame *frame;
    int level;
};
void __attribute__((stdcall)) crt_seh_longjmp_unwind(const struct seh_jump_buffer *buffer);
void __attribute__((stdcall)) crt_seh_longjmp_unwind(const struct seh_jump_buffer *buffer)
{
    crt_local_unwind2(buffer->frame, buffer->level);
}
