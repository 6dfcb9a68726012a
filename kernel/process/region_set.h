/* region_set.h - working sets that belong to one region instead of a whole process.
 *
 * A laboratory tool: a program gives a region its own cap of frames and its own policy, and then
 * counts the faults that its references cause there and nowhere else.
 */
#pragma once
#include "mm/mm.h"

/* Give the private region at `va` a working set of its own: never more than `maximum` frames; with
 * `exact`, an evicted page leaves RAM at once; else at most `standby` of them stay on the standby list (0:
 * as many as the whole system lets).  `policy` 0: that of the space.  A set that the
 * region already has is replaced, its counters forgotten.
 * STATUS_MEMORY_NOT_ALLOCATED, STATUS_INVALID_PARAMETER (maximum 0, or a region that never leaves
 * RAM), STATUS_NO_MEMORY. */
status_t region_set_attach(struct space *space, va_t va, const struct replace_policy *policy,
                           uint32_t maximum, uint32_t standby, bool exact);

/* Its pages belong to the space's working set again.  STATUS as above. */
status_t region_set_detach(struct space *space, va_t va);

/* The set of the region at `va`, or 0. */
const struct working_set *region_set_find(struct space *space, va_t va);

/* The space is gone, with all its regions: free its sets. */
void region_set_space_gone(const struct space *space);
