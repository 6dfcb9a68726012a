/* idt.c - the table that leads from a vector to its entry in trap.asm. */
#include "kernel/cpu/idt.h"

#include <stdint.h>

#include "kernel/cpu/frame.h"
#include "kernel/cpu/gdt.h"

/* Gate types with the present bit (Intel SDM vol. 3, 6.11). */
enum { INTERRUPT_GATE = 0x8E, TASK_GATE = 0x85, USER = 0x60 };

static uint64_t idt[TRAP_VECTORS];

static uint64_t gate(uint32_t offset, unsigned selector, unsigned type)
{
    return (offset & 0xFFFF) | (uint64_t)selector << 16 | (uint64_t)type << 40 |
           (uint64_t)(offset >> 16) << 48;
}

/* What a program may raise with INT: everything else is a protection fault. */
static unsigned user_bits(unsigned vector)
{
    return vector == TRAP_BREAKPOINT || vector == TRAP_OVERFLOW || vector == TRAP_SYSCALL ? USER
                                                                                          : 0;
}

void idt_init(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) table = {sizeof idt - 1, (uint32_t)idt};

    for (unsigned v = 0; v < TRAP_VECTORS; v++)
        if (trap_entries[v])
            idt[v] = gate(trap_entries[v], GDT_KERNEL_CODE, INTERRUPT_GATE | user_bits(v));
    idt[TRAP_DOUBLE_FAULT] = gate(0, GDT_FAULT_TSS, TASK_GATE);
    __asm__ volatile("lidt %0" : : "m"(table));
}
