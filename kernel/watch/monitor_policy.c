/* monitor_policy.c - which page goes next: policy, ring. */
#include "kernel/device/console.h"
#include "kernel/watch/monitor_command.h"

enum { NEXT = 12, COLUMNS = 64, ROWS = 16, LINE = 512 };

static void list_policies(void)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        console_printf("%s %-12s %s\n", *p == space_policy ? "*" : " ", (*p)->name, (*p)->title);
    for (const struct space *s = &space_kernel; s; s = s->next)
        console_printf("  %-14.14s %4u %6u pages under %s, %u evicted so far\n",
                       s == &space_kernel ? "(kernel)" : s->name, s->id, s->ws.count,
                       s->ws.policy->name, s->ws.evictions);
}

static bool unknown_policy(const char *word)
{
    struct text text = TEXT(LINE);

    words_policies(&text);
    return monitor_fail("There is no policy \"%.40s\"; there are %s.", word, text.buffer);
}

/* Of all processes, and of those to come. */
static void switch_all(const struct replace_policy *chosen)
{
    space_policy = chosen;
    for (struct space *s = &space_kernel; s; s = s->next)
        replace_switch(&s->ws, chosen);
}

static bool policy(int count, char **words)
{
    const struct replace_policy *chosen = count > 1 ? replace_find(words[1]) : NULL;
    struct space *only = count > 2 ? monitor_space(words[2]) : NULL;

    if (count > 1 && !chosen)
        return unknown_policy(words[1]);
    if (count > 2 && !only)
        return false;
    if (only)
        replace_switch(&only->ws, chosen);
    else if (chosen)
        switch_all(chosen);
    list_policies();
    return true;
}

/* One letter a frame: has the CPU accessed it, has it written it? */
static char ring_letter(pfn_t frame)
{
    bool accessed = resident_view.accessed(frame), dirty = resident_view.dirty(frame);

    return ".dAB"[accessed * 2 + dirty];
}

static void ring_frame(pfn_t frame, bool first)
{
    const struct pfn *p = pfn_record(frame);

    console_printf("  %s frame %05X  %s %08X  %s, %s%s\n", first ? "the hand ->" : "           ",
                   frame, p->use == PFN_USE_SHARED ? "section offset" : "page", p->va,
                   resident_view.accessed(frame) ? "accessed" : "not accessed",
                   resident_view.dirty(frame) ? "dirty" : "clean", p->locks ? ", locked" : "");
}

static void ring_head(const struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count && i < NEXT; i++, frame = pfn_record(frame)->next)
        ring_frame(frame, i == 0);
}

static bool ring(int, char **words)
{
    struct space *space = monitor_space(words[1]);
    const struct working_set *ws;
    pfn_t frame;

    if (!space)
        return false;
    ws = &space->ws;
    console_printf("The ring of %s (process %u): %u frames, under %s,\n%s.\n", space->name,
                   space->id, ws->count, ws->policy->name, ws->policy->title);
    ring_head(ws);
    frame = ws->hand;
    for (uint32_t i = 0; i < ws->count && i < COLUMNS * ROWS; i++) {
        if (i % COLUMNS == 0)
            console_printf("%s  ", i ? "\n" : "");
        console_put(ring_letter(frame));
        frame = pfn_record(frame)->next;
    }
    if (ws->count > COLUMNS * ROWS)
        console_printf("\n  and %u more", ws->count - COLUMNS * ROWS);
    console_printf("%sA accessed  B accessed and dirty  d dirty only  . neither\n",
                   ws->count ? "\n" : "");
    return true;
}

const struct monitor_command monitor_policy_commands[] = {
    {"policy", NULL, "[NAME [PID]]",
     "replacement policies; choose another\npolicy fifo; run thrash.exe 24; policy", 0, 2, policy},
    {"ring", NULL, "[PID]", "a process's frames in its policy's order\nrun thrash.exe 24 &; ring",
     0, 1, ring},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
