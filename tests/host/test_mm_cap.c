/* test_mm_cap.c - a region with a working set of its own: never more frames than its cap, never more
 * standing by than it may have.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

#include <string.h>

enum { FRAMES = 600, SLOTS = 2000, PAGES = 32, CAP = 6, STANDBY = 3, ROUNDS = 4000, READWRITE = 4 };

static struct space *space;
static va_t base;

/* Frames that hold a page of the region, in this state. */
static uint32_t held(enum pfn_state state)
{
    uint32_t count = 0;

    for (pfn_t f = 1; f < pfn_limit; f++) {
        const struct pfn *p = pfn_record(f);

        count += p->state == state && p->use == PFN_USE_PRIVATE && p->owner == space &&
                 p->va - base < PAGES * PAGE_SIZE;
    }
    return count;
}

/* A region of so many bytes at `base`, all committed, whose frames the set caps. */
static void make_capped(struct working_set *ws, uint32_t size)
{
    base = 0;
    test_ok(!virtual_allocate(space, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE) &&
                !virtual_attach(space, base, ws),
            "a region with a cap of %u frames", ws->maximum);
}

/* Random touches; each page keeps the value last written. */
static void test_cap(const char *name, struct working_set *ws)
{
    static uint32_t model[PAGES];
    uint32_t size, most = 0, waiting = 0, wrong = 0;

    memset(model, 0, sizeof model);
    make_capped(ws, PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t page = test_below(PAGES), value;
        va_t va = base + page * PAGE_SIZE;

        wrong += machine_read32(space, va, &value) || value != model[page];
        if (test_below(2))
            wrong += machine_write32(space, va, model[page] = i + 1) != STATUS_SUCCESS;
        most = held(PFN_ACTIVE) > most ? held(PFN_ACTIVE) : most;
        waiting = held(PFN_STANDBY) > waiting ? held(PFN_STANDBY) : waiting;
        if (i % 100 == 0)
            mm_check();
    }
    test_ok(!wrong, "%s: every page keeps what was written", name);
    test_ok(most == CAP, "%s: never more than %u frames (%u)", name, CAP, most);
    test_ok(waiting == (ws->exact ? 0u : STANDBY), "%s: at most %u pages stand by (%u)", name,
            ws->exact ? 0 : STANDBY, waiting);
    test_ok(ws->evictions > 0 && (ws->back > 0) == !ws->exact,
            "%s: %u evictions, %u pages came back without a read", name, ws->evictions, ws->back);
    test_ok(!virtual_attach(space, base, NULL), "%s: the cap is taken away", name);
    size = 0;
    test_ok(!virtual_free(space, &base, &size, VIRTUAL_RELEASE), "%s: and the region", name);
    replace_retire(ws);
    mm_check();
}

/* The page that stands by is wanted by others: none waits any more, and that is no harm. */
static void test_taken_by_others(struct working_set *ws)
{
    uint32_t size, value;
    va_t all = 0;

    make_capped(ws, PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES; i++)
        machine_write32(space, base + i * PAGE_SIZE, i);
    size = FRAMES * PAGE_SIZE;
    test_ok(!virtual_allocate(space, &all, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE),
            "and one as large as RAM");
    for (uint32_t i = 0; i < FRAMES; i++)
        machine_write32(space, all + i * PAGE_SIZE, i);
    test_ok(held(PFN_STANDBY) == 0, "which takes the frames that stood by");
    for (uint32_t i = 0; i < PAGES; i++)
        if (machine_read32(space, base + i * PAGE_SIZE, &value) || value != i)
            machine_panic("page %u lost its content", i);
    mm_check();
    test_ok(held(PFN_ACTIVE) == CAP && held(PFN_STANDBY) <= STANDBY,
            "the pages come back, as few at a time");
}

/* Of the pages that stand by the one that does for longest leaves RAM; each that was changed is written once. */
static void test_oldest(struct working_set *ws)
{
    uint32_t size, wrong = 0, failed;

    make_capped(ws, PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES; i++) {
        machine_write32(space, base + i * PAGE_SIZE, i);
        for (uint32_t k = 0; k <= i; k++) {
            enum pte_kind want = k + CAP > i             ? PTE_VALID
                                 : k + CAP + STANDBY > i ? PTE_TRANSITION
                                                         : PTE_PAGEFILE;

            wrong += pte_kind(*paging_find(space->dir, base + k * PAGE_SIZE)) != want;
        }
    }
    test_ok(wrong == 0, "under fifo the last %u are there, %u stand by, the older ones are away",
            CAP, STANDBY);
    test_ok(ws->writes == PAGES - CAP && ws->evictions == PAGES - CAP, "%u were written",
            ws->writes);
    failed = reclaim_counters.failed_writes;
    machine_fail_write = 1;
    machine_write32(space, base, 1);
    test_ok(reclaim_counters.failed_writes == failed + 1 && ws->writes == PAGES - CAP,
            "one can't be");
    size = 0;
    virtual_free(space, &base, &size, VIRTUAL_RELEASE);
    replace_retire(ws);
    mm_check();
}

/* Pages that stand by are given up by the program; others may stand by in their place afterwards. */
static void test_given_up(struct working_set *ws)
{
    uint32_t size;
    va_t given;

    make_capped(ws, PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES / 2; i++)
        machine_write32(space, base + i * PAGE_SIZE, i);
    size = (PAGES / 2 - CAP) * PAGE_SIZE;
    given = base;
    test_ok(held(PFN_STANDBY) == STANDBY && !virtual_free(space, &given, &size, VIRTUAL_DECOMMIT) &&
                held(PFN_STANDBY) == 0,
            "the pages that stand by are given up");
    for (uint32_t i = PAGES / 2; i < PAGES; i++)
        machine_write32(space, base + i * PAGE_SIZE, i);
    test_ok(held(PFN_STANDBY) == STANDBY, "and later as many stand by as before (%u)",
            held(PFN_STANDBY));
    mm_check();
    size = 0;
    virtual_free(space, &base, &size, VIRTUAL_RELEASE);
}

/* A hole in the middle: both parts are what the whole was. */
static void test_split(struct working_set *ws)
{
    uint32_t size, locked = 0;
    const struct vad *upper;
    va_t hole;

    make_capped(ws, PAGES * PAGE_SIZE);
    virtual_mark(space, base, VAD_STACK, "split");
    hole = base + 4 * PAGE_SIZE;
    size = PAGE_SIZE;
    test_ok(!virtual_free(space, &hole, &size, VIRTUAL_RELEASE), "gets a hole");
    for (uint32_t i = 0; i < PAGES; i++)
        machine_write32(space, base + i * PAGE_SIZE, i);
    upper = space_region(space, hole + PAGE_SIZE);
    test_ok(upper->ws == ws && held(PFN_ACTIVE) == CAP, "the cap holds for both parts (%u frames)",
            held(PFN_ACTIVE));
    test_ok(upper->flags == VAD_STACK && strcmp(upper->tag, "split") == 0 &&
                upper->commit == PAGES - 5 && upper->start == hole + PAGE_SIZE,
            "which have the same flags and name");
    size = PAGE_SIZE;
    for (va_t va = base; va < base + PAGES * PAGE_SIZE; va += PAGE_SIZE)
        locked += !virtual_lock(space, &va, &size);
    test_ok(locked == CAP - 1, "of both together one page can always go (%u are locked)", locked);
    for (uint32_t i = 0; i < PAGES; i++)
        machine_write32(space, base + i * PAGE_SIZE, i);
    mm_check();
}

/* Both parts have the one cap, though another region lies between them. */
static void test_parts(struct working_set *ws)
{
    uint32_t size;
    va_t middle, at;

    make_capped(ws, 3 * UNIT_SIZE);
    middle = base + UNIT_SIZE;
    size = UNIT_SIZE;
    test_ok(
        !virtual_free(space, &middle, &size, VIRTUAL_RELEASE) &&
            !virtual_allocate(space, &middle, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE),
        "another one takes its middle");
    at = middle - (CAP / 2) * PAGE_SIZE;
    size = UNIT_SIZE + CAP * PAGE_SIZE;
    test_ok(virtual_lock(space, &at, &size) == STATUS_WORKING_SET_QUOTA && !space->ws.locked,
            "one call can't lock so much of both parts that no page can go");
    at = middle - (CAP / 2) * PAGE_SIZE;
    size = UNIT_SIZE + (CAP - 1) * PAGE_SIZE;
    test_ok(!virtual_lock(space, &at, &size) && ws->locked == CAP - 1, "one page less it may");
    mm_check();
    test_ok(!virtual_unlock(space, &at, &size) && !ws->locked, "and unlock");
}

/* One part of a split region moves to another set, with its locked pages: the first set keeps a page that can go, or the
 * next fault would find none. */
static void test_moved(struct working_set *ws, struct working_set *other)
{
    enum { PART = UNIT_SIZE / PAGE_SIZE };
    uint32_t size;
    va_t hole, at;

    make_capped(ws, 3 * UNIT_SIZE);
    hole = base + UNIT_SIZE;
    size = UNIT_SIZE;
    test_ok(!virtual_free(space, &hole, &size, VIRTUAL_RELEASE), "loses its middle");
    size = (CAP - 1) * PAGE_SIZE;
    at = base;
    test_ok(!virtual_lock(space, &at, &size) && !virtual_attach(space, base, other),
            "one part gets another set, with its locked pages");
    at = hole + UNIT_SIZE;
    test_ok(!virtual_lock(space, &at, &size), "which leaves the first set to the other part");
    for (uint32_t i = 0; i < PART; i++) {
        machine_write32(space, base + i * PAGE_SIZE, i);
        machine_write32(space, at + i * PAGE_SIZE, i);
    }
    mm_check();
    test_ok(ws->count == CAP && other->count == CAP, "each has its pages and no more (%u, %u)",
            ws->count, other->count);
}

int main(void)
{
    static struct working_set sets[9];

    test_seed();
    machine_start(FRAMES, SLOTS, NULL);
    test_ok(!mm_space_create(&space, 4, "cap"), "a space");
    for (unsigned i = 0; i < 9; i++) {
        sets[i] = (struct working_set){
            .maximum = CAP, .capped = true, .exact = i == 0, .standby = i == 0 ? 0 : STANDBY};
        replace_init(&sets[i], i == 2 || i == 5 ? &replace_fifo : &replace_clock, &resident_view);
    }
    test_cap("nothing stands by", &sets[0]);
    test_cap("a few stand by", &sets[1]);
    test_given_up(&sets[3]);
    test_split(&sets[4]);
    test_oldest(&sets[5]);
    test_parts(&sets[6]);
    test_moved(&sets[7], &sets[8]);
    test_taken_by_others(&sets[2]);
    return test_end();
}
