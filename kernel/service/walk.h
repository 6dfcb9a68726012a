/* walk.h - what the MMU does with an address: directory, table, frame. */
#pragma once
#include "mm/mm.h"

/* The error code of a page fault (Intel SDM vol. 3, 4.7); WRITE and USER say also what is tried. */
enum { WALK_PRESENT = 1, WALK_WRITE = 2, WALK_USER = 4 };

/* The two-level walk of `va` from the directory that `cr3` names, for an access of kind `access` (WALK_WRITE,
 * WALK_USER) with CR0.WP set, so that the kernel may not write either what is read-only.
 * true: *pa is the physical address.  false: *pa is the fault's error code: `access`, and WALK_PRESENT
 * when the page is there but the access is not allowed.  Changes nothing, not even the A bits. */
bool walk(pa_t cr3, va_t va, uint32_t access, pa_t *pa);
