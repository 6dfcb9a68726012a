/* pfn.h - the frame database: one record for each page frame of RAM.
 *
 *                 pfn_alloc                       trim, clean
 *   ZEROED/FREE ------------> ACTIVE ------------------------------> STANDBY --+
 *      ^   ^                  |  ^ \   trim, dirty                     |  ^    | pfn_alloc:
 *      |   |     pfn_free     |  |  +------------------> MODIFIED      |  |    | the PTE is told
 *      |   +------------------+  |                        |  |  written |  |    | where the copy is
 *      | zero thread             +----- soft fault -------+--)---------)--+    v
 *      +-- FREE                  +---------------------------(---------+    ACTIVE
 *                                                            +--> STANDBY
 *
 * pfn_move() alone changes a state, and pfn_alloc() in a shorter way; it keeps the lists and their
 * counts.  A frame knows the PTE that maps it, so taking it away needs no search.
 */
#pragma once
#include "mm/pte.h"

enum pfn_state {
    PFN_UNUSABLE, /* not RAM, or not ours */
    PFN_FREE,     /* nobody's, content unknown */
    PFN_ZEROED,   /* nobody's, all zero */
    PFN_STANDBY,  /* content intact and safe elsewhere; a TRANSITION PTE points here */
    PFN_MODIFIED, /* content intact, but not yet written; a TRANSITION PTE points here */
    PFN_ACTIVE,   /* in use */
    PFN_BAD,      /* withdrawn */
    PFN_STATES
};

enum pfn_use {
    PFN_USE_NONE,
    PFN_USE_PRIVATE,  /* page of one address space: owner, va */
    PFN_USE_SHARED,   /* page of a section: section, va = byte offset */
    PFN_USE_TABLE,    /* page directory or page table */
    PFN_USE_POOL,     /* kernel's small objects */
    PFN_USE_STACK,    /* kernel stack */
    PFN_USE_KERNEL,   /* kernel image, frame database, boot data */
    PFN_USE_PHYSICAL, /* a program's own frame (AWE): owner; pte and va, or no pte */
    PFN_USES
};

struct space;
struct section;
struct working_set;

struct pfn {
    pte_t *pte; /* the word that says where this page is: in a page table or a section's table */
    union {
        struct space *owner;     /* PFN_USE_PRIVATE, PHYSICAL */
        struct section *section; /* PFN_USE_SHARED */
    };
    va_t va;                /* PRIVATE: address; SHARED: byte offset in the section */
    pfn_t next, prev;       /* the list of its state; while ACTIVE, the ring of its working set */
    struct working_set *ws; /* whose policy may take it; 0: nobody's */
    uint32_t slot;          /* paging-file slot that holds a copy, or 0 */
    uint16_t shares;        /* ACTIVE: valid PTEs that map it, and kernel references */
    uint16_t locks;         /* ACTIVE: reasons why it must stay; see pfn_lock() */
    uint8_t state;          /* enum pfn_state */
    uint8_t use;            /* enum pfn_use */
    bool modified : 1;      /* content differs from the slot or file; see also D of the PTE */
    bool file : 1;          /* content can be read again from the section's file */
    bool written : 1;       /* it was written out since it was last in use */
    bool slotless : 1;      /* MODIFIED: it had no slot when it came to the list */
    uint8_t mark;           /* scratch of the policy */
    uint32_t age;           /* scratch of the policy */
};

/* The database.  pfn_limit is one more than the highest frame it covers.  Indexed by frame. */
extern struct pfn *pfn_database;
extern pfn_t pfn_limit;
extern uint32_t pfn_count[PFN_STATES]; /* frames in each state */
extern uint32_t pfn_uses[PFN_USES];    /* ACTIVE frames of each use */
extern uint32_t pfn_slotless;          /* MODIFIED frames that have no slot yet */

static inline struct pfn *pfn_record(pfn_t frame)
{
    return &pfn_database[frame];
}

/* Frames [first, end) that were never used, below the direct map's end and above it: FREE, but in no list, and
 * their records are not even cleared.  So a start with much RAM takes no longer than one with little. */
extern struct pfn_range {
    pfn_t first, end;
} pfn_fresh[2];
extern const struct pfn pfn_never_used; /* what their records would say */

/* What there is to know about any frame; pfn_record() is for those that are or were in use. */
static inline const struct pfn *pfn_look(pfn_t frame)
{
    for (unsigned i = 0; i < 2; i++)
        if (frame >= pfn_fresh[i].first && frame < pfn_fresh[i].end)
            return &pfn_never_used;
    return pfn_record(frame);
}

/* Set up an empty database: all frames UNUSABLE.
 * => `database` has room for `limit` records; those of frames that will not be handed over are zero. */
void pfn_init(struct pfn *database, pfn_t limit);

/* Hand over the UNUSABLE frames [first, end): they become FREE, or ACTIVE for the kernel. */
void pfn_add(pfn_t first, pfn_t end);
void pfn_add_kernel(pfn_t first, pfn_t end);

enum pfn_want {
    PFN_ANY = 0,
    PFN_LOW = 1,   /* must lie in the direct map */
    PFN_CLEAR = 2, /* must be all zero */
    PFN_PIN = 4,   /* pins: may use the last few frames, but counts against pfn_pin_limit */
};

/* Pinned frames are those that reclaim can't take back: page tables, pool, stacks and locked pages.
 * Were all of them pinned, no fault could be resolved any more.  So pinning is what fails, at the
 * call that asks for it, when more than pfn_pin_limit frames would be pinned. */
extern uint32_t pfn_pin_limit;
extern uint32_t pfn_locked;        /* frames with locks */
extern uint32_t pfn_locked_shared; /* of these, pages of sections: see commit_limit() */

/* A frame that need not be clear is full of A5 when it is handed out, a dead object of the pool of DD: who forgets to
 * fill the one, or writes to the other, shows. */
extern bool pfn_poison;

uint32_t pfn_pinned(void);
bool pfn_may_pin(uint32_t frames);

/* One reason more, one fewer, why an ACTIVE frame must stay. */
static inline void pfn_lock(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    if (p->locks++)
        return;
    pfn_locked++;
    pfn_locked_shared += p->use == PFN_USE_SHARED;
}

static inline void pfn_unlock(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    if (--p->locks)
        return;
    pfn_locked--;
    pfn_locked_shared -= p->use == PFN_USE_SHARED;
}

/* Take a frame: ACTIVE, use as given, no PTE, shares 0.  Looks at FREE, ZEROED, then the oldest
 * STANDBY frame, whose PTE is first told where the page's copy is.
 * => never reclaims and never waits; returns PFN_NONE when there is none. */
pfn_t pfn_alloc(enum pfn_use use, unsigned want);

/* Give a frame back, content forgotten.  `zeroed`: it is known to be all zero.
 * => it is in no working set; nobody's word names it any more; its slot is given back by the
 * caller. */
void pfn_free(pfn_t frame, bool zeroed);

/* Take a STANDBY frame away from its page, whose word is told where the copy is: it is FREE. */
void pfn_take_away(pfn_t frame);

/* Fill one FREE frame with zeros: it is ZEROED.  false: there is none.  (The zero thread's arrow.) */
bool pfn_zero_one(void);

/* Change the state; the frame goes to the tail of the new state's list (or of none).  MODIFIED frames that have a
 * slot stand before those that have none: with a full paging file the first can be written and the others can't. */
void pfn_move(pfn_t frame, enum pfn_state state);

/* First frame of a state's list, PFN_NONE if empty.  Follow `next` for the others. */
pfn_t pfn_first(enum pfn_state state);

/* Frames that could be handed out now: zeroed + free + standby. */
static inline uint32_t pfn_available(void)
{
    return pfn_count[PFN_FREE] + pfn_count[PFN_ZEROED] + pfn_count[PFN_STANDBY];
}

/* Withhold available frames until only `keep` remain; returns how many stay (FRAMES=). */
uint32_t pfn_withhold(uint32_t keep);

/* Faults since start (fault.c counts them up): a victim notes during which it was taken. */
extern uint32_t fault_count;

/* The last frame that pfn_alloc() took from STANDBY, for the trace: its former owner's data. */
struct pfn_victim {
    uint32_t fault;
    const struct space *owner; /* 0 for a page of a section */
    va_t va;
    bool dirty; /* it had to be written before */
    uint32_t slot;
};
extern struct pfn_victim pfn_last_victim;

/* Recount every list and compare; panics on a difference. */
void pfn_check(void);
