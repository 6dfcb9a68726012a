/* view.c - maps sections into address spaces.
 *
 * Mapping writes no PTE: an EMPTY word in a view means "ask the section".  Its page tables
 * are made at once, so that a fault never has to make one.
 */
#include "mm/view.h"
#include "mm/page.h"
#include "mm/pool.h"
#include "lib/list.h"
#include "lib/string.h"

enum { MOST_VIEWS = 60000 }; /* of a section: a frame counts in 16 bits who maps it */

/* Pages of the section's range that become private when they are written. */
static uint32_t copies_in(const struct section *section, uint32_t offset, uint32_t size,
                          prot_t prot)
{
    uint32_t count = 0;

    if (!section->image)
        return prot_copies(prot) ? size >> PAGE_SHIFT : 0;
    for (uint32_t at = offset; at - offset < size; paging_rest(at += PAGE_SIZE))
        count += prot_copies(pte_prot(*section_master(section, at >> PAGE_SHIFT)));
    return count;
}

/* Check the arguments; *size becomes whole pages, *base the address.  Changes nothing else. */
static status_t plan(const struct section *section, struct space *space, va_t *base,
                     uint32_t offset, uint32_t *size, prot_t prot, bool top)
{
    const struct vad *next = vad_at_or_above(&space->regions, *base);

    if (offset % UNIT_SIZE || *base & PAGE_MASK)
        return STATUS_MAPPED_ALIGNMENT;
    if (offset >= section->size)
        return STATUS_INVALID_PARAMETER_4;
    if (*size > section->size - offset)
        return STATUS_INVALID_VIEW_SIZE;
    if (!prot_allows(section->prot, prot))
        return STATUS_SECTION_PROTECTION;
    *size = page_up(*size ? *size : section->size - offset);
    if (section->view_count >= MOST_VIEWS || *size > space->top)
        return STATUS_NO_MEMORY;
    if (*base == 0) {
        *base = vad_find_hole(&space->regions, *size, space->low, space->top, top);
        return *base ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    if (*base < space->low || *base >= space->top || *size > space->top - *base)
        return STATUS_INVALID_PARAMETER_3;
    return next && next->start < *base + *size ? STATUS_CONFLICTING_ADDRESSES : STATUS_SUCCESS;
}

static struct vad *view_create(struct section *section, struct space *space, va_t base,
                               uint32_t offset, uint32_t size, prot_t prot)
{
    struct vad *view =
        space_new_region(space, base, base + size, section->image ? PROT_EXECUTE_WRITECOPY : prot);

    if (!view)
        return NULL;
    view->type = section->image ? VAD_IMAGE : VAD_VIEW;
    view->section = section;
    view->offset = offset;
    string_copy(view->tag, section->name, sizeof view->tag);
    return view;
}

status_t view_map(struct section *section, struct space *space, va_t *base, uint32_t offset,
                  uint32_t *size, prot_t prot, bool top)
{
    va_t at = *base;
    uint32_t bytes = *size, copies;
    status_t status = plan(section, space, &at, offset, &bytes, prot, top);
    struct vad *view;

    if (!status)
        status = reclaim_ensure(paging_missing(space->dir, at, at + bytes - 1) + 1);
    if (status)
        return status;
    copies = copies_in(section, offset, bytes, prot);
    status = space_charge(space, copies, 0);
    if (status)
        return status;
    view = view_create(section, space, at, offset, bytes, prot);
    status = view ? space_make_tables(space, at, at + bytes - 1) : STATUS_NO_MEMORY;
    if (status) {
        pool_free(view);
        space_drop_tables(space, at, at + bytes - 1);
        space_uncharge(space, copies, 0);
        return status;
    }
    view->commit = copies;
    vad_insert(&space->regions, view);
    section_reference(section);
    LIST_PUSH(section->views, view, next_view, prev_view);
    section->view_count++;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

status_t view_unmap(struct space *space, va_t va)
{
    struct vad *view = space_region(space, va);

    if (!view || view->type == VAD_PRIVATE)
        return STATUS_NOT_MAPPED_VIEW;
    for (va_t at = view->start; at < view->end; paging_rest(at += PAGE_SIZE))
        resident_discard(view, at, paging_find(space->dir, at));
    space->last = NULL;
    vad_remove(&space->regions, view);
    space_drop_tables(space, view->start, view->end - 1);
    space_uncharge(space, view->commit, 0);
    LIST_TAKE(view->section->views, view, next_view, prev_view);
    view->section->view_count--;
    section_release(view->section);
    pool_free(view->lock_map);
    pool_free(view);
    return STATUS_SUCCESS;
}
