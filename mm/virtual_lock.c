/* virtual_lock.c - locks pages into RAM and unlocks them.
 *
 * A locked page is one that reclaim can't take, so a lock is refused (error 1453) when others would be
 * left without a page that can go: those of the process (W126), of a region with a cap of its own, and
 * of the whole machine.  A range may span regions of every kind.
 */
#include "mm/virtual.h"
#include "mm/commit.h"
#include "mm/page.h"
#include "mm/fault.h"
#include "mm/pool.h"

enum { OVERHEAD = 8 };                 /* pages of its minimum that a process may not lock (W126) */
enum { MOST_OF_VIEW = PAGE_SIZE * 8 }; /* pages that a bitmap of one frame covers: 128 MB */

uint32_t virtual_locked(const struct vad *vad)
{
    const pte_t *pte;
    uint32_t count = 0;

    for (va_t va = vad->start; (pte = paging_next(vad->space->dir, &va, vad->end)) != NULL;
         va += PAGE_SIZE)
        count += resident_is_locked(vad, va, *pte);
    return count;
}

/* A view's pages need a bitmap to be locked: its own pages' frames don't say who locked them. */
static status_t make_bitmap(struct vad *vad)
{
    uint32_t pages = (vad->end - vad->start) >> PAGE_SHIFT;

    if (vad->type == VAD_PRIVATE || vad->lock_map)
        return STATUS_SUCCESS;
    if (pages <= MOST_OF_VIEW)
        vad->lock_map = pool_alloc((pages + 31) / 32 * 4, "Lock");
    return vad->lock_map ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Pages of a call that are not locked yet. */
struct fresh {
    uint32_t pages;
    uint32_t shared; /* of these, pages of sections: nobody is charged for their frames */
};

/* The part of a range that lies in one region. */
static status_t plan_region(struct vad *vad, va_t start, va_t end, struct fresh *fresh)
{
    for (va_t va = start; va < end; paging_rest(va += PAGE_SIZE)) {
        const pte_t *pte = paging_find(vad->space->dir, va);
        struct page_state state = page_state(vad, va, pte);

        if (!state.committed || prot_base(state.prot) == PROT_NOACCESS)
            return STATUS_ACCESS_VIOLATION;
        if (pte && resident_is_locked(vad, va, *pte))
            continue;
        fresh->pages++;
        fresh->shared += !state.private;
        vad->ws->fresh++;
    }
    return vad->ws->capped && vad->ws->locked + vad->ws->fresh >= vad->ws->maximum
               ? STATUS_WORKING_SET_QUOTA
               : STATUS_SUCCESS;
}

/* Everything that can be refused before a page is touched. */
static status_t plan_lock(struct space *space, va_t start, va_t end, struct fresh *fresh)
{
    for (struct vad *v = space_region(space, start); v && v->start < end; v = vad_next(v))
        v->ws->fresh = 0; /* a split region's parts share its set */
    for (va_t va = start; va < end;) {
        struct vad *vad = space_region(space, va);
        va_t stop = vad && vad->end < end ? vad->end : end;
        status_t status = vad ? plan_region(vad, va, stop, fresh) : STATUS_ACCESS_VIOLATION;

        if (status)
            return status;
        va = stop;
    }
    if (fresh->pages && space->locked + fresh->pages + OVERHEAD > space->ws.minimum)
        return STATUS_WORKING_SET_QUOTA;
    return pfn_may_pin(fresh->pages) ? STATUS_SUCCESS : STATUS_WORKING_SET_QUOTA;
}

/* Bring all pages in.  STATUS_WORKING_SET_QUOTA: there is not enough RAM for all at once. */
static status_t bring_in(struct space *space, va_t start, va_t end)
{
    for (va_t va = start; va < end; va += PAGE_SIZE, paging_rest(0)) { /* each may be read */
        status_t status = pte_is_valid(*paging_word(space->dir, va))
                              ? STATUS_SUCCESS
                              : fault_page_in(space, va, FAULT_READ);

        if (status)
            return status;
    }
    for (va_t va = start; va < end; va += PAGE_SIZE) {
        status_t status = pte_is_valid(*paging_word(space->dir, va))
                              ? make_bitmap(space_region(space, va))
                              : STATUS_WORKING_SET_QUOTA;

        if (status)
            return status;
    }
    return STATUS_SUCCESS;
}

status_t virtual_lock(struct space *space, va_t *base, uint32_t *size)
{
    va_t start = *base;
    uint32_t bytes = *size;
    struct fresh fresh = {0};
    status_t status = space_pages(space, &start, &bytes)
                          ? plan_lock(space, start, start + bytes, &fresh)
                          : STATUS_INVALID_PARAMETER_3;

    status = status ?: bring_in(space, start, start + bytes);
    if (!status && fresh.shared > commit_left())
        status = STATUS_WORKING_SET_QUOTA; /* their frames are lost to what is promised */
    if (status)
        return status;
    for (va_t va = start; va - start < bytes; va += PAGE_SIZE) {
        struct vad *vad = space_region(space, va);
        pte_t pte = *paging_word(space->dir, va);

        if (!resident_is_locked(vad, va, pte)) /* locks do not nest (W123) */
            resident_lock(vad, va, pte);
    }
    *base = start;
    *size = bytes;
    return STATUS_SUCCESS;
}

/* Did the program lock this page? */
static bool is_programs_lock(struct space *space, va_t va)
{
    const struct vad *vad = space_region(space, va);
    const pte_t *pte = paging_find(space->dir, va);

    return vad && pte && !(vad->flags & VAD_RESIDENT) && resident_is_locked(vad, va, *pte);
}

status_t virtual_unlock(struct space *space, va_t *base, uint32_t *size)
{
    va_t start = *base;
    uint32_t bytes = *size;

    if (!space_pages(space, &start, &bytes))
        return STATUS_INVALID_PARAMETER_3;
    for (va_t va = start; va - start < bytes; va += PAGE_SIZE) {
        if (!space_region(space, va))
            return STATUS_ACCESS_VIOLATION;
        if (!is_programs_lock(space, va))
            return STATUS_NOT_LOCKED;
    }
    for (va_t va = start; va - start < bytes; va += PAGE_SIZE)
        resident_unlock(space_region(space, va), va, *paging_word(space->dir, va));
    *base = start;
    *size = bytes;
    return STATUS_SUCCESS;
}
