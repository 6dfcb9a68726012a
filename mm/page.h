/* page.h - what one page of a region is: committed or not, its protection, its charge. */
#pragma once
#include "mm/resident.h"

struct page_state {
    bool committed;
    prot_t prot;  /* a private page's, when committed; a view's: what it has, or will have then */
    bool private; /* the page is the region's own, not (any more) the section's */
};

/* Which page of its section a view maps at `va`, and the master PTE of that page.  => vad is a view or image. */
static inline uint32_t page_index(const struct vad *vad, va_t va)
{
    return (va - vad->start + vad->offset) >> PAGE_SHIFT;
}

pte_t *page_master(const struct vad *vad, va_t va);

/* `pte` is the page's word, or 0 when there is no table. */
struct page_state page_state(const struct vad *vad, va_t va, const pte_t *pte);

/* Does a page in this state cost its process a page of commit charge?  Private pages do, and so do
 * pages that become private when they are written: in a view of a section that is only reserved
 * also before they are committed, since that may be done through another view. */
bool page_is_charged(struct page_state state);

/* Give a committed page another protection.  => nothing has to be acquired; the charge is the caller's business. */
void page_set_prot(const struct vad *vad, va_t va, pte_t *pte, prot_t prot);
