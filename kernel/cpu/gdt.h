/* gdt.h - segments and task states: flat segments for all, and the three things that a 32-bit
 * CPU can only do with a descriptor: change rings, find the TEB at FS:0, switch stacks on #DF.
 */
#pragma once
#include <stdint.h>

/* The user selectors are those of 32-bit Windows: programs have been seen to know them. */
enum {
    GDT_KERNEL_CODE = 0x08,
    GDT_KERNEL_DATA = 0x10,
    GDT_USER_CODE = 0x1B,
    GDT_USER_DATA = 0x23,
    GDT_TSS = 0x28,
    GDT_FAULT_TSS = 0x30,
    GDT_TEB = 0x3B,
};

/* A task state as the CPU knows it (Intel SDM vol. 3, 7.2.1). */
struct gdt_tss {
    uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2;
    uint32_t cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t es, cs, ss, ds, fs, gs, ldt;
    uint16_t trap, iomap;
};

/* Of all programs; when the double fault came, the CPU left here what it had. */
extern struct gdt_tss gdt_tss;

/* `double_fault` is the code of the double fault's task: the CPU starts it on a stack of its own. */
void gdt_init(void (*double_fault)(void));

/* The stack that the next trap from user mode starts on: one past its highest byte. */
static inline void gdt_set_kernel_stack(uint32_t esp0)
{
    gdt_tss.esp0 = esp0;
}

/* The base of selector GDT_TEB; takes effect when FS is loaded next, which every return to user mode does. */
void gdt_set_teb(uint32_t va);

/* The directory that a double fault is handled in.  => before it, #DF resets the machine. */
void gdt_set_fault_directory(uint32_t cr3);
