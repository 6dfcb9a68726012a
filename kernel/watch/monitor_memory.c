/* monitor_memory.c - RAM and what backs it: vm, frames, pfn, pool, pagefile, watermarks, check. */
#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"
#include "kernel/device/pagedev.h"
#include "kernel/process/process.h"
#include "kernel/service/audit.h"
#include "kernel/watch/framemap.h"
#include "kernel/watch/monitor_command.h"
#include "lib/parse.h"
#include "lib/string.h"

/* LOWEST: below it pfn_alloc() keeps the last frames for page tables, and programs would starve. */
enum { LINE = 256, MAP_COLUMNS = 64, MAP_ROWS = 24, MOST_PLACES = 16, LOWEST = 12 };

static void vm_ram(const struct mm_totals *t)
{
    console_printf("RAM           %8u frames of 4 KB = %u KB\n", t->ram_frames, t->ram_frames * 4);
    console_printf("  kernel      %8u   image %u, page tables %u, pool %u, stacks %u\n",
                   t->kernel_frames, pfn_uses[PFN_USE_KERNEL], pfn_uses[PFN_USE_TABLE],
                   pfn_uses[PFN_USE_POOL], pfn_uses[PFN_USE_STACK]);
    console_printf("  in use      %8u   private pages %u, pages of sections %u\n", t->resident,
                   pfn_uses[PFN_USE_PRIVATE], pfn_uses[PFN_USE_SHARED]);
    if (pfn_uses[PFN_USE_PHYSICAL])
        console_printf("              %8u   of these programs' own, in windows (AWE)\n",
                       pfn_uses[PFN_USE_PHYSICAL]);
    console_printf("  modified    %8u   content not yet in the paging file or its file\n",
                   t->modified);
    console_printf("  standby     %8u   content intact: touching it again is a soft fault\n",
                   t->standby);
    console_printf("  free        %8u\n", t->free);
    console_printf("  zeroed      %8u\n", t->zeroed);
    console_printf("  withheld    %8u   by FRAMES= or bad\n", pfn_count[PFN_BAD]);
    console_printf("Available     %8u   zeroed, free and standby; reclaim keeps %u to %u\n",
                   t->available, reclaim_settings.low, reclaim_settings.high);
}

static void vm_backing(const struct mm_totals *t)
{
    console_printf("Commit        %8u   of %u pages; most ever %u, %u calls refused\n", t->commit,
                   t->commit_limit, t->commit_peak, commit_counters.refused);
    console_printf("Paging file   %8u   of %u slots in use; most ever %u, %u errors\n",
                   t->slots_used, t->slots, pagefile_counters.peak, pagefile_counters.errors);
}

static void vm_traffic(const struct mm_totals *t)
{
    console_printf("Faults        %8u\n", t->faults);
    console_printf("  hard faults %8u   the page had to be read\n", t->hard);
    console_printf("  soft faults %8u   answered without reading\n", t->soft);
    for (unsigned kind = 1; kind < FAULT_KINDS; kind++)
        if (fault_kind_count[kind])
            console_printf("    %-14s%8u\n", fault_kind_name(kind), fault_kind_count[kind]);
    console_printf("Page-ins      %8u   pages read from the paging file\n", t->page_ins);
    console_printf("Page-outs     %8u   pages written to the paging file\n", t->page_outs);
    console_printf("Reclaim       %8u   runs; %u trimmed, %u written back, %u writes failed\n",
                   reclaim_counters.runs, reclaim_counters.trimmed, reclaim_counters.written,
                   reclaim_counters.failed_writes);
    console_printf("Done ahead    %8u   frames zeroed and %u pages written in idle time\n"
                   "Balancing     %8u   rounds, %u pages trimmed\n",
                   balance_counters.zeroed, balance_counters.written, balance_counters.passes,
                   balance_counters.trimmed);
}

static void vm_holder(const char *name, uint32_t pid, const struct space *s)
{
    console_printf("  %-14.14s %4u %6u pages in RAM, most %u; %u charged, %u tables\n", name, pid,
                   s->resident, s->peak_resident, s->commit, s->tables);
    console_printf("  %19s %6u in its ring (limits %u to %u), under %s\n"
                   "  %19s %6u faults a second, %u pages taken away, %u locked\n",
                   "", s->ws.count, s->ws.minimum, s->ws.maximum, s->ws.policy->name, "",
                   s->ws.recent, s->ws.evictions, s->locked);
}

static bool vm(int, char **)
{
    struct mm_totals totals;

    mm_totals(&totals);
    vm_ram(&totals);
    vm_backing(&totals);
    vm_traffic(&totals);
    monitor_say("Policy        %s: %s\n", space_policy->name, space_policy->title);
    console_printf("Who holds what:\n");
    vm_holder("(kernel)", 0, &space_kernel);
    for (struct process *p = process_all; p; p = p->next)
        if (p->space)
            vm_holder(p->image_name, p->id, p->space);
    return true;
}

static bool frames(int, char **)
{
    uint32_t cells = MAP_COLUMNS * MAP_ROWS;
    uint32_t per = (pfn_limit + cells - 1) / cells;

    console_printf("%u frames, %u a letter:\n", pfn_limit, per);
    for (pfn_t frame = 0; frame < pfn_limit; frame += per) {
        uint32_t left = pfn_limit - frame;

        if (frame / per % MAP_COLUMNS == 0)
            console_printf("%s%05X  ", frame ? "\n" : "", frame);
        console_put(framemap_cell(frame, left < per ? left : per).letter);
    }
    console_printf("\n%s\n", framemap_legend);
    for (struct process *p = process_all; p; p = p->next)
        if (p->space)
            console_printf("%c page of %s (process %u)\n", framemap_letter(p->id), p->image_name,
                           p->id);
    for (unsigned s = 0; s < PFN_STATES; s++)
        console_printf("%s%u %s", s ? ", " : "", pfn_count[s], words_pfn_state(s));
    console_printf("\n");
    return true;
}

static void pfn_pointers(pfn_t frame)
{
    const struct pfn *p = pfn_look(frame);
    struct text text = TEXT(LINE);

    if (!p->pte)
        return;
    words_pte(&text, *p->pte);
    monitor_say("  its PTE at %08X = %08X: %s\n", (uint32_t)p->pte, *p->pte, text.buffer);
    if (p->ws)
        monitor_say("  in a ring of %u frames under policy %s: %s, %s, age %u, mark %u\n",
                    p->ws->count, p->ws->policy->name,
                    resident_view.accessed(frame) ? "accessed" : "not accessed",
                    resident_view.dirty(frame) ? "dirty" : "clean", p->age, p->mark);
}

/* The places where a frame is mapped: as many as fit a screen. */
struct places {
    pfn_t frame;
    uint32_t left;
};

static void say_place(struct space *space, va_t va, pte_t *, void *context)
{
    struct places *places = context;
    bool home = pfn_record(places->frame)->ws == &space->ws;

    if (places->left > 0 && places->left--)
        monitor_say("  mapped at %08X by %s (process %u)%s\n", va, space->name, space->id,
                    home ? ", in whose ring it is" : "");
}

static void pfn_places(pfn_t frame)
{
    struct places places = {frame, MOST_PLACES};
    const struct pfn *p = pfn_look(frame);

    if (p->state != PFN_ACTIVE || (p->use != PFN_USE_PRIVATE && p->use != PFN_USE_SHARED))
        return;
    resident_each_mapping(frame, say_place, &places);
    if (resident_mappings(frame) > MOST_PLACES)
        monitor_say("  and at %u other places\n", resident_mappings(frame) - MOST_PLACES);
}

static bool pfn(int, char **words)
{
    struct text text = TEXT(LINE);
    uint32_t frame;

    if (!parse_address(words[1], &frame) || frame >= pfn_limit)
        return monitor_fail("\"%.40s\" is no frame number: give a hexadecimal number below %X "
                            "(a physical address without its last three digits).",
                            words[1], pfn_limit);
    words_frame(&text, frame);
    monitor_say("Frame %05X, physical %08X: %s\n", frame, frame << PAGE_SHIFT, text.buffer);
    pfn_pointers(frame);
    pfn_places(frame);
    return true;
}

/* Objects of the pool by their tag. */
enum { TAGS = 32 };

struct tag_sums {
    uint32_t count;
    struct tag_sum {
        char tag[4];
        uint32_t objects, bytes;
    } sum[TAGS];
};

static void add_to_sum(const char *tag, uint32_t size, void *context)
{
    struct tag_sums *sums = context;
    uint32_t i = 0;

    while (i < sums->count && memcmp(sums->sum[i].tag, tag, 4) != 0)
        i++;
    if (i == TAGS)
        return;
    if (i == sums->count) {
        memcpy(sums->sum[i].tag, tag, 4);
        sums->count++;
    }
    sums->sum[i].objects++;
    sums->sum[i].bytes += size;
}

static bool pool(int, char **)
{
    struct tag_sums sums = {0};

    console_printf("  TAG    OBJECTS     BYTES\n");
    pool_walk(add_to_sum, &sums);
    for (uint32_t i = 0; i < sums.count; i++)
        console_printf("  %.4s  %8u  %8u\n", sums.sum[i].tag, sums.sum[i].objects,
                       sums.sum[i].bytes);
    console_printf("%u objects, %u bytes in %u frames; %u requests refused\n",
                   pool_counters.objects, pool_counters.bytes, pool_counters.frames,
                   pool_counters.refused);
    return true;
}

/* The slots as a map: . none used, o some, # all.  => there are slots */
static void pagefile_map(uint32_t slots)
{
    uint32_t per = (slots + MAP_COLUMNS * 8 - 1) / (MAP_COLUMNS * 8), letters = 0;

    console_printf("%u slots a letter: . free, o partly used, # all used", per);
    for (uint32_t first = 1; first <= slots; first += per) {
        uint32_t used = 0, last = first + per - 1 < slots ? first + per - 1 : slots;

        for (uint32_t slot = first; slot <= last; slot++)
            used += pagefile_is_used(slot);
        if (letters++ % MAP_COLUMNS == 0)
            console_printf("\n%7u  ", first);
        console_printf("%s", used == 0 ? "." : used == last - first + 1 ? "#" : "o");
    }
    console_printf("\n");
}

/* So many pages in so many cells, and how many times its size that is. */
static void store_content(const char *when, uint32_t pages, uint32_t used)
{
    console_printf("%s %u KB hold %u pages = %u KB", when, used / 4, pages, pages * 4);
    if (used)
        console_printf(", ratio %u.%02u", pages * 16 / used, pages * 1600 / used % 100);
}

static void pagefile_device(void)
{
    const struct zstore_counters *c = pagedev_store() ? &pagedev_store()->counters : NULL;

    if (pagedev_fails_read && pagedev_fails_write)
        console_printf("The disk refuses one transfer in %u.\n", pagedev_fails_read);
    else if (pagedev_fails_read || pagedev_fails_write)
        console_printf("The disk refuses every %s.\n", pagedev_fails_read ? "read" : "write");
    console_printf("Each page to or from the disk takes %u microseconds more than copying it;\n"
                   "%llu ms so far.\n",
                   pagedev_latency, pagedev_waited / 1000);
    if (!c)
        return;
    console_printf("Compressed store of %u KB:", c->cells / 4);
    store_content("\n  now", c->pages, c->used);
    store_content("\n  at its fullest", c->most_pages, c->most_used);
    console_printf("\n  %u pages written and %u read here\n"
                   "  to the disk went %u pages that do not get small and %u for want of room\n",
                   c->writes, c->reads, c->too_large, c->full);
}

static bool set_failing(int count, char **words)
{
    const char *what = count == 3 ? words[2] : "";
    uint32_t one_in = 0;

    if (!parse_u32(what, &one_in) && strcmp(what, "read") != 0 && strcmp(what, "write") != 0 &&
        strcmp(what, "none") != 0)
        return monitor_fail("pagefile fail wants the transfers that the disk is to refuse: read, "
                            "write, none, or N for one in N.");
    pagedev_fails_read = *what == 'r' ? 1 : one_in;
    pagedev_fails_write = *what == 'w' ? 1 : one_in;
    return true;
}

/* Some slot that holds a page.  => there is one */
static uint32_t some_slot(void)
{
    uint32_t slot = pagedev_chance() % pagefile_counters.slots + 1;

    while (!pagefile_is_used(slot))
        slot = slot % pagefile_counters.slots + 1;
    return slot;
}

/* Bits of stored pages turn; `back`: each page is read once, and its bit turned again. */
static bool flip_bits(uint32_t bits, bool back)
{
    uint32_t caught = 0;
    pfn_t frame = back ? pfn_alloc(PFN_USE_KERNEL, PFN_ANY) : PFN_NONE;

    if (back && !frame)
        return monitor_fail("pagefile flip finds no free frame to read pages into.");
    for (uint32_t i = 0; i < bits; i++) {
        uint32_t slot = some_slot(), bit = pagedev_chance() % (PAGE_SIZE * 8);

        pagefile_flip(slot, bit);
        if (!back)
            continue;
        caught += pagefile_read(slot, frame) != STATUS_SUCCESS;
        pagefile_flip(slot, bit);
        if (i % 64 == 0)
            cpu_irq_gap();
    }
    if (back) {
        pfn_free(frame, false);
        monitor_say(
            "%u bits flipped, one at a time, and put back: %u of %u caught when the page was "
            "read.\n",
            bits, caught, bits);
    } else {
        monitor_say("%u bits flipped. Whoever needs such a page gets an in-page error.\n", bits);
    }
    return !back || caught == bits;
}

static bool set_flips(int count, char **words)
{
    bool back = count == 4 && strcmp(words[3], "back") == 0;
    uint32_t bits;

    if (count < 3 || !parse_u32(words[2], &bits) || (count == 4 && !back))
        return monitor_fail("pagefile flip wants how many bits, and perhaps the word back.");
    if (!pagefile_counters.used)
        return monitor_fail("pagefile flip finds no page in the paging file.");
    return flip_bits(bits, back);
}

static bool set_device(int count, char **words)
{
    uint32_t latency;

    if (strcmp(words[1], "fail") == 0)
        return set_failing(count, words);
    if (strcmp(words[1], "flip") == 0)
        return set_flips(count, words);
    if (strcmp(words[1], "latency") != 0)
        return monitor_fail("pagefile knows no \"%.40s\": type pagefile, pagefile latency "
                            "MICROSECONDS, pagefile fail read|write|none|N, or pagefile flip N "
                            "[back].",
                            words[1]);
    if (count != 3 || !parse_u32(words[2], &latency) || latency > PAGEDEV_SLOWEST)
        return monitor_fail("pagefile latency wants microseconds, at most %d.", PAGEDEV_SLOWEST);
    pagedev_latency = latency;
    return true;
}

static bool pagefile(int count, char **words)
{
    const struct pagefile_counters *c = &pagefile_counters;

    if (count > 1 && !set_device(count, words))
        return false;
    if (!c->slots) {
        console_printf("There is no paging file (PAGEFILE=0): pages that were written can't leave "
                       "RAM.\n");
        return true;
    }
    console_printf("%u slots of 4 KB, %u in use, most ever %u;\n"
                   "%u pages read, %u written, %u errors\n",
                   c->slots, c->used, c->peak, c->reads, c->writes, c->errors);
    if (c->damaged)
        console_printf("%u times a page came back other than it was written.\n", c->damaged);
    pagefile_device();
    pagefile_map(c->slots);
    return true;
}

static bool watermarks(int count, char **words)
{
    struct reclaim_settings *s = &reclaim_settings;
    uint32_t low, high;

    if (count == 2)
        return monitor_fail("watermarks takes both or none: type \"watermarks LOW HIGH\".");
    if (count == 3) {
        if (!parse_u32(words[1], &low) || !parse_u32(words[2], &high) || low < LOWEST ||
            low >= high || high > pfn_limit / 2)
            return monitor_fail("watermarks: LOW must be at least %d, HIGH larger than LOW and at "
                                "most %u, half the frames.",
                                LOWEST, pfn_limit / 2);
        s->low = low;
        s->high = high;
    }
    monitor_say(
        "Reclaim starts when fewer than %u frames are available; the balancer trims until %u "
        "are. In idle time up to %u pages are written in one go. Available now: %u.\n",
        s->low, s->high, s->cluster, pfn_available());
    return true;
}

static bool check(int, char **)
{
    audit(); /* panics, with a sentence, on the first difference */
    console_printf("Everything agrees: frames, lists, PTEs, regions, slots, commit,\n"
                   "and what the CPU walks.\n");
    return true;
}

const struct monitor_command monitor_memory_commands[] = {
    {"vm", "!vm", "", "who holds what, and all counters\nvm; run thrash.exe 24; vm", 0, 0, vm},
    {"frames", NULL, "", "a map of all frames by owner and state\nrun thrash.exe 24 &; frames", 0,
     0, frames},
    {"pfn", "!pfn", "FRAME", "one frame's record\npfn 100", 1, 1, pfn},
    {"pool", "!poolused", "", "the kernel's small objects\npool", 0, 0, pool},
    {"pagefile", NULL, "[latency|fail|flip ...]",
     "the paging file and its device\npagefile latency 2000; run thrash.exe 24; pagefile", 0, 3,
     pagefile},
    {"watermarks", NULL, "[LOW HIGH]", "when reclaim starts and stops\nwatermarks 100 400", 0, 2,
     watermarks},
    {"check", NULL, "", "recompute every invariant\nrun thrash.exe 24 &; check", 0, 0, check},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
