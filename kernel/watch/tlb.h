/* tlb.h - the TLB made visible. */
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

#include <stdbool.h>

/* Change the PTE of a page that has been used, first without and then with INVLPG, read the page each
 * time and say what came.  Everything is as before afterwards.  False: it could not be shown. */
bool tlb_demonstrate(void);

#endif
