/* intrinsics.c - functions that compilers call on their own: mathematics with arguments in the coprocessor's
 * registers (Visual C++ 6 and older), the stack's probe.
 */
#include "user/msvcrt/crt.h"

#define ONE(name)                                                                                  \
    __asm__(".globl __CI" #name "\n"                                                               \
            "__CI" #name ":\n"                                                                     \
            "    subl $8, %esp\n"                                                                  \
            "    fstpl (%esp)\n"                                                                   \
            "    call _" #name "\n"                                                                \
            "    addl $8, %esp\n"                                                                  \
            "    ret\n")
/* The second argument is on top. */
#define TWO(name)                                                                                  \
    __asm__(".globl __CI" #name "\n"                                                               \
            "__CI" #name ":\n"                                                                     \
            "    subl $16, %esp\n"                                                                 \
            "    fstpl 8(%esp)\n"                                                                  \
            "    fstpl (%esp)\n"                                                                   \
            "    call _" #name "\n"                                                                \
            "    addl $16, %esp\n"                                                                 \
            "    ret\n")

__asm__(".text");
ONE(sin);
ONE(cos);
ONE(tan);
ONE(asin);
ONE(acos);
ONE(atan);
ONE(sinh);
ONE(cosh);
ONE(tanh);
ONE(exp);
ONE(log);
ONE(log10);
ONE(sqrt);
TWO(pow);
TWO(fmod);
TWO(atan2);

/* EAX bytes of stack, a page at a time so that the guard page is met, and ESP there. */
__asm__(".globl _crt_chkstk\n"
        "_crt_chkstk:\n"
        "    pushl %ecx\n"
        "    leal 8(%esp), %ecx\n"
        "1:  cmpl $0x1000, %eax\n"
        "    jb 2f\n"
        "    subl $0x1000, %ecx\n"
        "    testl %eax, (%ecx)\n"
        "    subl $0x1000, %eax\n"
        "    jmp 1b\n"
        "2:  subl %eax, %ecx\n"
        "    testl %eax, (%ecx)\n"
        "    movl %esp, %eax\n"
        "    movl %ecx, %esp\n"
        "    movl (%eax), %ecx\n"
        "    pushl 4(%eax)\n"
        "    ret\n");

/* _EH_prolog: EAX is the function's handler; a frame of exceptions and one of EBP. */
__asm__(".globl __EH_prolog\n"
        "__EH_prolog:\n"
        "    pushl $-1\n"
        "    pushl %eax\n"
        "    pushl %fs:0\n"
        "    movl %esp, %fs:0\n"
        "    movl 12(%esp), %eax\n"
        "    movl %ebp, 12(%esp)\n"
        "    leal 12(%esp), %ebp\n"
        "    pushl %eax\n"
        "    ret\n");
