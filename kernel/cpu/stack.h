/* stack.h - kernel stacks: 12 KB each, with an unmapped guard page below.
 *
 * A stack lies in its own slot of 16 KB, so running over its end is a page fault at a known
 * address, never silent damage; since the CPU can't push the fault's frame then, it arrives as a
 * double fault (gdt.c).
 */
#pragma once
#include "mm/mm.h"

enum { STACK_PAGES = 3, STACK_SIZE = STACK_PAGES * 4096, STACK_SLOT = STACK_SIZE + 4096 };

/* `area` page tables from LAYOUT_STACKS on exist in the kernel's directory. */
void stack_init(uint32_t area);

/* A new stack: its lowest usable address (the initial ESP is that + STACK_SIZE), or 0 when no
 * frame or no slot is left.  Interrupts off. */
va_t stack_create(void);

/* Give it back.  => it is not the one in use. */
void stack_free(va_t stack);

/* Is this address in the guard page of a stack that exists? */
bool stack_is_guard(va_t va);
