/* virtual.h - reserve, commit, protect, decommit, release, query, lock.
 *
 * Each call first plans (checks everything, changes nothing) and then applies, which can't
 * fail.  Numbers are those of Windows: VirtualAlloc's types, PAGE_x protections, NTSTATUS results.
 * All work on the programs' spaces and on the kernel's own (&space_kernel) alike.
 */
#pragma once
#include "mm/view.h"

enum {
    VIRTUAL_COMMIT = 0x1000,
    VIRTUAL_RESERVE = 0x2000,
    VIRTUAL_DECOMMIT = 0x4000,
    VIRTUAL_RELEASE = 0x8000,
    VIRTUAL_FREE = 0x10000,
    VIRTUAL_PRIVATE = 0x20000,
    VIRTUAL_MAPPED = 0x40000,
    VIRTUAL_RESET = 0x80000,
    VIRTUAL_TOP_DOWN = 0x100000,
    VIRTUAL_WRITE_WATCH = 0x200000,
    VIRTUAL_PHYSICAL = 0x400000,
    VIRTUAL_IMAGE = 0x1000000,
    VIRTUAL_LARGE_PAGES = 0x20000000,
};

/* What virtual_query() says; the first seven fields are MEMORY_BASIC_INFORMATION (28 bytes). */
struct virtual_region {
    va_t base, allocation_base;
    uint32_t allocation_protect, size, state, protect, type;
};

/* NtAllocateVirtualMemory: *base 0 lets the system choose; `protect` is PAGE_x.  W3 to W42. */
status_t virtual_allocate(struct space *space, va_t *base, uint32_t *size, uint32_t type,
                          uint32_t protect);
/* NtFreeVirtualMemory, partial release included.  W43 to W58. */
status_t virtual_free(struct space *space, va_t *base, uint32_t *size, uint32_t type);
/* NtProtectVirtualMemory; *old is that of the first page.  W74 to W84, W91. */
status_t virtual_protect(struct space *space, va_t *base, uint32_t *size, uint32_t protect,
                         uint32_t *old);
/* NtQueryVirtualMemory, basic information.  W59 to W73; STATUS_INVALID_PARAMETER at or above LAYOUT_USER_END. */
status_t virtual_query(struct space *space, va_t va, struct virtual_region *region);

/* Lock pages into RAM and unlock them (W122 to W126).  STATUS_WORKING_SET_QUOTA: too many; no lock has
 * changed.  A guard page refuses, and is used up by that (W89). */
status_t virtual_lock(struct space *space, va_t *base, uint32_t *size);
status_t virtual_unlock(struct space *space, va_t *base, uint32_t *size);

/* Remove a region with all that is in it, whatever it is and whatever its flags. */
void virtual_destroy(struct space *space, struct vad *vad);

/* Give the region at `va` flags (VAD_FIXED, VAD_STACK, VAD_RESIDENT) and a name for people ("stack"). */
void virtual_mark(struct space *space, va_t va, unsigned flags, const char *tag);
/* The pages of a region that are locked. */
uint32_t virtual_locked(const struct vad *vad);

/* Give the region a working set of its own (the lab's cap); 0 takes it away again.
 * STATUS_WORKING_SET_QUOTA: the cap leaves no room beside the pages that are locked. */
status_t virtual_attach(struct space *space, va_t va, struct working_set *ws);
