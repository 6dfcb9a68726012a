/* test_edges.c - the last page, the last table, the last frame: what calls do at the ends of things; and that what is
 * told of memory (totals, sums, records of faults) is what is.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/one_space.h"

#include <string.h>

enum { FRAMES = 900, SLOTS = 600, TABLE = 1 << 22 };

/* --- what is told --- */

static void test_sums(void)
{
    uint32_t count[FAULT_KINDS], sum = 0;

    for (unsigned k = 0; k < FAULT_KINDS; k++)
        sum += count[k] = 1u << k;
    test_ok(fault_hard(count) == (1u << FAULT_PAGEFILE | 1u << FAULT_FILE),
            "hard faults are those that read");
    test_ok(fault_soft(count) ==
                (1u << FAULT_DEMAND_ZERO | 1u << FAULT_TRANSITION | 1u << FAULT_PROTOTYPE |
                 1u << FAULT_COPY | 1u << FAULT_UPGRADE | 1u << FAULT_GROWTH),
            "soft faults are those that were answered without");
    for (unsigned k = 0; k < FAULT_KINDS; k++)
        sum -= fault_kind_name((enum fault_kind)k)[0] != '?' ? 1u << k : 0;
    test_ok(sum == 0 && strcmp(fault_kind_name(FAULT_NONE), "none") == 0 &&
                strcmp(fault_kind_name(FAULT_KINDS), "?") == 0 &&
                strcmp(fault_kind_name((enum fault_kind) - 1), "?") == 0,
            "each kind has its name, and nothing else has one");
}

/* Some pages of each state, and faults of several kinds. */
static void live(va_t at)
{
    uint32_t word;

    for (uint32_t i = 0; i < 30; i++)
        machine_write32(space, at + i * PAGE_SIZE, i);
    reclaim_empty(space);
    reclaim_write(20);
    for (uint32_t i = 0; i < 5; i++)
        pfn_take_away(pte_frame(*paging_find(space->dir, at + i * PAGE_SIZE)));
    for (uint32_t i = 0; i < 10; i++)
        machine_read32(space, at + i * PAGE_SIZE, &word);
    pfn_zero_one();
}

static void test_totals(void)
{
    struct mm_totals t;
    const struct working_set *ws;
    uint32_t word;
    pfn_t frame;

    start("edges", FRAMES, SLOTS);
    ws = &space->ws;
    allocate(0x10000000, 40 * PAGE_SIZE, RESERVE | COMMIT);
    live(0x10000000);
    memset(&t, 0xEE, sizeof t);
    mm_totals(&t);
    test_ok(t.free == pfn_count[PFN_FREE] && t.zeroed == pfn_count[PFN_ZEROED] && t.zeroed > 0 &&
                t.standby == pfn_count[PFN_STANDBY] && t.standby > 0 &&
                t.modified == pfn_count[PFN_MODIFIED] && t.modified > 0 &&
                t.available == t.free + t.zeroed + t.standby,
            "frames of each list: %u, %u, %u, %u", t.free, t.zeroed, t.standby, t.modified);
    test_ok(t.resident == space->resident - 1 + pfn_uses[PFN_USE_SHARED] &&
                t.ram_frames <= FRAMES && t.kernel_frames + t.resident == pfn_count[PFN_ACTIVE],
            "frames in use: %u and the kernel's %u", t.resident, t.kernel_frames);
    test_ok(t.commit == space->commit && t.commit_limit == commit_limit() &&
                t.commit_peak >= t.commit,
            "commit charge");
    test_ok(t.slots == pagefile_counters.slots && t.slots >= SLOTS - 1 &&
                t.slots_used == pagefile_counters.used && t.page_ins == 5 && t.page_outs == 20,
            "the paging file: %u of %u, %u in, %u out", t.slots_used, t.slots, t.page_ins,
            t.page_outs);
    test_ok(ws->transition_faults == 5 && ws->hard_faults == 5 && ws->faults == 40,
            "those of its working set");
    test_ok(t.faults == machine_faults && t.hard == 5 && t.soft == 35 &&
                space->counters.page_ins == 5,
            "%u faults, %u hard, %u soft", t.faults, t.hard, t.soft);
    test_ok(pfn_pinned() == pfn_uses[PFN_USE_TABLE] + pfn_uses[PFN_USE_POOL] +
                                pfn_uses[PFN_USE_STACK] + pfn_locked &&
                pfn_pinned() > 3,
            "%u frames are pinned", pfn_pinned());
    frame = pfn_alloc(PFN_USE_PHYSICAL, PFN_ANY);
    word = t.resident;
    mm_totals(&t);
    test_ok(t.resident == word + 1, "a frame that is a program's own is resident");
    pfn_free(frame, false);
    balance_second();
    test_ok(ws->recent == 40 && ws->counted == 40, "40 faults in the first second");
    live(0x10000000);
    balance_second();
    test_ok(ws->recent == ws->faults - 40 && ws->counted == ws->faults, "%u in the next",
            ws->recent);
    give_back(0x10000000, 0, VIRTUAL_RELEASE);
    stop("totals");
}

/* A fault's record: the word before and after, the frame, the reason. */
static void test_record(void)
{
    va_t at = 0x10000000;
    uint32_t word, errors;
    uint32_t status;

    start("edges", FRAMES, SLOTS);
    allocate(at, 4 * PAGE_SIZE, RESERVE | COMMIT);
    machine_write32(space, at, 5);
    test_ok(pte_kind(machine_last_fault.pte_before) != PTE_VALID &&
                fault_frame(&machine_last_fault) == pte_frame(*paging_find(space->dir, at)) &&
                pte_is_valid(machine_last_fault.pte_after) &&
                machine_last_fault.prot == PROT_READWRITE &&
                machine_last_fault.reason == REASON_NONE,
            "a fault's record: before, after, frame");
    reclaim_empty(space);
    reclaim_write(1);
    word = *paging_find(space->dir, at);
    machine_read32(space, at, &status);
    test_ok(machine_last_fault.pte_before == word && machine_last_fault.kind == FAULT_TRANSITION,
            "the word as it was");
    reclaim_empty(space);
    pfn_take_away(pte_frame(*paging_find(space->dir, at)));
    errors = pagefile_counters.errors;
    machine_fail_read = 1;
    status = machine_read32(space, at, &word);
    test_ok(status == STATUS_IN_PAGE_ERROR && machine_last_fault.reason == REASON_READ_ERROR &&
                fault_frame(&machine_last_fault) == PFN_NONE &&
                machine_last_fault.kind == FAULT_IN_PAGE && pagefile_counters.errors == errors + 1,
            "a page that can't be read: %08X, and why", status);
    test_ok(!machine_read32(space, at, &word) && word == 5, "the next time it can");
    machine_write32(space, at, 6);
    reclaim_empty(space);
    machine_fail_write = 1;
    errors = reclaim_counters.failed_writes;
    test_ok(reclaim_write(1) == 0 && reclaim_counters.failed_writes == errors + 1 &&
                pagefile_refuses,
            "a page that can't be written is counted as such");
    test_ok(reclaim_write(1) == 1 && !pagefile_refuses, "and the next time it can");
    give_back(at, 0, VIRTUAL_RELEASE);
    stop("records");
}

static uint32_t seen[3];

static void see(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    (void)ws;
    seen[event == REPLACE_IN ? 0 : event == REPLACE_OUT ? 1 : 2] += frame != PFN_NONE;
}

static void test_watcher(void)
{
    uint32_t before, trimmed, runs;

    start("edges", FRAMES, SLOTS);
    allocate(0x10000000, 1300 * PAGE_SIZE, RESERVE | COMMIT);
    before = space->ws.count;
    trimmed = reclaim_counters.trimmed;
    runs = reclaim_counters.runs;
    replace_watcher = see;
    for (uint32_t i = 0; i < 1200; i++)
        machine_write32(space, 0x10000000 + i * PAGE_SIZE, i);
    replace_watcher = NULL;
    test_ok(seen[0] - seen[1] == space->ws.count - before && seen[1] >= 300 && seen[2] == seen[1],
            "a watcher sees %u pages come and %u go, as %u victims", seen[0], seen[1], seen[2]);
    test_ok(reclaim_counters.trimmed - trimmed == seen[1] && space->ws.evictions == seen[1],
            "the counters, too");
    test_ok(reclaim_counters.runs > runs, "and the runs");
    give_back(0x10000000, 0, VIRTUAL_RELEASE);
    stop("the watcher");
}

/* --- sizes of machines --- */

static void test_watermarks(void)
{
    static const struct {
        uint32_t frames, low;
    } table[] = {{100, 12},   {767, 12},    {768, 12},    {831, 12},   {832, 13},
                 {6400, 100}, {16384, 256}, {16448, 256}, {60000, 256}};

    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        reclaim_init(table[i].frames);
        test_ok(reclaim_settings.low == table[i].low && reclaim_settings.high == 3 * table[i].low &&
                    reclaim_settings.cluster == 16 &&
                    reclaim_settings.effort == 32 + table[i].frames / (table[i].low - 8),
                "%u frames: reclaim below %u, up to %u, %u looks", table[i].frames,
                reclaim_settings.low, reclaim_settings.high, reclaim_settings.effort);
    }
}

/* --- the ends of ranges --- */

/* A region that ends where a table ends needs no other, and takes its own away. */
static void test_tables(void)
{
    va_t edge = 0x10000000 + 2 * TABLE, at = edge;
    uint32_t tables, commit, size = 0;
    struct section *section;
    pte_t entry;

    start("edges", FRAMES, SLOTS);
    tables = space->tables;
    commit = space->commit;
    test_ok(!allocate(edge - UNIT_SIZE, UNIT_SIZE, RESERVE | COMMIT) &&
                space->tables == tables + 1 && space->commit == commit + 17,
            "16 pages up to the end of a table: that table and no other");
    test_ok(!allocate(edge, TABLE, RESERVE) && space->tables == tables + 1, "reserved: no table");
    test_ok(!allocate(edge + TABLE - PAGE_SIZE, PAGE_SIZE, COMMIT) && space->tables == tables + 2,
            "its last page is committed: one table");
    test_ok(!give_back(edge - UNIT_SIZE, 0, VIRTUAL_RELEASE) && space->tables == tables + 1,
            "released: its table goes");
    test_ok(!give_back(edge, 0, VIRTUAL_RELEASE) && space->tables == tables &&
                space->commit == commit,
            "and the other");
    test_ok(!mm_section_create(&section, TABLE, PROT_READWRITE, NULL, false, true) &&
                !view_map(section, space, &at, 0, &size, PROT_READWRITE, false) &&
                space->tables == tables + 1,
            "a view of a whole table's pages: one table");
    entry = *paging_directory_entry(space->dir, at);
    test_ok((entry & (PTE_P | PTE_W | PTE_U)) == (PTE_P | PTE_W | PTE_U), "that programs may use");
    entry = paging_words(space->dir)[LAYOUT_TABLES >> 22];
    test_ok(entry == (space->dir << PAGE_SHIFT | PTE_P | PTE_W),
            "the directory shows itself to the kernel alone");
    view_unmap(space, at);
    section_release(section);
    test_ok(allocate(edge, SLOTS * 2 * PAGE_SIZE + FRAMES * PAGE_SIZE, RESERVE | COMMIT) ==
                    STATUS_COMMITMENT_LIMIT &&
                space->tables == tables && space->commit == commit,
            "more than there is: nothing is left of it");
    stop("tables");
}

/* A stack may grow into a table that is not there yet. */
static void test_stack_table(void)
{
    va_t low = 0x10000000, edge = low + TABLE, at = edge;
    uint32_t size = PAGE_SIZE, tables;

    start("edges", FRAMES, SLOTS);
    allocate(low, 2 * TABLE, RESERVE);
    allocate(edge, UNIT_SIZE, COMMIT);
    virtual_mark(space, low, VAD_STACK, "");
    tables = space->tables;
    machine_stack_low = low;
    machine_stack_top = edge + UNIT_SIZE;
    test_ok(!virtual_protect(space, &at, &size, READWRITE | GUARD, &size),
            "a guard page at the start of a table");
    test_ok(!machine_write32(space, edge + 4, 1) && space->tables == tables + 1 &&
                space->counters.kind[FAULT_GROWTH] == 1,
            "is touched: the new guard page has a new table");
    test_ok(!machine_write32(space, edge - 4, 2) &&
                !machine_write32(space, edge - PAGE_SIZE - 4, 3),
            "and so on");
    machine_stack_low = machine_stack_top = 0;
    give_back(low, 0, VIRTUAL_RELEASE);
    stop("a growing stack");
}

/* Ranges are rounded to pages, and told so. */
static void test_rounding(void)
{
    va_t at = 0x10000000 + 100;
    uint32_t size = PAGE_SIZE, old;

    start("edges", FRAMES, SLOTS);
    allocate(0x10000000, 8 * PAGE_SIZE, RESERVE | COMMIT);
    test_ok(!virtual_lock(space, &at, &size) && at == 0x10000000 && size == 2 * PAGE_SIZE &&
                space->locked == 2,
            "4,096 bytes at +100 lie in two pages, which are locked");
    at += 100;
    size = PAGE_SIZE;
    test_ok(!virtual_unlock(space, &at, &size) && at == 0x10000000 && size == 2 * PAGE_SIZE &&
                space->locked == 0,
            "and unlocked");
    at += 100;
    size = PAGE_SIZE;
    test_ok(!virtual_protect(space, &at, &size, READONLY, &old) && at == 0x10000000 &&
                size == 2 * PAGE_SIZE && old == READWRITE &&
                machine_write32(space, at + PAGE_SIZE, 1) &&
                !machine_write32(space, at + 2 * PAGE_SIZE, 1),
            "and protected, no third one");
    at += 100;
    size = PAGE_SIZE;
    test_ok(!virtual_free(space, &at, &size, VIRTUAL_DECOMMIT) && at == 0x10000000 &&
                size == 2 * PAGE_SIZE && space_region(space, at)->commit == 6,
            "and decommitted");
    at += 100;
    size = PAGE_SIZE;
    test_ok(!virtual_allocate(space, &at, &size, COMMIT, READWRITE) && at == 0x10000000 &&
                size == 2 * PAGE_SIZE && space_region(space, at)->commit == 8,
            "and committed again");
    give_back(0x10000000, 0, VIRTUAL_RELEASE);
    stop("rounding");
}

/* MEM_RESET: these pages and no others. */
static void test_reset(void)
{
    va_t at = 0x10000000;
    uint32_t word[4];

    start("edges", FRAMES, SLOTS);
    allocate(at, 4 * PAGE_SIZE, RESERVE | COMMIT);
    for (uint32_t i = 0; i < 4; i++)
        machine_write32(space, at + i * PAGE_SIZE, i + 1);
    reclaim_empty(space);
    reclaim_write(4);
    for (uint32_t i = 0; i < 4; i++)
        pfn_take_away(pte_frame(*paging_find(space->dir, at + i * PAGE_SIZE)));
    allocate(at + PAGE_SIZE, 2 * PAGE_SIZE, VIRTUAL_RESET);
    for (uint32_t i = 0; i < 4; i++)
        machine_read32(space, at + i * PAGE_SIZE, &word[i]);
    test_ok(word[0] == 1 && !word[1] && !word[2] && word[3] == 4,
            "two pages in the middle are reset: %u %u %u %u", word[0], word[1], word[2], word[3]);
    give_back(at, 0, VIRTUAL_RELEASE);
    stop("reset");
}

/* The lists of written pages: from any byte, of any length. */
static void test_written(void)
{
    va_t at = 0x10000000, pages[80];
    uint32_t count = 80;

    start("edges", FRAMES, SLOTS);
    allocate(at, 70 * PAGE_SIZE, RESERVE | COMMIT | VIRTUAL_WRITE_WATCH);
    for (uint32_t i = 0; i < 70; i += 1 + i % 3)
        machine_write32(space, at + i * PAGE_SIZE, i);
    watch_written(space, at + 35 * PAGE_SIZE + 100, PAGE_SIZE, pages, &count);
    test_ok(count == 1 && pages[0] == at + 36 * PAGE_SIZE,
            "4,096 bytes at +100 lie in two pages, one of them written");
    count = 80;
    watch_written(space, at + 36 * PAGE_SIZE, PAGE_SIZE, pages, &count);
    test_ok(count == 1, "one page is one page, though the next one was written, too");
    test_ok(!watch_reset(space, at + 36 * PAGE_SIZE, PAGE_SIZE), "which is reset");
    count = 80;
    watch_written(space, at, 70 * PAGE_SIZE, pages, &count);
    watch_reset(space, at, 70 * PAGE_SIZE);
    for (uint32_t i = 0, k = 0; i < 70; i += 1 + i % 3)
        if (i != 36 && (k == count || pages[k++] != at + i * PAGE_SIZE))
            count = 0;
    test_ok(count > 30, "all the others are listed: %u", count);
    machine_write32(space, at + 32 * PAGE_SIZE, 1);
    count = 80;
    watch_written(space, at, 70 * PAGE_SIZE, pages, &count);
    test_ok(count == 1 && pages[0] == at + 32 * PAGE_SIZE, "after that only what is written again");
    give_back(at, 0, VIRTUAL_RELEASE);
    stop("write watch");
}

/* The bitmap has a bit for the last page, too, whatever their number. */
static void test_watched_sizes(void)
{
    va_t at = 0x10000000, last;
    uint32_t wrong = 0;

    start("edges", FRAMES, SLOTS);
    for (uint32_t i = 1; i <= 513; i += 16) {
        uint32_t count = 1;

        allocate(at, i * PAGE_SIZE, RESERVE | COMMIT | VIRTUAL_WRITE_WATCH);
        last = at + (i - 1) * PAGE_SIZE;
        machine_write32(space, last, i);
        wrong += watch_written(space, at, i * PAGE_SIZE, &last, &count) || count != 1 ||
                 last != at + (i - 1) * PAGE_SIZE;
        give_back(at, 0, VIRTUAL_RELEASE);
    }
    test_ok(!wrong, "regions of 1 to 513 pages: the last one is marked (%u are not)", wrong);
    stop("watched sizes");
}

/* --- sections --- */

static void test_views(void)
{
    struct section *section;
    va_t whole = 0, part = 0, none = 0, last = 0;
    uint32_t word, tables;

    start("edges", FRAMES, SLOTS);
    test_ok(!mm_section_create(&section, 3 * UNIT_SIZE, PROT_READWRITE, NULL, false, false) &&
                !map(section, &whole, 0, 0, PROT_READWRITE) &&
                !map(section, &part, UNIT_SIZE, UNIT_SIZE, PROT_READWRITE) &&
                !map(section, &last, 2 * UNIT_SIZE, UNIT_SIZE, PROT_READONLY) &&
                !view_unmap(space, last),
            "a section, all of it and its second 64 KB");
    for (uint32_t i = 0; i < 48; i++)
        machine_write32(space, whole + i * PAGE_SIZE, i + 1);
    for (uint32_t i = 0; i < 16; i++)
        machine_read32(space, part + i * PAGE_SIZE, &word), MM_ASSERT(word == i + 17);
    machine_write32(space, part, 100);
    mm_check();
    reclaim_empty(space);
    reclaim_write(100);
    test_ok(!machine_read32(space, whole + UNIT_SIZE, &word) && word == 100,
            "what is written in one is read in the other");
    machine_write32(space, part, 101);
    test_ok(!view_unmap(space, part) && !pfn_count[PFN_MODIFIED], "one goes");
    reclaim_empty(space);
    reclaim_write(100);
    for (pte_t w; pte_kind(w = *section_master(section, 16)) == PTE_TRANSITION;)
        pfn_take_away(pte_frame(w));
    test_ok(!machine_read32(space, whole + UNIT_SIZE, &word) && word == 101,
            "and what it wrote last is not lost");
    test_ok(map(section, &none, UNIT_SIZE, 2 * UNIT_SIZE + 1, PROT_READONLY) ==
                    STATUS_INVALID_VIEW_SIZE &&
                map(section, &none, 3 * UNIT_SIZE, 0, PROT_READONLY) ==
                    STATUS_INVALID_PARAMETER_4 &&
                map(section, &none, 100, 0, PROT_READONLY) == STATUS_MAPPED_ALIGNMENT,
            "a view ends where its section ends");
    last = LAYOUT_USER_TOP;
    test_ok(map(section, &last, 0, PAGE_SIZE, PROT_READONLY) == STATUS_INVALID_PARAMETER_3,
            "not above what programs have");
    last = LAYOUT_USER_TOP - 2 * UNIT_SIZE;
    test_ok(map(section, &last, 0, 0, PROT_READONLY) == STATUS_INVALID_PARAMETER_3 &&
                !map(section, &last, UNIT_SIZE, 0, PROT_READONLY),
            "but up to there");
    none = LAYOUT_USER_LOW;
    test_ok(map(section, &none, 0, UNIT_SIZE, PROT_READONLY) == STATUS_CONFLICTING_ADDRESSES &&
                none == whole,
            "and down to the first page, which is taken");
    none = LAYOUT_USER_LOW - PAGE_SIZE;
    test_ok(map(section, &none, 0, UNIT_SIZE, PROT_READONLY) == STATUS_INVALID_PARAMETER_3,
            "not below");
    tables = space->tables;
    test_ok(!view_unmap(space, last) && space->tables <= tables, "it goes, too");
    view_unmap(space, whole);
    section_release(section);
    stop("views");
}

static void test_extend(void)
{
    struct section *section;
    uint32_t commit = 0;

    start("edges", FRAMES, SLOTS);
    test_ok(!mm_section_create(&section, PAGE_SIZE + 1, PROT_READWRITE, NULL, false, false) &&
                section->pages == 2,
            "a section of a page and a byte has two pages");
    commit = commit_counters.total;
    test_ok(!mm_section_extend(section, 2 * PAGE_SIZE) && section->pages == 2 &&
                commit_counters.total == commit && section->size == 2 * PAGE_SIZE,
            "a byte more in the last page costs nothing");
    test_ok(!mm_section_extend(section, TABLE + 1) && section->pages == 1025 &&
                section->tables == 2 && commit_counters.total == commit + 1023 + 1,
            "a page more than a table holds costs a table");
    test_ok(mm_section_extend(section, 100u << 20) == STATUS_COMMITMENT_LIMIT &&
                section->pages == 1025 && section->size == TABLE + 1 &&
                commit_counters.total == commit + 1024,
            "more than there is: nothing has changed");
    section_release(section);
    stop("a growing section");
}

/* Copies of a view are charged; where a call fails for that, nothing stays charged. */
static void test_copies(void)
{
    struct section *lazy, *section;
    va_t at = 0, copy = 0, filler = 0;
    uint32_t size, old, commit;

    start("edges", FRAMES, SLOTS);
    test_ok(!mm_section_create(&section, 8 * PAGE_SIZE, PROT_READWRITE, NULL, false, false) &&
                !map(section, &copy, 0, 0, PROT_WRITECOPY) &&
                space_region(space, copy)->commit == 8,
            "a view that copies is charged for its 8 pages");
    at = copy;
    size = 3 * PAGE_SIZE;
    test_ok(!virtual_protect(space, &at, &size, READONLY, &old) && old == WRITECOPY &&
                space_region(space, copy)->commit == 5,
            "three that may be read only are not");
    mm_check();
    at = copy + 2 * PAGE_SIZE;
    size = 2 * PAGE_SIZE;
    test_ok(!virtual_protect(space, &at, &size, WRITECOPY, &old) &&
                space_region(space, copy)->commit == 6,
            "one is again");
    mm_check();
    at = 0;
    test_ok(!mm_section_create(&lazy, 64 * PAGE_SIZE, PROT_READWRITE, NULL, false, true) &&
                !map(lazy, &at, 0, 0, PROT_WRITECOPY),
            "a reserved section and a view that copies");
    size = (commit_left() - 40) * PAGE_SIZE;
    test_ok(!virtual_allocate(space, &filler, &size, RESERVE | COMMIT, READWRITE),
            "nearly all is promised");
    commit = commit_counters.total;
    size = 64 * PAGE_SIZE;
    test_ok(virtual_allocate(space, &at, &size, COMMIT, WRITECOPY) == STATUS_COMMITMENT_LIMIT &&
                commit_counters.total == commit,
            "64 pages and their copies are too many: nothing is charged");
    size = 8 * PAGE_SIZE;
    test_ok(!virtual_allocate(space, &at, &size, COMMIT, WRITECOPY) &&
                commit_counters.total == commit + 8,
            "8 pages: their copies were charged when the view was mapped");
    mm_check();
    give_back(filler, 0, VIRTUAL_RELEASE);
    view_unmap(space, at);
    view_unmap(space, copy);
    section_release(lazy);
    section_release(section);
    stop("copies");
}

/* Room for a view's tables is made, however full RAM is. */
static void test_view_under_pressure(void)
{
    struct section *section;
    va_t at = 0;

    start("edges", FRAMES, SLOTS);
    allocate(0x10000000, 1300 * PAGE_SIZE, RESERVE | COMMIT);
    test_ok(!mm_section_create(&section, 50 * TABLE, PROT_READWRITE, NULL, false, true),
            "a section of 200 MB, reserved");
    for (uint32_t i = 0; i < 1300; i++)
        machine_write32(space, 0x10000000 + i * PAGE_SIZE, i);
    test_ok(pfn_available() < 50 && !map(section, &at, 0, 0, PROT_READONLY),
            "its view gets 50 tables though RAM is full");
    view_unmap(space, at);
    section_release(section);
    give_back(0x10000000, 0, VIRTUAL_RELEASE);
    stop("a view under pressure");
}

int main(void)
{
    test_sums();
    test_watermarks();
    test_totals();
    test_record();
    test_watcher();
    test_tables();
    test_stack_table();
    test_rounding();
    test_reset();
    test_written();
    test_watched_sizes();
    test_views();
    test_extend();
    test_copies();
    test_view_under_pressure();
    return test_end();
}
