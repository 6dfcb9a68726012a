/* invoke.c - calls a function of a module that isn't trusted to keep the rules of a call.
 *
 * DllMain() and TLS callbacks take their arguments off the stack themselves, but programs exist where they don't
 * (__cdecl written by mistake), and some lose registers.  As on Windows that hurts nobody: a frame in the chain of
 * exception handlers says where the stack was, and from there everything else comes back.  The same frame catches
 * an exception that nobody inside wanted (W303).
 */
#include "user/ntdll/ntdll.h"

/* On the stack: saved registers, EBP, and below them the frame: next, handler.  Whoever linked itself in and never
 * out is skipped: the innermost frame with our handler is that of this call. */
__asm__(".text\n"
        "    .globl _invoke\n"
        "_invoke:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    pushl %ebp\n"
        "    pushl $invoke_raised\n"
        "    pushl %fs:0\n"
        "    movl %esp, %fs:0\n"
        "    pushl 20(%ebp)\n"
        "    pushl 16(%ebp)\n"
        "    pushl 12(%ebp)\n"
        "    call *8(%ebp)\n"
        "    movl %fs:0, %ecx\n"
        "    jmp invoke_look\n"
        "invoke_next:\n"
        "    movl (%ecx), %ecx\n"
        "invoke_look:\n"
        "    cmpl $invoke_raised, 4(%ecx)\n"
        "    jne invoke_next\n"
        "invoke_back:\n" /* ECX: our frame, EAX: the result */
        "    movl %ecx, %esp\n"
        "    popl %fs:0\n"
        "    popl %ecx\n"
        "    popl %ebp\n"
        "    leal -12(%ebp), %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    cld\n"
        "    ret\n"
        "invoke_raised:\n" /* record, frame, context, dispatcher */
        "    movl 4(%esp), %eax\n"
        "    testl $6, 4(%eax)\n" /* EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND */
        "    jnz invoke_leave\n"
        "    movl 8(%esp), %ecx\n"
        "    movl 8(%ecx), %edx\n"
        "    movl 24(%edx), %edx\n"
        "    movl (%eax), %eax\n" /* its code is *raised */
        "    movl %eax, (%edx)\n"
        "    pushl $0\n"
        "    pushl $0\n"
        "    pushl $0\n"
        "    pushl %ecx\n"
        "    call _RtlUnwind@16\n"
        "    movl %fs:0, %ecx\n"
        "    xorl %eax, %eax\n"
        "    jmp invoke_back\n"
        "invoke_leave:\n"
        "    movl $1, %eax\n" /* ExceptionContinueSearch */
        "    ret\n");
