/* escape.c - states of the CPU that no program may have: each is tried by a child, and the child is all that ends.
 *
 * A kernel that trusts what it finds in a trap frame or in a context is felled by these: virtual-8086 mode (an IRET
 * of ring 3 can't enter it, but under QEMU it does), a stack segment that isn't flat, reserved bits of MXCSR, an
 * instruction that faults for ever.  usage: escape, or for a child: escape WAY [SEED]
 */
#include "tests/conformance/fact.h"
#include "tests/conformance/native_call.h"
#include "tests/conformance/random.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum {
    VM = 0x20000,
    IOPL3 = 0x3000,
    ONE = 2,
    IF = 0x200,
    DEPTH = 0x40000,
    WORDS = sizeof(CONTEXT) / 4
};

static uint32_t at(const void *place)
{
    return (uint32_t)(uintptr_t)place;
}

/* IRET with everything that a return to virtual-8086 mode pops. */
static void enter_8086(uint32_t cs, uint32_t ip)
{
    __asm__ volatile("pushl $0; pushl $0; pushl $0; pushl $0; pushl %0; pushl $0xFF00; pushl %1; "
                     "pushl %0; pushl %2; iret"
                     :
                     : "r"(cs), "r"((uint32_t)(VM | IOPL3 | IF | ONE)), "r"(ip));
}

/* The same with code of ours below 1 MB: the first stack lies there.  The selector's low two bits are 0, as those of
 * the kernel's own. */
static void run_8086(const char *code, size_t size)
{
    volatile char room[DEPTH];
    uint32_t low;

    for (int i = DEPTH; i > 0; i -= 4096)
        room[i - 1] = 0; /* the stack grows page by page */
    low = (at((const void *)room) + 0x40) & ~0x3Fu;
    if (low + size < 0x100000) {
        memcpy((void *)(uintptr_t)low, code, size);
        enter_8086(low >> 4, 0);
    }
}

static void fault_8086(void)
{
    enter_8086(0, 7);
}

static void cli_8086(void)
{
    run_8086("\xFA\xEB\xFE", 3);
}

static void call_8086(void)
{
    run_8086("\x66\xB8\x01\0\0\0\xCD\x2E\xEB\xFE", 10);
}

static void loop_8086(void)
{
    run_8086("\xEB\xFE", 2);
}

/* A legal return to the next instruction.  With SMAP, QEMU reads the stack as the supervisor would. */
static void plain_iret(void)
{
    __asm__ volatile("pushfl; pushl %cs; pushl $1f; iret; 1: nop");
}

static void far_return(void)
{
    __asm__ volatile("pushl %cs; pushl $1f; lretl; 1: nop");
}

/* SS gets the selector of the TEB, whose base is not 0; then the kernel is called. */
static void odd_stack(void)
{
    __asm__ volatile("movl %%esp, %%ecx; subl %%fs:0x18, %%ecx; movl %%fs, %%eax; movl %%eax, "
                     "%%ss; movl %%ecx, %%esp; ud2"
                     :
                     :
                     : "eax", "ecx");
}

static DWORD WINAPI compute(void *unused)
{
    volatile float f = 1.5f;

    for (int i = 0; i < 100; i++)
        f *= 1.01f;
    return unused != 0 || f < 0;
}

/* Reserved bits of MXCSR, and a mask that allows them. */
static void reserved_mxcsr(void)
{
    HANDLE thread = CreateThread(NULL, 0, compute, NULL, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_EXTENDED_REGISTERS};

    for (int i = 0; i < 2; i++) {
        GetThreadContext(thread, &context);
        memset(context.ExtendedRegisters + 24, 0xFF, 8);
        SetThreadContext(thread, &context);
    }
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
}

static uint32_t odd_word(void)
{
    static const uint32_t odd[] = {0,          1,          8,          0x10,      0x1B, 0x20,
                                   0x23,       0x28,       0x30,       0x3B,      0xFF, VM,
                                   0x7FFE0000, 0x7FFF0000, 0x80000000, 0xFFFFFFFF};

    return random_below(2) ? odd[random_below(sizeof odd / sizeof *odd)] : random_word();
}

static unsigned char stack[0x4000];

/* A context of chance; its stack is usable, or else most ends are the same end. */
static void chance(CONTEXT *context)
{
    for (uint32_t i = 0; i < WORDS; i++)
        ((uint32_t *)context)[i] = odd_word();
    context->ContextFlags = 0x10000 | (random_word() & 0x3F);
    if (random_below(2))
        context->Esp = at(stack + sizeof stack / 2);
}

static DWORD WINAPI work(void *unused)
{
    while (!unused) {
        volatile float f = 2.5f;

        f *= 2;
        Sleep(f < 0);
    }
    return 0;
}

/* NtSetContextThread, NtGetContextThread, NtContinue and NtRaiseException with contexts of chance. */
static void contexts(void)
{
    static CONTEXT context[2];
    EXCEPTION_RECORD record;
    HANDLE threads[3];

    for (int i = 0; i < 3; i++)
        threads[i] =
            CreateThread(NULL, 0, work, NULL, random_below(2) ? CREATE_SUSPENDED : 0, NULL);
    for (int i = 0; i < 300; i++) {
        CONTEXT *c = &context[random_below(2)];
        uint32_t words[3] = {at(threads[random_below(3)]), at(c), 0};

        chance(c);
        for (uint32_t k = 0; k < sizeof record / 4; k++)
            ((uint32_t *)&record)[k] = odd_word();
        switch (random_below(40)) {
        case 0:
            words[0] = at(c);
            words[1] = 0;
            native_call(ABI_NtContinue, words);
            break;
        case 1:
            words[0] = at(&record);
            words[2] = random_below(2);
            native_call(ABI_NtRaiseException, words);
            break;
        default:
            native_call(random_below(2) ? ABI_NtSetContextThread : ABI_NtGetContextThread, words);
        }
    }
}

static const struct way {
    const char *name;
    void (*go)(void);
    const char *what;
    DWORD ends; /* exit status, where no exception refuses it before */
} ways[] = {
    {"fault-8086", fault_8086, "virtual-8086 mode, a page fault there",
     EXCEPTION_ILLEGAL_INSTRUCTION},
    {"cli-8086", cli_8086, "virtual-8086 mode, interrupts off", EXCEPTION_ILLEGAL_INSTRUCTION},
    {"call-8086", call_8086, "virtual-8086 mode, a system call", EXCEPTION_ILLEGAL_INSTRUCTION},
    {"loop-8086", loop_8086, "virtual-8086 mode, an endless loop", EXCEPTION_ILLEGAL_INSTRUCTION},
    {"odd-stack", odd_stack, "a stack segment that isn't flat", EXCEPTION_ILLEGAL_INSTRUCTION},
    {"iret", plain_iret, "an IRET to the next instruction", 0},
    {"far-return", far_return, "a far return to the next instruction", 0},
    {"mxcsr", reserved_mxcsr, "reserved bits of MXCSR in a context", 0},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* Ends with the exit status of the child; one that doesn't end is ended. */
static DWORD child(const char *way, unsigned seed)
{
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION made;
    char command[64];
    DWORD status = 0;

    snprintf(command, sizeof command, "escape.exe %s %u", way, seed);
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &start, &made))
        return GetLastError();
    if (WaitForSingleObject(made.hProcess, 2000) == WAIT_TIMEOUT && strcmp(way, "contexts") == 0)
        TerminateProcess(made.hProcess, 1);
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &status);
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
    return status;
}

static int run_way(const char *name, unsigned seed)
{
    random_state = seed * 2654435761u | 1;
    if (strcmp(name, "contexts") == 0)
        contexts();
    for (int i = 0; i < WAYS; i++)
        if (strcmp(ways[i].name, name) == 0)
            ways[i].go();
    return 0;
}

static int audit_holds(void)
{
    static const uint32_t words[4] = {ABI_CONTROL_AUDIT};

    return !status_failed(native_call(ABI_NtPagodaControl, words));
}

int main(int count, char **words)
{
    unsigned children = count > 1 ? (unsigned)atoi(words[1]) : 20;

    if (count > 2)
        return run_way(words[1], (unsigned)atoi(words[2]));
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 0; i < WAYS; i++) {
        DWORD status = child(ways[i].name, 1);

        fact("escape", ways[i].what,
             status == ways[i].ends || status == EXCEPTION_ACCESS_VIOLATION);
    }
    for (unsigned seed = 1; seed <= children; seed++)
        child("contexts", seed);
    printf("%u children with contexts of chance\n", children);
    fact("escape", "the kernel's tables are sound", audit_holds());
    return facts_end();
}
