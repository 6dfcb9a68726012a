/* reclaim.c - *how* pages go: trim, write, stand by.
 *
 * The policies say which page; here it is taken out of its working set, written if it has to
 * be, and left on the standby list for pfn_alloc() to take.  The paging file is synchronous, so a
 * write is done when resident_write() returns.
 */
#include "mm/reclaim.h"
#include "mm/machine.h"
#include "mm/pagefile.h"

struct reclaim_settings reclaim_settings;
struct reclaim_counters reclaim_counters;

void reclaim_init(uint32_t frames)
{
    uint32_t low = frames / 64;

    if (low < 12)
        low = 12;
    if (low > 256)
        low = 256;
    reclaim_settings = (struct reclaim_settings){.low = low, .high = 3 * low, .cluster = 16};
    reclaim_counters = (struct reclaim_counters){0};
}

/* How much a working set may be asked to give: nothing, while it is below its minimum. */
static uint32_t excess(const struct working_set *ws)
{
    return ws->count > ws->minimum ? ws->count - ws->minimum : 0;
}

/* The working set that gives the next page: the one furthest above its minimum; when all are below
 * theirs, the largest. */
static struct working_set *choose_set(void)
{
    struct working_set *best = NULL;

    for (struct working_set *ws = replace_sets; ws; ws = ws->next) {
        if (!ws->count)
            continue;
        if (!best || excess(ws) > excess(best) ||
            (excess(ws) == excess(best) && ws->count > best->count))
            best = ws;
    }
    return best;
}

/* Some unlocked page, the chosen set having none: for the case that one set is locked whole. */
static pfn_t victim_of_any_set(void)
{
    pfn_t frame = PFN_NONE;

    for (struct working_set *ws = replace_sets; ws && !frame; ws = ws->next)
        frame = replace_victim(ws);
    return frame;
}

static bool trim_one(void)
{
    struct working_set *ws = choose_set();
    pfn_t frame = ws ? replace_victim(ws) : PFN_NONE;

    if (ws && !frame)
        frame = victim_of_any_set();
    if (!frame)
        return false;
    pfn_record(frame)->ws->evictions++;
    resident_evict(frame);
    reclaim_counters.trimmed++;
    return true;
}

uint32_t reclaim_write(uint32_t pages)
{
    uint32_t done = 0, tries = pfn_count[PFN_MODIFIED];

    while (done < pages && tries--) {
        pfn_t frame = pfn_first(PFN_MODIFIED);

        if (resident_write(frame)) {
            reclaim_counters.failed_writes++;
            pfn_move(frame, PFN_MODIFIED); /* to the tail: the others get their turn */
        } else {
            done++;
        }
    }
    reclaim_counters.written += done;
    return done;
}

uint32_t reclaim_run(void)
{
    uint32_t before = pfn_available(), high = reclaim_settings.high;

    reclaim_counters.runs++;
    while (pfn_available() + pfn_count[PFN_MODIFIED] < high && trim_one())
        ;
    while (pfn_available() < high && reclaim_write(reclaim_settings.cluster))
        ;
    return pfn_available() > before ? pfn_available() - before : 0;
}

status_t reclaim_one(struct working_set *ws)
{
    pfn_t frame = replace_victim(ws);
    status_t status = STATUS_SUCCESS;

    if (!frame)
        return STATUS_NO_MEMORY;
    ws->evictions++;
    resident_evict(frame);
    if (!ws->exact)
        return STATUS_SUCCESS;
    if (pfn_record(frame)->state == PFN_MODIFIED) {
        status = resident_write(frame);
        ws->writes++;
        reclaim_counters.written++;
    }
    if (!status)
        pfn_take_away(frame);
    return status;
}

status_t reclaim_ensure(uint32_t frames)
{
    uint32_t wanted = frames + reclaim_settings.low, high = reclaim_settings.high;

    if (pfn_available() >= wanted)
        return STATUS_SUCCESS;
    reclaim_settings.high = wanted > high ? wanted : high;
    reclaim_run();
    reclaim_settings.high = high;
    return pfn_available() >= frames ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Trim the pages of one region that may go. */
static void empty_region(struct space *space, const struct vad *vad)
{
    for (va_t va = vad->start; va < vad->end; va += PAGE_SIZE) {
        pte_t *pte = paging_find(space->dir, va);

        if (!pte)
            va = (va | (TABLE_SPAN - 1)) - PAGE_MASK; /* on to the next table */
        else if (pte_is_valid(*pte) && !pfn_record(pte_frame(*pte))->locks)
            resident_trim(space, va, pte);
    }
}

void reclaim_empty(struct space *space)
{
    for (struct vad *vad = vad_first(&space->regions); vad; vad = vad_next(vad))
        if (!(vad->flags & VAD_RESIDENT))
            empty_region(space, vad);
}
