/* section.c - memory that can be shared: its master PTEs and its lifetime.
 *
 * The masters are reached through a directory of the section's own, so "find the word" is the
 * same two steps as for a process.  All its tables exist from the start: a fault never makes one.
 */
#include "mm/section.h"
#include "mm/commit.h"
#include "mm/pagefile.h"
#include "mm/pool.h"
#include "lib/list.h"

struct section *section_all;

pte_t *section_master(const struct section *section, uint32_t index)
{
    return index < section->pages ? paging_find(section->dir, index << PAGE_SHIFT) : NULL;
}

/* A long walk over the pages lets interrupts in between two tables. */
static void rest_at(uint32_t index)
{
    paging_rest(index % TABLE_PTES << PAGE_SHIFT);
}

static uint32_t pages_of(uint32_t size)
{
    return (size >> PAGE_SHIFT) + !!(size & PAGE_MASK);
}

bool section_owns(const struct section *section, pte_t master)
{
    enum pte_kind kind = pte_kind(master);

    if (kind == PTE_EMPTY)
        return false;
    if (!section->file || prot_writable(pte_prot(master)) || kind == PTE_PAGEFILE)
        return true;
    if (kind != PTE_VALID && kind != PTE_TRANSITION)
        return false;
    return pfn_record(pte_frame(master))->modified || pfn_record(pte_frame(master))->slot;
}

static status_t charge_section(struct section *section, uint32_t pages)
{
    status_t status = commit_charge(pages);

    if (!status)
        section->commit += pages;
    return status;
}

status_t section_make_own(struct section *section, pte_t master)
{
    return section_owns(section, master) ? STATUS_SUCCESS : charge_section(section, 1);
}

/* Charge, make the tables and fill in the masters of pages [section->pages, pages). */
static status_t grow(struct section *section, uint32_t pages, prot_t prot)
{
    uint32_t from = section->pages, made;
    va_t last = (pages - 1) << PAGE_SHIFT;
    uint32_t tables = paging_missing(section->dir, from << PAGE_SHIFT, last);
    pte_t word = section->file ? pte_prototype(prot) : pte_demand_zero(prot);
    uint32_t charge = !section->reserve && section_owns(section, word) ? pages - from : 0;
    status_t status = commit_charge(tables + charge);

    if (status)
        return status;
    status = paging_make(section->dir, from << PAGE_SHIFT, last, false, &made);
    section->tables += made;
    if (status) {
        commit_release(tables - made + charge);
        return status; /* the tables stay: section_release() gives them back */
    }
    section->commit += charge;
    section->pages = pages;
    for (uint32_t i = from; i < pages && !section->reserve; rest_at(++i))
        *section_master(section, i) = word;
    return STATUS_SUCCESS;
}

status_t section_create(struct section **out, uint32_t size, prot_t prot, struct section_file *file,
                        bool image, bool reserve)
{
    struct section *section;
    status_t status = commit_charge(1); /* its directory */

    if (status)
        return status;
    section = pool_alloc(sizeof *section, "Sect");
    if (!section || paging_create(&section->dir)) {
        pool_free(section);
        commit_release(1);
        return STATUS_NO_MEMORY;
    }
    LIST_PUSH(section_all, section, next, prev);
    section->references = 1;
    section->prot = prot;
    section->image = image;
    section->reserve = reserve;
    section->size = size;
    section->file = file;
    status = size ? grow(section, pages_of(size), prot) : STATUS_SUCCESS;
    if (status) {
        section->file = NULL; /* stays the caller's */
        section_release(section);
        return status;
    }
    *out = section;
    return STATUS_SUCCESS;
}

status_t section_extend(struct section *section, uint32_t size)
{
    uint32_t pages = pages_of(size);
    status_t status = STATUS_SUCCESS;

    MM_ASSERT(!section->file && size >= section->size);
    if (pages > section->pages)
        status = grow(section, pages, section->prot);
    if (!status)
        section->size = size;
    return status;
}

void section_reference(struct section *section)
{
    section->references++;
}

/* Nobody maps the section any more, so no master is VALID. */
static void forget_page(pte_t *master)
{
    struct pfn *p = pfn_record(pte_frame(*master));

    switch (pte_kind(*master)) {
    case PTE_TRANSITION:
        if (p->slot)
            pagefile_free(p->slot);
        pfn_free(pte_frame(*master), false);
        break;
    case PTE_PAGEFILE:
        pagefile_free(pte_slot(*master));
        break;
    default:
        MM_ASSERT(!pte_is_valid(*master));
    }
    *master = 0;
}

void section_release(struct section *section)
{
    MM_ASSERT(section->references > 0);
    if (--section->references)
        return;
    MM_ASSERT(!section->views);
    LIST_TAKE(section_all, section, next, prev);
    for (uint32_t i = 0; i < section->pages; rest_at(++i))
        forget_page(section_master(section, i));
    paging_destroy(section->dir, 0, TABLE_PTES);
    commit_release(section->commit + section->tables + 1);
    if (section->file && section->file->release)
        section->file->release(section->file);
    pool_free(section);
}

status_t section_set_pages(struct section *section, uint32_t first, uint32_t count, prot_t prot,
                           bool zero)
{
    pte_t word = zero ? pte_demand_zero(prot) : pte_prototype(prot);
    status_t status = charge_section(section, section_owns(section, word) ? count : 0);

    MM_ASSERT(section->image && first <= section->pages && count <= section->pages - first);
    for (uint32_t i = first; i < first + count && !status; rest_at(++i))
        *section_master(section, i) = word;
    return status;
}

status_t section_commit(struct section *section, uint32_t first, uint32_t count, prot_t prot)
{
    uint32_t missing = 0;
    status_t status;

    MM_ASSERT(first <= section->pages && count <= section->pages - first);
    for (uint32_t i = first; i < first + count; rest_at(++i))
        missing += *section_master(section, i) == 0;
    status = charge_section(section, missing);
    if (status)
        return status;
    for (uint32_t i = first; i < first + count; rest_at(++i))
        if (*section_master(section, i) == 0)
            *section_master(section, i) = pte_demand_zero(prot);
    return STATUS_SUCCESS;
}
