/* page.c - what one page of a region is: committed or not, its protection, its charge.
 *
 * A private region's word says everything.  A view's word may be EMPTY ("as the view was mapped")
 * or PROTOTYPE ("the section's page, but with this protection"); the section's master then says
 * whether the page is committed.
 */
#include "mm/page.h"

pte_t *page_master(const struct vad *vad, va_t va)
{
    return section_master(vad->section, page_index(vad, va));
}

/* Not the region's own: the section's, or a frame that is charged whether it is mapped or not. */
static bool is_charged_elsewhere(pte_t pte)
{
    enum pte_kind kind = pte_kind(pte);
    unsigned use = kind == PTE_VALID ? pfn_record(pte_frame(pte))->use : PFN_USE_NONE;

    return kind == PTE_PROTOTYPE || use == PFN_USE_SHARED || use == PFN_USE_PHYSICAL;
}

struct page_state page_state(const struct vad *vad, va_t va, const pte_t *pte)
{
    struct page_state state = {.committed = pte && *pte, .private = true};

    if (state.committed) {
        state.prot = pte_prot(*pte);
        state.private = !is_charged_elsewhere(*pte);
    } else if (vad->type != VAD_PRIVATE) {
        const pte_t *master = page_master(vad, va);

        state.committed = master && *master;
        state.prot = vad->type == VAD_IMAGE && master ? pte_prot(*master) : vad->prot;
        state.private = false;
    }
    return state;
}

bool page_is_charged(struct page_state state)
{
    return prot_copies(state.prot) || (state.committed && state.private);
}

/* A page that may not be touched never is VALID; a lock on it ends. */
static APART void set_prot_without_frame(const struct vad *vad, va_t va, pte_t *pte, prot_t prot)
{
    if (pte_is_valid(*pte))
        resident_trim(vad, va, pte);
    *pte = *pte ? pte_with_prot(*pte, prot) : pte_prototype(prot);
}

void page_set_prot(const struct vad *vad, va_t va, pte_t *pte, prot_t prot)
{
    if (pte_is_valid(*pte) && prot_accessible(prot))
        resident_protect(vad->space, va, pte, prot);
    else
        set_prot_without_frame(vad, va, pte, prot);
}
