/* replace.c - the ring that every working set keeps, and the table of policies. */
#include "mm/replace.h"
#include "lib/list.h"
#include "lib/string.h"

const struct replace_policy *const replace_policies[] = {
    &replace_adaptive, &replace_clock,  &replace_fifo, &replace_clean, &replace_nru, &replace_aging,
    &replace_wsclock,  &replace_random, NULL};

struct working_set *replace_sets;
uint32_t replace_retired;
void (*replace_watcher)(enum replace_event event, const struct working_set *ws, pfn_t frame);

const struct replace_policy *replace_find(const char *name)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        if (strcmp((*p)->name, name) == 0)
            return *p;
    return NULL;
}

void replace_init(struct working_set *ws, const struct replace_policy *policy,
                  const struct replace_view *view)
{
    MM_ASSERT(ws->count == 0);
    ws->policy = policy;
    ws->view = view;
    ws->next = replace_sets;
    replace_sets = ws;
    if (policy->start)
        policy->start(ws);
}

void replace_retire(struct working_set *ws)
{
    MM_ASSERT(ws->count == 0);
    LIST_UNLINK(replace_sets, ws, next);
    replace_retired++;
}

void replace_switch(struct working_set *ws, const struct replace_policy *policy)
{
    ws->policy = policy;
    memset(ws->word, 0, sizeof ws->word);
    if (policy->start)
        policy->start(ws);
}

/* Apart, so that an insertion that nobody watches saves nothing for another call. */
void replace_insert_watched(struct working_set *ws, pfn_t frame)
{
    replace_watcher(REPLACE_IN, ws, frame);
    if (ws->policy->inserted)
        ws->policy->inserted(ws, frame);
}

void replace_remove(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);
    struct working_set *ws = p->ws;

    if (replace_watcher)
        replace_watcher(REPLACE_OUT, ws, frame);
    replace_leave(ws, frame);
    if (--ws->count == 0)
        ws->hand = ws->walk = PFN_NONE;
    p->next = p->prev = PFN_NONE;
    p->ws = NULL;
}

pfn_t replace_victim(struct working_set *ws)
{
    pfn_t frame = ws->count ? ws->policy->victim(ws) : PFN_NONE;

    MM_ASSERT(!frame || (pfn_record(frame)->ws == ws && !pfn_record(frame)->locks));
    if (replace_watcher && frame)
        replace_watcher(REPLACE_VICTIM, ws, frame);
    return frame;
}
