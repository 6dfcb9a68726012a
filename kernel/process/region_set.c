/* region_set.c - working sets that belong to one region instead of a whole process.
 *
 * A region knows its set, but a set outlives its region: the program may release the region, or a
 * part of it, at any time.  So the sets stand in a list here and those that nobody uses any more
 * are swept when the next one is made or the space goes.
 */
#include "kernel/process/region_set.h"

struct region_set {
    struct working_set ws;
    const struct space *space;
    struct region_set *next;
    uint32_t seen; /* the last sweep that found a region with it */
};

static struct region_set *sets;

/* Free the sets of `space` that no region uses; `all`: the space is gone, too. */
static void sweep(const struct space *space, bool all)
{
    struct region_set **link = &sets, *set;
    static uint32_t sweeps;

    sweeps++;
    for (const struct vad *v = all ? NULL : vad_first(&space->regions); v; v = vad_next(v))
        if (v->ws != &space->ws)
            ((struct region_set *)v->ws)->seen = sweeps;
    while ((set = *link) != NULL) {
        if (set->space == space && (all || set->seen != sweeps)) {
            *link = set->next;
            replace_retire(&set->ws);
            pool_free(set);
        } else {
            link = &set->next;
        }
    }
}

/* Pages that belong to no policy, such as the one shared with the kernel, stay that way. */
static status_t check_region(struct space *space, va_t va)
{
    const struct vad *vad = space_region(space, va);

    if (!vad || vad->type != VAD_PRIVATE)
        return STATUS_MEMORY_NOT_ALLOCATED;
    return vad->flags & (VAD_FIXED | VAD_RESIDENT) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

status_t region_set_attach(struct space *space, va_t va, const struct replace_policy *policy,
                           uint32_t maximum, uint32_t standby, bool exact)
{
    struct region_set *set;
    status_t status = maximum ? check_region(space, va) : STATUS_INVALID_PARAMETER;

    if (status)
        return status;
    sweep(space, false);
    set = pool_alloc(sizeof *set, "RSet");
    if (!set)
        return STATUS_NO_MEMORY;
    set->ws.maximum = maximum;
    set->ws.capped = true;
    set->ws.exact = exact;
    set->ws.standby = standby < pfn_limit ? standby : pfn_limit; /* policies count with it */
    replace_init(&set->ws, policy ? policy : space->ws.policy, &resident_view);
    set->space = space;
    set->next = sets;
    sets = set;
    status = virtual_attach(space, va, &set->ws);
    sweep(space, false); /* the one that was replaced, or the new one if it was refused */
    return status;
}

status_t region_set_detach(struct space *space, va_t va)
{
    status_t status = check_region(space, va) ?: virtual_attach(space, va, NULL);

    sweep(space, false);
    return status;
}

const struct working_set *region_set_find(struct space *space, va_t va)
{
    const struct vad *vad = space_region(space, va);

    return vad && vad->ws != &space->ws ? vad->ws : NULL;
}

void region_set_space_gone(const struct space *space)
{
    sweep(space, true);
}
