/* trace_sets.c - the working sets on the trace port: which frame came, went, was chosen.
 *
 * The fault trace alone can't be replayed: a page may also come without a fault (the kernel reaches
 * into another process) and go without a victim (the program frees it).  These records hold the rest,
 * so that a host can follow every ring and ask the same policy the same questions.  They are written
 * at once, before the record of the fault that caused them, and only when somebody asked for them.
 */
#include "kernel/watch/trace.h"

static void write_event(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    static const char *const names[] = {
        [REPLACE_IN] = "in", [REPLACE_OUT] = "out", [REPLACE_VICTIM] = "victim"};
    const struct pfn *p = pfn_record(frame);
    bool private = p->use == PFN_USE_PRIVATE;
    const uint32_t record[] = {(uint32_t)(uintptr_t)ws, frame, private ? p->owner->id : 0, p->va,
                               private};

    trace_send('S', record, sizeof record,
               (const char *const[]){names[event], ws->policy->name, NULL});
}

void trace_sets(bool on)
{
    replace_watcher = on ? write_event : NULL;
}

bool trace_sets_on(void)
{
    return replace_watcher != NULL;
}
