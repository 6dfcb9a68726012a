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
    char line[LINE];
    struct text text;

    text_start(&text, line, sizeof line);
    text_add(&text, "%s of ", what);
    words_owner(&text, space);
    console_printf("%s:\n", line);
}

/* How many pages of the region are in RAM; *shared: how many of those others map, too. */
static uint32_t resident_pages(struct space *space, const struct vad *region, uint32_t *shared)
{
    uint32_t count = 0;

    *shared = 0;

    for (va_t va = region->start; va < region->end; va += PAGE_SIZE) {
        const pte_t *pte = paging_find(space->dir, va);

        if (!pte)
            va |= TABLE_SPAN - PAGE_SIZE; /* no table: none of its 4 MB */
        else if (pte_is_valid(*pte)) {
            count++;
            *shared += pfn_record(pte_frame(*pte))->shares > 1;
        }
    }
    return count;
}

static void vad_region(struct space *space, const struct vad *region)
{
    char line[LINE];
    struct text text;
    uint32_t per, resident, shared;

    resident = resident_pages(space, region, &shared);
    text_start(&text, line, sizeof line);
    place_region(&text, space, region);
    text_pad(&text, 64);
    text_add(&text, " %u/%u", resident, region->commit);
    if (shared)
        text_add(&text, ", %u shared", shared);
    console_printf("%s\n", line);
    text_start(&text, line, sizeof line);
    place_bar(&text, space, region, BAR, &per);
    console_printf("   [%s]", line);
    if (per > 1)
        console_printf(" %u pages a letter", per);
    console_printf("\n");
}

static bool vad(int count, char **words)
{
    struct space *space = monitor_space(words[1]);

    (void)count;
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

/* ADDR [PID]; false after monitor_fail(). */
static bool place_of(char **words, va_t *va, struct space **space)
{
    return monitor_address(words[1], va) && (*space = monitor_space(words[2])) != NULL;
}

static bool pte(int count, char **words)
{
    char page[PAGE_OF_TEXT];
    struct text text;
    struct space *space;
    va_t va;

    (void)count;
    if (!place_of(words, &va, &space))
        return false;
    text_start(&text, page, sizeof page);
    text_add(&text, "%08X in the address space of ", va);
    words_owner(&text, space);
    text_add(&text, ":\n");
    place_walk(&text, space, va);
    place_backing(&text, space, va);
    if (space == &space_kernel && va < LAYOUT_KERNEL && !words[2])
        text_add(&text, "  (no program runs; \"run PROG &\" starts one that can be looked at)\n");
    text_wrap(&text, MONITOR_WIDTH);
    console_write(page, text.used);
    return true;
}

static bool address(int count, char **words)
{
    char page[PAGE_OF_TEXT];
    struct text text;
    struct space *space;
    va_t va;

    (void)count;
    if (!place_of(words, &va, &space))
        return false;
    text_start(&text, page, sizeof page);
    text_add(&text, "%08X: ", va);
    place_address(&text, space, va);
    text_wrap(&text, WIDTH);
    console_write(page, text.used);
    return true;
}

const struct monitor_command monitor_space_commands[] = {
    {"vad", "!vad", "[PID]", "regions of an address space, page by page", 0, 1, vad},
    {"pte", "!pte", "ADDR [PID]", "the two-level walk of an address", 1, 2, pte},
    {"address", "!address", "ADDR [PID]", "what lies at an address", 1, 2, address},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
