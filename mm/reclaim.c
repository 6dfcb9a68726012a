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

static uint32_t above(uint32_t count, uint32_t limit)
{
    return count > limit ? count - limit : 0;
}

/* Should `a` give a page rather than `b`?  Sets above their maximum first, the one furthest above
 * it; then sets above their minimum (W127); when all are below theirs, the largest. */
static bool gives_before(const struct working_set *a, const struct working_set *b)
{
    uint32_t a_over = above(a->count, a->maximum), b_over = above(b->count, b->maximum);

    if (a_over == b_over) {
        a_over = above(a->count, a->minimum);
        b_over = above(b->count, b->minimum);
    }
    return a_over > b_over || (a_over == b_over && a->count > b->count);
}

/* The working set that gives the next page.  Those that want most end up with equal shares, and one
 * that stays below its maximum keeps its pages, however much the others thrash.  Not chosen by who
 * faults: then whoever faults would only ever push out its own pages, even if it has few. */
static struct working_set *choose_set(void)
{
    struct working_set *best = NULL;

    for (struct working_set *ws = replace_sets; ws; ws = ws->next)
        if (ws->count && (!best || gives_before(ws, best)))
            best = ws;
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

static void trim(pfn_t frame)
{
    pfn_record(frame)->ws->evictions++;
    resident_evict(frame);
    reclaim_counters.trimmed++;
}

static bool trim_one(void)
{
    struct working_set *ws = choose_set();
    pfn_t frame = ws ? replace_victim(ws) : PFN_NONE;

    if (ws && !frame)
        frame = victim_of_any_set();
    if (frame)
        trim(frame);
    return frame != PFN_NONE;
}

uint32_t reclaim_to_maximum(uint32_t pages)
{
    uint32_t done = 0;

    while (done < pages) {
        struct working_set *ws = choose_set();
        pfn_t frame = ws && ws->count > ws->maximum ? replace_victim(ws) : PFN_NONE;

        if (!frame)
            break;
        trim(frame);
        done++;
    }
    return done;
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

static bool belongs_to(pfn_t frame, const struct working_set *ws)
{
    const struct pfn *p = pfn_record(frame);
    const struct vad *vad = p->use == PFN_USE_PRIVATE ? vad_find(&p->owner->regions, p->va) : NULL;

    return vad && vad->ws == ws;
}

/* The page of this set that stands by for longest leaves RAM.  If others have taken them all, none
 * is waiting any more. */
static void take_oldest(struct working_set *ws)
{
    for (pfn_t frame = pfn_first(PFN_STANDBY); frame; frame = pfn_record(frame)->next) {
        if (belongs_to(frame, ws)) {
            pfn_take_away(frame);
            ws->waiting--;
            return;
        }
    }
    ws->waiting = 0;
}

/* Write the frame at once, which has just left the set. */
static void write_one(struct working_set *ws, pfn_t frame)
{
    if (resident_write(frame)) {
        reclaim_counters.failed_writes++;
    } else {
        ws->writes++;
        reclaim_counters.written++;
    }
}

status_t reclaim_one(struct working_set *ws)
{
    pfn_t frame = replace_victim(ws);

    if (!frame)
        return STATUS_NO_MEMORY;
    ws->evictions++;
    resident_evict(frame);
    if (!ws->exact && !ws->standby)
        return STATUS_SUCCESS;
    if (pfn_record(frame)->state == PFN_MODIFIED)
        write_one(ws, frame);
    if (ws->exact && pfn_record(frame)->state == PFN_STANDBY)
        pfn_take_away(frame);
    if (!ws->exact && ++ws->waiting > ws->standby)
        take_oldest(ws);
    return STATUS_SUCCESS;
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
        else if (pte_is_valid(*pte) && !resident_is_locked(vad, va, *pte))
            resident_trim(space, va, pte);
    }
}

void reclaim_empty(struct space *space)
{
    for (struct vad *vad = vad_first(&space->regions); vad; vad = vad_next(vad))
        if (!(vad->flags & VAD_RESIDENT))
            empty_region(space, vad);
}
