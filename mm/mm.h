/* mm.h - the facade: the only functional header of mm that kernel/ uses.
 *
 * All functions are called with interrupts off: the interrupt flag is the one lock of the kernel.
 */
#pragma once
#include "mm/balance.h"
#include "mm/fault.h"
#include "mm/layout.h"
#include "mm/pagefile.h"
#include "mm/commit.h"
#include "mm/pool.h"
#include "mm/virtual.h"
#include "mm/watch.h"
#include "mm/check.h"

struct mm_options {
    uint32_t frames;                     /* cap on the frames that programs may use; 0: none */
    const struct replace_policy *policy; /* 0: the default */
    bool poison;                         /* see pfn_poison */
};

/* Start memory management.  => pfn_init(), pfn_add(), pagefile_init() and space_init() have run:
 * sets watermarks, the commit limit and the page that all processes share. */
status_t mm_init(const struct mm_options *options);

/* A new address space with `image` as its name; the page at LAYOUT_SHARED_PAGE is mapped. */
status_t mm_space_create(struct space **space, uint32_t id, const char *name);
/* Unmap and free everything, then the space itself.  => it is not the loaded one. */
void mm_space_delete(struct space *space);

/* The kernel's address of the page shared with all programs. */
void *mm_shared_page(void);

/* Touch every page of [va, va + size) of `space` as a program would, so that the kernel can use it
 * through its own mapping; returns the first refusal. */
status_t mm_touch(struct space *space, va_t va, uint32_t size, bool write);

/* section_create() and section_extend() for everybody: frames for the tables are made free first. */
status_t mm_section_create(struct section **section, uint32_t size, prot_t prot,
                           struct section_file *file, bool image, bool reserve);
status_t mm_section_extend(struct section *section, uint32_t size);

/* Read or write bytes of a section (files).  Out of frames: reclaims.  STATUS as resident_get(). */
status_t mm_section_copy(struct section *section, uint32_t offset, void *buffer, uint32_t size,
                         bool write);

struct mm_totals {
    uint32_t ram_frames;    /* managed by the database */
    uint32_t kernel_frames; /* tables, pool, stacks, image */
    uint32_t resident;      /* frames of programs and sections */
    uint32_t available, free, zeroed, standby, modified;
    uint32_t commit, commit_limit, commit_peak;
    uint32_t slots, slots_used;
    uint32_t faults, hard, soft, page_ins, page_outs;
};
void mm_totals(struct mm_totals *totals);
