/* test_swap.c - working sets of 4 and 16 times RAM, under every policy: nothing is ever lost.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Every page holds words that depend on its number and its version, at places all over it.  Before a
 * page is written again it is checked.  At all times each committed page is in exactly one place:
 * resident, in the paging file, or not yet made (demand-zero).  PAGODA_LONG=1: ten million writes.
 */
#include "tests/host/machine.h"

#include <stdlib.h>

enum { FRAMES = 160, READWRITE = 4, PLACES = 4, EVERY = 997 };

struct swap {
    struct space *space;
    va_t base;
    uint32_t pages;
    uint32_t *version;
    uint32_t mismatches, unbalanced, refused;
};

static uint32_t place(uint32_t i)
{
    return i * (PAGE_SIZE - 4) / (PLACES - 1) & ~3u;
}

/* 0 in a page that was never written. */
static uint32_t content(const struct swap *s, uint32_t page, uint32_t i)
{
    uint32_t version = s->version[page];

    return version ? (page * 2654435761u ^ version * 40503u) + i : 0;
}

static void check_page(struct swap *s, uint32_t page)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        uint32_t word = 0;

        s->refused += machine_read32(s->space, s->base + page * PAGE_SIZE + place(i), &word) != 0;
        s->mismatches += word != content(s, page, i);
    }
}

static void write_page(struct swap *s, uint32_t page)
{
    s->version[page]++;
    for (uint32_t i = 0; i < PLACES; i++)
        s->refused += machine_write32(s->space, s->base + page * PAGE_SIZE + place(i),
                                      content(s, page, i)) != 0;
}

/* resident + paged out + demand-zero = committed */
static bool is_balanced(const struct swap *s)
{
    uint32_t resident = 0, out = 0, zero = 0;

    for (uint32_t page = 0; page < s->pages; page++) {
        pte_t pte = *paging_find(s->space->dir, s->base + page * PAGE_SIZE);

        resident += pte_kind(pte) == PTE_VALID || pte_kind(pte) == PTE_TRANSITION;
        out += pte_kind(pte) == PTE_PAGEFILE;
        zero += pte_kind(pte) == PTE_DEMAND_ZERO;
    }
    return resident + out + zero == s->pages && resident < FRAMES &&
           out <= pagefile_counters.used && commit_counters.total >= s->pages;
}

/* Mostly a part of memory that moves on slowly, as programs do; sometimes anywhere. */
static uint32_t next_page(const struct swap *s, uint32_t step)
{
    uint32_t near = FRAMES / 2;

    return test_below(8) ? (step / 64 + test_below(near)) % s->pages : test_below(s->pages);
}

static void run(struct swap *s, uint32_t writes)
{
    for (uint32_t step = 0; step < writes; step++) {
        uint32_t page = next_page(s, step);

        check_page(s, page);
        write_page(s, page);
        if (step % EVERY == 0) {
            s->unbalanced += !is_balanced(s);
            balance_pass();
        }
        if (step % 3 == 0)
            balance_idle();
    }
    for (uint32_t page = 0; page < s->pages; page++)
        check_page(s, page);
    s->unbalanced += !is_balanced(s);
    mm_check();
}

static void test_policy(const struct replace_policy *policy, uint32_t times, uint32_t writes)
{
    struct mm_options options = {.policy = policy};
    struct swap s = {.pages = times * FRAMES};
    uint32_t size = s.pages * PAGE_SIZE, zero = 0;

    machine_start(FRAMES, s.pages + FRAMES, &options);
    s.version = calloc(s.pages, sizeof *s.version);
    if (!s.version || mm_space_create(&s.space, 4, "swap") ||
        virtual_allocate(s.space, &s.base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE))
        machine_panic("no memory for the test");
    run(&s, writes);
    test_ok(
        !s.mismatches && !s.unbalanced && !s.refused,
        "%s at %u times RAM: %u page writes, %u page-ins, %u page-outs; %u mismatches, %u times "
        "out of balance, %u refused",
        policy->name, times, writes, pagefile_counters.reads, pagefile_counters.writes,
        s.mismatches, s.unbalanced, s.refused);
    virtual_free(s.space, &s.base, &zero, VIRTUAL_RELEASE);
    mm_space_delete(s.space);
    mm_check();
    free(s.version);
}

/* Twice the pages of a section that fit into RAM: its transfers are the program's. */
static void test_view(void)
{
    uint32_t size = 0, pages = 2 * FRAMES, refused = 0;
    const struct space_counters *c;
    struct section *section;
    struct space *space;
    va_t base = 0;

    machine_start(FRAMES, 2 * pages, NULL);
    if (mm_space_create(&space, 4, "view") ||
        mm_section_create(&section, pages * PAGE_SIZE, PROT_READWRITE, NULL, false, false) ||
        view_map(section, space, &base, 0, &size, PROT_READWRITE, false))
        machine_panic("no memory for the test");
    for (uint32_t i = 0; i < 2 * pages; i++)
        refused += machine_write(space, base + i % pages * PAGE_SIZE, 1) != STATUS_SUCCESS;
    c = &space->counters;
    test_ok(!refused && c->page_ins > 0 && c->page_ins == c->kind[FAULT_PAGEFILE] &&
                c->page_ins == pagefile_counters.reads && c->page_outs == pagefile_counters.writes,
            "a view larger than RAM: %u page-ins and %u page-outs are counted for its program",
            c->page_ins, c->page_outs);
    mm_space_delete(space);
    section_release(section);
    mm_check();
}

int main(void)
{
    uint32_t policies = 0, writes;

    test_seed();
    while (replace_policies[policies])
        policies++;
    writes = (test_long() ? 10000000 : 160000) / policies / 2;
    for (const struct replace_policy *const *p = replace_policies; *p; p++) {
        test_policy(*p, 4, writes);
        test_policy(*p, 16, writes);
    }
    test_view();
    return test_end();
}
