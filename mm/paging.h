/* paging.h - two-level page tables: from an address to its PTE.
 *
 * A directory has 1,024 words, each naming a table of 1,024 PTEs (Intel SDM vol. 3, 4.3).
 * The same two levels hold a process's pages and a section's master PTEs.  Tables are never
 * paged, lie in the direct map and keep their address for life.
 */
#pragma once
#include "mm/layout.h"
#include "mm/machine.h"
#include "mm/pfn.h"
#include "mm/status.h"

/* A new empty directory in *dir.  STATUS_NO_MEMORY: no frame, nothing changed. */
status_t paging_create(pfn_t *dir);

/* Give back the directory and the tables of its entries [first, last).  => all PTEs are EMPTY. */
void paging_destroy(pfn_t dir, unsigned first, unsigned last);

/* The 1,024 words of a directory or a table. */
static inline pte_t *paging_words(pfn_t frame)
{
    return (pte_t *)(void *)(machine_direct + (frame << PAGE_SHIFT));
}

/* The directory's own word for the 4 MB around `va`. */
static inline pte_t *paging_directory_entry(pfn_t dir, va_t va)
{
    return paging_words(dir) + directory_index(va);
}

/* The word for `va`, or 0 when its table does not exist. */
static inline pte_t *paging_find(pfn_t dir, va_t va)
{
    pte_t entry = *paging_directory_entry(dir, va);

    if ((entry & (PTE_P | PTE_LARGE)) != PTE_P)
        return NULL;
    return paging_words(pte_frame(entry)) + (va >> PAGE_SHIFT & (TABLE_PTES - 1));
}

/* Called between two tables on a long walk over a program's pages, where everything agrees: the kernel lets
 * interrupts in.  Nobody but their handlers runs, and those touch no space.  0: there is none. */
extern void (*paging_pause)(void);

static inline void paging_rest(va_t va)
{
    if (!(va & (TABLE_SPAN - 1)) && va < LAYOUT_KERNEL && paging_pause)
        paging_pause();
}

/* The word for *va; or, when its table does not exist, the first one of the next table that does, and *va
 * becomes its address.  0: there is none below `end`.  The loop over the words of a range:
 *     for (va_t va = start; (pte = paging_next(dir, &va, end)) != NULL; va += PAGE_SIZE) */
static inline pte_t *paging_next(pfn_t dir, va_t *va, va_t end)
{
    for (; *va < end; *va = (*va | (TABLE_SPAN - 1)) + 1) {
        pte_t *pte = paging_find(dir, *va);

        paging_rest(*va);
        if (pte)
            return pte;
    }
    return NULL;
}

/* The word for `va`, or 0; `before` is that of the page before it, or 0.  For loops that look at all pages. */
static inline pte_t *paging_after(pfn_t dir, pte_t *before, va_t va)
{
    if (before && va & (TABLE_SPAN - 1))
        return before + 1;
    paging_rest(va);
    return paging_find(dir, va);
}

/* The same for a page that has a word for certain, because it is mapped, locked or a kernel stack. */
static inline pte_t *paging_word(pfn_t dir, va_t va)
{
    pte_t *pte = paging_find(dir, va);

    MM_ASSERT(pte != NULL);
    return pte;
}

/* Make sure that the tables for pages first..last (addresses, inclusive) exist.
 * *made counts the new ones.  STATUS_NO_MEMORY: those made so far stay and are counted. */
status_t paging_make(pfn_t dir, va_t first, va_t last, bool user, uint32_t *made);

/* How many tables paging_make() would have to make. */
static inline uint32_t paging_missing(pfn_t dir, va_t first, va_t last)
{
    const pte_t *entry = paging_directory_entry(dir, first),
                *end = paging_directory_entry(dir, last);
    uint32_t missing = 0;

    for (; entry <= end; entry++)
        missing += !(*entry & PTE_P);
    return missing;
}

/* Give back the table for `va`, if there is one; true if so.  => all its PTEs are EMPTY. */
bool paging_drop(pfn_t dir, va_t va);
