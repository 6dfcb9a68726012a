/* pfn.c - the frame database: one record for each page frame of RAM.
 *
 * Four states have a list: FREE, ZEROED, STANDBY and MODIFIED.  A frame joins at the tail and is
 * taken at the head, so standby pages go oldest first.  FREE and ZEROED keep frames above the
 * direct map at the head: they are good for programs only, so programs use them up first.
 */
#include "mm/pfn.h"
#include "mm/layout.h"
#include "lib/string.h"

enum {
    RESERVE = 8,   /* frames that only PFN_PIN may take */
    POISON = 0xA5, /* see pfn_poison */
};

struct pfn *pfn_database;
pfn_t pfn_limit;
uint32_t pfn_count[PFN_STATES];
uint32_t pfn_uses[PFN_USES];
uint32_t fault_count;
struct pfn_victim pfn_last_victim;
uint32_t pfn_locked, pfn_locked_shared, pfn_pin_limit, pfn_slotless;
bool pfn_poison;

static pfn_t head[PFN_STATES], tail[PFN_STATES];
struct pfn_range pfn_fresh[2];
const struct pfn pfn_never_used = {.state = PFN_FREE};
static pfn_t first_slotless; /* in the list of MODIFIED */

static bool has_list(unsigned state)
{
    return state >= PFN_FREE && state <= PFN_MODIFIED;
}

static bool is_low(pfn_t frame)
{
    return frame < LAYOUT_DIRECT_FRAMES;
}

void pfn_init(struct pfn *database, pfn_t limit)
{
    pfn_database = database;
    pfn_limit = limit;
    memset(pfn_count, 0, sizeof pfn_count);
    memset(pfn_uses, 0, sizeof pfn_uses);
    memset(head, 0, sizeof head);
    memset(tail, 0, sizeof tail);
    memset(pfn_fresh, 0, sizeof pfn_fresh);
    memset(&pfn_last_victim, 0, sizeof pfn_last_victim);
    pfn_count[PFN_UNUSABLE] = limit;
    pfn_locked = pfn_locked_shared = pfn_slotless = 0;
    first_slotless = PFN_NONE;
    pfn_pin_limit = UINT32_MAX;
}

static INLINE void list_leave(struct pfn *p, pfn_t frame)
{
    if (p->slotless) {
        if (frame == first_slotless)
            first_slotless = p->next;
        pfn_slotless--;
        p->slotless = false;
    }
    if (p->prev)
        pfn_record(p->prev)->next = p->next;
    else
        head[p->state] = p->next;
    if (p->next)
        pfn_record(p->next)->prev = p->prev;
    else
        tail[p->state] = p->prev;
    p->next = p->prev = PFN_NONE;
}

/* Before the frame `next`, or at the tail. */
static void list_join(pfn_t frame, enum pfn_state state, pfn_t next)
{
    struct pfn *p = pfn_record(frame);

    p->next = next;
    p->prev = next ? pfn_record(next)->prev : tail[state];
    if (p->prev)
        pfn_record(p->prev)->next = frame;
    else
        head[state] = frame;
    if (next)
        pfn_record(next)->prev = frame;
    else
        tail[state] = frame;
}

static void list_join_modified(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    p->slotless = !p->slot;
    pfn_slotless += p->slotless;
    list_join(frame, PFN_MODIFIED, p->slotless ? PFN_NONE : first_slotless);
    if (p->slotless && !first_slotless)
        first_slotless = frame;
}

void pfn_move(pfn_t frame, enum pfn_state state)
{
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(frame != PFN_NONE && frame < pfn_limit && p->ws == NULL);
    if (has_list(p->state))
        list_leave(p, frame);
    if (p->state == PFN_ACTIVE)
        pfn_uses[p->use]--;
    pfn_count[p->state]--;
    p->state = (uint8_t)state;
    pfn_count[state]++;
    if (state == PFN_ACTIVE)
        pfn_uses[p->use]++;
    if (!has_list(state))
        return;
    if (state == PFN_MODIFIED)
        list_join_modified(frame);
    else
        list_join(frame, state, state != PFN_STANDBY && !is_low(frame) ? head[state] : PFN_NONE);
}

/* A frame that was never used: its record begins. */
static void list_join_free(pfn_t frame)
{
    *pfn_record(frame) = pfn_never_used;
    list_join(frame, PFN_FREE, is_low(frame) ? PFN_NONE : head[PFN_FREE]);
}

/* The largest range stays fresh. */
static void add_fresh(struct pfn_range *known, pfn_t first, pfn_t end)
{
    struct pfn_range less = {first, end};

    if (first >= end)
        return;
    if (end - first > known->end - known->first) {
        less = *known;
        *known = (struct pfn_range){first, end};
    }
    for (pfn_t frame = less.first; frame < less.end; frame++)
        list_join_free(frame);
}

void pfn_add(pfn_t first, pfn_t end)
{
    const pfn_t border = LAYOUT_DIRECT_FRAMES;

    add_fresh(&pfn_fresh[0], first, end < border ? end : border);
    add_fresh(&pfn_fresh[1], first > border ? first : border, end);
    pfn_count[PFN_UNUSABLE] -= end - first;
    pfn_count[PFN_FREE] += end - first;
}

void pfn_add_kernel(pfn_t first, pfn_t end)
{
    for (pfn_t frame = first; frame < end; frame++)
        *pfn_record(frame) = (struct pfn){.state = PFN_ACTIVE, .use = PFN_USE_KERNEL};
    pfn_count[PFN_UNUSABLE] -= end - first;
    pfn_count[PFN_ACTIVE] += end - first;
    pfn_uses[PFN_USE_KERNEL] += end - first;
}

pfn_t pfn_first(enum pfn_state state)
{
    return head[state];
}

/* Tell the page's word where its content is without the frame. */
static pte_t word_without_frame(const struct pfn *p)
{
    prot_t prot = pte_prot(*p->pte);

    if (p->slot)
        return pte_pagefile(p->slot, prot);
    if (p->file)
        return pte_prototype(prot);
    return pte_demand_zero(prot); /* clean, and stored nowhere: it was never written */
}

/* Nothing in the record speaks of a page any more. */
static void disown(struct pfn *p)
{
    p->pte = NULL;
    p->owner = NULL;
    p->va = 0;
    p->slot = 0;
    p->shares = 0;
    p->locks = 0;
    p->use = PFN_USE_NONE;
    p->modified = p->file = p->written = false;
}

/* The page of a STANDBY frame is told where its content is without it. */
static APART void part_with_page(pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(p->state == PFN_STANDBY && pte_kind(*p->pte) == PTE_TRANSITION &&
              pte_frame(*p->pte) == frame);
    pfn_last_victim.fault = fault_count;
    pfn_last_victim.owner = p->use == PFN_USE_PRIVATE ? p->owner : NULL;
    pfn_last_victim.va = p->va;
    pfn_last_victim.dirty = p->written;
    pfn_last_victim.slot = p->slot;
    *p->pte = word_without_frame(p);
    disown(p);
}

void pfn_take_away(pfn_t frame)
{
    part_with_page(frame);
    pfn_move(frame, PFN_FREE);
}

/* The head of a list is not low: the frame nearest to it that is. */
static APART pfn_t pick_low(enum pfn_state state)
{
    pfn_t frame = head[state];

    if (state != PFN_STANDBY)
        return is_low(tail[state]) ? tail[state] : PFN_NONE;
    while (frame && !is_low(frame))
        frame = pfn_record(frame)->next;
    return frame;
}

/* The frame to take from one list: the head, or with `low` the first one that is low. */
static inline pfn_t pick(enum pfn_state state, bool low)
{
    pfn_t frame = head[state];

    return !low || !frame || is_low(frame) ? frame : pick_low(state);
}

/* Has the list of FREE no frame as it is wanted, a fresh one comes to it. */
static APART pfn_t pick_fresh(bool low)
{
    pfn_t first = head[PFN_FREE];

    if (!low && pfn_fresh[1].first < pfn_fresh[1].end)
        list_join_free(--pfn_fresh[1].end);
    else if (pfn_fresh[0].first < pfn_fresh[0].end && (!first || !is_low(tail[PFN_FREE])))
        list_join_free(low ? --pfn_fresh[0].end : pfn_fresh[0].first++);
    return pick(PFN_FREE, low);
}

static inline pfn_t pick_free(bool low)
{
    pfn_t frame = head[PFN_FREE];

    if (!low && frame && (!is_low(frame) || pfn_fresh[1].first == pfn_fresh[1].end))
        return frame;
    return pick_fresh(low);
}

static INLINE pfn_t pick_any(bool clear, bool low)
{
    pfn_t frame = clear ? pick(PFN_ZEROED, low) : pick_free(low);

    if (!frame)
        frame = clear ? pick_free(low) : pick(PFN_ZEROED, low);
    if (!frame && (frame = pick(PFN_STANDBY, low)) != PFN_NONE)
        part_with_page(frame);
    return frame;
}

uint32_t pfn_pinned(void)
{
    return pfn_uses[PFN_USE_TABLE] + pfn_uses[PFN_USE_POOL] + pfn_uses[PFN_USE_STACK] + pfn_locked;
}

bool pfn_may_pin(uint32_t frames)
{
    uint32_t pinned = pfn_pinned();

    return pinned <= pfn_pin_limit && frames <= pfn_pin_limit - pinned;
}

static INLINE pfn_t alloc(enum pfn_use use, unsigned want)
{
    struct pfn *p;
    pfn_t frame;

    if (want & PFN_PIN ? !pfn_may_pin(1) : pfn_available() <= RESERVE)
        return PFN_NONE;
    frame = pick_any(want & PFN_CLEAR, want & PFN_LOW);
    if (!frame)
        return PFN_NONE;
    p = pfn_record(frame);
    if (want & PFN_CLEAR && p->state != PFN_ZEROED)
        machine_zero(frame);
    else if (pfn_poison && !(want & PFN_CLEAR))
        memset(machine_frame(frame), POISON, PAGE_SIZE);
    list_leave(p, frame);
    pfn_count[p->state]--;
    pfn_count[PFN_ACTIVE]++;
    pfn_uses[use]++;
    p->state = PFN_ACTIVE;
    p->use = (uint8_t)use;
    return frame;
}

/* Three times the same, so that for the two that programs want nothing else has to be asked. */
pfn_t pfn_alloc(enum pfn_use use, unsigned want)
{
    if (want == PFN_CLEAR)
        return alloc(use, PFN_CLEAR);
    return want == PFN_ANY ? alloc(use, PFN_ANY) : alloc(use, want);
}

void pfn_free(pfn_t frame, bool zeroed)
{
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(p->ws == NULL && p->state != PFN_FREE && p->state != PFN_ZEROED);
    pfn_locked -= p->locks > 0;
    pfn_move(frame, zeroed ? PFN_ZEROED : PFN_FREE);
    disown(p);
}

/* The head, where the frames above the direct map are: the ones that programs use up first. */
bool pfn_zero_one(void)
{
    pfn_t frame = pick_free(false);

    if (!frame)
        return false;
    machine_zero(frame);
    pfn_move(frame, PFN_ZEROED);
    return true;
}

uint32_t pfn_withhold(uint32_t keep)
{
    while (pfn_available() > keep) {
        pfn_t frame = pfn_alloc(PFN_USE_NONE, PFN_PIN);

        if (!frame)
            break;
        pfn_move(frame, PFN_BAD);
    }
    return pfn_available();
}

/* One list: links agree, states agree, and its length is its count. */
static void check_list(enum pfn_state state)
{
    uint32_t count = 0, slotless = 0;
    pfn_t before = PFN_NONE;

    for (pfn_t f = head[state]; f; f = pfn_record(f)->next) {
        MM_ASSERT(pfn_record(f)->state == state && pfn_record(f)->prev == before);
        MM_ASSERT(++count <= pfn_count[state]);
        slotless += f == first_slotless || slotless > 0; /* from the first one on, all are */
        MM_ASSERT(pfn_record(f)->slotless == (slotless > 0));
        before = f;
    }
    if (state == PFN_FREE)
        for (unsigned i = 0; i < 2; i++)
            count += pfn_fresh[i].end - pfn_fresh[i].first;
    MM_ASSERT(tail[state] == before && count == pfn_count[state]);
    MM_ASSERT(slotless == (state == PFN_MODIFIED ? pfn_slotless : 0));
}

void pfn_check(void)
{
    uint32_t counts[PFN_STATES] = {0}, uses[PFN_USES] = {0}, locked = 0, shared = 0;

    for (pfn_t f = 0; f < pfn_limit; f++) {
        const struct pfn *p = pfn_look(f);

        counts[p->state]++;
        locked += p->locks > 0;
        shared += p->locks > 0 && p->use == PFN_USE_SHARED;
        if (p->state == PFN_ACTIVE)
            uses[p->use]++;
        if (p->state == PFN_STANDBY || p->state == PFN_MODIFIED)
            MM_ASSERT(*p->pte == pte_transition(f, pte_prot(*p->pte)) && !p->shares);
        if (p->state == PFN_STANDBY)
            MM_ASSERT(!p->modified);
        if (p->state == PFN_MODIFIED)
            MM_ASSERT(p->modified && p->slotless == !p->slot);
    }
    MM_ASSERT(memcmp(counts, pfn_count, sizeof counts) == 0);
    MM_ASSERT(memcmp(uses, pfn_uses, sizeof uses) == 0);
    MM_ASSERT(locked == pfn_locked && shared == pfn_locked_shared && pfn_may_pin(0));
    for (unsigned s = 0; s < PFN_STATES; s++)
        if (has_list(s))
            check_list((enum pfn_state)s);
}
