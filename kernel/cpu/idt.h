/* idt.h - the table that leads from a vector to its entry in trap.asm. */
#ifndef KERNEL_IDT_H
#define KERNEL_IDT_H

void idt_init(void);

#endif
