/* space.c - an address space: a directory, its regions, its working set, its counters.
 *
 * The kernel's half of every directory names the same tables, so the kernel's mappings are one
 * for all.  When the kernel's own space grows a table, it is entered in every directory at once.
 */
#include "mm/space.h"
#include "mm/commit.h"
#include "mm/layout.h"
#include "lib/list.h"
#include "lib/string.h"

enum { KERNEL_ENTRY = LAYOUT_KERNEL / TABLE_SPAN, SELF_ENTRY = LAYOUT_TABLES / TABLE_SPAN };
enum { MINIMUM = 50, MAXIMUM = 345 }; /* pages of a working set (W127) */

struct space space_kernel;
const struct replace_policy *space_policy;

static const struct replace_view *space_view;

static void start(struct space *space, uint32_t id, const char *name)
{
    space->id = id;
    string_copy(space->name, name, sizeof space->name);
    space->ws.minimum = MINIMUM;
    space->ws.maximum = MAXIMUM;
    replace_init(&space->ws, space_policy, space_view);
}

void space_init(pfn_t dir, const struct replace_view *view)
{
    space_view = view;
    memset(&space_kernel, 0, sizeof space_kernel);
    replace_sets = NULL;
    space_policy = replace_policies[0];
    space_kernel.dir = dir;
    space_kernel.low = LAYOUT_SPACE_LOW;
    space_kernel.top = LAYOUT_SPACE_TOP;
    start(&space_kernel, 0, "kernel");
}

/* Give a fresh directory the kernel's half and its view of itself. */
static void share_kernel_half(pfn_t dir)
{
    pte_t *entries = paging_words(dir);
    const pte_t *kernel = paging_words(space_kernel.dir);

    memcpy(entries + KERNEL_ENTRY, kernel + KERNEL_ENTRY,
           (TABLE_PTES - KERNEL_ENTRY) * sizeof *entries);
    entries[SELF_ENTRY] = dir << PAGE_SHIFT | PTE_P | PTE_W;
}

status_t space_create(struct space *space, uint32_t id, const char *name)
{
    status_t status = commit_charge(1);

    if (status)
        return status;
    status = paging_create(&space->dir);
    if (status) {
        commit_release(1);
        return status;
    }
    space->low = LAYOUT_USER_LOW;
    space->top = LAYOUT_USER_TOP;
    space->commit = space->tables = 1;
    share_kernel_half(space->dir);
    start(space, id, name);
    space->next = space_kernel.next;
    space_kernel.next = space;
    return STATUS_SUCCESS;
}

void space_destroy(struct space *space)
{
    MM_ASSERT(space->regions.count == 0 && space->resident == 0 && space->commit == 1);
    LIST_UNLINK(space_kernel.next, space, next);
    replace_retire(&space->ws);
    memset(paging_words(space->dir) + KERNEL_ENTRY, 0, (TABLE_PTES - KERNEL_ENTRY) * sizeof(pte_t));
    pfn_free(space->dir, true);
    commit_release(1);
}

struct vad *space_look_up(struct space *space, va_t va)
{
    struct vad *region = vad_find(&space->regions, va);

    if (region)
        space->last = region;
    return region;
}

status_t space_charge(struct space *space, uint32_t pages, uint32_t private)
{
    status_t status = commit_charge(pages);

    if (status)
        return status;
    space->commit += pages;
    space->private_commit += private;
    if (space->private_commit > space->peak_commit)
        space->peak_commit = space->private_commit;
    return STATUS_SUCCESS;
}

void space_uncharge(struct space *space, uint32_t pages, uint32_t private)
{
    MM_ASSERT(pages <= space->commit && private <= space->private_commit);
    commit_release(pages);
    space->commit -= pages;
    space->private_commit -= private;
}

/* Every directory names the kernel's tables. */
static void share_tables(va_t first, va_t last)
{
    for (unsigned i = directory_index(first); i <= directory_index(last); i++) {
        pte_t entry = paging_words(space_kernel.dir)[i];

        for (struct space *s = space_kernel.next; s; s = s->next)
            paging_words(s->dir)[i] = entry;
    }
}

bool space_pages(const struct space *space, va_t *base, uint32_t *size)
{
    va_t start = page_down(*base);

    if (*size == 0 || *base >= space->top || *size > space->top - *base)
        return false;
    *size = page_up(*base + *size) - start;
    *base = start;
    return true;
}

struct vad *space_region_of(struct space *space, va_t *base, uint32_t *size)
{
    struct vad *vad = space_pages(space, base, size) ? space_region(space, *base) : NULL;

    return vad && *size <= vad->end - *base ? vad : NULL;
}

status_t space_make_tables(struct space *space, va_t first, va_t last)
{
    uint32_t missing = paging_missing(space->dir, first, last), made;
    status_t status = space_charge(space, missing, 0);

    if (status)
        return status;
    status = paging_make(space->dir, first, last, space != &space_kernel, &made);
    space->tables += made;
    space_uncharge(space, missing - made, 0);
    if (space == &space_kernel)
        share_tables(first, last);
    return status;
}

void space_drop_tables(struct space *space, va_t first, va_t last)
{
    if (space == &space_kernel)
        return; /* other directories name them: kept for next time */
    for (va_t at = first & ~(TABLE_SPAN - 1); at <= last; at += TABLE_SPAN) {
        if (vad_overlaps(&space->regions, at, at + TABLE_SPAN))
            continue;
        if (paging_drop(space->dir, at)) {
            space->tables--;
            space_uncharge(space, 1, 0);
        }
    }
}
