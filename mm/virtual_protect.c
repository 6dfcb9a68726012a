/* virtual_protect.c - changes the protection of pages. */
#include "mm/virtual.h"
#include "mm/page.h"

/* What is stored for a page when the program asks for `prot` (W83, W84): a page that is copied
 * already is not copied again (X2). */
static prot_t stored_prot(const struct vad *vad, struct page_state state, prot_t prot)
{
    if (state.private)
        return prot_copies(prot) ? prot_after_copy(prot) : prot;
    return vad->type == VAD_IMAGE && prot_writable(prot) ? prot + (PROT_WRITECOPY - PROT_READWRITE)
                                                         : prot;
}

/* W76 to W79, W83: everything but the pages themselves. */
static status_t plan(struct space *space, va_t *base, uint32_t *size, prot_t prot, struct vad **out)
{
    struct vad *vad;

    if (*base >= space->top)
        return STATUS_INVALID_PARAMETER_2;
    if (*size == 0 || *size > space->top - *base)
        return STATUS_INVALID_PARAMETER_3;
    if (prot == PROT_BAD)
        return STATUS_INVALID_PAGE_PROTECTION;
    vad = space_region_of(space, base, size);
    if (!vad || vad->flags & VAD_FIXED)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->type == VAD_PRIVATE && prot_copies(prot))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (vad->type == VAD_VIEW && !prot_allows(vad->prot, prot))
        return STATUS_SECTION_PROTECTION;
    *out = vad;
    return STATUS_SUCCESS;
}

/* What a call would change besides the pages. */
struct change {
    uint32_t more, less; /* pages by which the charge grows and shrinks */
    prot_t old;          /* of the first page */
};

/* A private region's words say everything.  The first one of the range; 0: they are not all committed. */
static pte_t *committed(const struct space *space, va_t start, va_t end)
{
    pte_t *first = paging_after(space->dir, NULL, start), *pte = first;

    for (va_t va = start; pte && *pte; pte = paging_after(space->dir, pte, va))
        if ((va += PAGE_SIZE) == end)
            return first;
    return NULL;
}

static status_t protect_private(struct vad *vad, va_t start, va_t end, prot_t prot, prot_t *old)
{
    pte_t *pte = committed(vad->space, start, end);

    if (!pte)
        return STATUS_NOT_COMMITTED;
    *old = pte_prot(*pte);
    for (va_t va = start;; pte = paging_after(vad->space->dir, pte, va)) {
        page_set_prot(vad, va, pte, prot);
        if ((va += PAGE_SIZE) == end)
            return STATUS_SUCCESS;
    }
}

/* All pages committed?  What would change? */
static status_t plan_pages(struct vad *vad, va_t start, uint32_t size, prot_t prot,
                           struct change *change)
{
    pte_t *pte = NULL;

    *change = (struct change){0};
    for (va_t va = start; va - start < size; va += PAGE_SIZE) {
        struct page_state before, after;

        pte = paging_after(vad->space->dir, pte, va);
        before = after = page_state(vad, va, pte);
        if (!before.committed)
            return STATUS_NOT_COMMITTED;
        if (va == start)
            change->old = before.prot;
        after.prot = stored_prot(vad, before, prot);
        change->more += page_is_charged(after) && !page_is_charged(before);
        change->less += page_is_charged(before) && !page_is_charged(after);
    }
    return STATUS_SUCCESS;
}

static void set_pages(struct vad *vad, va_t start, uint32_t size, prot_t prot)
{
    pte_t *pte = NULL;

    for (va_t va = start; va - start < size; va += PAGE_SIZE) {
        pte = paging_after(vad->space->dir, pte, va);
        page_set_prot(vad, va, pte, stored_prot(vad, page_state(vad, va, pte), prot));
    }
}

/* => the pages of a section's view or an image */
static status_t protect_shared(struct vad *vad, va_t start, uint32_t size, prot_t prot, prot_t *old)
{
    struct change change;
    status_t status = plan_pages(vad, start, size, prot, &change);

    if (!status && change.more)
        status = space_charge(vad->space, change.more, 0);
    if (status)
        return status;
    if (change.less)
        space_uncharge(vad->space, change.less, 0);
    vad->commit += change.more - change.less;
    set_pages(vad, start, size, prot);
    *old = change.old;
    return STATUS_SUCCESS;
}

status_t virtual_protect(struct space *space, va_t *base, uint32_t *size, uint32_t protect,
                         uint32_t *old)
{
    prot_t prot = prot_from_windows(protect), was;
    uint32_t bytes = *size;
    va_t start = *base;
    struct vad *vad;
    status_t status = plan(space, &start, &bytes, prot, &vad);

    if (!status)
        status = vad->type == VAD_PRIVATE ? protect_private(vad, start, start + bytes, prot, &was)
                                          : protect_shared(vad, start, bytes, prot, &was);
    if (status)
        return status;
    *old = prot_to_windows(was);
    *base = start;
    *size = bytes;
    return STATUS_SUCCESS;
}
