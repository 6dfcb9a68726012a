/* replace.h - *which* page goes next.
 *
 * A struct working_set is a ring: the frames that one policy looks after, linked through pfn.next
 * and pfn.prev in the order in which they came in.  (The working set that programs and people ask for
 * is all that a process reaches without a fault, space.resident; a shared frame counts in each of
 * these, but is in one ring only.)  `hand` is the place where the next frame will be put in and, for the policies that have one, where they look next.
 * A policy is a small table of functions and sees the machine only through working_set.view,
 * so the same file runs in the kernel and in the host simulator.
 */
#pragma once
#include "mm/pfn.h"

struct working_set;

struct replace_policy {
    const char *name;  /* "clock" */
    const char *title; /* one sentence for people */
    /* Start with the frames now in the ring (perhaps none).  0: there is nothing to do.
     * => ws->word is zero */
    void (*start)(struct working_set *ws);
    /* A frame was put into the ring: its page has just been touched (A = 1).  May be 0, too. */
    void (*inserted)(struct working_set *ws, pfn_t frame);
    /* Which frame goes next?  PFN_NONE if all are locked.  => does not remove it. */
    pfn_t (*victim)(struct working_set *ws);
};

/* What a policy may ask about a frame. */
struct replace_view {
    bool (*accessed)(pfn_t frame);       /* the A bit */
    void (*clear_accessed)(pfn_t frame); /* and forget the translation: else A is not set again */
    bool (*dirty)(pfn_t frame);          /* would it have to be written? */
};

enum { WS_WORDS = 160 };

struct working_set {
    const struct replace_policy *policy;
    const struct replace_view *view;
    uint32_t count;   /* frames in the ring */
    uint32_t minimum; /* pages: reclaim leaves these alone while others have more (W127) */
    uint32_t maximum; /* pages: above it, its own pages go first; see `capped` */
    bool capped;      /* never more than `maximum` frames: the lab's cap */
    bool exact;       /* capped: an evicted page leaves RAM at once: no standby, no soft faults */
    uint32_t standby; /* capped: so many evicted pages stand by, the oldest goes; 0: any number */
    uint32_t locked;  /* pages that the program has locked in the set's regions */
    uint32_t fresh;   /* pages that a lock under way would add (virtual_lock.c) */
    uint32_t back;    /* pages that came back from the standby or modified list: used again, too */
    pfn_t hand;
    pfn_t walk; /* a second place in the ring, the policy's own; see replace_renew() */
    uint32_t peak;
    uint32_t faults, hard_faults, transition_faults, writes, evictions;
    uint32_t recent, counted; /* faults in the last second, and all until it began (balance.c) */
    uint32_t word[WS_WORDS];  /* the policy's own numbers */
    struct working_set *next; /* all working sets */
};

extern const struct replace_policy replace_fifo, replace_clock, replace_clean, replace_nru;
extern const struct replace_policy replace_aging, replace_wsclock, replace_random, replace_adaptive;

/* All policies of this build, ended by 0; the first is the default. */
extern const struct replace_policy *const replace_policies[];
const struct replace_policy *replace_find(const char *name);

/* All working sets, in no order. */
extern struct working_set *replace_sets;
extern uint32_t replace_retired; /* sets that are gone */

/* A new, empty working set; it is in replace_sets until replace_retire().
 * => the rest of *ws is zero; at retirement it is empty again. */
void replace_init(struct working_set *ws, const struct replace_policy *policy,
                  const struct replace_view *view);
void replace_retire(struct working_set *ws);

/* Change the policy of a running working set. */
void replace_switch(struct working_set *ws, const struct replace_policy *policy);

/* Told of every change of a working set while it is not 0: a frame came in, a frame went, the policy
 * chose a frame (which then goes).  Called with the frame's record as it is while it is in the ring. */
enum replace_event { REPLACE_IN, REPLACE_OUT, REPLACE_VICTIM };
extern void (*replace_watcher)(enum replace_event event, const struct working_set *ws, pfn_t frame);

/* Take a frame out, ask for a victim. */
void replace_remove(pfn_t frame);
pfn_t replace_victim(struct working_set *ws);

/* Was the page used, would it have to be written?  A private page has one word, which is read here: policies ask a lot. */
static inline bool replace_accessed(const struct working_set *ws, pfn_t frame)
{
    return pfn_record(frame)->use == PFN_USE_PRIVATE ? *pfn_record(frame)->pte & PTE_A
                                                     : ws->view->accessed(frame);
}

static inline bool replace_dirty(const struct working_set *ws, pfn_t frame)
{
    return pfn_record(frame)->use == PFN_USE_PRIVATE
               ? pfn_record(frame)->modified || *pfn_record(frame)->pte & PTE_D
               : ws->view->dirty(frame);
}

/* Link a frame in before the hand. */
static INLINE void replace_join(struct working_set *ws, pfn_t frame)
{
    pfn_t hand = ws->hand;
    struct pfn *p = pfn_record(frame), *after = pfn_record(hand);

    p->next = hand;
    p->prev = after->prev;
    pfn_record(after->prev)->next = frame;
    after->prev = frame;
}

/* Link a frame out; hand and walk move on. */
static inline void replace_leave(struct working_set *ws, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    if (ws->hand == frame)
        ws->hand = p->next;
    if (ws->walk == frame)
        ws->walk = p->prev;
    pfn_record(p->prev)->next = p->next;
    pfn_record(p->next)->prev = p->prev;
}

/* Move a frame to the place of one that has just come in.  ws->walk may be anywhere in the ring: a
 * frame that goes or moves leaves it at the one before. */
static inline void replace_renew(struct working_set *ws, pfn_t frame)
{
    replace_leave(ws, frame);
    replace_join(ws, frame);
}

void replace_insert_watched(struct working_set *ws, pfn_t frame);

/* Put a frame in (before the hand). */
static INLINE void replace_insert(struct working_set *ws, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(p->state == PFN_ACTIVE && !p->ws);
    if (ws->count == 0)
        p->next = p->prev = ws->hand = ws->walk = frame;
    else
        replace_join(ws, frame);
    p->ws = ws;
    if (++ws->count > ws->peak)
        ws->peak = ws->count;
    if (replace_watcher)
        replace_insert_watched(ws, frame);
    else if (ws->policy->inserted)
        ws->policy->inserted(ws, frame);
}
