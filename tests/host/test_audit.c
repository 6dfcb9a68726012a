/* test_audit.c - mm_check() notices whatever is wrong: each counter one more or one less, each word that names a frame,
 * each link.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * An audit that never fails is worth nothing.  The memory of two programs is brought into every state that a page can
 * have; then one thing at a time is made wrong, the audit must panic, and the thing is put right again.
 */
#include "tests/host/machine.h"

#include <stddef.h>
#include <string.h>

enum { FRAMES = 700, SLOTS = 400, READWRITE = 4, WRITECOPY = 8, PAGES = 40 };

static struct space *space, *other;
static struct section *section;
static va_t base, view, copies, alias, locked, watched;
static struct working_set cap;

static status_t allocate(struct space *in, va_t *at, uint32_t pages, uint32_t type)
{
    uint32_t size = pages * PAGE_SIZE;

    *at = 0;
    return virtual_allocate(in, at, &size, VIRTUAL_RESERVE | type, READWRITE);
}

static status_t map(struct space *in, va_t *at, uint32_t offset, prot_t prot)
{
    uint32_t size = 0;

    *at = 0;
    return view_map(section, in, at, offset, &size, prot, false);
}

static status_t read_zeros(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file, (void)index;
    machine_zero(into);
    return STATUS_SUCCESS;
}

static void touch(struct space *in, va_t at, uint32_t pages)
{
    for (uint32_t i = 0; i < pages; i++)
        machine_write32(in, at + i * PAGE_SIZE, i + 1);
}

/* Every third page of a region leaves the working set, and every sixth RAM. */
static void spread(struct space *in, va_t at, uint32_t pages, uint32_t writes)
{
    for (uint32_t i = 0; i < pages; i += 3)
        if (pte_is_valid(*paging_find(in->dir, at + i * PAGE_SIZE)))
            resident_trim(space_region(in, at), at + i * PAGE_SIZE,
                          paging_find(in->dir, at + i * PAGE_SIZE));
    reclaim_write(writes);
    for (uint32_t i = 0; i < pages; i += 6) {
        pte_t word = *paging_find(in->dir, at + i * PAGE_SIZE);

        if (pte_kind(word) == PTE_TRANSITION && pfn_record(pte_frame(word))->state == PFN_STANDBY)
            pfn_take_away(pte_frame(word));
    }
}

static void start(void)
{
    static struct section_file file = {.read = read_zeros};
    struct section *of_file;
    va_t at;
    uint32_t size = 0;
    status_t status;

    machine_start(FRAMES, SLOTS, NULL);
    status = mm_space_create(&space, 4, "one") | mm_space_create(&other, 8, "two");
    status |= mm_section_create(&section, PAGES * PAGE_SIZE, PROT_READWRITE, NULL, false, false);
    status |=
        allocate(space, &base, PAGES, VIRTUAL_COMMIT) | allocate(other, &at, PAGES, VIRTUAL_COMMIT);
    touch(other, at, PAGES);
    status |= map(space, &view, 0, PROT_READWRITE) | map(other, &alias, UNIT_SIZE, PROT_READWRITE);
    status |= map(space, &copies, 0, PROT_WRITECOPY);
    touch(space, base, PAGES);
    touch(space, view, PAGES);
    touch(other, alias, 8);
    touch(space, copies, 10);
    status |= allocate(space, &locked, 4, VIRTUAL_COMMIT) |
              allocate(space, &watched, 4, VIRTUAL_COMMIT | VIRTUAL_WRITE_WATCH);
    size = 2 * PAGE_SIZE;
    status |= virtual_lock(space, &locked, &size);
    size = 2 * PAGE_SIZE;
    status |= virtual_lock(space, &view, &size);
    touch(space, watched, 2);
    status |= section_create(&of_file, 20 * PAGE_SIZE, PROT_READONLY, &file, false, false);
    at = 0;
    size = 0;
    status |= view_map(of_file, space, &at, 0, &size, PROT_READONLY, false);
    for (uint32_t i = 0; i < 9; i++)
        machine_read32(space, at + i * PAGE_SIZE, &size);
    cap = (struct working_set){.maximum = 3, .capped = true};
    replace_init(&cap, replace_find("fifo"), &resident_view);
    status |= allocate(space, &at, 9, VIRTUAL_COMMIT) | virtual_attach(space, at, &cap);
    touch(space, at, 9);
    spread(space, base, PAGES, 15);
    spread(space, view + 2 * PAGE_SIZE, PAGES - 2, 4);
    spread(space, copies, 10, 0);
    test_ok(!status && pagefile_counters.used > 10 && pfn_count[PFN_STANDBY] > 3 &&
                pfn_count[PFN_MODIFIED] > 3,
            "pages in every state: %u slots, %u standing by, %u modified", pagefile_counters.used,
            pfn_count[PFN_STANDBY], pfn_count[PFN_MODIFIED]);
}

static void run_check(void *context)
{
    (void)context;
    mm_check();
}

static bool noticed(void)
{
    const char *why;

    return test_panics(run_check, NULL, &why);
}

/* --- counters --- */

static void expect_counter(const char *name, uint32_t *counter)
{
    uint32_t right = *counter;
    bool more, less;

    *counter = right + 1;
    more = noticed();
    *counter = right - 1;
    less = noticed();
    *counter = right;
    test_ok(more && less, "%s: one more%s and one less%s noticed", name, more ? " is" : " is NOT",
            less ? " is" : " is NOT");
}

/* Peaks: they may be too high, but not below. */
static void expect_peak(const char *name, uint32_t *peak, uint32_t now)
{
    uint32_t right = *peak;
    bool below, equal;

    *peak = now;
    equal = noticed();
    *peak = now - 1;
    below = noticed();
    *peak = right;
    test_ok(below && !equal, "%s: a peak of as much as there is is possible, one below is noticed",
            name);
}

static void test_counters(void)
{
    struct vad *vad = space_region(space, base), *mapped = space_region(space, view);

    expect_counter("resident pages", &space->resident);
    expect_counter("private commit", &space->private_commit);
    expect_counter("commit of a space", &space->commit);
    expect_counter("page tables", &space->tables);
    expect_counter("locked pages", &space->locked);
    expect_counter("frames of its own", &space->physical);
    expect_counter("regions with watch", &space->watches);
    expect_counter("faults of a space", &space->counters.faults);
    expect_counter("faults by kind of a space", &space->counters.kind[FAULT_DEMAND_ZERO]);
    expect_counter("the working set", &space->ws.count);
    expect_counter("commit of a region", &vad->commit);
    expect_counter("commit of a view", &mapped->commit);
    expect_counter("the hole below a region", &vad->gap);
    expect_counter("commit of a section", &section->commit);
    expect_counter("tables of a section", &section->tables);
    expect_counter("views of a section", &section->view_count);
    for (unsigned s = 0; s < PFN_STATES; s++)
        expect_counter("frames in a state", &pfn_count[s]);
    for (unsigned u = PFN_USE_PRIVATE; u < PFN_USES; u++)
        expect_counter("frames of a use", &pfn_uses[u]);
    expect_counter("locked frames", &pfn_locked);
    expect_counter("locked frames of sections", &pfn_locked_shared);
    expect_counter("commit charge", &commit_counters.total);
    expect_counter("slots", &pagefile_counters.used);
    expect_counter("faults", &fault_count);
    expect_counter("faults by kind", &fault_kind_count[FAULT_TRANSITION]);
    expect_counter("objects in the pool", &pool_counters.objects);
    expect_counter("bytes in the pool", &pool_counters.bytes);
    expect_peak("resident pages", &space->peak_resident, space->resident);
    expect_peak("private commit", &space->peak_commit, space->private_commit);
    expect_peak("commit charge", &commit_counters.peak, commit_counters.total);
    expect_peak("slots", &pagefile_counters.peak, pagefile_counters.used);
}

/* --- frames and words --- */

static pfn_t frame_with(enum pfn_state state, enum pfn_use use)
{
    for (pfn_t f = 1; f < pfn_limit; f++)
        if (pfn_record(f)->state == state && pfn_record(f)->use == use && pfn_record(f)->pte)
            return f;
    return PFN_NONE;
}

static void expect_byte(const char *name, void *at, unsigned change)
{
    uint8_t right = *(uint8_t *)at;
    bool seen;

    *(uint8_t *)at = (uint8_t)(right ^ change);
    seen = noticed();
    *(uint8_t *)at = right;
    test_ok(seen, "%s is noticed", name);
}

static void test_frames(void)
{
    static const enum pfn_use uses[] = {PFN_USE_PRIVATE, PFN_USE_SHARED};
    static const enum pfn_state away[] = {PFN_STANDBY, PFN_MODIFIED};
    struct pfn *p;

    for (unsigned i = 0; i < 2; i++) {
        p = pfn_record(frame_with(PFN_ACTIVE, uses[i]));
        expect_byte("an active frame with another state", &p->state, PFN_ACTIVE ^ PFN_STANDBY);
        expect_byte("an active frame of another use", &p->use, (unsigned)uses[i] ^ PFN_USE_POOL);
        expect_byte("an active frame at another address", (char *)&p->va + 1, 0x10);
        expect_byte("an active frame of another word", &p->pte, 4);
        expect_byte("an active frame of nobody", &p->owner, 8);
        expect_byte("one mapping more than there is", &p->shares, 1);
    }
    p = pfn_record(1);
    while (p->state != PFN_ACTIVE || p->use != PFN_USE_SHARED || p->locks)
        p++;
    p->shares++;
    test_ok(noticed(), "a share that nobody has is noticed");
    p->shares--;
    for (unsigned i = 0; i < 2; i++) {
        p = pfn_record(frame_with(away[i], PFN_USE_PRIVATE));
        expect_byte("a frame out of use at another address", (char *)&p->va + 1, 0x10);
        expect_byte("a frame out of use of nobody", &p->owner, 8);
        expect_byte("a frame out of use in the wrong list", &p->state, PFN_STANDBY ^ PFN_MODIFIED);
        expect_byte("a mapping of a frame out of use", &p->shares, 1);
        expect_byte("a link to another frame", &p->next, 1);
        p->modified = !p->modified;
        test_ok(noticed(), "changed and unchanged mixed up is noticed");
        p->modified = !p->modified;
    }
    p = pfn_record(frame_with(PFN_STANDBY, PFN_USE_PRIVATE));
    expect_byte("another frame's slot", &p->slot, 0x80);
}

static void expect_word(const char *name, pte_t *pte, pte_t wrong)
{
    pte_t right = *pte;

    *pte = wrong;
    test_ok(noticed(), "%s is noticed", name);
    *pte = right;
}

static pte_t *word_of(struct space *in, va_t at, uint32_t pages, enum pte_kind kind)
{
    for (uint32_t i = 0; i < pages; i++)
        if (pte_kind(*paging_find(in->dir, at + i * PAGE_SIZE)) == kind)
            return paging_find(in->dir, at + i * PAGE_SIZE);
    machine_panic("no word of kind %u", kind);
}

static void test_words(void)
{
    pte_t *valid = word_of(space, base, PAGES, PTE_VALID),
          *out = word_of(space, base, PAGES, PTE_PAGEFILE);
    pte_t *shared = word_of(space, view, PAGES, PTE_VALID),
          *away = word_of(space, base, PAGES, PTE_TRANSITION);
    pte_t *none = paging_find(space->dir, base - PAGE_SIZE);

    expect_word("a page mapped nowhere", valid, *valid & ~(pte_t)PTE_P);
    expect_word("the next frame", valid, *valid + PAGE_SIZE);
    expect_word("a page that is the kernel's", valid, *valid & ~(pte_t)PTE_U);
    expect_word("another section's page", shared, *valid);
    expect_word("another page of the section", shared,
                shared[1] == *shared ? shared[2] : shared[1]);
    expect_word("a page that is forgotten", out, pte_demand_zero(PROT_READWRITE));
    expect_word("another slot", out, pte_pagefile(pte_slot(*out) + 200, PROT_READWRITE));
    expect_word("another frame out of use", away, *away + PAGE_SIZE);
    expect_word("a private page with a prototype", out, pte_prototype(PROT_READWRITE));
    if (none)
        expect_word("a word outside of all regions", none, pte_demand_zero(PROT_READWRITE));
    expect_word("a table that is lost", paging_directory_entry(space->dir, base), 0);
    expect_word("a table that is no table", paging_directory_entry(space->dir, base), *valid);
}

static void expect_pointer(const char *name, void *at, void *wrong)
{
    void *right;

    memcpy(&right, at, sizeof right);
    memcpy(at, &wrong, sizeof wrong);
    test_ok(noticed(), "%s is noticed", name);
    memcpy(at, &right, sizeof right);
}

static void test_links(void)
{
    struct vad *mapped = space_region(space, view), *second = section->views->next_view;

    expect_pointer("a region of another space", &mapped->space, other);
    expect_pointer("a view of another section", &mapped->section,
                   section_all == section ? section->next : section_all);
    expect_pointer("a view that forgets the one before", &second->prev_view, second);
    expect_pointer("a chain of views that is cut", &section->views->next_view, NULL);
    expect_pointer("a region without its parent", &mapped->parent, mapped);
}

int main(void)
{
    start();
    test_ok(!noticed(), "all is sound");
    test_counters();
    test_frames();
    test_words();
    test_links();
    test_ok(!noticed(), "and again at the end");
    return test_end();
}
