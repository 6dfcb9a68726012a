/* resident.c - puts a page into an address space and takes it out again.
 *
 * A frame leaves the programs in three steps, each its own function: trim() takes it
 * out of one space, drop_share() sees that nobody maps it and puts it on the standby or modified
 * list, resident_write() makes a modified frame a standby one.  pfn_alloc() may then take it.
 *
 * A page of a section may be mapped at many places.  They are found through the section's list of
 * views, so a frame needs no list of its mappings.
 */
#include "mm/resident.h"
#include "mm/layout.h"
#include "mm/pagefile.h"

/* The word by which a view maps the frame at `offset` of its section, or 0. */
static pte_t *word_of_view(const struct vad *v, va_t offset, pfn_t frame)
{
    va_t at = offset - v->offset; /* of a page before the view it is more than any view has */
    pte_t *pte;

    if (at >= v->end - v->start)
        return NULL;
    pte = paging_find(v->space->dir, v->start + at);
    return pte && pte_is_valid(*pte) && pte_frame(*pte) == frame ? pte : NULL;
}

uint32_t resident_visits;
enum { MANY = 1024 }; /* views of one section */

static APART void each_view(pfn_t frame, resident_visitor *visit, void *context)
{
    const struct pfn *p = pfn_record(frame);
    va_t offset = p->va;
    struct vad *next;

    for (struct vad *v = p->section->views; v; v = next) {
        pte_t *pte = word_of_view(v, offset, frame);

        next = v->next_view;
        resident_visits++;
        if (pte)
            visit(v->space, v->start + (offset - v->offset), pte, context);
    }
}

void resident_each_mapping(pfn_t frame, resident_visitor *visit, void *context)
{
    const struct pfn *p = pfn_record(frame);

    if (p->use == PFN_USE_SHARED)
        each_view(frame, visit, context);
    else if (pte_is_valid(*p->pte))
        visit(p->owner, p->va, p->pte, context);
}

static void count_one(struct space *, va_t, pte_t *, void *context)
{
    ++*(uint32_t *)context;
}

uint32_t resident_mappings(pfn_t frame)
{
    uint32_t count = 0;

    resident_each_mapping(frame, count_one, &count);
    return count;
}

static void collect_bits(struct space *, va_t, pte_t *pte, void *context)
{
    *(pte_t *)context |= *pte;
}

/* To look at a page of so many views takes too long: it counts as not used. */
static bool any_mapping_has(pfn_t frame, pte_t bit)
{
    pte_t bits = 0;

    if (pfn_record(frame)->use != PFN_USE_SHARED || pfn_record(frame)->section->view_count < MANY)
        resident_each_mapping(frame, collect_bits, &bits);
    return bits & bit;
}

static bool accessed(pfn_t frame)
{
    return any_mapping_has(frame, PTE_A);
}

static bool dirty(pfn_t frame)
{
    return pfn_record(frame)->modified || any_mapping_has(frame, PTE_D);
}

/* The CPU sets A only when it fills its TLB: without the forget it would never set it again. */
static void clear_one_accessed(struct space *space, va_t va, pte_t *pte, void *)
{
    if (*pte & PTE_A) {
        *pte &= ~(pte_t)PTE_A;
        machine_forget(space->dir, va);
    }
}

static void clear_accessed(pfn_t frame)
{
    resident_each_mapping(frame, clear_one_accessed, NULL);
}

const struct replace_view resident_view = {accessed, clear_accessed, dirty};

/* The view's page in its bitmap of locked ones. */
static uint32_t lock_bit(const struct vad *vad, va_t va)
{
    return 1u << ((va - vad->start) >> PAGE_SHIFT) % 32;
}

static uint32_t *lock_word(const struct vad *vad, va_t va)
{
    return &vad->lock_map[((va - vad->start) >> PAGE_SHIFT) / 32];
}

bool resident_is_locked(const struct vad *vad, va_t va, pte_t pte)
{
    if (vad->flags & VAD_RESIDENT)
        return true;
    if (!pte_is_valid(pte) || !pfn_record(pte_frame(pte))->locks)
        return false;
    if (pfn_record(pte_frame(pte))->use == PFN_USE_PRIVATE)
        return true;
    return vad->lock_map && *lock_word(vad, va) & lock_bit(vad, va);
}

void resident_lock(struct vad *vad, va_t va, pte_t pte)
{
    MM_ASSERT(!resident_is_locked(vad, va, pte));
    if (pfn_record(pte_frame(pte))->use != PFN_USE_PRIVATE)
        *lock_word(vad, va) |= lock_bit(vad, va);
    pfn_lock(pte_frame(pte));
    vad->ws->locked++;
    vad->space->locked++;
}

void resident_unlock(struct vad *vad, va_t va, pte_t pte)
{
    MM_ASSERT(resident_is_locked(vad, va, pte));
    if (pfn_record(pte_frame(pte))->use != PFN_USE_PRIVATE)
        *lock_word(vad, va) &= ~lock_bit(vad, va);
    pfn_unlock(pte_frame(pte));
    vad->ws->locked--;
    vad->space->locked--;
}

void resident_protect(struct space *space, va_t va, pte_t *pte, prot_t prot)
{
    pte_t old = *pte;

    MM_ASSERT(pte_is_valid(old));
    *pte = pte_valid(pte_frame(old), prot, va < LAYOUT_KERNEL) | (old & (PTE_A | PTE_D));
    machine_forget(space->dir, va);
}

enum { LOOK = 64 }; /* views that are asked: a program may have 60,000, and lose them one by one */

/* The first view that still maps a shared frame says which working set it belongs to; `left` does not
 * map it any more.  When that is not soon found, the kernel's will do. */
static struct working_set *home_of(pfn_t frame, const struct vad *left)
{
    const struct pfn *p = pfn_record(frame);
    unsigned looked = 0;

    for (const struct vad *v = p->section->views; v; v = v->next_view, looked++)
        if (looked == LOOK)
            return &space_kernel.ws;
        else if (v != left && !(v->flags & VAD_RESIDENT) && word_of_view(v, p->va, frame))
            return v->ws;
    return NULL;
}

/* The view `left` will not map the shared frame any more: its working set, which may soon be gone, must not
 * keep it either. */
static void hand_over(const struct vad *left, pfn_t frame)
{
    struct working_set *home;

    if (pfn_record(frame)->shares == 1 || pfn_record(frame)->ws != left->ws)
        return;
    home = home_of(frame, left);
    if (home == left->ws)
        return;
    replace_remove(frame);
    if (home)
        replace_insert(home, frame);
}

/* One reference less.  The last one puts the frame on the list where its content waits; `write`: what has to be
 * written is written at once, if there is a slot. */
static inline void drop_share(pfn_t frame, bool write)
{
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(p->shares > 0);
    if (--p->shares)
        return;
    if (p->ws)
        replace_remove(frame);
    if (p->use == PFN_USE_SHARED)
        *p->pte = pte_transition(frame, pte_prot(*p->pte));
    p->written = false;
    if (write && p->modified && (p->slot || pagefile_free_slots()))
        resident_write(frame);
    if (p->state == PFN_ACTIVE) /* it was not to be written, or got no slot */
        pfn_move(frame, p->modified ? PFN_MODIFIED : PFN_STANDBY);
}

/* The D bit of a word that is about to lose it: kept in the frame, and in the region's watch. */
static void keep_dirty(struct space *space, va_t va, pte_t old)
{
    struct vad *vad;

    if (!(old & PTE_D))
        return;
    pfn_record(pte_frame(old))->modified = true;
    if (!space->watches)
        return;
    vad = vad_find(&space->regions, va);
    if (vad && vad->watch) {
        uint32_t page = (va - vad->start) >> PAGE_SHIFT;

        vad->watch[page / 32] |= 1u << page % 32;
    }
}

static void end_lock(struct space *space, va_t va, pte_t pte)
{
    struct vad *vad = vad_find(&space->regions, va);

    if (!(vad->flags & VAD_RESIDENT) && resident_is_locked(vad, va, pte))
        resident_unlock(vad, va, pte);
}

/* Clear the valid bit; the word becomes `then`. */
static void unmap(struct space *space, va_t va, pte_t *pte, pte_t then)
{
    keep_dirty(space, va, *pte);
    if (space->locked)
        end_lock(space, va, *pte);
    *pte = then;
    machine_forget(space->dir, va);
    space->resident--;
}

/* Take the page out of one space; which working set keeps it, the caller says. */
static void trim(struct space *space, va_t va, pte_t *pte, bool write)
{
    pfn_t frame = pte_frame(*pte);
    prot_t prot = pte_prot(*pte);
    bool shared = pfn_record(frame)->use == PFN_USE_SHARED;

    MM_ASSERT(pte_is_valid(*pte));
    unmap(space, va, pte, shared ? pte_prototype(prot) : pte_transition(frame, prot));
    drop_share(frame, write);
}

void resident_trim(const struct vad *vad, va_t va, pte_t *pte)
{
    hand_over(vad, pte_frame(*pte));
    trim(vad->space, va, pte, false);
}

static void trim_visitor(struct space *space, va_t va, pte_t *pte, void *write)
{
    trim(space, va, pte, *(bool *)write);
}

void resident_evict(pfn_t frame, bool write)
{
    const struct pfn *p = pfn_record(frame);

    MM_ASSERT(!p->locks);
    if (p->use == PFN_USE_PRIVATE)
        trim(p->owner, p->va, p->pte, write);
    else {
        replace_remove(frame); /* at once, or each view would look for another that keeps it */
        each_view(frame, trim_visitor, &write);
    }
    MM_ASSERT(p->state != PFN_ACTIVE);
}

/* Nobody needs the content of a private frame any more. */
static void release_private(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    if (p->ws)
        replace_remove(frame);
    if (p->slot)
        pagefile_free(p->slot);
    pfn_free(frame, false);
}

void resident_discard(const struct vad *vad, va_t va, pte_t *pte)
{
    pfn_t frame = pte_frame(*pte);

    switch (pte_kind(*pte)) {
    case PTE_VALID:
        unmap(vad->space, va, pte, 0);
        if (pfn_record(frame)->use == PFN_USE_PRIVATE) {
            release_private(frame);
        } else if (pfn_record(frame)->use == PFN_USE_PHYSICAL) { /* it stays the program's */
            pfn_record(frame)->pte = NULL;
            pfn_record(frame)->shares = 0;
        } else {
            hand_over(vad, frame);
            drop_share(frame, false);
        }
        break;
    case PTE_TRANSITION:
        release_private(frame);
        break;
    case PTE_PAGEFILE:
        pagefile_free(pte_slot(*pte));
        break;
    default:
        break;
    }
    *pte = 0;
}

void resident_take_dirty(struct space *space, va_t va, pte_t *pte)
{
    keep_dirty(space, va, *pte);
    *pte &= ~(pte_t)PTE_D;
    machine_forget(space->dir, va);
}

void resident_forget(const struct vad *vad, va_t va, pte_t *pte)
{
    enum pte_kind kind = pte_kind(*pte);
    prot_t prot = pte_prot(*pte);

    if (kind == PTE_VALID) {
        struct pfn *p = pfn_record(pte_frame(*pte));

        resident_take_dirty(vad->space, va, pte); /* for the write watch */
        if (p->slot)
            pagefile_free(p->slot);
        p->slot = PAGEFILE_NONE;
        p->modified = false;
    } else if (kind == PTE_TRANSITION || kind == PTE_PAGEFILE) {
        resident_discard(vad, va, pte);
        *pte = pte_demand_zero(prot);
    }
}

pfn_t resident_revive(pte_t pte)
{
    pfn_t frame = pte_frame(pte);

    MM_ASSERT(pte_kind(pte) == PTE_TRANSITION);
    pfn_move(frame, PFN_ACTIVE);
    pfn_record(frame)->written = false;
    resident_keep_slot(frame, pfn_record(frame)->slot);
    return frame;
}

void resident_keep_slot(pfn_t frame, uint32_t slot)
{
    struct pfn *p = pfn_record(frame);

    p->slot = slot;
    if (!slot || !pagefile_is_tight())
        return;
    pagefile_free(slot);
    p->slot = PAGEFILE_NONE;
    p->modified = true;
}

/* For whom is a page written?  That of a section for the first view's program. */
static struct space *who_pays(const struct pfn *p)
{
    if (p->use == PFN_USE_PRIVATE)
        return p->owner;
    return p->section->views ? p->section->views->space : NULL;
}

APART status_t resident_write(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);
    uint32_t slot = p->slot ? p->slot : pagefile_alloc();
    status_t status = slot ? pagefile_write(slot, frame) : STATUS_NO_MEMORY;
    struct space *payer = who_pays(p);

    MM_ASSERT(p->modified && !p->shares);
    if (!slot)
        return status;
    if (status) { /* next time it gets another one */
        pagefile_free(slot);
        p->slot = PAGEFILE_NONE;
        pfn_move(frame, PFN_MODIFIED);
        return status;
    }
    p->slot = slot;
    p->modified = false;
    p->written = true;
    pfn_move(frame, PFN_STANDBY);
    if (payer)
        payer->counters.page_outs++;
    return STATUS_SUCCESS;
}

/* A frame with the content of a master's page that is not in RAM. */
static status_t read_master(struct section *section, uint32_t index, pte_t master, pfn_t *out)
{
    enum pte_kind kind = pte_kind(master);
    pfn_t frame = pfn_alloc(PFN_USE_SHARED, kind == PTE_DEMAND_ZERO ? PFN_CLEAR : PFN_ANY);
    status_t status = STATUS_SUCCESS;

    if (!frame)
        return STATUS_NO_MEMORY;
    if (kind == PTE_PAGEFILE)
        status = pagefile_read(pte_slot(master), frame);
    else if (kind == PTE_PROTOTYPE)
        status = section->file->read(section->file, index, frame);
    if (status) {
        pfn_free(frame, false);
        return STATUS_IN_PAGE_ERROR;
    }
    resident_keep_slot(frame, kind == PTE_PAGEFILE ? pte_slot(master) : PAGEFILE_NONE);
    pfn_record(frame)->file = kind == PTE_PROTOTYPE;
    *out = frame;
    return STATUS_SUCCESS;
}

/* Make the master VALID; the frame has no share yet. */
static status_t bring_in(struct section *section, uint32_t index, pte_t *master)
{
    enum pte_kind kind = pte_kind(*master);
    status_t status = STATUS_SUCCESS;
    struct pfn *p;
    pfn_t frame;

    if (kind == PTE_EMPTY)
        return STATUS_NOT_COMMITTED;
    if (kind == PTE_TRANSITION)
        frame = resident_revive(*master);
    else
        status = read_master(section, index, *master, &frame);
    if (status)
        return status;
    p = pfn_record(frame);
    p->section = section;
    p->va = index << PAGE_SHIFT;
    p->pte = master;
    *master = pte_valid(frame, pte_prot(*master), false);
    return STATUS_SUCCESS;
}

void resident_put(struct section *section, uint32_t index)
{
    pfn_t frame = pte_frame(*section_master(section, index));

    pfn_unlock(frame);
    drop_share(frame, false);
}

status_t resident_get(struct section *section, uint32_t index, bool write, pfn_t *frame)
{
    pte_t *master = section_master(section, index);
    status_t status = STATUS_SUCCESS;
    struct pfn *p;

    if (!master)
        return STATUS_NOT_COMMITTED;
    if (!pte_is_valid(*master))
        status = bring_in(section, index, master);
    if (status)
        return status;
    *frame = pte_frame(*master);
    p = pfn_record(*frame);
    p->shares++;
    pfn_lock(*frame);
    if (write)
        status = section_make_own(section, *master);
    if (status)
        resident_put(section, index);
    else if (write)
        p->modified = true;
    return status;
}
