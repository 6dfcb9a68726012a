/* monitor_space.c - addresses: vad, pte, address.
 *
 * All of them only look: no page is touched, so looking never faults.
 */
#include "kernel/device/console.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/place.h"

enum { PAGE_OF_TEXT = 1600, LINE = 160, BAR = 64, WIDTH = 79 };

static void heading(const char *what, struct space *space)
{
    struct text text = TEXT(LINE);

    text_add(&text, "%s of ", what);
    words_owner(&text, space);
    console_printf("%s:\n", text.buffer);
}

/* How many pages of the region are in RAM; *shared: how many of those others map, too. */
static uint32_t resident_pages(struct space *space, const struct vad *region, uint32_t *shared)
{
    const pte_t *pte;
    uint32_t count = 0;

    *shared = 0;
    for (va_t va = region->start; (pte = paging_next(space->dir, &va, region->end)) != NULL;
         va += PAGE_SIZE)
        if (pte_is_valid(*pte)) {
            count++;
            *shared += pfn_record(pte_frame(*pte))->shares > 1;
        }
    return count;
}

static void vad_region(struct space *space, const struct vad *region)
{
    struct text text = TEXT(LINE), bar = TEXT(LINE);
    uint32_t per, shared, resident = resident_pages(space, region, &shared);

    place_region(&text, space, region);
    text_pad(&text, 64);
    text_add(&text, " %u/%u", resident, region->commit);
    if (shared)
        text_add(&text, ", %u shared", shared);
    place_bar(&bar, space, region, BAR, &per);
    console_printf("%s\n   [%s]", text.buffer, bar.buffer);
    if (per > 1)
        console_printf(" %u each", per);
    console_printf("\n");
}

static bool vad(int, char **words)
{
    struct space *space = monitor_space(words[1]);

    if (!space)
        return false;
    heading("Regions", space);
    console_printf(
        "START    END            SIZE  TYPE     PROT  WHAT        IN RAM/CHARGED PAGES\n");
    for (const struct vad *v = vad_first(&space->regions); v; v = vad_next(v))
        vad_region(space, v);
    console_printf(
        "%u region%s, %u page%s in RAM, %u charged.\n%s\nPROT: r read, w write, c copied "
        "when written, x execute, g guard\n"
        "shared: pages that somebody else maps, too\n",
        space->regions.count, space->regions.count == 1 ? "" : "s", space->resident,
        space->resident == 1 ? "" : "s", space->commit, words_pte_legend);
    return true;
}

/* ADDR [PID]: what `describe` says of it. */
static bool say_place(char **words, unsigned width,
                      void (*describe)(struct text *text, struct space *space, va_t va))
{
    struct text text = TEXT(PAGE_OF_TEXT);
    struct space *space;
    va_t va;

    if (!monitor_address(words[1], &va) || !(space = monitor_space(words[2])))
        return false;
    text_add(&text, "%08X", va);
    describe(&text, space, va);
    text_wrap(&text, width);
    console_write(text.buffer, text.used);
    return true;
}

static void describe_walk(struct text *text, struct space *space, va_t va)
{
    text_add(text, ", offset %03X in page %05X, in the address space of ", va & PAGE_MASK,
             va >> PAGE_SHIFT);
    words_owner(text, space);
    text_add(text, ":\n");
    place_walk(text, space, va);
    place_promise(text, space, va);
    place_backing(text, space, va);
    if (place_newest() == &space_kernel && va < LAYOUT_KERNEL)
        text_add(text, "  (no program runs; \"run PROG &\" starts one that can be looked at)\n");
}

static bool pte(int, char **words)
{
    return say_place(words, MONITOR_WIDTH, describe_walk);
}

static void describe_place(struct text *text, struct space *space, va_t va)
{
    text_add(text, ": ");
    place_address(text, space, va);
}

static bool address(int, char **words)
{
    return say_place(words, WIDTH, describe_place);
}

const struct monitor_command monitor_space_commands[] = {
    {"vad", "!vad", "[PID]", "an address space's regions\nvad kernel", 0, 1, vad},
    {"pte", "!pte", "ADDR [PID]",
     "the two-level walk of an address\nrun thrash.exe 24 &; pte 00410000", 1, 2, pte},
    {"address", "!address", "ADDR [PID]", "what lies at an address\naddress 7ffe0000", 1, 2,
     address},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
