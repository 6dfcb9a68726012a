/* watch.h - write watch: which pages of a region were written (W135 to W142). */
#pragma once
#include "mm/resident.h"

/* Watch a new region.  STATUS_NO_MEMORY: there is no room for its bitmap, or it has more than 128 MB. */
status_t watch_start(struct vad *vad);
void watch_end(struct vad *vad);

/* The first *count written pages of [base, base + size), ascending; watch_reset() forgets that they were.
 * STATUS_INVALID_PARAMETER_3: no watched region holds all of it. */
status_t watch_written(struct space *space, va_t base, uint32_t size, va_t *pages, uint32_t *count);
status_t watch_reset(struct space *space, va_t base, uint32_t size);
