/* view.h - maps sections into address spaces. */
#pragma once
#include "mm/reclaim.h"

/* Map [offset, offset + *size) of `section` at *base, a page (0: anywhere, at a multiple of 64 KB; `top`: as
 * high as possible).  *size 0: to the end of the section.  Sets *base and *size (whole pages).
 * => offset is 64 KB aligned.  STATUS_MAPPED_ALIGNMENT, STATUS_CONFLICTING_ADDRESSES,
 * STATUS_INVALID_VIEW_SIZE, STATUS_SECTION_PROTECTION, STATUS_NO_MEMORY,
 * STATUS_COMMITMENT_LIMIT; nothing changes then (W148 to W151). */
status_t view_map(struct section *section, struct space *space, va_t *base, uint32_t offset,
                  uint32_t *size, prot_t prot, bool top);

/* Remove the view that holds `va`; STATUS_NOT_MAPPED_VIEW (W157, W158). */
status_t view_unmap(struct space *space, va_t va);
