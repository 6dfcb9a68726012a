/* gdt.c - segments and task states.
 *
 * Protection is paging's work, so all segments but one are flat.  There are two task states: the
 * ordinary one only says which stack a trap from user mode starts on, and a second one that the CPU
 * itself switches to on a double fault.  That switch loads a known good stack, which is the only
 * way to survive a kernel stack that has run into its guard page (Intel SDM vol. 3, 6.15).
 */
#include "kernel/cpu/gdt.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"

/* Access bytes (Intel SDM vol. 3, 3.4.5). */
enum {
    KERNEL_CODE = 0x9A,
    KERNEL_DATA = 0x92,
    USER_CODE = 0xFA,
    USER_DATA = 0xF2,
    FREE_TSS = 0x89,
};
enum { FLAT = 0xC, BYTES = 0x4 }; /* 32 bits, limit in pages or in bytes */
enum { ENTRIES = 8, FAULT_STACK = 8192, TEB_LIMIT = 0xFFF };

static uint64_t gdt[ENTRIES];
struct gdt_tss gdt_tss;
static struct gdt_tss fault_tss;
static uint8_t fault_stack[FAULT_STACK] __attribute__((aligned(16)));

_Static_assert(sizeof(struct gdt_tss) == 104, "as the CPU knows it");
_Static_assert(offsetof(struct gdt_tss, eip) == 32 && offsetof(struct gdt_tss, es) == 72,
               "as the CPU knows it");

static uint64_t descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
    /* In halves, because a switch to another thread makes one: its TEB is FS. */
    uint32_t low = (limit & 0xFFFF) | base << 16;
    uint32_t high =
        (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 | (base & 0xFF000000);

    return (uint64_t)high << 32 | low;
}

static void set(unsigned selector, uint64_t value)
{
    gdt[selector >> 3] = value;
}

static void set_tss(unsigned selector, struct gdt_tss *state)
{
    state->ss0 = GDT_KERNEL_DATA;
    state->iomap = sizeof *state; /* behind the end: no port is allowed */
    set(selector, descriptor((uint32_t)state, sizeof *state - 1, FREE_TSS, 0));
}

static void load(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) table = {sizeof gdt - 1, (uint32_t)gdt};

    __asm__ volatile("lgdt %0\n\t"
                     "ljmp %1, $1f\n"
                     "1:\tmov %2, %%ds\n\t"
                     "mov %2, %%es\n\t"
                     "mov %2, %%ss\n\t"
                     "mov %3, %%fs\n\t"
                     "mov %3, %%gs\n\t"
                     "ltr %w4"
                     :
                     : "m"(table), "i"(GDT_KERNEL_CODE), "r"(GDT_KERNEL_DATA), "r"(0), "r"(GDT_TSS)
                     : "memory");
}

/* Until gdt_set_fault_directory() the double fault is handled in the boot directory. */
static void prepare_fault_task(void (*double_fault)(void))
{
    fault_tss.eip = (uint32_t)double_fault;
    fault_tss.esp = (uint32_t)(fault_stack + FAULT_STACK);
    fault_tss.eflags = EFLAGS_ONE;
    fault_tss.cs = GDT_KERNEL_CODE;
    fault_tss.ss = fault_tss.ds = fault_tss.es = GDT_KERNEL_DATA;
    fault_tss.cr3 = cpu_cr3();
}

void gdt_init(void (*double_fault)(void))
{
    set(GDT_KERNEL_CODE, descriptor(0, 0xFFFFF, KERNEL_CODE, FLAT));
    set(GDT_KERNEL_DATA, descriptor(0, 0xFFFFF, KERNEL_DATA, FLAT));
    set(GDT_USER_CODE, descriptor(0, 0xFFFFF, USER_CODE, FLAT));
    set(GDT_USER_DATA, descriptor(0, 0xFFFFF, USER_DATA, FLAT));
    set_tss(GDT_TSS, &gdt_tss);
    set_tss(GDT_FAULT_TSS, &fault_tss);
    gdt_set_teb(0);
    prepare_fault_task(double_fault);
    load();
}

void gdt_set_teb(uint32_t va)
{
    set(GDT_TEB, descriptor(va, TEB_LIMIT, USER_DATA, BYTES));
}

void gdt_set_fault_directory(uint32_t cr3)
{
    fault_tss.cr3 = cr3;
}
