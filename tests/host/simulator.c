/* simulator.c - the replacement policies of mm/ without a machine, and LRU and OPT. */
#include "tests/host/simulator.h"

#include "mm/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = 0 };

/* The simulated machine: frame f holds page page_in[f]; page p is in frame frame_of[p]. */
static uint32_t *page_in;
static pfn_t *frame_of;
static uint8_t *a_bit, *d_bit;

static bool accessed(pfn_t frame)
{
    return a_bit[frame];
}

static void clear_accessed(pfn_t frame)
{
    a_bit[frame] = 0;
}

static bool dirty(pfn_t frame)
{
    return d_bit[frame];
}

static const struct replace_view view = {accessed, clear_accessed, dirty};

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory) {
        fprintf(stderr, "the simulator is out of memory\n");
        exit(1);
    }
    return memory;
}

static void machine_up(uint32_t frames, uint32_t pages)
{
    struct pfn *database = zeroed(frames + 1, sizeof *database);

    pfn_init(database, frames + 1);
    pfn_add(1, frames + 1);
    page_in = zeroed(frames + 1, sizeof *page_in);
    frame_of = zeroed(pages, sizeof *frame_of);
    a_bit = zeroed(frames + 1, 1);
    d_bit = zeroed(frames + 1, 1);
}

static void machine_down(void)
{
    free(pfn_database);
    free(page_in);
    free(frame_of);
    free(a_bit);
    free(d_bit);
}

/* The policy's victim.  Nothing is locked here, so there is one. */
static pfn_t choose(struct working_set *ws, struct simulation *result)
{
    pfn_t frame = replace_victim(ws);

    if (frame == PFN_NONE)
        machine_panic("victim() of policy %s finds none, though no frame is locked",
                      ws->policy->name);
    result->writes += d_bit[frame];
    replace_remove(frame);
    return frame;
}

/* The victim's frame, empty. */
static pfn_t evict(struct working_set *ws, struct simulation *result)
{
    pfn_t frame = choose(ws, result);

    frame_of[page_in[frame]] = NOWHERE;
    d_bit[frame] = 0;
    return frame;
}

/* The end of a run: every page goes, and the machine. */
static void take_down(struct working_set *ws)
{
    while (ws->count)
        replace_remove(ws->hand);
    replace_retire(ws);
    machine_down();
}

struct simulation simulate_policy(const struct reference_string *string, uint32_t frames,
                                  const struct replace_policy *policy)
{
    struct simulation result = {0};
    struct working_set ws = {.maximum = frames};
    pfn_t unused = 1;

    machine_up(frames, string->pages);
    replace_sets = NULL;
    replace_init(&ws, policy, &view);
    for (uint32_t i = 0; i < string->count; i++) {
        uint32_t page = string->page[i];
        pfn_t frame = frame_of[page];

        if (frame == NOWHERE) {
            result.hard++;
            frame = ws.count < frames ? unused++ : evict(&ws, &result);
            if (pfn_record(frame)->state != PFN_ACTIVE)
                pfn_move(frame, PFN_ACTIVE);
            pfn_record(frame)->va = page << PAGE_SHIFT;
            page_in[frame] = page;
            frame_of[page] = frame;
            replace_insert(&ws, frame);
        }
        a_bit[frame] = 1;
        d_bit[frame] |= string->write[i];
    }
    take_down(&ws);
    return result;
}

/* The standby list: frames in the order in which they came, linked through their records. */
struct standby {
    pfn_t oldest, newest;
    uint32_t count;
    uint8_t *waits; /* by frame */
};

static void standby_leave(struct standby *s, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    *(p->prev ? &pfn_record(p->prev)->next : &s->oldest) = p->next;
    *(p->next ? &pfn_record(p->next)->prev : &s->newest) = p->prev;
    p->next = p->prev = PFN_NONE;
    s->waits[frame] = 0;
    s->count--;
}

/* The policy's victim, written if it must be, waits at the end of the list. */
static void to_standby(struct standby *s, struct working_set *ws, struct simulation *result)
{
    pfn_t frame = choose(ws, result);

    d_bit[frame] = a_bit[frame] = 0;
    pfn_record(frame)->prev = s->newest;
    *(s->newest ? &pfn_record(s->newest)->next : &s->oldest) = frame;
    s->newest = frame;
    s->waits[frame] = 1;
    s->count++;
}

/* A frame for a page that is not in RAM; `*unused` were never used so far. */
static pfn_t take_frame(struct standby *s, struct working_set *ws, uint32_t most, pfn_t *unused,
                        struct simulation *result)
{
    pfn_t frame;

    if (ws->count == ws->maximum)
        to_standby(s, ws, result);
    if (s->count <= most) {
        pfn_move(*unused, PFN_ACTIVE);
        return (*unused)++;
    }
    frame = s->oldest;
    standby_leave(s, frame);
    frame_of[page_in[frame]] = NOWHERE;
    return frame;
}

struct simulation simulate_standby(const struct reference_string *string, uint32_t frames,
                                   const struct replace_policy *policy)
{
    struct simulation result = {0};
    uint32_t most = frames / 2;
    struct working_set ws = {.maximum = frames - most, .standby = most};
    struct standby s = {.waits = zeroed(frames + 2, 1)};
    pfn_t unused = 1;

    machine_up(frames + 1, string->pages);
    replace_sets = NULL;
    replace_init(&ws, policy, &view);
    for (uint32_t i = 0; i < string->count; i++) {
        uint32_t page = string->page[i];
        pfn_t frame = frame_of[page];
        bool soft = frame != NOWHERE && s.waits[frame];

        if (soft) {
            result.soft++;
            ws.back++;
            standby_leave(&s, frame);
            if (ws.count == ws.maximum)
                to_standby(&s, &ws, &result);
        } else if (frame == NOWHERE) {
            result.hard++;
            frame = take_frame(&s, &ws, most, &unused, &result);
            pfn_record(frame)->va = page << PAGE_SHIFT;
            page_in[frame] = page;
            frame_of[page] = frame;
        }
        if (!pfn_record(frame)->ws)
            replace_insert(&ws, frame);
        a_bit[frame] = 1;
        d_bit[frame] |= string->write[i];
    }
    take_down(&ws);
    free(s.waits);
    return result;
}

/* LRU: a list of resident pages, least recently used first. */
struct lru {
    uint32_t *next, *prev; /* by page + 1; 0 is the list's head */
    uint8_t *resident, *dirty;
};

static void lru_unlink(struct lru *l, uint32_t node)
{
    l->next[l->prev[node]] = l->next[node];
    l->prev[l->next[node]] = l->prev[node];
}

static void lru_append(struct lru *l, uint32_t node)
{
    l->prev[node] = l->prev[0];
    l->next[node] = 0;
    l->next[l->prev[0]] = node;
    l->prev[0] = node;
}

struct simulation simulate_lru(const struct reference_string *string, uint32_t frames)
{
    struct simulation result = {0};
    uint32_t nodes = string->pages + 1, used = 0;
    struct lru l = {zeroed(nodes, 4), zeroed(nodes, 4), zeroed(nodes, 1), zeroed(nodes, 1)};

    for (uint32_t i = 0; i < string->count; i++) {
        uint32_t node = string->page[i] + 1;

        if (l.resident[node]) {
            lru_unlink(&l, node);
        } else {
            result.hard++;
            if (used == frames) {
                uint32_t victim = l.next[0];

                result.writes += l.dirty[victim];
                l.dirty[victim] = l.resident[victim] = 0;
                lru_unlink(&l, victim);
            } else {
                used++;
            }
            l.resident[node] = 1;
        }
        l.dirty[node] |= string->write[i];
        lru_append(&l, node);
    }
    free(l.next);
    free(l.prev);
    free(l.resident);
    free(l.dirty);
    return result;
}

/* next_use[i]: when the page of reference i is referenced again; count: never. */
static uint32_t *next_uses(const struct reference_string *string)
{
    uint32_t *next_use = zeroed(string->count, sizeof *next_use);
    uint32_t *last = zeroed(string->pages, sizeof *last);

    for (uint32_t p = 0; p < string->pages; p++)
        last[p] = string->count;
    for (uint32_t i = string->count; i-- > 0;) {
        next_use[i] = last[string->page[i]];
        last[string->page[i]] = i;
    }
    free(last);
    return next_use;
}

/* The frame whose page is needed last.  Of several that are never needed again the first clean one
 * goes, or with `dirty_first` the first dirty one. */
static uint32_t needed_last(const uint32_t *next, const uint8_t *modified, uint32_t frames,
                            bool dirty_first)
{
    uint32_t best = 0;

    for (uint32_t f = 1; f < frames; f++)
        if (next[f] > next[best] ||
            (next[f] == next[best] && modified[f] != modified[best] && modified[f] == dirty_first))
            best = f;
    return best;
}

struct simulation simulate_opt(const struct reference_string *string, uint32_t frames,
                               bool dirty_first)
{
    struct simulation result = {0};
    uint32_t *next_use = next_uses(string), *next = zeroed(frames, 4), *page = zeroed(frames, 4);
    uint32_t *where = zeroed(string->pages, 4), used = 0; /* frame + 1, 0: nowhere */
    uint8_t *modified = zeroed(frames, 1);

    for (uint32_t i = 0; i < string->count; i++) {
        uint32_t f = where[string->page[i]];

        if (!f) {
            result.hard++;
            f = used < frames ? used++ : needed_last(next, modified, frames, dirty_first);
            if (where[page[f]] == f + 1) {
                where[page[f]] = 0;
                result.writes += modified[f];
            }
            modified[f] = 0;
            page[f] = string->page[i];
            f++;
            where[string->page[i]] = f;
        }
        next[f - 1] = next_use[i];
        modified[f - 1] |= string->write[i];
    }
    free(next_use);
    free(next);
    free(page);
    free(where);
    free(modified);
    return result;
}

bool simulate(const struct reference_string *string, uint32_t frames, const char *policy,
              struct simulation *result)
{
    const char *plus = strchr(policy, '+');
    char name[32] = "";
    const struct replace_policy *known;

    snprintf(name, sizeof name, "%.*s", plus ? (int)(plus - policy) : 31, policy);
    known = replace_find(name);
    if (plus && strcmp(plus, "+standby") != 0)
        return false;
    if (known && plus)
        *result = simulate_standby(string, frames, known);
    else if (strcmp(policy, "lru") == 0)
        *result = simulate_lru(string, frames);
    else if (strcmp(policy, "opt") == 0)
        *result = simulate_opt(string, frames, false);
    else if (known)
        *result = simulate_policy(string, frames, known);
    else
        return false;
    return true;
}
