/* views.c - what the live screen shows: frames, one address space, one page table, one ring.
 *
 *   row 0        title and keys
 *   rows 1-16    the view, 64 columns; beside it the counters
 *   rows 17-18   what is shown, and what letters and colours mean
 *   rows 19-20   the last faults
 *
 * Everything is read in one go with interrupts off, so a picture is never half old.
 */
#include "kernel/watch/views.h"
#include "kernel/process/process.h"
#include "kernel/watch/framemap.h"
#include "kernel/watch/picture.h"
#include "kernel/watch/place.h"
#include "kernel/watch/trace.h"
#include "lib/format.h"
#include "lib/string.h"

enum { TOP = 1, ROWS = 16, COLUMNS = 64, SIDE = 65, LEGEND = 17, FAULTS = 19, FAULT_ROWS = 2 };
enum { SAMPLES = PICTURE_COLUMNS - SIDE, BAR = 22, LINE = 200 };

static const uint8_t plain = VGA_GREY, bright = VGA_WHITE, warm = VGA_YELLOW;
static const uint8_t title = VGA_BLUE << 4 | VGA_WHITE, chosen = VGA_GREY << 4 | VGA_BLACK;

static uint32_t rate[SAMPLES]; /* faults in each half second; the newest last */

void views_sample(void)
{
    static uint32_t before;

    memmove(rate, rate + 1, sizeof rate - sizeof *rate);
    rate[SAMPLES - 1] = fault_count - before;
    before = fault_count;
}

void views_title(enum screen_view view)
{
    static const char *const keys[] = {" F1 frames ", " F2 space ", " F3 table ", " F4 ring ",
                                       " F5 log "};
    unsigned x = 8;

    for (unsigned i = 0; i < PICTURE_COLUMNS; i++)
        picture_cell(i, 0, ' ', title);
    picture_text(1, 0, SIDE, "Pagoda", title);
    for (unsigned i = 0; i <= SCREEN_VIEWS; i++)
        x = picture_text(x, 0, SIDE, keys[i], i == view ? chosen : title);
    picture_text(SIDE, 0, PICTURE_COLUMNS, space_policy->name, title);
}

static void side_number(unsigned row, const char *name, uint32_t value, uint8_t attribute)
{
    char number[12];
    unsigned width = (unsigned)format(number, sizeof number, "%u", value);

    picture_text(PICTURE_COLUMNS - width, TOP + row, PICTURE_COLUMNS, number, attribute);
    picture_text(SIDE, TOP + row, PICTURE_COLUMNS - width, name, attribute);
}

/* How full something is, as a bar. */
static void side_bar(unsigned row, uint32_t used, uint32_t all)
{
    unsigned width = PICTURE_COLUMNS - SIDE;
    unsigned full = all ? (unsigned)((uint64_t)used * width / all) : 0;

    for (unsigned i = 0; i < width; i++)
        picture_cell(SIDE + i, TOP + row, i < full ? 0xDB : 0xB0, plain);
}

/* Faults over time: each column is half a second, each step four times as many faults. */
static void side_sparkline(unsigned row)
{
    static const uint8_t steps[] = {' ', 0xFA, '-', '=', 0xB0, 0xB1, 0xB2, 0xDB};

    for (unsigned i = 0; i < SAMPLES; i++) {
        unsigned level = 0;

        for (uint32_t r = rate[i]; r && level + 1 < sizeof steps; r >>= 2)
            level++;
        picture_cell(SIDE + i, TOP + row, steps[level], warm);
    }
}

static void draw_side(void)
{
    struct mm_totals t;

    mm_totals(&t);
    side_number(0, "zeroed", t.zeroed, plain);
    side_number(1, "free", t.free, plain);
    side_number(2, "standby", t.standby, plain);
    side_number(3, "modified", t.modified, plain);
    side_number(4, "in use", t.resident, plain);
    side_number(5, "kernel", t.kernel_frames, plain);
    side_number(6, "faults", t.faults, bright);
    side_number(7, " hard", t.hard, plain);
    side_number(8, " soft", t.soft, plain);
    side_number(9, "pg in", t.page_ins, plain);
    side_number(10, "pg out", t.page_outs, plain);
    side_number(11, "commit", t.commit, plain);
    side_number(12, "slots", t.slots_used, plain);
    side_bar(13, t.slots_used, t.slots);
    side_number(14, "/second", rate[SAMPLES - 1] + rate[SAMPLES - 2], warm);
    side_sparkline(15);
}

static void draw_faults(void)
{
    char line[LINE * 2];

    for (unsigned i = 0; i < FAULT_ROWS; i++) {
        const struct fault *record = trace_get(FAULT_ROWS - 1 - i);

        if (!record)
            continue;
        trace_line(record, line, sizeof line);
        picture_text(0, FAULTS + i, PICTURE_COLUMNS, line,
                     record->kind == FAULT_VIOLATION ? VGA_BRIGHT_RED : plain);
    }
}

/* Text in a row of the view. */
static void view_row(unsigned row, const char *line, uint8_t attribute)
{
    if (row < ROWS)
        picture_text(0, TOP + row, COLUMNS, line, attribute);
}

/* The two rows below the view. */
static void legend(const char *what, const char *letters)
{
    picture_text(0, LEGEND, PICTURE_COLUMNS, what, bright);
    picture_text(0, LEGEND + 1, PICTURE_COLUMNS, letters, plain);
}

/* The letter and colour of each process, as many as fit behind column `x`. */
static void draw_owners(unsigned x)
{
    for (struct process *p = process_all; p && x < PICTURE_COLUMNS - COLUMNS / 8; p = p->next) {
        struct text text = TEXT(32);

        if (!p->space)
            continue;
        text_add(&text, " %c %s ", framemap_letter(p->id), p->image_name);
        x = picture_text(x, LEGEND, PICTURE_COLUMNS, text.buffer,
                         framemap_color(p->id) << 4 | VGA_WHITE);
    }
}

static void draw_frames(void)
{
    uint32_t per = (pfn_limit + ROWS * COLUMNS - 1) / (ROWS * COLUMNS);
    uint32_t hand = place_newest()->ws.hand / per;
    struct text text = TEXT(LINE);

    for (uint32_t i = 0; i < ROWS * COLUMNS && i * per < pfn_limit; i++) {
        uint32_t left = pfn_limit - i * per;
        struct framemap_cell cell = framemap_cell(i * per, left < per ? left : per);

        picture_cell(i % COLUMNS, TOP + i / COLUMNS,
                     (uint8_t)(cell.dirty ? cell.letter - 'a' + 'A' : cell.letter), cell.attribute);
    }
    if (hand)
        picture_cell(hand % COLUMNS, TOP + hand / COLUMNS, '>', VGA_RED << 4 | VGA_YELLOW);
    text_add(&text, "%u a cell; white accessed, capital dirty, > the hand ", per);
    legend(text.buffer,
           "K kernel T table P pool S stack # section - standby + modified . free 0 zero");
    draw_owners((unsigned)text.used);
}

static void draw_region(struct space *space, const struct vad *region, unsigned row)
{
    struct text text = TEXT(LINE);
    uint32_t per;

    text_add(&text, "%08X %7uK %-4s %-18.18s", region->start, (region->end - region->start) >> 10,
             words_prot_short(region->prot), place_name(space, region));
    text_pad(&text, COLUMNS - BAR);
    place_bar(&text, space, region, BAR, &per);
    view_row(row, text.buffer, plain);
}

static void draw_space(struct space *space, uint32_t page)
{
    uint32_t screens = (space->regions.count + ROWS - 2) / (ROWS - 1);
    uint32_t skip = screens ? page % screens * (ROWS - 1) : 0;
    struct text text = TEXT(LINE);
    unsigned row = 1;

    text_add(&text, "Regions of ");
    words_owner(&text, space);
    text_add(&text, ": %u, %u pages in RAM", space->regions.count, space->resident);
    if (screens > 1)
        text_add(&text, "; F2: more");
    view_row(0, "START        SIZE PROT WHAT               PAGES", bright);
    for (const struct vad *v = vad_first(&space->regions); v && row < ROWS; v = vad_next(v))
        if (skip)
            skip--;
        else
            draw_region(space, v, row++);
    legend(text.buffer, words_pte_legend);
}

/* The colour of a PTE's letter. */
static uint8_t pte_color(pte_t pte)
{
    static const uint8_t colors[PTE_KIND_MASK + 1] = {
        [PTE_EMPTY] = VGA_DARK,          [PTE_VALID] = VGA_GREEN << 4 | VGA_BLACK,
        [PTE_DEMAND_ZERO] = VGA_YELLOW,  [PTE_TRANSITION] = VGA_BRIGHT_CYAN,
        [PTE_PAGEFILE] = VGA_BRIGHT_RED, [PTE_PROTOTYPE] = VGA_BRIGHT_MAGENTA};
    enum pte_kind kind = pte_kind(pte);

    return kind == PTE_VALID && pte & PTE_A ? VGA_GREEN << 4 | VGA_WHITE : colors[kind];
}

/* 1,024 PTEs fill all 16 rows, so what they are stands below. */
static void draw_table(struct space *space, va_t va)
{
    const pte_t *table = paging_find(space->dir, va & ~(TABLE_SPAN - 1));
    struct text text = TEXT(LINE);

    if (!table)
        view_row(0, "These 4 MB have no page table: nothing is promised there.", plain);
    for (unsigned i = 0; table && i < TABLE_PTES; i++)
        picture_cell(i % COLUMNS, TOP + i / COLUMNS, (uint8_t)words_pte_letter(table[i]),
                     pte_color(table[i]));
    text_add(&text, "Page table of %08X-%08X of ", va & ~(TABLE_SPAN - 1), va | (TABLE_SPAN - 1));
    words_owner(&text, space);
    legend(text.buffer,
           "v valid w dirty (white: accessed) z zero t transition p paging file s prototype");
}

/* A large ring has several frames a cell; the first one speaks for them. */
static void draw_ring(struct space *space)
{
    const struct working_set *ws = &space->ws;
    uint32_t per = (ws->count + ROWS * COLUMNS - 1) / (ROWS * COLUMNS);
    pfn_t frame = ws->hand;
    struct text text = TEXT(LINE);

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next) {
        unsigned cell = i / per;
        uint8_t ink;

        if (i % per)
            continue;
        ink = resident_view.accessed(frame) ? VGA_GREEN << 4 | VGA_WHITE : VGA_RED << 4 | VGA_BLACK;
        picture_cell(cell % COLUMNS, TOP + cell / COLUMNS, resident_view.dirty(frame) ? 'd' : '.',
                     i ? ink : VGA_CYAN << 4 | VGA_WHITE);
    }
    text_add(&text, "Ring of ");
    words_owner(&text, space);
    text_add(&text, " in the order of %s, %u a cell", ws->policy->name, per);
    legend(text.buffer, "hand top left; white on green accessed, black on red not; d dirty");
}

/* The space to look at: it may have ended since it was chosen. */
static struct space *target_space(uint32_t pid)
{
    struct process *process;

    if (pid == SCREEN_NEWEST)
        return place_newest();
    process = process_find(pid);
    return process && process->space ? process->space : &space_kernel;
}

/* The address whose table is shown: the chosen one, or that of the space's last fault. */
static va_t target_va(const struct space *space, va_t va)
{
    const struct fault *record;

    for (uint32_t age = 0; !va && (record = trace_get(age)) != NULL; age++)
        if (record->pid == space->id)
            return record->va;
    return va ? va : space == &space_kernel ? LAYOUT_SPACE_LOW : LAYOUT_USER_LOW;
}

void views_draw(const struct views_target *target)
{
    struct space *space = target_space(target->pid);

    picture_clear(plain);
    views_title(target->view);
    draw_side();
    draw_faults();
    switch (target->view) {
    case SCREEN_FRAMES:
    case SCREEN_VIEWS:
        draw_frames();
        break;
    case SCREEN_SPACE:
        draw_space(space, target->page);
        break;
    case SCREEN_TABLE:
        draw_table(space, target_va(space, target->va));
        break;
    case SCREEN_RING:
        draw_ring(space);
        break;
    }
}
