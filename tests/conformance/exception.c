/* exception.c - how a program hears of exceptions: facts W85 to W104 and the chain of handlers.
 *
 * gcc has no __try for 32-bit Windows, so frames are put on the chain at fs:[0] by hand, and
 * vectored handlers leave by longjmp().  Runs on Windows, too.
 */
#include "tests/conformance/child.h"
#include "tests/conformance/fact.h"

#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>

static jmp_buf way_out;
static EXCEPTION_RECORD seen;
static CONTEXT seen_context;
static volatile BOOL armed;
static volatile int calls;

/* Notes the exception and leaves; registered once and for all, because a handler that was left by
 * longjmp() can't be removed on Windows. */
static LONG CALLBACK leave(EXCEPTION_POINTERS *exception)
{
    if (!armed)
        return EXCEPTION_CONTINUE_SEARCH;
    armed = FALSE;
    seen = *exception->ExceptionRecord;
    seen_context = *exception->ContextRecord;
    longjmp(way_out, 1);
}

/* What happens when `function(argument)` runs: 0, or the code of the exception. */
static DWORD outcome(void (*function)(void *), void *argument)
{
    memset(&seen, 0, sizeof seen);
    if (setjmp(way_out) == 0) {
        armed = TRUE;
        function(argument);
        armed = FALSE;
    }
    return seen.ExceptionCode;
}

static void read_byte(void *at)
{
    (void)*(volatile char *)at;
}

static void write_byte(void *at)
{
    *(volatile char *)at = 1;
}

static void write_word(void *at)
{
    *(volatile uint32_t *)at = 0x12345678;
}

static void jump(void *at)
{
    ((void (*)(void))at)();
}

/* --- W94 to W99: what an access violation says --- */

static void check_violation(const char *what, void (*function)(void *), void *at, ULONG_PTR access,
                            ULONG_PTR address)
{
    char text[120];
    DWORD code = outcome(function, at);

    snprintf(text, sizeof text, "%s: an access violation", what);
    fact_number("W97", text, 0xC0000005, code);
    snprintf(text, sizeof text, "%s: continuable, two parameters", what);
    fact("W94", text, seen.ExceptionFlags == 0 && seen.NumberParameters == 2);
    snprintf(text, sizeof text, "%s: kind of access", what);
    fact_number("W94", text, (long long)access, (long long)seen.ExceptionInformation[0]);
    snprintf(text, sizeof text, "%s: address", what);
    fact_number("W94", text, (long long)address, (long long)seen.ExceptionInformation[1]);
}

static void test_violations(void)
{
    char *page = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    check_violation("read of 0", read_byte, NULL, 0, 0);
    check_violation("write of FFFF", write_byte, (void *)0xFFFF, 1, 0xFFFF);
    check_violation("read of the zone", read_byte, (void *)0x7FFF1234, 0, 0x7FFF1234);
    check_violation("write of the kernel", write_byte, (void *)0x80001234, 1, 0x80001234);
    check_violation("read of a reserved page", read_byte, page + 0x1234, 0,
                    (ULONG_PTR)page + 0x1234);
    check_violation("jump to 0", jump, NULL, 0, 0);
    memset(page, 7, 0x1000);
    check_violation("write over the end of a page", write_word, page + 0xFFE, 1,
                    (ULONG_PTR)page + 0x1000);
    fact("W99", "no byte of the good page has changed", page[0xFFE] == 7 && page[0xFFF] == 7);
    fact("W96", "EIP and ExceptionAddress point at the instruction",
         seen_context.Eip == (DWORD)seen.ExceptionAddress &&
             seen_context.Eip - (DWORD)write_word < 64);
    VirtualFree(page, 0, MEM_RELEASE);
}

/* What runs in test_fetches(), copied to where it shall run: ret. */
enum { RET = 0xC3 };

/* Of an instruction that goes on in a page which can't be read the address is that of the page, EIP the instruction's. */
static void test_long_instruction(void)
{
    enum { MOV_EAX = 0xB8 }; /* and four bytes, which are missing */
    char *page = VirtualAlloc((void *)0x30000000, 0x2000, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    page[0xFFF] = (char)MOV_EAX;
    fact_number("W95", "an instruction that goes on in a reserved page: an access violation",
                0xC0000005, outcome(jump, page + 0xFFF));
    fact("W96", "told as a read of that page, EIP is where it begins",
         seen.ExceptionInformation[0] == 0 &&
             seen.ExceptionInformation[1] == (ULONG_PTR)page + 0x1000 &&
             seen_context.Eip == (DWORD)page + 0xFFF);
    VirtualFree(page, 0, MEM_RELEASE);
}

/* i386 page tables have no execute bit: a page that can be read can be run, and a refused fetch is
 * told as a read (W42, W95). */
static void test_fetches(void)
{
    static const DWORD readable[] = {PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE_READ,
                                     PAGE_EXECUTE};
    char *page = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);
    char text[60];
    DWORD old;

    VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    page[0x123] = (char)RET;
    for (unsigned i = 0; i < sizeof readable / sizeof *readable; i++) {
        VirtualProtect(page, 0x1000, readable[i], &old);
        snprintf(text, sizeof text, "a page of protection %02lx can be read",
                 (unsigned long)readable[i]);
        fact_number("W98", text, 0, outcome(read_byte, page + 0x123));
    }
    VirtualProtect(page, 0x1000, PAGE_NOACCESS, &old);
    fact_number("W95", "a jump into a NOACCESS page: an access violation", 0xC0000005,
                outcome(jump, page + 0x123));
    fact("W95", "told as a read of the target",
         seen.ExceptionInformation[0] == 0 &&
             seen.ExceptionInformation[1] == (ULONG_PTR)page + 0x123 &&
             seen_context.Eip == (DWORD)page + 0x123);
    fact_number("W95", "a jump into a reserved page: an access violation", 0xC0000005,
                outcome(jump, page + 0x1456));
    fact("W95", "told as a read of the target, too",
         seen.ExceptionInformation[0] == 0 &&
             seen.ExceptionInformation[1] == (ULONG_PTR)page + 0x1456);
    VirtualFree(page, 0, MEM_RELEASE);
}

/* --- W85 to W88: guard pages --- */

static void test_guard(void)
{
    DWORD old;
    char *page = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);

    fact_number("W85", "first touch of a guard page", 0x80000001, outcome(write_byte, page + 5));
    fact("W85", "it says what and where",
         seen.NumberParameters == 2 && seen.ExceptionInformation[0] == 1 &&
             seen.ExceptionInformation[1] == (ULONG_PTR)page + 5);
    fact_number("W85", "second touch", 0, outcome(write_byte, page + 5));
    fact_number("W87", "the other page is still guarded", 0x80000001,
                outcome(read_byte, page + 0x1000));
    VirtualProtect(page, 0x1000, PAGE_READONLY | PAGE_GUARD, &old);
    fact_number("W88", "guarded read-only page: first the guard", 0x80000001,
                outcome(write_byte, page));
    fact_number("W88", "guarded read-only page: then the protection", 0xC0000005,
                outcome(write_byte, page));
    VirtualFree(page, 0, MEM_RELEASE);
}

/* --- W100: other exceptions --- */

static void divide(void *by)
{
    volatile int zero = (int)by;

    zero = 5 / zero;
}

static void undefined(void *unused)
{
    (void)unused;
    __asm__ volatile("ud2");
}

static void breakpoint(void *unused)
{
    (void)unused;
    __asm__ volatile("int3");
}

static void privileged(void *unused)
{
    (void)unused;
    __asm__ volatile("cli");
}

static void single_step(void *unused)
{
    (void)unused;
    __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop" : : : "cc", "memory");
}

static void bad_segment(void *unused)
{
    (void)unused;
    __asm__ volatile("movw $0x1230, %%ax; movw %%ax, %%gs" : : : "eax");
}

static void test_cpu_exceptions(void)
{
    fact_number("W100", "division by zero", 0xC0000094, outcome(divide, 0));
    fact_number("W100", "ud2", 0xC000001D, outcome(undefined, NULL));
    fact_number("W100", "int3", 0x80000003, outcome(breakpoint, NULL));
    fact_number("W100", "privileged instruction", 0xC0000096, outcome(privileged, NULL));
    fact_number("W100", "privileged instruction: parameters", 0, seen.NumberParameters);
    fact_number("W100", "single step", 0x80000004, outcome(single_step, NULL));
    fact_number("W100", "bad segment", 0xC0000005, outcome(bad_segment, NULL));
}

/* --- W103: a handler repairs the cause --- */

static char *repaired;

static LONG CALLBACK repair(EXCEPTION_POINTERS *exception)
{
    DWORD old;

    calls++;
    if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION || calls > 3)
        return EXCEPTION_CONTINUE_SEARCH;
    VirtualProtect(repaired, 0x1000, PAGE_READWRITE, &old);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_repair(void)
{
    void *cookie = AddVectoredExceptionHandler(0, repair);

    repaired = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
    calls = 0;
    repaired[17] = 42;
    fact("W103", "the instruction is restarted and succeeds", repaired[17] == 42);
    fact_number("W103", "the handler was called once", 1, calls);
    fact("W103", "a handler can be removed once", RemoveVectoredExceptionHandler(cookie) != 0);
    fact("W103", "and not twice", RemoveVectoredExceptionHandler(cookie) == 0);
    VirtualFree(repaired, 0, MEM_RELEASE);
}

/* --- a handler may change the flags, but not those that are the system's --- */

enum { UD2_LENGTH = 2, FLAGS_IOPL = 0x3000, FLAGS_INTERRUPTS = 0x200 };

static LONG CALLBACK grab_privilege(EXCEPTION_POINTERS *exception)
{
    CONTEXT *context = exception->ContextRecord;

    if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_ILLEGAL_INSTRUCTION)
        return EXCEPTION_CONTINUE_SEARCH;
    context->EFlags = (context->EFlags | FLAGS_IOPL) & ~(DWORD)FLAGS_INTERRUPTS;
    context->Eip += UD2_LENGTH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_privilege(void)
{
    void *cookie = AddVectoredExceptionHandler(1, grab_privilege);
    DWORD flags;

    __asm__ volatile("ud2; pushf; pop %0" : "=r"(flags));
    fact_number("W100", "a handler gives its program no I/O privilege, interrupts stay on",
                FLAGS_INTERRUPTS, flags & (FLAGS_IOPL | FLAGS_INTERRUPTS));
    RemoveVectoredExceptionHandler(cookie);
}

/* --- W102: vectored handlers in order, then frames from the inside out --- */

struct frame {
    struct frame *next;
    EXCEPTION_DISPOSITION (*handler)(EXCEPTION_RECORD *, void *, CONTEXT *, void *);
    const char *name;
};

static char order[64];

static void note(const char *name)
{
    strcat(order, name);
}

static LONG CALLBACK first_vectored(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    note("v1 ");
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK second_vectored(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    note("v2 ");
    return EXCEPTION_CONTINUE_SEARCH;
}

static EXCEPTION_DISPOSITION pass(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                  void *dispatcher)
{
    (void)context;
    (void)dispatcher;
    note(((struct frame *)frame)->name);
    note(record->ExceptionFlags & 2 ? "(unwind) " : " ");
    return ExceptionContinueSearch;
}

static EXCEPTION_DISPOSITION go_on(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                   void *dispatcher)
{
    (void)dispatcher;
    note(((struct frame *)frame)->name);
    if (record->ExceptionCode == 0xE0001234)
        return ExceptionContinueExecution;
    context->Eip += 2; /* over the ud2 */
    return ExceptionContinueExecution;
}

static struct frame *get_chain(void)
{
    struct frame *first;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(first));
    return first;
}

static void set_chain(struct frame *first)
{
    __asm__ volatile("movl %0, %%fs:0" : : "r"(first) : "memory");
}

static void test_order(void)
{
    struct frame outer = {get_chain(), go_on, "outer"};
    struct frame inner = {&outer, pass, "inner"};
    void *second = AddVectoredExceptionHandler(0, second_vectored);
    void *first = AddVectoredExceptionHandler(1, first_vectored);
    ULONG_PTR parameters[2] = {11, 22};

    order[0] = 0;
    set_chain(&inner);
    __asm__ volatile("ud2");
    set_chain(outer.next);
    fact("W102", "vectored handlers, then frames from the inside out",
         strcmp(order, "v1 v2 inner outer") == 0);
    order[0] = 0;
    set_chain(&inner);
    RaiseException(0xE0001234, 0, 2, parameters);
    set_chain(outer.next);
    fact("W102", "RaiseException goes the same way and returns",
         strcmp(order, "v1 v2 inner outer") == 0);
    RemoveVectoredExceptionHandler(first);
    RemoveVectoredExceptionHandler(second);
}

/* --- unwinding --- */

static EXCEPTION_DISPOSITION unwind_and_leave(EXCEPTION_RECORD *record, void *frame,
                                              CONTEXT *context, void *dispatcher)
{
    (void)context;
    (void)dispatcher;
    if (record->ExceptionFlags & 2)
        return ExceptionContinueSearch;
    note(((struct frame *)frame)->name);
    note("(catch) ");
    RtlUnwind(frame, NULL, record, NULL);
    note("done ");
    set_chain(((struct frame *)frame)->next);
    longjmp(way_out, 1);
}

static void test_unwind(void)
{
    struct frame outer = {get_chain(), unwind_and_leave, "outer"};
    struct frame middle = {&outer, pass, "middle"};
    struct frame inner = {&middle, pass, "inner"};
    struct frame *before = get_chain();

    order[0] = 0;
    if (setjmp(way_out) == 0) {
        set_chain(&inner);
        __asm__ volatile("ud2");
    }
    fact("unwind", "the frames inside the catching one are told, from the inside out",
         strcmp(order, "inner middle outer(catch) inner(unwind) middle(unwind) done ") == 0);
    fact("unwind", "the chain is as before", get_chain() == before);
}

/* --- an exception inside a handler --- */

static EXCEPTION_DISPOSITION fail_once(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                       void *dispatcher)
{
    (void)frame;
    (void)context;
    (void)dispatcher;
    calls++;
    note(record->ExceptionFlags & 0x10 ? "nested " : "plain ");
    if (calls == 1)
        __asm__ volatile("ud2");
    return ExceptionContinueSearch;
}

static void test_nested(void)
{
    struct frame outer = {get_chain(), go_on, "outer "};
    struct frame inner = {&outer, fail_once, "inner"};

    order[0] = 0;
    calls = 0;
    set_chain(&inner);
    __asm__ volatile("ud2");
    set_chain(outer.next);
    fact("nested", "a handler's own exception asks it again, then the outer one; then both end",
         strcmp(order, "plain nested outer outer ") == 0);
}

/* --- W91, W86, W104 and the filter --- */

static LONG WINAPI filter(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    return EXCEPTION_EXECUTE_HANDLER;
}

static void test_raise_parameters(void)
{
    fact("raise", "SetUnhandledExceptionFilter returns the old filter",
         (SetUnhandledExceptionFilter(filter), SetUnhandledExceptionFilter(NULL) == filter));
}

static void raise_many(void *unused)
{
    ULONG_PTR parameters[20] = {1, 2, 3};

    (void)unused;
    RaiseException(0xF0000001, 0xFF, 20, parameters);
}

static void test_raise(void)
{
    fact_number("raise", "bit 28 of the code is cleared", 0xE0000001, outcome(raise_many, NULL));
    fact_number("raise", "only the flag 1 passes", 1, seen.ExceptionFlags);
    fact_number("raise", "at most 15 parameters", 15, seen.NumberParameters);
    fact_number("raise", "parameters arrive", 3, (long long)seen.ExceptionInformation[2]);
}

/* A child that ends by an exception: by itself (the kernel's verdict), or by a filter that says 1. */
static DWORD child(const char *how)
{
    char line[MAX_PATH + 20];
    DWORD code = 0;

    GetModuleFileNameA(NULL, line, MAX_PATH);
    strcat(line, " ");
    strcat(line, how);
    return child_run(NULL, line, false, &code) ? code : GetLastError();
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "filter") == 0) {
        SetUnhandledExceptionFilter(filter);
        write_byte(NULL);
    }
    AddVectoredExceptionHandler(0, leave);
    test_violations();
    test_fetches();
    test_long_instruction();
    test_guard();
    test_cpu_exceptions();
    test_repair();
    test_privilege();
    test_order();
    test_unwind();
    test_nested();
    test_raise();
    test_raise_parameters();
    fact_number("W104", "a filter that says 1 ends the process with the code", 0xC0000005,
                child("filter"));
    return facts_end();
}
