/* fiber.c - fibers: several stacks for one thread, and the program says which one runs (W320 to W323).
 *
 * A fiber is a record and a stack.  Switching puts away what belongs to the running one (stack pointer, the registers that
 * a called function keeps, the chain of exception handlers, the three words of the TEB that say where the stack is, the
 * slots of fls.c) and takes up the other's.  The kernel knows nothing of it: its one question, where the stack may grow,
 * it asks the TEB.
 */
#include "user/kernel32/kernel32.h"

enum { STACK_STEP = 0x100000, COMMIT_LEAST = 2 * PAGE_BYTES, UNIT = 0x10000 };

/* The first word is what GetFiberData() reads. */
struct fiber {
    void *data;
    void *stack_pointer;
    char *stack_base, *stack_limit, *stack_allocation;
    ULONG guarantee;
    void *values; /* fls.c's */
    LPFIBER_START_ROUTINE start;
};

/* Puts away and takes up; returns on the other stack.  On the stack: EBP, EBX, ESI, EDI, the control word of the FPU, the
 * chain of handlers. */
void fiber_switch(struct fiber *from, const struct fiber *to) __asm__("_fiber_switch");
__asm__(".text\n"
        "_fiber_switch:\n"
        "    movl 4(%esp), %eax\n"
        "    movl 8(%esp), %edx\n"
        "    pushl %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    pushl %ecx\n"
        "    fnstcw (%esp)\n"
        "    pushl %fs:0\n"
        "    movl %esp, 4(%eax)\n"
        "    movl 4(%edx), %esp\n"
        "    popl %fs:0\n"
        "    fldcw (%esp)\n"
        "    popl %ecx\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    ret\n");

static struct fiber *current(void)
{
    return teb()->is_fiber ? teb()->fiber : NULL;
}

static void put_away(struct fiber *fiber)
{
    struct teb *own = teb();

    fiber->stack_base = own->stack_base;
    fiber->stack_limit = own->stack_limit;
    fiber->stack_allocation = own->stack_allocation;
    fiber->guarantee = own->stack_guarantee;
    fiber->values = fls_swap(NULL);
}

static void take_up(struct fiber *fiber)
{
    struct teb *own = teb();

    own->fiber = fiber;
    own->stack_base = fiber->stack_base;
    own->stack_limit = fiber->stack_limit;
    own->stack_allocation = fiber->stack_allocation;
    own->stack_guarantee = fiber->guarantee;
    fls_swap(fiber->values);
}

/* --- a fiber's stack --- */

/* The outermost function of a fiber: when it ends, so does the thread. */
static void run(void) __attribute__((noreturn));
static void run(void)
{
    struct fiber *self = current();

    self->start(self->data);
    ExitThread(0);
}

/* What fiber_switch() finds when it comes to a new fiber. */
static void *first_frame(char *top)
{
    uint32_t *at = (uint32_t *)top;
    USHORT control;

    __asm__ volatile("fnstcw %0" : "=m"(control));
    *--at = 0; /* alignment, and no return address */
    *--at = 0;
    *--at = (uint32_t)run;
    for (int i = 0; i < 4; i++)
        *--at = 0;
    *--at = control;
    *--at = (uint32_t)END_OF_FRAMES;
    return at;
}

static SIZE_T round_up(SIZE_T size, SIZE_T step)
{
    return (size + step - 1) / step * step;
}

/* Low to high: reserved, a guard page, committed, as a thread has it (W109 to W113). */
static bool make_stack(struct fiber *fiber, SIZE_T commit, SIZE_T reserve)
{
    const IMAGE_OPTIONAL_HEADER *program = &RtlImageNtHeader(peb()->image_base)->OptionalHeader;
    char *low, *limit;

    reserve = reserve != 0 ? reserve : program->SizeOfStackReserve;
    commit = round_up(commit != 0 ? commit : program->SizeOfStackCommit, PAGE_BYTES);
    if (commit >= reserve)
        reserve = round_up(commit + 1, STACK_STEP);
    commit = commit < COMMIT_LEAST ? COMMIT_LEAST : commit;
    reserve = round_up(reserve, UNIT);
    low = VirtualAlloc(NULL, reserve, MEM_RESERVE, PAGE_READWRITE);
    if (low == NULL)
        return false;
    limit = low + reserve - commit;
    if (VirtualAlloc(limit, commit, MEM_COMMIT, PAGE_READWRITE) == NULL ||
        VirtualAlloc(limit - PAGE_BYTES, PAGE_BYTES, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) ==
            NULL) {
        VirtualFree(low, 0, MEM_RELEASE);
        return false;
    }
    fiber->stack_allocation = low;
    fiber->stack_limit = limit;
    fiber->stack_base = low + reserve;
    fiber->stack_pointer = first_frame(fiber->stack_base);
    return true;
}

/* --- the interface --- */

static bool flags_good(DWORD flags)
{
    return (flags & ~(DWORD)FIBER_FLAG_FLOAT_SWITCH) == 0 || error_fail(ERROR_INVALID_PARAMETER);
}

static struct fiber *new_fiber(void *data)
{
    struct fiber *fiber = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *fiber);

    if (fiber == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    fiber->data = data;
    return fiber;
}

LPVOID WINAPI ConvertThreadToFiberEx(LPVOID data, DWORD flags)
{
    struct fiber *fiber;

    if (current() != NULL)
        return error_null(ERROR_ALREADY_FIBER);
    fiber = flags_good(flags) ? new_fiber(data) : NULL;
    if (fiber != NULL) {
        teb()->fiber = fiber;
        teb()->is_fiber = TRUE;
    }
    return fiber;
}

LPVOID WINAPI ConvertThreadToFiber(LPVOID data)
{
    return ConvertThreadToFiberEx(data, 0);
}

BOOL WINAPI ConvertFiberToThread(void)
{
    struct fiber *fiber = current();

    if (fiber == NULL)
        return error_fail(ERROR_ALREADY_THREAD);
    teb()->is_fiber = FALSE;
    teb()->fiber = NULL;
    RtlFreeHeap(peb()->heap, 0, fiber);
    return TRUE;
}

LPVOID WINAPI CreateFiberEx(SIZE_T commit, SIZE_T reserve, DWORD flags, LPFIBER_START_ROUTINE start,
                            LPVOID data)
{
    struct fiber *fiber = flags_good(flags) ? new_fiber(data) : NULL;

    if (fiber == NULL)
        return NULL;
    fiber->start = start;
    if (!make_stack(fiber, commit, reserve)) {
        RtlFreeHeap(peb()->heap, 0, fiber);
        return NULL;
    }
    return fiber;
}

LPVOID WINAPI CreateFiber(SIZE_T commit, LPFIBER_START_ROUTINE start, LPVOID data)
{
    return CreateFiberEx(commit, 0, 0, start, data);
}

VOID WINAPI SwitchToFiber(LPVOID to)
{
    struct fiber *self = current();

    if (self == NULL || to == self)
        return;
    put_away(self);
    take_up(to);
    fiber_switch(self, to);
}

/* Who deletes itself ends its thread. */
VOID WINAPI DeleteFiber(LPVOID fiber)
{
    struct fiber *gone = fiber;

    if (gone == current())
        ExitThread(1);
    fls_finish(gone->values);
    if (gone->start != NULL) /* else its stack is a thread's */
        VirtualFree(gone->stack_allocation, 0, MEM_RELEASE);
    RtlFreeHeap(peb()->heap, 0, gone);
}

BOOL WINAPI IsThreadAFiber(void)
{
    return current() != NULL;
}

/* --- how much of a stack is left for whoever handles its overflow --- */

/* The lowest bytes of the stack are committed in advance: when growth meets them the overflow is raised, and there is
 * room for the handler.  *size becomes what was guaranteed before; it can only become more (W323). */
BOOL WINAPI SetThreadStackGuarantee(PULONG size)
{
    struct teb *own = teb();
    ULONG before = own->stack_guarantee, wanted = (ULONG)round_up(*size, PAGE_BYTES);
    char *low = own->stack_allocation + PAGE_BYTES;

    if (wanted > before) {
        if (*size > (ULONG)(own->stack_limit - low) ||
            wanted + 2 * PAGE_BYTES > (ULONG)(own->stack_limit - low))
            return error_fail(ERROR_INVALID_PARAMETER);
        if (VirtualAlloc(low, wanted, MEM_COMMIT, PAGE_READWRITE) == NULL)
            return FALSE;
        own->stack_guarantee = wanted;
    }
    *size = before;
    return TRUE;
}
