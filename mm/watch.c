/* watch.c - write watch: which pages of a region were written.
 *
 * The CPU notes a write in the D bit of the page's word.  Whoever takes that bit away (resident_take_dirty()) marks the
 * page in the region's bitmap; a question first takes it from all words that have it.
 */
#include "mm/watch.h"
#include "mm/pool.h"

enum { WATCH_PAGES = PAGE_SIZE * 8 }; /* what a bitmap of one frame covers: 128 MB */

status_t watch_start(struct vad *vad)
{
    uint32_t pages = (vad->end - vad->start) >> PAGE_SHIFT;

    if (pages > WATCH_PAGES)
        return STATUS_NO_MEMORY;
    vad->watch = pool_alloc((pages + 31) / 32 * 4, "Watc");
    if (!vad->watch)
        return STATUS_NO_MEMORY;
    vad->space->watches++;
    return STATUS_SUCCESS;
}

void watch_end(struct vad *vad)
{
    pool_free(vad->watch);
    vad->space->watches--;
}

/* The watched region that holds all of [base, base + size), its bitmap up to date; or 0 (W141). */
static struct vad *watched_region(struct space *space, va_t base, uint32_t size)
{
    struct vad *vad = space_region(space, base);
    pte_t *pte;

    if (!vad || !vad->watch || size == 0 || size > vad->end - base)
        return NULL;
    for (va_t va = vad->start; (pte = paging_next(space->dir, &va, vad->end)) != NULL;
         va += PAGE_SIZE)
        if (pte_is_valid(*pte) && *pte & PTE_D)
            resident_take_dirty(space, va, pte);
    return vad;
}

status_t watch_written(struct space *space, va_t base, uint32_t size, va_t *pages, uint32_t *count)
{
    struct vad *vad = watched_region(space, base, size);
    uint32_t capacity = *count, found = 0;

    if (!vad)
        return STATUS_INVALID_PARAMETER_3;
    for (va_t va = page_down(base); found < capacity && (va - base < size || va < base);
         va += PAGE_SIZE) {
        uint32_t page = (va - vad->start) >> PAGE_SHIFT;

        if (vad->watch[page / 32] & 1u << page % 32)
            pages[found++] = va;
    }
    *count = found;
    return STATUS_SUCCESS;
}

status_t watch_reset(struct space *space, va_t base, uint32_t size)
{
    struct vad *vad = watched_region(space, base, size);

    if (!vad)
        return STATUS_INVALID_PARAMETER_3;
    for (va_t va = page_down(base); va - base < size || va < base; va += PAGE_SIZE) {
        uint32_t page = (va - vad->start) >> PAGE_SHIFT;

        vad->watch[page / 32] &= ~(1u << page % 32);
    }
    return STATUS_SUCCESS;
}
