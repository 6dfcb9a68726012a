/* raise.c - exceptions that a program raises itself.
 *
 * They take the way of those that the CPU raises: the kernel puts record and registers on the stack
 * and starts KiUserExceptionDispatcher (exception.c).  So whoever has to raise one, a lock as well, need
 * not know who will be asked.
 */
#include "user/ntdll/ntdll.h"

void raise_record(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

void raise_status(NTSTATUS status, EXCEPTION_RECORD *cause)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)status,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionRecord = cause};

    RtlRaiseException(&record);
    __builtin_unreachable();
}

void NTAPI RtlRaiseStatus(NTSTATUS status)
{
    raise_status(status, NULL);
}

/* `context` is the caller of RtlRaiseException as it will go on after the call.  Only a record that
 * can't be read or has too many parameters comes back: there is nobody to tell. */
void raise_record(EXCEPTION_RECORD *record, CONTEXT *context)
{
    record->ExceptionAddress = (void *)context->Eip;
    NtRaiseException(record, context, TRUE);
    for (;;)
        NtTerminateProcess(CURRENT_PROCESS, STATUS_INVALID_PARAMETER);
}

/* RtlCaptureContext: the registers of the caller as they are after the call; the segments and all
 * general registers (CONTEXT_FULL), no floating point.  Offsets are those of CONTEXT. */
__asm__(".globl _RtlCaptureContext@4\n"
        "_RtlCaptureContext@4:\n"
        "    pushl %eax\n"
        "    movl 8(%esp), %eax\n"
        "    movl $0x10007, (%eax)\n" /* CONTEXT_FULL */
        "    movl %edi, 0x9C(%eax)\n"
        "    movl %esi, 0xA0(%eax)\n"
        "    movl %ebx, 0xA4(%eax)\n"
        "    movl %edx, 0xA8(%eax)\n"
        "    movl %ecx, 0xAC(%eax)\n"
        "    popl 0xB0(%eax)\n" /* EAX */
        "    movl %ebp, 0xB4(%eax)\n"
        "    movl (%esp), %ecx\n" /* EIP: where we return to */
        "    movl %ecx, 0xB8(%eax)\n"
        "    pushfl\n"
        "    popl 0xC0(%eax)\n"
        "    leal 8(%esp), %ecx\n" /* ESP: without return address and argument */
        "    movl %ecx, 0xC4(%eax)\n"
        "    movl %gs, %ecx\n"
        "    movl %ecx, 0x8C(%eax)\n"
        "    movl %fs, %ecx\n"
        "    movl %ecx, 0x90(%eax)\n"
        "    movl %es, %ecx\n"
        "    movl %ecx, 0x94(%eax)\n"
        "    movl %ds, %ecx\n"
        "    movl %ecx, 0x98(%eax)\n"
        "    movl %cs, %ecx\n"
        "    movl %ecx, 0xBC(%eax)\n"
        "    movl %ss, %ecx\n"
        "    movl %ecx, 0xC8(%eax)\n"
        "    movl 0xAC(%eax), %ecx\n"
        "    movl 0xB0(%eax), %eax\n"
        "    ret $4\n");
_Static_assert(offsetof(CONTEXT, SegGs) == 0x8C && offsetof(CONTEXT, Edi) == 0x9C, "CONTEXT");
_Static_assert(offsetof(CONTEXT, Eip) == 0xB8 && offsetof(CONTEXT, SegSs) == 0xC8, "CONTEXT");
_Static_assert(sizeof(CONTEXT) == 0x2CC && CONTEXT_FULL == 0x10007, "CONTEXT");

/* RtlRaiseException: the context is the caller's, after this call has returned. */
__asm__(".globl _RtlRaiseException@4\n"
        "_RtlRaiseException@4:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    subl $0x2CC, %esp\n"
        "    pushl %esp\n"
        "    call _RtlCaptureContext@4\n"
        "    movl (%ebp), %eax\n"
        "    movl %eax, 0xB4(%esp)\n" /* EBP */
        "    movl 4(%ebp), %eax\n"
        "    movl %eax, 0xB8(%esp)\n" /* EIP */
        "    leal 12(%ebp), %eax\n"
        "    movl %eax, 0xC4(%esp)\n" /* ESP */
        "    movl %esp, %eax\n"
        "    pushl %eax\n"
        "    pushl 8(%ebp)\n"
        "    call _raise_record\n");
