/* virtual_query.c - says what lies at an address, in regions of equal pages. */
#include "mm/virtual.h"
#include "mm/page.h"
#include "mm/layout.h"

/* A hole: from the page asked for to the next region (W64, W65). */
static void describe_hole(struct space *space, va_t va, struct virtual_region *region)
{
    const struct vad *next = vad_at_or_above(&space->regions, va);

    region->size = (next ? next->start : space->top) - va;
    region->state = VIRTUAL_FREE;
    region->protect = prot_to_windows(PROT_NOACCESS);
}

static bool same(struct page_state a, struct page_state b)
{
    return a.committed == b.committed && (!a.committed || a.prot == b.prot);
}

/* First page after `va` of which something differs, or the end of the region. */
static va_t end_of_run(struct space *space, const struct vad *vad, va_t va)
{
    pte_t *pte = paging_find(space->dir, va);
    struct page_state first = page_state(vad, va, pte);

    for (va += PAGE_SIZE; va < vad->end; va += PAGE_SIZE) {
        pte = paging_after(space->dir, pte, va);
        if (!pte && vad->type == VAD_PRIVATE) {
            if (first.committed)
                return va;
            va = (va | (TABLE_SPAN - 1)) - PAGE_MASK; /* a missing table: all reserved */
            continue;
        }
        if (!same(first, page_state(vad, va, pte)))
            return va;
    }
    return vad->end;
}

static uint32_t region_type(const struct vad *vad)
{
    if (vad->type == VAD_PRIVATE)
        return VIRTUAL_PRIVATE;
    return vad->type == VAD_IMAGE ? VIRTUAL_IMAGE : VIRTUAL_MAPPED;
}

status_t virtual_query(struct space *space, va_t va, struct virtual_region *region)
{
    const struct vad *vad;
    struct page_state state;

    va = page_down(va);
    *region = (struct virtual_region){.base = va};
    if (va >= LAYOUT_USER_END && space->top <= LAYOUT_USER_END)
        return STATUS_INVALID_PARAMETER;
    vad = space_region(space, va);
    if (!vad) {
        describe_hole(space, va, region);
        return STATUS_SUCCESS;
    }
    state = page_state(vad, va, paging_find(space->dir, va));
    region->allocation_base = vad->start;
    region->allocation_protect = prot_to_windows(vad->prot);
    region->size = end_of_run(space, vad, va) - va;
    region->state = state.committed ? VIRTUAL_COMMIT : VIRTUAL_RESERVE;
    region->type = region_type(vad);
    if (state.committed)
        region->protect = prot_to_windows(state.prot);
    else if (vad->start == LAYOUT_SHARED_PAGE)
        region->protect = prot_to_windows(PROT_NOACCESS); /* W66 */
    return STATUS_SUCCESS;
}
