/* tlb.h - the TLB made visible. */
#pragma once
#include <stdbool.h>

/* Change the PTE of a page that has been used, first without and then with INVLPG, read the page each
 * time and say what came.  Everything is as before afterwards.  False: it could not be shown. */
bool tlb_demonstrate(void);
