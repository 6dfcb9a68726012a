/* mm.c - the facade: start, address spaces, totals, and the check of everything. */
#include "mm/mm.h"
#include "lib/string.h"

static pfn_t shared_frame;

status_t mm_init(const struct mm_options *options)
{
    uint32_t frames;

    pfn_poison = options->poison;
    if (options->policy)
        space_policy = options->policy;
    replace_switch(&space_kernel.ws, space_policy);
    shared_frame = pfn_alloc(PFN_USE_KERNEL, PFN_LOW | PFN_CLEAR);
    if (!shared_frame)
        return STATUS_NO_MEMORY;
    pfn_record(shared_frame)->shares = 1; /* the kernel's own: it never goes */
    frames = options->frames ? pfn_withhold(options->frames) : pfn_available();
    reclaim_init(frames);
    balance_init();
    /* A margin, so that a full house can still move: a page read back needs a free frame. */
    if (frames <= 2 * reclaim_settings.low)
        return STATUS_NO_MEMORY;
    commit_init(frames - 2 * reclaim_settings.low + pagefile_counters.slots);
    pfn_pin_limit = pfn_pinned() + frames - 2 * reclaim_settings.low;
    return STATUS_SUCCESS;
}

void *mm_shared_page(void)
{
    return machine_frame(shared_frame);
}

/* The 64 KB unit at LAYOUT_SHARED_PAGE: one read-only page, the rest unusable (W5, W66, W67). */
static status_t map_shared_page(struct space *space)
{
    struct vad *vad = space_new_region(space, LAYOUT_SHARED_PAGE, LAYOUT_USER_END, PROT_READONLY);
    pte_t *pte;
    status_t status = vad ? space_charge(space, 1, 1) : STATUS_NO_MEMORY;

    if (!status) {
        status = space_make_tables(space, LAYOUT_SHARED_PAGE, LAYOUT_SHARED_PAGE);
        if (status)
            space_uncharge(space, 1, 1);
    }
    if (status) {
        pool_free(vad);
        return status;
    }
    vad->flags = VAD_FIXED | VAD_RESIDENT;
    vad->commit = 1;
    string_copy(vad->tag, "shared with kernel", sizeof vad->tag);
    vad_insert(&space->regions, vad);
    pte = paging_find(space->dir, LAYOUT_SHARED_PAGE);
    resident_map(vad, LAYOUT_SHARED_PAGE, pte, shared_frame, PROT_READONLY);
    return STATUS_SUCCESS;
}

status_t mm_space_create(struct space **out, uint32_t id, const char *name)
{
    status_t status = reclaim_ensure(6);
    struct space *space;

    if (status)
        return status;
    space = pool_alloc(sizeof *space, "Spac");
    if (!space)
        return STATUS_NO_MEMORY;
    status = space_create(space, id, name);
    if (!status) {
        status = map_shared_page(space);
        if (status)
            space_destroy(space);
    }
    if (status) {
        pool_free(space);
        return status;
    }
    *out = space;
    return STATUS_SUCCESS;
}

void mm_space_delete(struct space *space)
{
    for (; space->regions.count; paging_rest(0)) /* there may be very many */
        virtual_destroy(space, vad_first(&space->regions));
    space_destroy(space);
    pool_free(space);
}

/* Could the CPU do this access now? */
static bool is_usable(const pte_t *pte, bool write)
{
    return pte && pte_is_valid(*pte) && (!write || *pte & PTE_W);
}

status_t mm_touch(struct space *space, va_t va, uint32_t size, bool write)
{
    if (size == 0)
        return STATUS_SUCCESS;
    for (va_t at = page_down(va); at < va || at - va < size; at += PAGE_SIZE) {
        while (!is_usable(paging_find(space->dir, at), write)) {
            status_t status = fault_page_in(space, at, write ? FAULT_WRITE : FAULT_READ);

            if (status)
                return status;
        }
    }
    return STATUS_SUCCESS;
}

enum { ROOM = 4 }; /* frames for a section, besides its tables of master PTEs */

status_t mm_section_create(struct section **section, uint32_t size, prot_t prot,
                           struct section_file *file, bool image, bool reserve)
{
    return reclaim_ensure(size / TABLE_SPAN + ROOM)
               ?: section_create(section, size, prot, file, image, reserve);
}

status_t mm_section_extend(struct section *section, uint32_t size)
{
    uint32_t tables = size / TABLE_SPAN - section->size / TABLE_SPAN;
    status_t status = tables ? reclaim_ensure(tables + ROOM) : STATUS_SUCCESS;

    return status ? status : section_extend(section, size);
}

static status_t get_page(struct section *section, uint32_t index, bool write, pfn_t *frame)
{
    status_t status;

    do
        status = resident_get(section, index, write, frame);
    while (status == STATUS_NO_MEMORY && reclaim_run());
    return status;
}

status_t mm_section_copy(struct section *section, uint32_t offset, void *buffer, uint32_t size,
                         bool write)
{
    char *at = buffer;

    while (size) {
        uint32_t index = offset >> PAGE_SHIFT, start = offset & PAGE_MASK;
        uint32_t part = size < PAGE_SIZE - start ? size : PAGE_SIZE - start;
        pfn_t frame;
        status_t status = get_page(section, index, write, &frame);
        char *bytes;

        if (status)
            return status;
        bytes = (char *)machine_frame(frame) + start;
        memcpy(write ? bytes : at, write ? at : bytes, part);
        resident_put(section, index);
        at += part;
        offset += part;
        size -= part;
    }
    return STATUS_SUCCESS;
}

void mm_totals(struct mm_totals *t)
{
    memset(t, 0, sizeof *t);
    t->ram_frames = pfn_limit - pfn_count[PFN_UNUSABLE];
    t->resident = pfn_uses[PFN_USE_PRIVATE] + pfn_uses[PFN_USE_SHARED] + pfn_uses[PFN_USE_PHYSICAL];
    t->kernel_frames = pfn_count[PFN_ACTIVE] - t->resident;
    t->available = pfn_available();
    t->free = pfn_count[PFN_FREE];
    t->zeroed = pfn_count[PFN_ZEROED];
    t->standby = pfn_count[PFN_STANDBY];
    t->modified = pfn_count[PFN_MODIFIED];
    t->commit = commit_counters.total;
    t->commit_limit = commit_limit();
    t->commit_peak = commit_counters.peak;
    t->slots = pagefile_counters.slots;
    t->slots_used = pagefile_counters.used;
    t->faults = fault_count;
    t->page_ins = pagefile_counters.reads;
    t->page_outs = pagefile_counters.writes;
    t->hard = fault_hard(fault_kind_count);
    t->soft = fault_soft(fault_kind_count);
}
