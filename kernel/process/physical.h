/* physical.h - frames that a program has as its own, and windows in which it shows them: AWE (W330 to W333).
 *
 * A frame belongs to a space from physical_take() to physical_give() and never leaves RAM meanwhile.  It is mapped at
 * one page of a VAD_PHYSICAL region, or nowhere.  Its record says where: pte, va.
 */
#pragma once
#include "mm/mm.h"

/* A zeroed frame for `space`, mapped nowhere and charged like a private page; 0: there is none, or too much is pinned. */
pfn_t physical_take(struct space *space);
/* Unmaps and frees it.  => physical_owns() */
void physical_give(struct space *space, pfn_t frame);
void physical_give_all(struct space *space);
bool physical_owns(const struct space *space, pfn_t frame);

/* May `frame` (0: none) be mapped at the page that holds `va`?  Within this call (each has a number, not 0) it is promised then.
 * STATUS_INVALID_PARAMETER_1: no window.  STATUS_INVALID_PARAMETER_3: not the space's, mapped or promised already. */
status_t physical_promise(struct space *space, va_t va, pfn_t frame, uint32_t call);
/* The page shows `frame`, or nothing, and what it showed no more.  => physical_promise() */
void physical_show(struct space *space, va_t va, pfn_t frame);
