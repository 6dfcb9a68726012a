/* space.h - an address space: a directory, its regions, its working set, its counters. */
#pragma once
#include "mm/paging.h"
#include "mm/pool.h"
#include "mm/replace.h"
#include "mm/vad.h"

/* What a fault turned out to be.  HARD: the page had to be read.  SOFT: answered without reading. */
enum __attribute__((packed)) fault_kind {
    FAULT_NONE,
    FAULT_DEMAND_ZERO, /* soft: a fresh zero page */
    FAULT_TRANSITION,  /* soft: back from the standby or modified list */
    FAULT_PAGEFILE,    /* hard: read from the paging file */
    FAULT_FILE,        /* hard: a section's page read from its file */
    FAULT_PROTOTYPE,   /* soft: a section's page that is in RAM */
    FAULT_COPY,        /* soft: copy on write of a page that is in RAM */
    FAULT_UPGRADE,     /* soft: the word already allows it; the TLB held an older one */
    FAULT_GUARD,       /* a guard page was touched: delivered to the program */
    FAULT_GROWTH,      /* soft: the same in the thread's own stack, grown */
    FAULT_OVERFLOW,    /* ... but there is no room left */
    FAULT_VIOLATION,   /* refused */
    FAULT_IN_PAGE,     /* the page could not be read back */
    FAULT_NO_MEMORY,   /* no frame could be found */
    FAULT_KINDS
};

struct space_counters {
    uint32_t faults;
    uint32_t kind[FAULT_KINDS];   /* of these; fault_hard() and fault_soft() sum them up */
    uint32_t page_ins, page_outs; /* transfers from and to the paging file */
};

struct space {
    pfn_t dir;
    uint32_t id;   /* process id; 0 is the kernel */
    char name[24]; /* for people: the program's name */
    va_t low, top; /* [low, top) may be allocated */
    struct vad_tree regions;
    struct vad *last; /* the region found last: most faults come in runs */
    struct working_set ws;
    uint32_t resident; /* valid PTEs */
    uint32_t peak_resident;
    uint32_t private_commit; /* private pages charged (W224) */
    uint32_t peak_commit;
    uint32_t commit;   /* all pages charged: private, copies of views, page tables */
    uint32_t tables;   /* page tables */
    uint32_t locked;   /* pages locked by the program */
    uint32_t physical; /* frames that are the program's own (AWE), each charged */
    struct space_counters counters;
    uint32_t watches;   /* regions with write watch */
    struct space *next; /* all spaces, the kernel's first */
};

extern struct space space_kernel;

/* Make the kernel's own space around the directory that is in use.  `view` is what policies see of
 * the machine: &resident_view.  => called once, before any other space. */
void space_init(pfn_t dir, const struct replace_view *view);

/* A new space in *space (the caller's zeroed memory): a directory that has the kernel's half.
 * STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT: nothing is left behind. */
status_t space_create(struct space *space, uint32_t id, const char *name);

/* Free the directory.  => all regions and tables are gone, and the directory is not loaded. */
void space_destroy(struct space *space);

/* Charge or release `pages` pages, `private` of them the program's own (W224).
 * STATUS_COMMITMENT_LIMIT: nothing changed. */
status_t space_charge(struct space *space, uint32_t pages, uint32_t private);
void space_uncharge(struct space *space, uint32_t pages, uint32_t private);

/* The region that holds `va`, or 0. */
struct vad *space_look_up(struct space *space, va_t va);
static inline struct vad *space_region(struct space *space, va_t va)
{
    struct vad *last = space->last;

    return last && va >= last->start && va < last->end ? last : space_look_up(space, va);
}

/* A private region in no tree yet; free it with pool_free().  0: there is no memory. */
static INLINE struct vad *space_new_region(struct space *space, va_t start, va_t end, prot_t prot)
{
    struct vad *vad = pool_alloc(sizeof *vad, "Vad ");

    if (!vad)
        return NULL;
    vad->start = start;
    vad->end = end;
    vad->type = VAD_PRIVATE;
    vad->prot = prot;
    vad->space = space;
    vad->ws = &space->ws;
    return vad;
}

/* [*base, *base + *size) in whole pages.  false: it is empty, or does not end below what may be allocated. */
bool space_pages(const struct space *space, va_t *base, uint32_t *size);
/* The same, and the region that holds all of them (W15, W21), or 0. */
struct vad *space_region_of(struct space *space, va_t *base, uint32_t *size);

/* Make and charge the page tables of [first, last]; a table of the kernel's half appears in every
 * space.  STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT. */
status_t space_make_tables(struct space *space, va_t first, va_t last);

/* Give back the page tables of [first, last] that no region needs any more. */
void space_drop_tables(struct space *space, va_t first, va_t last);

/* Which policy new spaces start with. */
extern const struct replace_policy *space_policy;
