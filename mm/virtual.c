/* virtual.c - reserve, commit, decommit, release.
 *
 * Each call plans first: it checks everything and changes nothing.  Then it acquires (frames for
 * tables, commit charge, the VAD); the steps that are left can't fail.
 */
#include "mm/virtual.h"
#include "mm/page.h"
#include "mm/pool.h"
#include "mm/watch.h"
#include "lib/string.h"

enum {
    ALLOCATE_TYPES = VIRTUAL_COMMIT | VIRTUAL_RESERVE | VIRTUAL_RESET | VIRTUAL_TOP_DOWN |
                     VIRTUAL_WRITE_WATCH | VIRTUAL_PHYSICAL | VIRTUAL_LARGE_PAGES
};

/* Types and protection, by themselves (W28, W29, W33 to W35, W37 to W40). */
static status_t check_types(uint32_t type, prot_t prot)
{
    if (type & ~(uint32_t)ALLOCATE_TYPES)
        return STATUS_INVALID_PARAMETER_5;
    if (!(type & (VIRTUAL_COMMIT | VIRTUAL_RESERVE | VIRTUAL_RESET)))
        return STATUS_INVALID_PARAMETER_5;
    if (type & VIRTUAL_RESET && type != VIRTUAL_RESET)
        return STATUS_INVALID_PARAMETER_5;
    if (type & (VIRTUAL_WRITE_WATCH | VIRTUAL_PHYSICAL) && !(type & VIRTUAL_RESERVE))
        return STATUS_INVALID_PARAMETER_5;
    if (type & VIRTUAL_LARGE_PAGES)
        return type & VIRTUAL_COMMIT ? STATUS_PRIVILEGE_NOT_HELD : STATUS_INVALID_PARAMETER_5;
    if (prot == PROT_BAD)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (type & VIRTUAL_PHYSICAL &&
        (type & ~(uint32_t)(VIRTUAL_RESERVE | VIRTUAL_PHYSICAL | VIRTUAL_TOP_DOWN) ||
         prot != PROT_READWRITE))
        return STATUS_INVALID_PARAMETER_5;
    return STATUS_SUCCESS;
}

/* Address and size, by themselves (W3, W6, W11, W18). */
static status_t check_range(const struct space *space, va_t base, uint32_t size)
{
    if (size == 0)
        return STATUS_INVALID_PARAMETER_4;
    if (base && (base < space->low || base >= space->top))
        return STATUS_INVALID_PARAMETER_2;
    if (size > space->top - base)
        return STATUS_INVALID_PARAMETER_4;
    return STATUS_SUCCESS;
}

static uint32_t pages_between(va_t start, va_t end)
{
    return (end - start) >> PAGE_SHIFT;
}

/* Frames that making the *tables that are missing and one or two pool objects may take. */
static status_t make_room(const struct space *space, va_t start, va_t end, uint32_t *tables)
{
    *tables = paging_missing(space->dir, start, end - 1);
    return reclaim_ensure(*tables + 2);
}

static void region_free(struct vad *vad)
{
    if (vad->watch)
        watch_end(vad);
    pool_free(vad);
}

/* Give every uncommitted page of [start, end) its promise. */
static void commit_pages(struct vad *vad, va_t start, va_t end, prot_t prot)
{
    pte_t *pte = NULL;

    for (va_t va = start; va < end; va += PAGE_SIZE) {
        pte = paging_after(vad->space->dir, pte, va);
        if (*pte)
            page_set_prot(vad, va, pte, prot);
        else
            *pte = pte_demand_zero(prot);
    }
}

/* Where a new region goes: rounding by W12 and W13, the lowest or highest hole by W10. */
static status_t plan_reserve(struct space *space, va_t base, uint32_t size, bool top, va_t *start,
                             va_t *end)
{
    if (base) {
        *start = unit_down(base);
        *end = page_up(base + size);
        if (vad_collides(&space->regions, *start, *end))
            return STATUS_CONFLICTING_ADDRESSES;
        return STATUS_SUCCESS;
    }
    size = page_up(size);
    *start = vad_find_hole(&space->regions, size, space->low, space->top, top);
    *end = *start + size;
    return *start ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

enum { WITH_TABLES = VIRTUAL_COMMIT | VIRTUAL_PHYSICAL }; /* made beforehand: mapping can't fail */

/* Acquire what a new region needs; on failure nothing is left. */
static status_t acquire_region(struct space *space, struct vad *vad, uint32_t type, uint32_t tables)
{
    uint32_t pages = type & VIRTUAL_COMMIT ? pages_between(vad->start, vad->end) : 0;
    status_t status = space_charge(space, pages, pages);

    if (status)
        return status;
    if (type & VIRTUAL_WRITE_WATCH)
        status = watch_start(vad);
    if (!status && tables)
        status = space_make_tables(space, vad->start, vad->end - 1);
    if (status) {
        space_drop_tables(space, vad->start, vad->end - 1);
        space_uncharge(space, pages, pages);
        return status;
    }
    vad->commit = pages;
    return STATUS_SUCCESS;
}

static status_t reserve(struct space *space, va_t *base, uint32_t *size, uint32_t type, prot_t prot)
{
    uint32_t tables = 0;
    va_t start, end;
    struct vad *vad;
    status_t status = plan_reserve(space, *base, *size, type & VIRTUAL_TOP_DOWN, &start, &end);

    if (!status && type & WITH_TABLES)
        status = make_room(space, start, end, &tables);
    if (status)
        return status;
    vad = space_new_region(space, start, end, prot);
    if (!vad)
        return STATUS_NO_MEMORY;
    status = acquire_region(space, vad, type, tables);
    if (status) {
        region_free(vad);
        return status;
    }
    if (type & VIRTUAL_PHYSICAL)
        vad->flags = VAD_PHYSICAL | VAD_FIXED | VAD_RESIDENT;
    vad_insert(&space->regions, vad);
    space->last = vad;
    if (type & VIRTUAL_COMMIT)
        commit_pages(vad, start, end, prot);
    *base = start;
    *size = end - start;
    return STATUS_SUCCESS;
}

/* MEM_COMMIT in a view of a section (W155, W156). */
static status_t commit_in_view(struct vad *vad, va_t start, va_t end, prot_t prot)
{
    struct space *space = vad->space;
    struct section *section = vad->section;
    uint32_t first = page_index(vad, start);
    uint32_t old, size = end - start;
    uint32_t copies = prot_copies(prot) ? pages_between(start, end) : 0;
    status_t status;

    if (section->image || section->file || section->of_file)
        return STATUS_ALREADY_COMMITTED;
    if (!prot_allows(vad->prot, prot))
        return STATUS_INVALID_PAGE_PROTECTION;
    /* Charged beforehand and given back, so that protecting the pages can't fail for it. */
    status = space_charge(space, copies, 0);
    if (status)
        return status;
    status = section_commit(section, first, pages_between(start, end), section->prot);
    space_uncharge(space, copies, 0);
    if (status)
        return status;
    return virtual_protect(space, &start, &size, prot_to_windows(prot), &old);
}

static status_t commit_private(struct vad *vad, va_t start, va_t end, prot_t prot)
{
    struct space *space = vad->space;
    uint32_t fresh = pages_between(start, end), tables;
    status_t status = make_room(space, start, end, &tables);
    const pte_t *pte;

    if (status)
        return status;
    for (va_t va = start; (pte = paging_next(space->dir, &va, end)) != NULL; va += PAGE_SIZE)
        fresh -= *pte != 0;
    status = space_charge(space, fresh, fresh);
    if (status)
        return status;
    if (tables)
        status = space_make_tables(space, start, end - 1);
    if (status) {
        space_uncharge(space, fresh, fresh);
        return status;
    }
    vad->commit += fresh;
    commit_pages(vad, start, end, prot);
    return STATUS_SUCCESS;
}

static status_t commit(struct space *space, va_t *base, uint32_t *size, prot_t prot)
{
    struct vad *vad = space_region_of(space, base, size);

    if (!vad || vad->flags & VAD_FIXED)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->type != VAD_PRIVATE)
        return commit_in_view(vad, *base, *base + *size, prot);
    return commit_private(vad, *base, *base + *size, prot);
}

/* MEM_RESET: the content need not be written (W30 to W32, X4); a view's is not this program's alone. */
static status_t reset(struct space *space, va_t *base, uint32_t *size)
{
    struct vad *vad = space_region_of(space, base, size);
    va_t va = *base, end = va + *size;
    pte_t *pte;

    if (!vad)
        return *base && space_region(space, page_down(*base)) ? STATUS_CONFLICTING_ADDRESSES
                                                              : STATUS_MEMORY_NOT_ALLOCATED;
    for (; vad->type == VAD_PRIVATE && (pte = paging_next(space->dir, &va, end)); va += PAGE_SIZE)
        resident_forget(vad, va, pte);
    return STATUS_SUCCESS;
}

status_t virtual_allocate(struct space *space, va_t *base, uint32_t *size, uint32_t type,
                          uint32_t protect)
{
    prot_t prot = prot_from_windows(protect);
    status_t status = check_types(type, prot) ?: check_range(space, *base, *size);

    if (status)
        return status;
    if (!*base && type & VIRTUAL_COMMIT)
        type |= VIRTUAL_RESERVE; /* W19 */
    if (type == VIRTUAL_RESET)
        return reset(space, base, size);
    if (prot_copies(prot) && (type & VIRTUAL_RESERVE || !space_region(space, *base) ||
                              space_region(space, *base)->type == VAD_PRIVATE))
        return STATUS_INVALID_PAGE_PROTECTION; /* W38 */
    if (type & VIRTUAL_RESERVE)
        return reserve(space, base, size, type, prot);
    return commit(space, base, size, prot);
}

/* Take back the promises of [start, end). */
static void decommit(struct vad *vad, va_t start, va_t end)
{
    pfn_t dir = vad->space->dir;
    uint32_t pages = 0;
    pte_t *pte;

    for (va_t va = start; (pte = paging_next(dir, &va, end)) != NULL; va += PAGE_SIZE) {
        if (*pte) {
            if (pte_kind(*pte) == PTE_DEMAND_ZERO)
                *pte = 0;
            else
                resident_discard(vad, va, pte);
            pages++;
        }
    }
    if (vad->flags & VAD_PHYSICAL)
        return; /* charged otherwise */
    vad->commit -= pages;
    space_uncharge(vad->space, pages, pages);
}

static uint32_t committed_in(const struct vad *vad)
{
    const pte_t *pte;
    uint32_t count = 0;

    for (va_t va = vad->start; (pte = paging_next(vad->space->dir, &va, vad->end)) != NULL;
         va += PAGE_SIZE)
        count += *pte != 0;
    return count;
}

/* Release [start, end) of a region: all of it, an end, or a middle part that leaves two (W55).
 * => `rest` is room for a VAD when a middle part goes, else 0. */
static void release(struct vad *vad, va_t start, va_t end, struct vad *rest)
{
    struct space *space = vad->space;

    decommit(vad, start, end);
    space->last = NULL;
    if (rest) {
        vad_split(&space->regions, vad, rest, end);
        rest->commit = committed_in(rest);
        vad->commit -= rest->commit;
    }
    if (start > vad->start) {
        vad_shrink(&space->regions, vad, start);
    } else {
        vad_remove(&space->regions, vad);
        vad->start = end;
        if (end < vad->end)
            vad_insert(&space->regions, vad);
        else
            region_free(vad);
    }
    space_drop_tables(space, start, end - 1);
}

/* The range of a free call (W43 to W51, W53 to W57). */
static status_t plan_free(struct space *space, va_t *base, uint32_t *size, uint32_t type,
                          struct vad **vad)
{
    va_t start = page_down(*base), end;

    if (type != VIRTUAL_DECOMMIT && type != VIRTUAL_RELEASE)
        return STATUS_INVALID_PARAMETER_4;
    if (*base < space->low || *base >= space->top)
        return STATUS_INVALID_PARAMETER_2;
    if (*size > space->top - *base)
        return STATUS_INVALID_PARAMETER_3;
    *vad = space_region(space, start);
    if (!*vad)
        return STATUS_MEMORY_NOT_ALLOCATED;
    if ((*vad)->type != VAD_PRIVATE ||
        ((*vad)->flags & VAD_FIXED && !((*vad)->flags & VAD_PHYSICAL && type == VIRTUAL_RELEASE)))
        return STATUS_UNABLE_TO_DELETE_SECTION;
    if (*size == 0 && start != (*vad)->start)
        return STATUS_FREE_VM_NOT_AT_BASE;
    end = *size ? page_up(*base + *size) : (*vad)->end;
    if (end > (*vad)->end)
        return STATUS_UNABLE_TO_FREE_VM;
    *base = start;
    *size = end - start;
    return STATUS_SUCCESS;
}

status_t virtual_free(struct space *space, va_t *base, uint32_t *size, uint32_t type)
{
    va_t start = *base, end;
    uint32_t bytes = *size;
    struct vad *vad, *rest = NULL;
    status_t status = plan_free(space, &start, &bytes, type, &vad);

    if (status)
        return status;
    end = start + bytes;
    if (type == VIRTUAL_DECOMMIT) {
        decommit(vad, start, end);
    } else {
        if ((vad->watch || vad->flags & VAD_PHYSICAL) && bytes != vad->end - vad->start)
            return STATUS_INSUFFICIENT_RESOURCES; /* its bitmap, or the window, is one piece */
        if (start > vad->start && end < vad->end) {
            rest = pool_alloc(sizeof *rest, "Vad ");
            if (!rest)
                return STATUS_INSUFFICIENT_RESOURCES;
        }
        release(vad, start, end, rest);
    }
    *base = start;
    *size = bytes;
    return STATUS_SUCCESS;
}

void virtual_destroy(struct space *space, struct vad *vad)
{
    if (vad->type == VAD_PRIVATE)
        release(vad, vad->start, vad->end, NULL);
    else
        view_unmap(space, vad->start);
}

void virtual_mark(struct space *space, va_t va, unsigned flags, const char *tag)
{
    struct vad *vad = space_region(space, va);

    if (!vad)
        return;
    vad->flags |= flags;
    string_copy(vad->tag, tag, sizeof vad->tag);
}

status_t virtual_attach(struct space *space, va_t va, struct working_set *ws)
{
    struct vad *vad = space_region(space, va);
    const pte_t *pte;
    uint32_t locked;

    if (!vad || vad->type != VAD_PRIVATE)
        return STATUS_MEMORY_NOT_ALLOCATED;
    locked = virtual_locked(vad);
    if (ws && locked >= ws->maximum)
        return STATUS_WORKING_SET_QUOTA;
    reclaim_empty_region(vad); /* a locked page stays in RAM */
    vad->ws->locked -= locked;
    vad->ws = ws ? ws : &space->ws;
    vad->ws->locked += locked;
    for (va = vad->start; (pte = paging_next(space->dir, &va, vad->end)); va += PAGE_SIZE)
        if (pte_is_valid(*pte)) {
            replace_remove(pte_frame(*pte));
            replace_insert(vad->ws, pte_frame(*pte));
        }
    return STATUS_SUCCESS;
}
