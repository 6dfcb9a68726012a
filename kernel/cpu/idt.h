/* idt.h - the table that leads from a vector to its entry in trap.asm. */
#pragma once
void idt_init(void);
