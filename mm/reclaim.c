/* reclaim.c - *how* pages go: trim, write, stand by.
 *
 * The policies say which page; here it is taken out of its working set, written if it has to
 * be, and left on the standby list for pfn_alloc() to take.  The paging file is synchronous, so a
 * write is done when resident_write() returns.
 */
#include "mm/reclaim.h"
#include "mm/pagefile.h"

enum { STEP = 4 };     /* frames more than `low`: what a fault works for */
enum { VISITS = 512 }; /* ... and no more, when it has looked at so many views of shared pages */

struct reclaim_settings reclaim_settings;
struct reclaim_counters reclaim_counters;

/* The fault during which every page had been trimmed, and still too little was available; 0: never.  For the next
 * PAUSE faults programs keep what they have, or else an instruction and what it touches might never be there
 * together. */
enum { PAUSE = 16 };
static uint32_t futile;

static struct working_set *giver; /* chosen by choose_set() */
static uint32_t more, retired;    /* pages that it still gives; replace_retired then */

void reclaim_init(uint32_t frames)
{
    uint32_t low = frames / 64;

    if (low < 12)
        low = 12;
    if (low > 256)
        low = 256;
    /* A run starts below `low`, and each fault takes a frame: before the last RESERVE of pfn.c are
     * reached, all pages have been looked at once.  So no fault has to look at all by itself. */
    reclaim_settings = (struct reclaim_settings){
        .low = low, .high = 3 * low, .cluster = 16, .effort = 32 + frames / (low - 8)};
    reclaim_counters = (struct reclaim_counters){0};
    futile = more = 0;
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
 * faults: then whoever faults would only ever push out its own pages, even if it has few.  The chosen one
 * gives a step, and of many sets some pages more, so that looking at all of them costs eight looks a page. */
static struct working_set *choose_set(void)
{
    uint32_t sets = 0;

    if (more && giver->count && retired == replace_retired) {
        more--;
        return giver;
    }
    giver = NULL;
    for (struct working_set *ws = replace_sets; ws; ws = ws->next, sets++)
        if (ws->count && (!giver || gives_before(ws, giver)))
            giver = ws;
    more = giver ? STEP - 1 + sets / 8 : 0;
    retired = replace_retired;
    return giver;
}

/* The page that goes next; `over`: of a set above its maximum.  The chosen set may be locked whole: then
 * any other gives one. */
static pfn_t choose_victim(bool over)
{
    struct working_set *ws = choose_set();
    pfn_t frame = PFN_NONE;

    if (ws && (!over || ws->count > ws->maximum))
        frame = replace_victim(ws);
    for (ws = frame ? NULL : replace_sets; ws && !frame; ws = ws->next)
        if (!over || ws->count > ws->maximum)
            frame = replace_victim(ws);
    return frame;
}

static void evict(pfn_t frame, bool write)
{
    const struct pfn *p = pfn_record(frame);

    p->ws->evictions++;
    resident_evict(frame, write);
    reclaim_counters.written += p->written;
    reclaim_counters.failed_writes += write && p->state == PFN_MODIFIED && pagefile_refuses;
}

static bool trim_one(bool over, bool write)
{
    pfn_t frame = choose_victim(over);

    if (!frame)
        return false;
    evict(frame, write && !pfn_count[PFN_MODIFIED]);
    reclaim_counters.trimmed++;
    return true;
}

uint32_t reclaim_to_maximum(uint32_t pages)
{
    uint32_t done = 0, before = resident_visits;

    while (done < pages && resident_visits - before < VISITS && trim_one(true, false))
        done++;
    return done;
}

/* MODIFIED frames for which there is a slot. */
static uint32_t writable(void)
{
    uint32_t slots = pagefile_free_slots(), slotless = pfn_slotless;

    return pfn_count[PFN_MODIFIED] - slotless + (slotless < slots ? slotless : slots);
}

uint32_t reclaim_ready(void)
{
    return pfn_available() + (!pfn_count[PFN_MODIFIED] || pagefile_refuses ? 0 : writable());
}

uint32_t reclaim_write(uint32_t pages)
{
    uint32_t done = 0;

    for (uint32_t tries = pages; tries && writable(); tries--) {
        if (resident_write(pfn_first(PFN_MODIFIED)))
            reclaim_counters.failed_writes++;
        else
            done++;
    }
    reclaim_counters.written += done;
    return done;
}

/* A run until `goal` frames are available. */
static bool run(uint32_t goal)
{
    uint32_t trims = 0, written = 0, done, before = resident_visits;
    bool refused = pagefile_refuses;

    reclaim_counters.runs++;
    while (reclaim_ready() < goal && trims < reclaim_settings.effort &&
           resident_visits - before < VISITS && trim_one(false, true))
        trims++;
    while (pfn_available() < goal && (done = reclaim_write(goal - pfn_available())) > 0)
        written += done;
    if (trims < reclaim_settings.effort && resident_visits - before < VISITS &&
        pfn_available() < reclaim_settings.low)
        futile = fault_count;
    return trims + written > 0 || pagefile_refuses != refused;
}

bool reclaim_run(void)
{
    return run(reclaim_settings.low + STEP);
}

bool reclaim_due(void)
{
    return pfn_available() < reclaim_settings.low && (!futile || fault_count - futile >= PAUSE);
}

static bool belongs_to(pfn_t frame, const struct working_set *ws)
{
    const struct pfn *p = pfn_record(frame);
    const struct vad *vad = p->use == PFN_USE_PRIVATE ? vad_find(&p->owner->regions, p->va) : NULL;

    return vad && vad->ws == ws;
}

/* When more pages of this set stand by than may, the one that does for longest leaves RAM.  Counted anew each
 * time: others take such pages, too, and programs give them up. */
static void limit_standby(const struct working_set *ws)
{
    pfn_t oldest = PFN_NONE;
    uint32_t count = 0;

    for (pfn_t frame = pfn_first(PFN_STANDBY); frame; frame = pfn_record(frame)->next) {
        if (!belongs_to(frame, ws))
            continue;
        if (count++ == 0)
            oldest = frame;
    }
    if (count > ws->standby)
        pfn_take_away(oldest);
}

void reclaim_one(struct working_set *ws)
{
    pfn_t frame = replace_victim(ws);

    MM_ASSERT(frame != PFN_NONE);
    evict(frame, ws->exact || ws->standby);
    ws->writes += pfn_record(frame)->written;
    if (ws->exact && pfn_record(frame)->state == PFN_STANDBY)
        pfn_take_away(frame);
    if (!ws->exact && ws->standby)
        limit_standby(ws);
}

status_t reclaim_make_room(uint32_t frames)
{
    uint32_t wanted = frames + reclaim_settings.low;

    while (pfn_available() < wanted && run(wanted))
        ;
    return pfn_available() >= frames ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void reclaim_empty_region(const struct vad *vad)
{
    pfn_t dir = vad->space->dir;
    pte_t *pte;

    for (va_t va = vad->start; (pte = paging_next(dir, &va, vad->end)) != NULL; va += PAGE_SIZE)
        if (pte_is_valid(*pte) && !resident_is_locked(vad, va, *pte))
            resident_trim(vad, va, pte);
}

void reclaim_empty(struct space *space)
{
    for (struct vad *vad = vad_first(&space->regions); vad; vad = vad_next(vad))
        if (!(vad->flags & VAD_RESIDENT))
            reclaim_empty_region(vad);
}
