/* test_fault_quick.c - the commonest fault ends as any other way through mm/fault.c would end it.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Two machines go through the same random program.  The second one's faults are resolved by a second fault.c, in which
 * no word is the commonest.  After each step all that there is must be the same: every word of the program, every
 * frame's record, the lists, the working set with its policy's numbers, all counters, and what was told of the fault.
 */
#include "tests/host/machine.h"

#include <string.h>

#define mm_fault         slow_fault
#define fault_page_in    slow_page_in
#define fault_is_hard    slow_is_hard
#define fault_hard       slow_hard
#define fault_soft       slow_soft
#define fault_kind_name  slow_kind_name
#define fault_kind_count slow_kind_count
#define fault_watched    slow_watched
#define fault_stack      slow_stack
status_t mm_fault(struct fault *fault);
status_t fault_page_in(struct space *space, va_t va, enum fault_access access);
bool fault_is_hard(enum fault_kind kind);
uint32_t fault_hard(const uint32_t count[FAULT_KINDS]);
uint32_t fault_soft(const uint32_t count[FAULT_KINDS]);
const char *fault_kind_name(enum fault_kind kind);
/* The word of the short way is none that a page can have. */
#define pte_demand_zero(prot) ((prot) == PROT_READWRITE ? 0xFFFFFFFFu : (pte_demand_zero)(prot))
#include "mm/fault.c"
#undef pte_demand_zero
#undef mm_fault
#undef fault_kind_count
#undef fault_stack

enum { FRAMES = 300, SLOTS = 300, REGIONS = 7, PAGES = 80, STEPS = 3000, PROGRAMS = 8 };
enum { READONLY = 2, READWRITE = 4, GUARDED = 0x104 };
enum { OWN_SET = 4, RESIDENT = 5, STACK = 6 }; /* regions of their own kind */

/* What the program does. */
static struct step {
    uint8_t what, region, page;
} step[STEPS];

static const uint32_t protects[REGIONS] = {READWRITE, READWRITE, READONLY, GUARDED,
                                           READWRITE, READWRITE, READWRITE};
static struct space *space;
static struct working_set own_set;
static va_t region[REGIONS];

static void reserve(unsigned i)
{
    uint32_t size = PAGES * PAGE_SIZE;

    region[i] = 0;
    if (virtual_allocate(space, &region[i], &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, protects[i]))
        machine_panic("no region");
}

static void change(struct step s, uint32_t type, uint32_t protect)
{
    va_t at = region[s.region] + s.page * PAGE_SIZE;
    uint32_t size = PAGE_SIZE;

    if (type == VIRTUAL_COMMIT)
        (void)virtual_allocate(space, &at, &size, type, protect);
    else
        (void)virtual_free(space, &at, &size, type);
}

static void replace_region(unsigned i)
{
    uint32_t size = 0;

    if (i >= OWN_SET)
        return;
    (void)virtual_free(space, &region[i], &size, VIRTUAL_RELEASE);
    reserve(i);
}

static void run_step(struct step s)
{
    va_t at = region[s.region] + s.page * PAGE_SIZE;
    uint8_t byte;

    if (s.what < 130)
        (void)machine_write(space, at + s.what * 31u, s.page);
    else if (s.what < 180)
        (void)machine_read(space, at + s.what * 22u, &byte);
    else if (s.what < 205)
        change(s, VIRTUAL_DECOMMIT, 0);
    else if (s.what < 230)
        change(s, VIRTUAL_COMMIT, protects[s.region]);
    else if (s.what < 240)
        balance_idle();
    else if (s.what < 248)
        reclaim_empty_region(space_region(space, at));
    else if (s.what < 250)
        reclaim_empty(space);
    else
        replace_region(s.region);
}

static uint32_t sum;

static void mix(uint32_t word)
{
    sum = (sum ^ word) * 0x01000193u;
    sum ^= sum >> 15;
}

static void mix_words(const uint32_t *words, size_t bytes)
{
    for (size_t i = 0; i < bytes / sizeof *words; i++)
        mix(words[i]);
}

/* An object of the other machine has another address, but lies at the same place. */
static void mix_place(const void *at)
{
    mix(at ? (uint32_t)((const char *)at - machine_direct) : 0);
}

static void mix_fault(const struct fault *f)
{
    mix(f->number), mix(f->tid), mix(f->va), mix(f->pc), mix(f->pte_before), mix(f->pte_after);
    mix(f->status), mix(f->kind), mix(f->reason), mix(f->access), mix(f->prot);
    mix(f->policy == replace_policies[0]);
    mix(f->user | f->present << 1u | f->taken << 2u);
    if (f->taken)
        mix(f->victim_pid), mix(f->victim_va), mix(f->victim_slot), mix(f->victim_private),
            mix(f->victim_dirty);
}

static void mix_set(const struct working_set *ws)
{
    mix(ws->count), mix(ws->hand), mix(ws->walk), mix(ws->peak), mix(ws->back), mix(ws->standby);
    mix(ws->faults), mix(ws->hard_faults), mix(ws->transition_faults), mix(ws->writes),
        mix(ws->evictions);
    mix_words(ws->word, sizeof ws->word);
}

static void mix_frames(void)
{
    for (pfn_t frame = 0; frame < pfn_limit; frame++) {
        const struct pfn *p = pfn_look(frame);

        mix_place(p->pte), mix(p->va), mix(p->next), mix(p->prev), mix(p->slot), mix(p->age);
        mix(p->shares), mix(p->locks), mix(p->state), mix(p->use), mix(p->mark);
        mix(p->modified | p->file << 1u | p->written << 2u | p->slotless << 3u);
        mix(p->ws == &own_set ? 1 : p->ws != NULL);
        mix(p->use == PFN_USE_PRIVATE && p->owner == space);
    }
    for (unsigned state = 0; state < PFN_STATES; state++)
        mix(pfn_count[state]), mix(pfn_first((enum pfn_state)state));
    mix_words(pfn_uses, sizeof pfn_uses);
    mix(pfn_slotless), mix(pfn_locked), mix(pfn_available());
}

/* All that there is. */
static uint32_t seen(const uint32_t *kinds)
{
    sum = 0;
    mix_fault(&machine_last_fault);
    mix(machine_faults), mix(fault_count);
    mix_frames();
    mix_set(&space->ws);
    mix_set(&own_set);
    for (unsigned i = 0; i < REGIONS; i++)
        for (va_t page = 0; page < PAGES; page++) {
            const pte_t *pte = paging_find(space->dir, region[i] + page * PAGE_SIZE);

            mix(pte ? *pte : 0);
        }
    mix(space->resident), mix(space->peak_resident), mix(space->commit), mix(space->locked);
    mix_words(&space->counters.faults, sizeof space->counters);
    mix_words(kinds, FAULT_KINDS * sizeof *kinds);
    mix_words(&pagefile_counters.slots, sizeof pagefile_counters);
    mix_words(&reclaim_counters.runs, sizeof reclaim_counters);
    return sum;
}

static void begin(const struct replace_policy *policy, bool capped)
{
    machine_start(FRAMES, SLOTS, &(struct mm_options){.policy = policy});
    slow_stack = fault_stack;
    machine_last_fault = (struct fault){0};
    memset(slow_kind_count, 0, sizeof slow_kind_count);
    if (mm_space_create(&space, 4, "test"))
        machine_panic("no space");
    space->ws.capped = capped;
    space->ws.maximum = 40;
    for (unsigned i = 0; i < REGIONS; i++)
        reserve(i);
    memset(&own_set, 0, sizeof own_set);
    replace_init(&own_set, &replace_clock, &resident_view);
    own_set.capped = true;
    own_set.maximum = PAGES / 2;
    space_region(space, region[OWN_SET])->ws = &own_set;
    virtual_mark(space, region[RESIDENT], VAD_RESIDENT, "");
    virtual_mark(space, region[STACK], VAD_STACK, "");
    machine_stack_low = region[STACK];
    machine_stack_top = region[STACK] + PAGES * PAGE_SIZE;
}

static void end(void)
{
    reclaim_empty_region(space_region(space, region[OWN_SET]));
    space_region(space, region[OWN_SET])->ws = &space->ws;
    replace_retire(&own_set);
    mm_check();
    mm_space_delete(space);
    mm_check();
}

/* Runs the program; returns its demand-zero faults. */
static uint32_t run(bool slowly, const struct replace_policy *policy, bool capped, uint32_t *sums)
{
    uint32_t count;

    machine_fault = slowly ? slow_fault : mm_fault;
    begin(policy, capped);
    for (unsigned i = 0; i < STEPS; i++) {
        run_step(step[i]);
        sums[i] = seen(slowly ? slow_kind_count : fault_kind_count);
        if (i % 500 == 0 && !slowly)
            mm_check();
    }
    count = space->counters.kind[FAULT_DEMAND_ZERO];
    if (slowly) /* what mm_check() compares */
        memcpy(fault_kind_count, slow_kind_count, sizeof fault_kind_count);
    end();
    return count;
}

int main(void)
{
    static uint32_t sums[2][STEPS];
    uint32_t common = 0;

    test_seed();
    for (unsigned turn = 0; turn < PROGRAMS; turn++) {
        const struct replace_policy *policy = replace_policies[turn];
        bool capped = turn % 2;
        unsigned first = 0;

        for (unsigned i = 0; i < STEPS; i++)
            step[i] = (struct step){(uint8_t)test_below(256), (uint8_t)test_below(REGIONS),
                                    (uint8_t)test_below(PAGES)};
        common += run(false, policy, capped, sums[0]);
        (void)run(true, policy, capped, sums[1]);
        while (first < STEPS && sums[0][first] == sums[1][first])
            first++;
        test_ok(first == STEPS, "%s%s: %u of %u steps end alike", policy->name,
                capped ? ", with a cap" : "", first, STEPS);
    }
    test_ok(common > PROGRAMS * 200, "%u first touches", common);
    return test_end();
}
