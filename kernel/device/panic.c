/* panic.c - the end of the line: say what is wrong, where, and how it came there; then stop.
 *
 * Whatever broke may be what this file would like to use, so it allocates nothing, believes no
 * pointer that it has not looked up in the page tables, and if it fails itself says so in one
 * line and stops.
 */
#include "kernel/device/panic.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/stack.h"
#include "kernel/device/symbols.h"
#include "kernel/device/console.h"
#include "kernel/device/power.h"
#include "kernel/device/vga.h"

void (*panic_who)(void);

enum { STEPS = 4096 }; /* of a backtrace: a damaged stack may lead in very long ways */

/* The walk uses physical addresses, so it can't fault itself. */
bool panic_readable(uint32_t va)
{
    const pte_t *directory = (const pte_t *)(LAYOUT_KERNEL + page_down(cpu_cr3()));
    pte_t entry = directory[directory_index(va)];
    const pte_t *table = (const pte_t *)(LAYOUT_KERNEL + page_down(entry));

    if (va < LAYOUT_KERNEL || va % 4 || !(entry & PTE_P))
        return false;
    return (entry & PTE_LARGE) || (table[va >> PAGE_SHIFT & (TABLE_PTES - 1)] & PTE_P);
}

static void print_place(uint32_t address)
{
    uint32_t offset;
    const char *name = symbols_find(address, &offset);

    if (name)
        console_printf("  %08X  %s+0x%X\n", address, name, offset);
    else
        console_printf("  %08X\n", address);
}

/* A place that may be the same as the last one: a recursion is told in one line. */
static void print_caller(uint32_t address)
{
    static uint32_t last, times;

    if (address == last) {
        times++;
        return;
    }
    if (times)
        console_printf("            (%u times more)\n", times);
    times = 0;
    last = address;
    if (address)
        print_place(address);
}

/* The call chain.  Every word is looked up in the page tables before it is read. */
static void print_backtrace(const struct trap_frame *r)
{
    uint32_t ebp = r->ebp, offset;

    console_printf("backtrace:\n");
    print_place(r->eip);
    /* After a call through a wild pointer no frame tells who called, but the stack still does. */
    if (!symbols_find(r->eip, &offset) && panic_readable(r->esp))
        print_caller(*(const uint32_t *)r->esp);
    for (unsigned i = 0; i < STEPS && panic_readable(ebp) && panic_readable(ebp + 4); i++) {
        const uint32_t *frame = (const uint32_t *)ebp;

        print_caller(frame[1]);
        if (frame[0] <= ebp)
            break; /* stacks grow down: a caller's frame lies higher */
        ebp = frame[0];
    }
    print_caller(0);
}

static void print_registers(const struct trap_frame *r)
{
    console_printf("eax %08X  ebx %08X  ecx %08X  edx %08X\n", r->eax, r->ebx, r->ecx, r->edx);
    console_printf("esi %08X  edi %08X  ebp %08X  esp %08X\n", r->esi, r->edi, r->ebp, r->esp);
    console_printf("eip %08X  eflags %08X  cs %04X ds %04X es %04X fs %04X gs %04X ss %04X\n",
                   r->eip, r->eflags, r->cs & 0xFFFF, r->ds & 0xFFFF, r->es & 0xFFFF,
                   r->fs & 0xFFFF, r->gs & 0xFFFF, r->ss & 0xFFFF);
    console_printf("cr0 %08X  cr2 %08X  cr3 %08X  cr4 %08X\n", cpu_cr0(), cpu_cr2(), cpu_cr3(),
                   cpu_cr4());
}

/* The first panic goes on; one that happens inside it says a line; a third one only stops. */
static void enter(void)
{
    static unsigned depth;

    cpu_irq_off();
    depth++;
    if (depth == 2)
        console_printf("\nPANIC: the panic itself failed\n");
    if (depth >= 2)
        power_exit_value(POWER_EXIT_PANIC);
    vga_log_everywhere();
}

static void print_reason(const char *text, va_list arguments)
{
    console_printf("\nPANIC: ");
    console_vprintf(text, arguments);
    console_printf("\n");
}

static _Noreturn void finish(const struct trap_frame *registers)
{
    if (panic_who)
        panic_who();
    print_registers(registers);
    print_backtrace(registers);
    power_exit_value(POWER_EXIT_PANIC);
}

_Noreturn void machine_panic(const char *text, ...)
{
    va_list arguments;
    struct trap_frame here = {
        .eip = (uint32_t)__builtin_return_address(0),
        .ebp = (uint32_t)__builtin_frame_address(0),
        .eflags = cpu_eflags(),
        .cs = GDT_KERNEL_CODE,
        .ds = GDT_KERNEL_DATA,
        .es = GDT_KERNEL_DATA,
        .ss = GDT_KERNEL_DATA,
    };

    enter();
    here.esp = here.ebp + 8;
    here.ebp = *(const uint32_t *)here.ebp;
    va_start(arguments, text);
    print_reason(text, arguments);
    finish(&here);
}

_Noreturn void panic_trap(const struct trap_frame *frame, const char *text, ...)
{
    struct trap_frame r = *frame;
    va_list arguments;

    enter();
    if (!frame_from_user(frame)) { /* the CPU has pushed neither */
        r.esp = (uint32_t)&frame->esp;
        r.ss = GDT_KERNEL_DATA;
    }
    va_start(arguments, text);
    print_reason(text, arguments);
    finish(&r);
}

_Noreturn void panic_refuse(const char *text, ...)
{
    va_list arguments;

    cpu_irq_off();
    vga_log_everywhere();
    console_printf("\nPagoda can't start: ");
    va_start(arguments, text);
    console_vprintf(text, arguments);
    console_printf("\n");
    power_exit_value(POWER_EXIT_REFUSED);
}

/* The CPU has saved the state of the broken code in the task state it left. */
_Noreturn void panic_double_fault(void)
{
    const struct gdt_tss *t = &gdt_tss;
    struct trap_frame r = {
        /* clang-format off */
        .eax = t->eax, .ebx = t->ebx, .ecx = t->ecx, .edx = t->edx, .esi = t->esi, .edi = t->edi,
        .ebp = t->ebp, .esp = t->esp, .eip = t->eip, .eflags = t->eflags, .cs = t->cs, .ds = t->ds,
        .es = t->es, .fs = t->fs, .gs = t->gs, .ss = t->ss,
        /* clang-format on */
    };

    enter();
    if (stack_is_guard(cpu_cr2()))
        console_printf("\nPANIC: kernel stack overflow: the guard page at %08X was hit\n",
                       page_down(cpu_cr2()));
    else
        console_printf(
            "\nPANIC: double fault: a trap could not be delivered (last page fault at %08X)\n",
            cpu_cr2());
    finish(&r);
}

/* Fills the stack without letting the compiler turn the recursion into a loop. */
static APART uint32_t recurse(uint32_t depth)
{
    volatile uint32_t room[64];

    room[0] = depth;
    if (depth == UINT32_MAX)
        return 0;
    return recurse(depth + 1) + room[0];
}

_Noreturn void panic_crash_stack(void)
{
    machine_panic("the kernel stack did not overflow (%u)", recurse(0));
}

_Noreturn void panic_crash_null(void)
{
    void (*nobody)(void) = NULL;

    __asm__ volatile("" : "+r"(nobody)); /* the compiler must not know that this can't work */
    nobody();
    machine_panic("calling address 0 worked");
}
