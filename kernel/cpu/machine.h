/* machine.h - the kernel's side of mm/machine.h: where its windows are. */
#pragma once
#include <stdbool.h>

#include "mm/machine.h"

/* `windows` is the page table of LAYOUT_HYPERSPACE. => called once, when that table is in use */
void machine_init(pte_t *windows);

/* How often the CPU was made to forget translations, and why; the monitor's `tlb` shows them. */
struct machine_counters {
    uint32_t pages;     /* INVLPG: one page's PTE has changed */
    uint32_t elsewhere; /* not needed: the page belongs to an address space that is not loaded */
    uint32_t windows;   /* INVLPG: a window was turned to another frame */
    uint32_t loads;     /* CR3: another address space, all but global translations forgotten */
};
extern struct machine_counters machine_counters;

/* A page fault begins or ends.  It uses windows of its own, so that those of the interrupted code stay as they were. */
void machine_nest(bool begins);
