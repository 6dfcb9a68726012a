/* test_vad.c - the tree of regions against an array that says for each page whose it is.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * A small space is filled and emptied by chance: whole regions, ends cut off, holes cut into the middle, so that two
 * parts may share a 64 KB unit.  After each step every question that the tree answers is asked for every address and size.
 */
#include "tests/host/machine.h"

#include <string.h>

enum {
    UNITS = 14,
    IN_UNIT = UNIT_SIZE / PAGE_SIZE,
    PAGES = UNITS * IN_UNIT,
    LOW = 0x10000,
    HIGH = LOW + UNITS * UNIT_SIZE
};

static struct vad_tree tree;
static struct vad node[PAGES];
static struct vad *owner[PAGES + 1]; /* of a page; nobody has the last */
static uint32_t wrong[8];

static uint32_t page_of(va_t va)
{
    return (va - LOW) / PAGE_SIZE;
}

static bool unit_is_free(uint32_t unit)
{
    for (uint32_t i = 0; i < IN_UNIT; i++)
        if (owner[unit * IN_UNIT + i])
            return false;
    return true;
}

static void paint(va_t start, va_t end, struct vad *whose)
{
    for (va_t va = start; va < end; va += PAGE_SIZE)
        owner[page_of(va)] = whose;
}

static struct vad *unused_node(void)
{
    for (uint32_t i = 0; i < PAGES; i++)
        if (node[i].start == node[i].end)
            return &node[i];
    machine_panic("a region for each page is enough");
}

static va_t model_hole(uint32_t size, bool top)
{
    uint32_t units = (size + UNIT_SIZE - 1) / UNIT_SIZE, run;

    for (uint32_t i = 0; units <= UNITS && i <= UNITS - units; i++) {
        uint32_t at = top ? UNITS - units - i : i;

        for (run = 0; run < units && unit_is_free(at + run); run++)
            ;
        if (run == units)
            return LOW + at * UNIT_SIZE;
    }
    return 0;
}

static struct vad *model_from(uint32_t page)
{
    while (page < PAGES && !owner[page])
        page++;
    return owner[page];
}

static bool model_collides(uint32_t first, uint32_t end)
{
    for (uint32_t unit = first / IN_UNIT; unit * IN_UNIT < end; unit++)
        if (!unit_is_free(unit))
            return true;
    return false;
}

static void compare(void)
{
    const struct vad *next = vad_first(&tree);
    uint32_t bytes = 0, count = 0;

    vad_check(&tree);
    for (uint32_t i = 0; i < PAGES; i++) {
        va_t va = LOW + i * PAGE_SIZE;
        uint32_t end = i + 1 + test_below(PAGES - i);

        wrong[0] += vad_find(&tree, va) != owner[i] || vad_find(&tree, va + PAGE_MASK) != owner[i];
        wrong[1] += vad_at_or_above(&tree, va) != model_from(i);
        wrong[2] += vad_collides(&tree, va, LOW + end * PAGE_SIZE) != model_collides(i, end);
        bytes += owner[i] ? PAGE_SIZE : 0;
        if (owner[i] && (i == 0 || owner[i - 1] != owner[i])) {
            wrong[3] += next != owner[i];
            next = next ? vad_next(next) : NULL;
            count++;
        }
    }
    wrong[3] += next != NULL;
    wrong[4] += bytes != tree.bytes || count != tree.count || tree.peak_bytes < bytes;
    for (uint32_t size = PAGE_SIZE; size <= (UNITS + 1) * UNIT_SIZE;
         size += test_below(UNIT_SIZE / PAGE_SIZE) * PAGE_SIZE + PAGE_SIZE) {
        wrong[5] += vad_find_hole(&tree, size, LOW, HIGH, false) != model_hole(size, false);
        wrong[6] += vad_find_hole(&tree, size, LOW, HIGH, true) != model_hole(size, true);
    }
}

static void insert(va_t start, va_t end)
{
    struct vad *fresh = unused_node();

    memset(fresh, 0, sizeof *fresh);
    fresh->start = start;
    fresh->end = end;
    vad_insert(&tree, fresh);
    paint(start, end, fresh);
}

static void remove_whole(struct vad *whose)
{
    vad_remove(&tree, whose);
    paint(whose->start, whose->end, NULL);
    whose->start = whose->end;
}

/* A part of a region goes: its end, or a hole in its middle. */
static void cut(struct vad *whose)
{
    uint32_t pages = (whose->end - whose->start) / PAGE_SIZE;
    va_t from = whose->start + (1 + test_below(pages - 1)) * PAGE_SIZE;
    va_t to = from + (1 + test_below((whose->end - from) / PAGE_SIZE)) * PAGE_SIZE;

    if (to < whose->end) {
        struct vad *rest = unused_node();

        vad_split(&tree, whose, rest, to);
        paint(to, rest->end, rest);
    }
    vad_shrink(&tree, whose, from);
    paint(from, to, NULL);
}

static void step(void)
{
    uint32_t at = test_below(PAGES);
    struct vad *whose = owner[at];

    if (!whose) {
        uint32_t unit = at / IN_UNIT, end = unit;

        while (end < UNITS && unit_is_free(end) && test_below(4))
            end++;
        if (end > unit)
            insert(LOW + unit * UNIT_SIZE, LOW + end * UNIT_SIZE - test_below(IN_UNIT) * PAGE_SIZE);
    } else if (test_below(2) && whose->end - whose->start > PAGE_SIZE) {
        cut(whose);
    } else {
        remove_whole(whose);
    }
}

int main(void)
{
    static const char *const names[] = {"vad_find",        "vad_at_or_above", "vad_collides",
                                        "vad_next",        "count and bytes", "the lowest hole",
                                        "the highest hole"};
    uint32_t steps = test_long() ? 100000 : 3000, most = 0;

    test_seed();
    for (uint32_t i = 0; i < steps; i++) {
        step();
        compare();
        most = tree.count > most ? tree.count : most;
    }
    test_ok(most > UNITS, "%u steps, up to %u regions in %u units", steps, most, UNITS);
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        test_ok(wrong[i] == 0, "%s: %u answers are not those of the array", names[i], wrong[i]);
    for (uint32_t i = 0; i < PAGES; i++)
        if (owner[i])
            remove_whole(owner[i]);
    test_ok(!tree.root && tree.count == 0 && tree.bytes == 0, "emptied: nothing is left");
    return test_end();
}
