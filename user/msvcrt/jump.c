/* jump.c - setjmp() and longjmp().
 *
 * setjmp() keeps the registers that a called function must preserve, the stack pointer, the return
 * address and the head of the list of exception frames at fs:[0].  longjmp() first takes down the
 * frames that were added since (RtlUnwind tells each one), then puts the registers back: the second
 * return from setjmp().
 *
 * In assembly because neither can be an ordinary function: they look at the caller's registers.  The
 * offsets are those of _JUMP_BUFFER.
 */
#include "user/msvcrt/crt.h"
#include <setjmp.h>
#include <stddef.h>

#undef _setjmp
#undef _setjmp3
#undef longjmp

_Static_assert(offsetof(_JUMP_BUFFER, Eip) == 20, "offset used in the assembly below");
_Static_assert(offsetof(_JUMP_BUFFER, Registration) == 24, "offset used in the assembly below");
_Static_assert(sizeof(_JUMP_BUFFER) <= sizeof(jmp_buf), "the program's buffer holds the record");

void crt_unwind(_JUMP_BUFFER *buffer) __attribute__((used));

static void *first_frame(void)
{
    void *frame;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(frame));
    return frame;
}

/* Leaves the chain of frames as it was at setjmp(). */
void crt_unwind(_JUMP_BUFFER *buffer)
{
    if ((void *)buffer->Registration != first_frame())
        RtlUnwind((void *)buffer->Registration, NULL, NULL, NULL);
}

/* The caller's stack pointer is the one at the entry: it points to the return address.  A program of
 * Microsoft's compiler would pass an unwinder of its own and want it called; with gcc it is NULL. */
__asm__(".globl __setjmp3\n"
        ".globl __setjmp\n"
        "__setjmp3:\n"
        "__setjmp:\n"
        "    movl 4(%esp), %edx\n"
        "    movl %ebp, 0(%edx)\n"
        "    movl %ebx, 4(%edx)\n"
        "    movl %edi, 8(%edx)\n"
        "    movl %esi, 12(%edx)\n"
        "    movl %esp, 16(%edx)\n"
        "    movl (%esp), %eax\n"
        "    movl %eax, 20(%edx)\n"
        "    movl %fs:0, %eax\n"
        "    movl %eax, 24(%edx)\n"
        "    movl $-1, 28(%edx)\n"         /* TryLevel: outside every __try */
        "    movl $0x56433230, 32(%edx)\n" /* Cookie: the record has the long form */
        "    movl $0, 36(%edx)\n"          /* UnwindFunc */
        "    xorl %eax, %eax\n"
        "    ret\n"

        ".globl _longjmp\n"
        "_longjmp:\n"
        "    pushl 4(%esp)\n"
        "    call _crt_unwind\n"
        "    popl %edx\n"
        "    movl 4(%esp), %edx\n"
        "    movl 8(%esp), %eax\n"
        "    testl %eax, %eax\n"
        "    jnz 1f\n"
        "    incl %eax\n" /* setjmp() must not seem to return for the first time */
        "1:  movl 0(%edx), %ebp\n"
        "    movl 4(%edx), %ebx\n"
        "    movl 8(%edx), %edi\n"
        "    movl 12(%edx), %esi\n"
        "    movl 16(%edx), %esp\n"
        "    addl $4, %esp\n"
        "    cld\n"
        "    jmp *20(%edx)\n");
