/* fault.c - resolves one page fault.
 *
 * A fault asks one question: where is the page?  The PTE answers with its kind, and each kind has
 * one resolver below.
 *
 *   mm_fault            the loop: try, and when there is no frame, reclaim and try again
 *     attempt           one try, a straight line: the region, the word; the commonest word goes to its resolver
 *       attempt_any     at once, and all others by
 *         find          no region, no word: refused
 *         check         protection, guard page, stack growth
 *         switch (kind) VALID: resolve_valid        DEMAND_ZERO: resolve_demand_zero
 *                       TRANSITION: resolve_transition   PAGEFILE: resolve_pagefile
 *                       EMPTY in a view, PROTOTYPE: resolve_prototype
 *     machine_trace     one record
 *
 * Called with interrupts off.  The paging file is in memory, so nothing here sleeps: no page is
 * ever "being read".  Nothing here waits for memory either, except the loop.  Each resolver
 * acquires its frame before it changes anything, so a failed try needs no undo.
 */
#include "mm/fault.h"
#include "mm/layout.h"
#include "mm/page.h"
#include "mm/pagefile.h"

enum { TRIES = 4 };                           /* when there is nothing to reclaim */
enum { NEAR = 8, ROUNDS = 3, PATIENCE = 64 }; /* of an instruction that faults again and again */

uint32_t fault_kind_count[FAULT_KINDS];
bool fault_watched = true;
void (*fault_stack)(va_t *low, va_t *top);

/* What one try works on. */
struct attempt {
    struct fault *fault;
    struct space *space;
    struct vad *vad;
    va_t page;
    pte_t *pte;
    prot_t prot;
    bool write;
    va_t stack_low, stack_top; /* => a guard page was touched; 0, 0: by no thread */
};

static status_t refuse(struct fault *fault, enum fault_reason reason)
{
    fault->kind = FAULT_VIOLATION;
    fault->reason = reason;
    return STATUS_ACCESS_VIOLATION;
}

static enum fault_reason reason_for_no_region(const struct fault *fault)
{
    if (fault->va < LAYOUT_USER_LOW)
        return REASON_NULL;
    if (fault->va >= LAYOUT_KERNEL)
        return REASON_KERNEL;
    return fault->va >= LAYOUT_USER_END ? REASON_NO_ACCESS_ZONE : REASON_FREE;
}

/* Is there a region, a word, a page, and which protection has it? */
static status_t find(struct attempt *a)
{
    struct fault *f = a->fault;

    if (!a->vad)
        return refuse(f, reason_for_no_region(f));
    if (!a->pte)
        return refuse(f, REASON_RESERVED); /* every promised page has its table */
    if (*a->pte) {
        a->prot = pte_prot(*a->pte);
    } else {
        struct page_state state = page_state(a->vad, a->page, a->pte);

        if (!state.committed)
            return refuse(f, REASON_RESERVED);
        a->prot = state.prot;
    }
    f->prot = a->prot;
    return STATUS_SUCCESS;
}

/* The guard page of the thread's own stack was touched (where the program says that it is; but only private
 * memory grows, a view or an image has pages that others see): make the page below the new guard (W114).
 * The last page of the stack is never made usable (W117). */
static status_t grow_stack(struct attempt *a)
{
    struct fault *f = a->fault;
    va_t below = a->page - PAGE_SIZE;
    pte_t *guard;
    status_t status;

    f->kind = FAULT_OVERFLOW;
    if (below <= page_down(a->stack_low) || below < a->vad->start)
        return STATUS_STACK_OVERFLOW;
    status = space_make_tables(a->space, below, below);
    if (status == STATUS_NO_MEMORY && pfn_may_pin(1))
        return status; /* else waiting would not help */
    guard = paging_find(a->space->dir, below);
    if (!guard || *guard || space_charge(a->space, 1, 1))
        return STATUS_STACK_OVERFLOW;
    a->vad->commit++;
    *guard = pte_demand_zero(PROT_READWRITE | PROT_GUARD);
    f->kind = FAULT_GROWTH;
    f->stack_limit = a->page;
    return STATUS_SUCCESS;
}

/* One shot: the guard is gone before anybody hears of it (W85). */
static status_t touch_guard(struct attempt *a)
{
    struct fault *f = a->fault;
    status_t status = STATUS_GUARD_PAGE_VIOLATION;

    f->kind = FAULT_GUARD;
    f->reason = REASON_GUARD;
    if (a->vad->type == VAD_PRIVATE && f->va >= a->stack_low && f->va < a->stack_top)
        status = grow_stack(a);
    if (status != STATUS_NO_MEMORY)
        *a->pte = pte_with_prot(*a->pte, a->prot & ~(prot_t)PROT_GUARD);
    return status;
}

/* May this access go on?  FAULT_NONE in kind: yes. */
static status_t check(struct attempt *a)
{
    if (a->prot & PROT_GUARD && a->fault->tid)
        fault_stack(&a->stack_low, &a->stack_top);
    if (a->prot & PROT_GUARD)
        return touch_guard(a);
    if (prot_base(a->prot) == PROT_NOACCESS)
        return refuse(a->fault, REASON_NOACCESS);
    if (a->write && !prot_writable(a->prot) && !prot_copies(a->prot))
        return refuse(a->fault, REASON_READ_ONLY);
    return STATUS_SUCCESS;
}

/* A page will enter this working set: with a cap that is reached, another goes first. */
static INLINE void make_place(struct working_set *ws)
{
    if (ws->capped && ws->count >= ws->maximum)
        reclaim_one(ws);
}

/* A frame for a page that will enter the region's working set. */
static INLINE status_t take_frame(struct attempt *a, unsigned want, pfn_t *frame)
{
    make_place(a->vad->ws);
    *frame = pfn_alloc(PFN_USE_PRIVATE, want);
    return *frame ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Give the page its private frame. */
static INLINE void map_private(struct attempt *a, pfn_t frame, prot_t prot)
{
    struct pfn *p = pfn_record(frame);

    p->owner = a->space;
    p->va = a->page;
    p->pte = a->pte;
    resident_map(a->vad, a->page, a->pte, frame, prot);
}

static INLINE status_t resolve_demand_zero(struct attempt *a)
{
    pfn_t frame;
    status_t status = take_frame(a, PFN_CLEAR, &frame);

    if (status)
        return status;
    a->fault->kind = FAULT_DEMAND_ZERO;
    map_private(a, frame, a->write && prot_copies(a->prot) ? prot_after_copy(a->prot) : a->prot);
    return STATUS_SUCCESS;
}

static status_t resolve_transition(struct attempt *a)
{
    struct working_set *ws = a->vad->ws;
    pfn_t frame = resident_revive(*a->pte); /* first, so that it is not the page that goes for it */

    make_place(ws);
    a->fault->kind = FAULT_TRANSITION;
    ws->back++;
    map_private(a, frame, a->prot);
    return STATUS_SUCCESS;
}

static status_t unreadable(struct fault *fault)
{
    fault->kind = FAULT_IN_PAGE;
    fault->reason = REASON_READ_ERROR;
    return STATUS_IN_PAGE_ERROR;
}

static status_t resolve_pagefile(struct attempt *a)
{
    uint32_t slot = pte_slot(*a->pte);
    pfn_t frame;
    status_t status = take_frame(a, PFN_ANY, &frame);

    if (status)
        return status;
    if (pagefile_read(slot, frame)) {
        pfn_free(frame, false);
        return unreadable(a->fault);
    }
    a->fault->kind = FAULT_PAGEFILE;
    a->space->counters.page_ins++;
    resident_keep_slot(frame, slot);
    map_private(a, frame, a->prot);
    return STATUS_SUCCESS;
}

static enum fault_kind kind_of_master(pte_t master)
{
    static const enum fault_kind kinds[] = {FAULT_NONE,     FAULT_DEMAND_ZERO, FAULT_TRANSITION,
                                            FAULT_PAGEFILE, FAULT_FILE,        FAULT_PROTOTYPE};

    return kinds[pte_kind(master)];
}

/* A private copy of frame `from`; the word does not map it any more when this succeeds.  No page goes for the copy,
 * least of all that one: the working set of a view has no cap. */
static status_t copy_frame(struct attempt *a, pfn_t from)
{
    bool locked = a->space->locked && resident_is_locked(a->vad, a->page, *a->pte);
    pfn_t frame = pfn_alloc(PFN_USE_PRIVATE, PFN_ANY);

    if (!frame)
        return STATUS_NO_MEMORY;
    machine_copy(frame, from);
    resident_discard(a->vad, a->page, a->pte);
    pfn_record(frame)->modified = true;
    a->fault->kind = FAULT_COPY;
    map_private(a, frame, prot_after_copy(a->prot));
    if (locked)
        resident_lock(a->vad, a->page, *a->pte);
    return STATUS_SUCCESS;
}

static status_t resolve_prototype(struct attempt *a)
{
    struct section *section = a->vad->section;
    uint32_t index = page_index(a->vad, a->page);
    bool copy = a->write && prot_copies(a->prot);
    pte_t master = *section_master(section, index);
    enum fault_kind source = kind_of_master(master);
    status_t status;
    pfn_t frame;

    if (copy && pte_kind(master) == PTE_DEMAND_ZERO)
        return resolve_demand_zero(a); /* a copy of nothing but zeros */
    status = resident_get(section, index, false, &frame);
    if (status)
        return status == STATUS_IN_PAGE_ERROR ? unreadable(a->fault) : status;
    a->space->counters.page_ins += pte_kind(master) == PTE_PAGEFILE;
    if (copy)
        status = copy_frame(a, frame);
    else
        resident_map(a->vad, a->page, a->pte, frame, a->prot);
    if (!copy || fault_is_hard(source)) /* to copy a page, it may have to be read first */
        a->fault->kind = source;
    resident_put(section, index);
    return status;
}

/* How often one instruction has faulted at one address, with few faults between: what it needs can't be had.
 * Asked where that may be so, not on every fault. */
static uint32_t repeats(const struct fault *f)
{
    static va_t pc, va;
    static uint32_t times, last;
    bool near = fault_count - last <= NEAR;

    if (pc == f->pc && near && va != f->va)
        return 0;
    times = pc == f->pc && near ? times + 1 : 0;
    last = fault_count;
    pc = f->pc;
    va = f->va;
    return times;
}

/* The word is VALID, and still there was a fault: a write to a page that is copied when written,
 * or a TLB that had not heard of a change.  If that comes again and again, the CPU has another reason, which no
 * change of a page will remove. */
static status_t resolve_valid(struct attempt *a)
{
    pfn_t frame = pte_frame(*a->pte);

    if (a->write && prot_copies(a->prot)) {
        if (pfn_record(frame)->use != PFN_USE_PRIVATE)
            return copy_frame(a, frame);
        resident_protect(a->space, a->page, a->pte, prot_after_copy(a->prot));
    } else if (repeats(a->fault) < ROUNDS) {
        machine_forget(a->space->dir, a->page);
    } else { /* an IRET in ring 3 under QEMU with SMAP reads the stack as the supervisor would */
        return refuse(a->fault, REASON_CPU);
    }
    a->fault->kind = FAULT_UPGRADE;
    return STATUS_SUCCESS;
}

/* One try.  The region and the word are found. */
static APART status_t attempt_any(struct fault *fault, struct vad *vad, pte_t *pte)
{
    struct attempt a = {.fault = fault, .space = fault->space, .vad = vad, .pte = pte};
    status_t status;

    a.page = page_down(fault->va);
    a.write = fault->access == FAULT_WRITE;
    fault->prot = 0;
    status = find(&a);
    if (!status)
        status = check(&a);
    if (status || fault->kind != FAULT_NONE)
        return status;
    switch (pte_kind(*pte)) {
    case PTE_VALID:
        return resolve_valid(&a);
    case PTE_DEMAND_ZERO:
        return resolve_demand_zero(&a);
    case PTE_TRANSITION:
        return resolve_transition(&a);
    case PTE_PAGEFILE:
        return resolve_pagefile(&a);
    default: /* EMPTY, PROTOTYPE */
        return resolve_prototype(&a);
    }
}

/* One try.  STATUS_NO_MEMORY: nothing changed, reclaim and try again.
 * The commonest fault of all, the first touch of a page that may be read and written, goes straight to its resolver:
 * attempt_any() would find and check the same. */
static INLINE status_t attempt(struct fault *fault)
{
    struct space *space = fault->space;
    struct vad *vad = space_region(space, fault->va);
    pte_t *pte = vad ? paging_find(space->dir, fault->va) : NULL;
    status_t status;

    fault->region = vad;
    fault->pte_before = pte ? *pte : 0;
    if (fault->pte_before == pte_demand_zero(PROT_READWRITE)) {
        struct attempt a = {.fault = fault, .space = space, .vad = vad, .pte = pte};

        a.page = page_down(fault->va);
        a.prot = PROT_READWRITE;
        fault->prot = PROT_READWRITE;
        status = resolve_demand_zero(&a);
    } else {
        status = attempt_any(fault, vad, pte);
    }
    fault->pte_after = pte ? *pte : 0;
    return status;
}

/* There are few frames: let reclaim run.  false: this instruction has been here so often that it is hopeless. */
static APART bool make_room(struct fault *fault)
{
    bool hopeless = repeats(fault) > PATIENCE;

    fault->pte_before = fault->pte_after = fault->prot = 0;
    fault->region = NULL;
    if (reclaim_due())
        reclaim_run();
    return !hopeless;
}

/* There was no frame: reclaim, try again. */
static APART status_t try_again(struct fault *fault)
{
    status_t status = STATUS_NO_MEMORY;

    for (int tries = TRIES; status == STATUS_NO_MEMORY && (reclaim_run() || --tries);)
        status = attempt(fault);
    return status;
}

/* The only place of mm that waits for memory. */
static INLINE void resolve(struct fault *fault)
{
    status_t status = STATUS_NO_MEMORY;

    if (pfn_available() >= reclaim_settings.low || make_room(fault)) {
        status = attempt(fault);
        if (status == STATUS_NO_MEMORY)
            status = try_again(fault);
    }
    fault->status = status;
    if (status != STATUS_NO_MEMORY)
        return;
    fault->kind = FAULT_NO_MEMORY;
    fault->reason = REASON_NO_FRAME;
}

static void count(const struct fault *fault)
{
    struct working_set *ws = fault->region ? fault->region->ws : &fault->space->ws;
    struct space_counters *c = &fault->space->counters;
    unsigned kind = fault->kind;

    c->faults++;
    c->kind[kind]++;
    fault_kind_count[kind]++;
    ws->faults++;
    if (kind - FAULT_TRANSITION <= FAULT_FILE - FAULT_TRANSITION) /* or PAGEFILE, between them */
        ++*(kind == FAULT_TRANSITION ? &ws->transition_faults : &ws->hard_faults);
}

static APART void note_victim(struct fault *fault)
{
    const struct pfn_victim *v = &pfn_last_victim;

    fault->taken = true;
    fault->victim_private = v->owner != NULL;
    fault->victim_dirty = v->dirty;
    fault->victim_pid = v->owner ? v->owner->id : 0;
    fault->victim_va = v->va;
    fault->victim_slot = v->slot;
}

/* The one place where a fault is told. */
static void tell(struct fault *fault)
{
    fault->number = fault_count;
    fault->policy = fault->space->ws.policy;
    if (pfn_last_victim.fault == fault_count)
        note_victim(fault);
    machine_trace(fault);
}

status_t mm_fault(struct fault *fault)
{
    fault_count++;
    resolve(fault);
    count(fault);
    if (fault_watched)
        tell(fault);
    return fault->status;
}

status_t fault_page_in(struct space *space, va_t va, enum fault_access access)
{
    struct fault fault = {.space = space, .va = va, .access = access};

    resolve(&fault);
    return fault.status;
}

bool fault_is_hard(enum fault_kind kind)
{
    return kind == FAULT_PAGEFILE || kind == FAULT_FILE;
}

uint32_t fault_hard(const uint32_t count[FAULT_KINDS])
{
    return count[FAULT_PAGEFILE] + count[FAULT_FILE];
}

uint32_t fault_soft(const uint32_t count[FAULT_KINDS])
{
    return count[FAULT_DEMAND_ZERO] + count[FAULT_TRANSITION] + count[FAULT_PROTOTYPE] +
           count[FAULT_COPY] + count[FAULT_UPGRADE] + count[FAULT_GROWTH];
}

const char *fault_kind_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        "none",           "demand-zero",   "transition",    "pagefile", "file",
        "prototype",      "copy-on-write", "upgrade",       "guard",    "stack-growth",
        "stack-overflow", "violation",     "in-page-error", "no-memory"};

    return (unsigned)kind < FAULT_KINDS ? names[kind] : "?";
}
