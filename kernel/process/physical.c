/* physical.c - frames that a program has as its own, and windows in which it shows them: AWE. */
#include "kernel/process/physical.h"

pfn_t physical_take(struct space *space)
{
    pfn_t frame = reclaim_ensure(1) ? PFN_NONE : pfn_alloc(PFN_USE_PHYSICAL, PFN_CLEAR | PFN_PIN);

    if (!frame)
        return PFN_NONE;
    if (space_charge(space, 1, 1)) {
        pfn_free(frame, true);
        return PFN_NONE;
    }
    pfn_record(frame)->owner = space;
    pfn_record(frame)->age = 0; /* the call that promised it last */
    pfn_lock(frame);
    space->physical++;
    return frame;
}

void physical_give(struct space *space, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    if (p->pte)
        resident_discard(space_region(space, p->va), p->va, p->pte);
    pfn_free(frame, false);
    space->physical--;
    space_uncharge(space, 1, 1);
}

bool physical_owns(const struct space *space, pfn_t frame)
{
    return frame < pfn_limit && pfn_look(frame)->use == PFN_USE_PHYSICAL &&
           pfn_record(frame)->owner == space;
}

void physical_give_all(struct space *space)
{
    for (pfn_t frame = 1; space->physical > 0; paging_rest(++frame << PAGE_SHIFT))
        if (physical_owns(space, frame))
            physical_give(space, frame);
}

status_t physical_promise(struct space *space, va_t va, pfn_t frame, uint32_t call)
{
    const struct vad *vad = space_region(space, va);

    if (!vad || !(vad->flags & VAD_PHYSICAL))
        return STATUS_INVALID_PARAMETER_1;
    if (!frame)
        return STATUS_SUCCESS;
    if (!physical_owns(space, frame) || pfn_record(frame)->pte || pfn_record(frame)->age == call)
        return STATUS_INVALID_PARAMETER_3;
    pfn_record(frame)->age = call;
    return STATUS_SUCCESS;
}

void physical_show(struct space *space, va_t va, pfn_t frame)
{
    pte_t *pte = paging_word(space->dir, va);

    if (*pte)
        resident_discard(space_region(space, va), va, pte);
    if (!frame)
        return;
    pfn_record(frame)->pte = pte;
    pfn_record(frame)->va = page_down(va);
    resident_map(space_region(space, va), page_down(va), pte, frame, PROT_READWRITE);
}
