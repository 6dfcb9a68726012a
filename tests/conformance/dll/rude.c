/* rude.c - a DLL for convention.c: its DllMain leaves its arguments on the stack, loses every register and the direction
 * flag, and links a frame of its own into the chain of handlers.  PROCESS_ATTACH raises if the environment says so.
 */
#include <windows.h>

__declspec(dllexport) int rude_calls;

static BOOL __cdecl body(HINSTANCE module, DWORD reason, LPVOID reserved) __asm__("_rude_body");
static BOOL __cdecl __attribute__((used)) body(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    char text[8];

    (void)module;
    (void)reserved;
    rude_calls++;
    if (reason == DLL_PROCESS_ATTACH && GetEnvironmentVariableA("RUDE", text, sizeof text) != 0)
        RaiseException(0xE0000303, 0, 0, NULL);
    return TRUE;
}

/* The entry point itself: the start code of the C library would not survive it. */
__asm__(".text\n"
        ".globl _DllMain@12\n"
        "_DllMain@12:\n"
        "    movl %esp, %eax\n"
        "    pushl 12(%eax)\n"
        "    pushl 8(%eax)\n"
        "    pushl 4(%eax)\n"
        "    call _rude_body\n"
        "    addl $12, %esp\n"
        "    popl %ecx\n" /* the return address */
        "    pushl $0\n"  /* more than was there */
        "    pushl %fs:0\n"
        "    movl %esp, %fs:0\n"
        "    movl $0x11111111, %ebx\n"
        "    movl $0x22222222, %esi\n"
        "    movl $0x33333333, %edi\n"
        "    movl $0x44444444, %ebp\n"
        "    std\n"
        "    jmp *%ecx\n");
