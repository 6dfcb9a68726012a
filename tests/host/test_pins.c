/* test_pins.c - a committed page always materialises: whatever is pinned, enough frames can go.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Everything that takes frames for good is asked for until it is refused, in several orders: locks,
 * page tables, pool.  Afterwards a program must still be able to write and read all it has
 * committed, to the last page that can be promised.
 */
#include "lib/string.h"
#include "tests/host/machine.h"

enum { FRAMES = 700, SLOTS = 4000, READWRITE = 4, WRITECOPY = 8, VIEW_PAGES = 20 };
enum { SPACES = 4, POOL_MOST = 4096 };

static struct space *spaces[SPACES];
static va_t regions[SPACES]; /* FRAMES committed pages in each */
static void *objects[POOL_MOST];
static uint32_t object_count;

static va_t allocate(struct space *space, uint32_t pages, uint32_t type)
{
    va_t base = 0;
    uint32_t size = pages * PAGE_SIZE;

    return virtual_allocate(space, &base, &size, type, READWRITE) ? 0 : base;
}

static va_t commit(struct space *space, uint32_t pages)
{
    return allocate(space, pages, VIRTUAL_RESERVE | VIRTUAL_COMMIT);
}

static status_t lock(struct space *space, va_t base, uint32_t pages)
{
    uint32_t size = pages * PAGE_SIZE;

    return virtual_lock(space, &base, &size);
}

static status_t unlock(struct space *space, va_t base, uint32_t pages)
{
    uint32_t size = pages * PAGE_SIZE;

    return virtual_unlock(space, &base, &size);
}

static void start(uint32_t slots)
{
    machine_start(FRAMES, slots, NULL);
    object_count = 0;
    for (uint32_t i = 0; i < SPACES; i++) {
        test_ok(mm_space_create(&spaces[i], 4 * i + 4, "pins") == STATUS_SUCCESS, "a space");
        regions[i] = slots < SLOTS ? 0 : commit(spaces[i], FRAMES);
        spaces[i]->ws.minimum = FRAMES;
    }
}

static void end(void)
{
    mm_check();
    while (object_count)
        pool_free(objects[--object_count]);
    for (uint32_t i = 0; i < SPACES; i++)
        mm_space_delete(spaces[i]);
    mm_check();
    test_ok(pfn_locked == 0, "no lock is left (%u)", pfn_locked);
}

/* Every space but the first locks page after page. */
static void grab_locks(void)
{
    uint32_t refused = 0;

    for (uint32_t i = 1; i < SPACES; i++)
        for (uint32_t page = 0; page < FRAMES; page++)
            refused += lock(spaces[i], regions[i] + page * PAGE_SIZE, 1) != STATUS_SUCCESS;
    test_ok(refused >= 2 * FRAMES, "most locks are refused (%u)", refused);
}

static void grab_tables(void)
{
    uint32_t refused = 0;

    for (uint32_t i = 1; i < SPACES; i++)
        for (uint32_t n = 0; n < 480 && refused < 3; n++) {
            va_t base = allocate(spaces[i], TABLE_SPAN / PAGE_SIZE, VIRTUAL_RESERVE);
            uint32_t size = PAGE_SIZE;

            refused += !base || virtual_allocate(spaces[i], &base, &size, VIRTUAL_COMMIT,
                                                 READWRITE) != STATUS_SUCCESS;
        }
    test_ok(refused >= 3, "page tables are refused at last");
}

static void grab_pool(void)
{
    uint32_t refused = 0;

    while (refused < 3 && object_count < POOL_MOST) {
        void *object = pool_alloc(PAGE_SIZE, "Test");

        reclaim_run(); /* the frames of others are no obstacle */
        if (object)
            objects[object_count++] = object;
        refused += !object;
    }
    test_ok(refused == 3, "the pool's growth is refused at last (%u)", object_count);
}

/* Write every page of [base, +pages) and read it back; returns how many did not do as they should. */
static uint32_t thrash(struct space *space, va_t base, uint32_t pages)
{
    uint32_t bad = 0, word;

    for (uint32_t i = 0; i < pages; i++)
        bad += machine_write32(space, base + i * PAGE_SIZE, i * 7 + 1) != STATUS_SUCCESS;
    for (uint32_t i = 0; i < pages; i++)
        bad += machine_read32(space, base + i * PAGE_SIZE, &word) || word != i * 7 + 1;
    return bad;
}

static void test_greed(const char *name, void (*first)(void), void (*second)(void),
                       void (*third)(void))
{
    uint32_t bad;

    start(SLOTS);
    first();
    second();
    third();
    bad = thrash(spaces[0], regions[0], FRAMES);
    test_ok(bad == 0, "%s: every promise is kept beside them (%u broken)", name, bad);
    test_ok(fault_kind_count[FAULT_NO_MEMORY] == 0, "no fault for want of memory");
    end();
}

/* All that can be promised is promised; then the pool may not grow any more. */
static void test_last_promise(void)
{
    uint32_t pages, bad, before;
    va_t base = 0, page;

    start(40);
    for (pages = commit_left(); !base && pages; pages--)
        base = commit(spaces[0], pages);
    pages++;
    while (commit_left() && (page = commit(spaces[1], 1)) != 0)
        ;
    before = object_count;
    grab_pool();
    test_ok(object_count == before, "nothing left to promise: no frame for the pool (%u)",
            object_count);
    bad = thrash(spaces[0], base, pages);
    test_ok(bad == 0, "%u pages, as many as can be promised: all there (%u not)", pages, bad);
    end();
}

/* A region with a cap of its own: one page must be able to go. */
static void test_cap(bool exact)
{
    static struct working_set ws, small;
    struct space *space;
    va_t base, fixed;

    start(exact ? 8 : SLOTS); /* 8: an exact cap must not need a slot for each page */
    space = spaces[0];
    memset(&ws, 0, sizeof ws);
    memset(&small, 0, sizeof small);
    ws.maximum = 4;
    small.maximum = 3;
    ws.capped = small.capped = true;
    ws.exact = small.exact = exact;
    replace_init(&ws, space_policy, &resident_view);
    replace_init(&small, space_policy, &resident_view);
    base = commit(space, 40);
    fixed = commit(space, 40);
    test_ok(!virtual_attach(space, base, &ws), "a region with a cap of 4 pages");
    test_ok(lock(space, base, 4) == STATUS_WORKING_SET_QUOTA, "4 of them can't be locked");
    test_ok(!lock(space, base, 2) && !lock(space, base, 3), "3 can, 2 of them twice");
    test_ok(lock(space, base + 9 * PAGE_SIZE, 1) == STATUS_WORKING_SET_QUOTA, "and no fourth");
    test_ok(thrash(space, base, 40) == 0, "the whole region is usable through the other one");
    test_ok(!lock(space, fixed, 3) &&
                virtual_attach(space, fixed, &small) == STATUS_WORKING_SET_QUOTA,
            "a cap of 3 is refused where 3 are locked");
    test_ok(!unlock(space, fixed, 1) && !virtual_attach(space, fixed, &small), "2 locked: taken");
    test_ok(thrash(space, fixed, 40) == 0, "and usable, too");
    test_ok(fault_kind_count[FAULT_NO_MEMORY] == 0, "no fault for want of memory");
    end();
    replace_retire(&ws);
    replace_retire(&small);
}

static va_t map(struct section *section, struct space *space, va_t base, prot_t prot)
{
    uint32_t size = 0;

    return view_map(section, space, &base, 0, &size, prot, false) ? 0 : base;
}

static bool valid(struct space *space, va_t va)
{
    const pte_t *pte = paging_find(space->dir, va);

    return pte && pte_is_valid(*pte);
}

/* Two programs lock the same page: each has its own lock. */
static void test_views(void)
{
    struct section *section;
    va_t one, two, copy;

    start(SLOTS);
    section_create(&section, VIEW_PAGES * PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    one = map(section, spaces[0], 0, PROT_READWRITE);
    two = map(section, spaces[1], 0, PROT_READWRITE);
    copy = map(section, spaces[2], 0, PROT_WRITECOPY);
    test_ok(!lock(spaces[0], one, 4) && !lock(spaces[1], two, 2), "two programs lock pages");
    test_ok(unlock(spaces[1], two, 3) == STATUS_NOT_LOCKED, "the others' locks are not one's own");
    test_ok(!unlock(spaces[0], one, 4) && unlock(spaces[0], one, 1) == STATUS_NOT_LOCKED,
            "one is unlocked");
    reclaim_empty(spaces[0]);
    reclaim_empty(spaces[1]);
    test_ok(valid(spaces[1], two) && valid(spaces[1], two + PAGE_SIZE) && !valid(spaces[0], one),
            "the other's lock holds for the other");
    test_ok(!lock(spaces[2], copy, 1) && !machine_write32(spaces[2], copy, 5),
            "a locked page is copied when it is written");
    reclaim_empty(spaces[2]);
    test_ok(valid(spaces[2], copy) && !unlock(spaces[2], copy, 1), "the copy is locked, then");
    mm_check();
    view_unmap(spaces[1], two);
    test_ok(spaces[1]->locked == 0, "unmapping ends the locks");
    section_release(section);
    end();
}

/* One page in so many views that nobody looks through all of them for its next home. */
static void test_many_views(void)
{
    enum { MANY = 300, NOACCESS = 1 };
    struct section *section;
    struct space *space;
    va_t views[MANY], other;
    uint32_t value = 0, old;
    bool good = true;

    start(SLOTS);
    space = spaces[0];
    section_create(&section, PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    other = map(section, spaces[1], 0, PROT_READWRITE);
    for (uint32_t i = 0; i < MANY; i++) {
        views[i] = map(section, space, 0, PROT_READWRITE);
        good &= views[i] && !machine_write32(space, views[i], i);
    }
    good &= !machine_read32(spaces[1], other, &value) && value == MANY - 1;
    for (uint32_t i = MANY / 2; i < MANY;
         i++) { /* the newest are asked first, and map it no more */
        va_t at = views[i];
        uint32_t size = PAGE_SIZE;

        good &= !virtual_protect(space, &at, &size, NOACCESS, &old);
    }
    mm_check();
    for (uint32_t i = 0; i < MANY / 2; i++)
        good &= !view_unmap(space, views[i]);
    mm_check();
    test_ok(good && valid(spaces[1], other) &&
                pfn_record(pte_frame(*paging_find(spaces[1]->dir, other)))->ws,
            "a page of %u views, half of which map it no more, always has a ring", MANY);
    reclaim_empty(spaces[1]);
    test_ok(!machine_read32(spaces[1], other, &value) && value == MANY - 1, "and its content");
    section_release(section);
    end();
}

/* A range may lie in a private region, in a view behind it, and in a private one again. */
static void test_span(void)
{
    struct section *section;
    struct space *space;
    va_t base, from;
    uint32_t size = UNIT_SIZE, nothing = 0;

    start(SLOTS);
    space = spaces[0];
    section_create(&section, UNIT_SIZE, PROT_READWRITE, NULL, false, false);
    base = allocate(space, 3 * UNIT_SIZE / PAGE_SIZE, VIRTUAL_RESERVE);
    virtual_free(space, &base, &nothing, VIRTUAL_RELEASE);
    virtual_allocate(space, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
    test_ok(map(section, space, base + UNIT_SIZE, PROT_READWRITE) == base + UNIT_SIZE, "a view");
    from = base + UNIT_SIZE - 2 * PAGE_SIZE;
    test_ok(!lock(space, from, 4) && space->locked == 4, "locked across two regions");
    test_ok(lock(space, from + UNIT_SIZE, 4) == STATUS_ACCESS_VIOLATION && space->locked == 4,
            "not across a hole, and then nothing is");
    test_ok(!unlock(space, from, 4) && space->locked == 0, "unlocked across two regions");
    section_release(section);
    end();
}

/* The page below the guard needs a page table, and no more may be made: the stack is full. */
static void test_stack(void)
{
    enum { GUARD = 0x100 };
    struct space *space;
    va_t base, top, guard;
    uint32_t size = PAGE_SIZE;

    start(SLOTS);
    space = spaces[0];
    base = allocate(space, 3 * TABLE_SPAN / PAGE_SIZE, VIRTUAL_RESERVE);
    guard = (base + 2 * TABLE_SPAN) & ~(TABLE_SPAN - 1);
    virtual_allocate(space, &guard, &size, VIRTUAL_COMMIT, READWRITE | GUARD);
    grab_tables();
    machine_stack_low = base;
    machine_stack_top = top = base + 3 * TABLE_SPAN;
    test_ok(machine_write32(space, guard, 1) == STATUS_STACK_OVERFLOW,
            "a stack that can't grow overflows");
    test_ok(machine_write32(space, guard, 1) == STATUS_SUCCESS && top > guard,
            "its last page serves the handler");
    machine_stack_low = machine_stack_top = 0;
    end();
}

int main(void)
{
    test_greed("locks first", grab_locks, grab_tables, grab_pool);
    test_greed("tables first", grab_tables, grab_pool, grab_locks);
    test_greed("pool first", grab_pool, grab_locks, grab_tables);
    test_last_promise();
    test_cap(false);
    test_cap(true);
    test_views();
    test_many_views();
    test_span();
    test_stack();
    return test_end();
}
