/* audit.h - one check of everything, from the page tables' side. */
#pragma once
/* mm_check(), then a walk of all page tables as the CPU does it, and a comparison with what the CPU
 * remembers of them.  Panics, with a sentence, on the first thing that is wrong; changes nothing.
 * => interrupts are off */
void audit(void);
