/* stubs.c - the way into the kernel: one stub a system service.
 *
 * The list in kernel/abi.h is expanded twice: there into numbers, here into code.  A stub
 * is a __stdcall function of the documented name; its arguments are already on the stack, so EDX
 * only has to point at them.
 */
#include "kernel/abi.h"

_Static_assert(ABI_VECTOR == 0x2E, "the vector is written into the stubs below");

/* `number` counts up with each use, as the enumerators in kernel/abi.h do.  %(...) makes the assembler
 * compute the decoration of the name: bytes of arguments. */
__asm__(".altmacro\n"
        ".set number, 0\n"
        ".macro stub name, bytes\n"
        "    .globl _\\name\\()@\\bytes\n"
        "_\\name\\()@\\bytes:\n"
        "    movl $number, %eax\n"
        "    leal 4(%esp), %edx\n"
        "    int $0x2E\n"
        "    ret $\\bytes\n"
        "    .p2align 4\n"
        "    .set number, number + 1\n"
        ".endm\n"
        ".text\n"
        ".p2align 4\n");

#define X(name, words) __asm__("stub " #name ", %(4 * " #words ")");
ABI_SERVICES(X)
#undef X

__asm__(".noaltmacro");
