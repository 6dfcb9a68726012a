/* pic.h - the two interrupt controllers: which device may interrupt, and saying "done". */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { PIC_TIMER = 0, PIC_KEYBOARD = 1, PIC_CASCADE = 2, PIC_COM1 = 4 };

/* All lines masked, vectors from TRAP_IRQ on. */
void pic_init(void);
void pic_enable(unsigned line);

/* Acknowledge an interrupt; false: it was a spurious one and there is nothing to handle. */
bool pic_acknowledge(unsigned line);
