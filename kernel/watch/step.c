/* step.c - stop at a fault and explain it.
 *
 * The trace calls step_fault() when a fault has just been resolved or refused and nothing else has
 * run since, so all that the paragraph says is still there to be looked at.  While it waits for a
 * key the CPU serves interrupts, but interrupts start nothing: the kernel is not preempted, so the
 * machine stands still.
 */
#include "kernel/watch/step.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/device/symbols.h"
#include "kernel/device/console.h"
#include "kernel/device/vga.h"
#include "kernel/process/exception.h"
#include "kernel/watch/place.h"
#include "kernel/watch/screen.h"
#include "kernel/watch/trace.h"

enum { PARAGRAPH = 2400, WIDTH = 79, CTRL_C = 3 };

static struct step_filter filter;
static struct reclaim_counters reclaim_before; /* at the previous fault */

void step_stop(void)
{
    trace_listen(TRACE_STEP, false);
}

/* Why the fault was resolved the way it was. */
static const char *decision(enum fault_kind kind)
{
    static const char *const texts[FAULT_KINDS] = {
        [FAULT_DEMAND_ZERO] =
            "the page was promised but never touched, so it gets a frame of zeros",
        [FAULT_TRANSITION] =
            "the page had been trimmed, but its frame still waits on a list with the "
            "content intact, so it is simply mapped again",
        [FAULT_PAGEFILE] = "the content is in the paging file, so it is read into a frame",
        [FAULT_FILE] = "the content is in the section's file, so it is read into a frame",
        [FAULT_PROTOTYPE] = "the section's page is in RAM already, so it is only mapped here too",
        [FAULT_COPY] = "the page is shared and was written, so this process gets a copy of its own",
        [FAULT_UPGRADE] =
            "no frame is needed: a write-copy page that is the process's own already only "
            "becomes writable (else the CPU had an older PTE in its TLB)",
        [FAULT_GUARD] =
            "a guard page was touched for the first time: the guard is taken away and the "
            "program is told",
        [FAULT_GROWTH] =
            "the guard page of the thread's own stack was touched: it becomes stack, and "
            "the page below becomes the guard",
        [FAULT_OVERFLOW] =
            "the guard page of the thread's own stack was touched, but no room is left "
            "below it",
        [FAULT_VIOLATION] = "refused",
        [FAULT_IN_PAGE] = "the page is promised, but can't be had",
        [FAULT_NO_MEMORY] = "the page is promised, but can't be had",
    };

    return texts[kind] ? texts[kind] : "nothing was to be done";
}

static void explain_access(struct text *text, const struct fault *f)
{
    uint32_t offset;
    uint32_t code =
        (f->present ? 1u : 0) + (f->access == FAULT_WRITE ? 2u : 0) + (f->user ? 4u : 0);
    const char *what = f->access == FAULT_WRITE ? "a write" : "a read or an instruction fetch";
    const char *function = f->user ? NULL : symbols_find(f->pc, &offset);

    text_add(text, "--- fault %u: ", f->number);
    words_owner(text, f->space);
    text_add(text, ", thread %u ---\nThe instruction at %08X", f->tid, f->pc);
    if (function)
        text_add(text, " (%s+%u, in the kernel)", function, offset);
    if (f->access != FAULT_EXECUTE)
        text_add(text, " wanted to %s %08X.\n", words_access(f->access), f->va);
    else if (f->va == f->pc)
        text_add(text, " could not be fetched.\n");
    else
        text_add(text, " could not be fetched: it goes on at %08X.\n", f->va);
    if (f->access == FAULT_EXECUTE && cpu_features.smep) {
        code += TRAP_PF_FETCH;
        what = "an instruction fetch";
    }
    text_add(text, "Error code %u: %s, in %s mode, %s.\n", code, what, f->user ? "user" : "kernel",
             f->present ? "and the PTE was valid but forbade it" : "and the PTE was not valid");
}

static void explain_walk(struct text *text, const struct fault *f)
{
    place_directory(text, f->space, f->va);
    if (paging_find(f->space->dir, f->va))
        place_entry(text, f->va, "was", f->pte_before);
    if (!f->region) {
        text_add(text, "No region holds the address.\n");
        return;
    }
    text_add(text, "Region %08X-%08X, %s%s%s, made as ", f->region->start, f->region->end - 1,
             place_type(f->region), f->region->tag[0] ? ", " : "", f->region->tag);
    words_prot(text, f->region->prot);
    text_add(text, ".\n");
}

/* What reclaim did since the fault before, and whose frame was taken. */
static void explain_victim(struct text *text, const struct fault *f)
{
    const struct pfn_victim *v = f->taken ? &pfn_last_victim : NULL;
    uint32_t trimmed = reclaim_counters.trimmed - reclaim_before.trimmed;
    uint32_t written = reclaim_counters.written - reclaim_before.written;

    if (trimmed || written)
        text_add(text,
                 "Fewer than %u frames were available, so reclaim ran: %u pages trimmed, %u "
                 "written.\n",
                 reclaim_settings.low, trimmed, written);
    if (!v)
        return;
    text_add(text, "No frame was free, so the oldest standby page lost its frame: ");
    if (v->owner) {
        const struct replace_policy *policy = v->owner->ws.policy;

        text_add(text, "%08X of ", v->va);
        words_owner(text, v->owner);
        text_add(text, ", trimmed before by policy %s (%s). ", policy->name, policy->title);
    } else {
        text_add(text, "offset %X of a section. ", v->va);
    }
    if (v->owner)
        text_add(text, "Its PTE says now %08X. ", *paging_find(v->owner->dir, v->va));
    if (v->slot)
        text_add(text, "Its content is safe in slot %u of the paging file; it %s.\n", v->slot,
                 v->dirty ? "was dirty and had to be written" : "was clean");
    else
        text_add(text, "Its content can be read from its file again, or was still zero.\n");
}

static void explain_outcome(struct text *text, const struct fault *f)
{
    text_add(text, "Decision: %s fault: %s", fault_kind_name(f->kind), decision(f->kind));
    if (f->status != STATUS_SUCCESS && f->reason != REASON_NONE)
        text_add(text, ": %s", words_fault_reason(f->reason));
    if (fault_is_hard(f->kind) && f->access == FAULT_WRITE && prot_copies(f->prot))
        text_add(text, ", and as it is written, this process gets a copy of its own");
    text_add(text, ".\n");
    explain_victim(text, f);
    if (f->pte_after != f->pte_before) {
        text_add(text, "The PTE says now %08X: ", f->pte_after);
        words_pte(text, f->pte_after);
        text_add(text, ".\n");
    }
    if (f->status == STATUS_SUCCESS) {
        text_add(text, "The instruction is executed again.\n");
    } else if (!f->user) {
        text_add(text, "The system call that touched it fails.\n");
    } else {
        text_add(text, "The program gets exception ");
        words_status(text, exception_code(f));
        text_add(text, ".\n");
    }
}

/* Sleep until a key comes from either device.  Ctrl-C is for the prompt, not for the program, which can't end now. */
static int wait_key(void)
{
    bool (*interrupt)(enum console_key) = console_interrupt;
    int c;

    vga_flush();
    console_interrupt = NULL;
    while ((c = console_getc()) < 0)
        cpu_wait();
    cpu_irq_off();
    console_interrupt = interrupt;
    return c;
}

static void print_walk(const struct fault *f)
{
    static char lines[PARAGRAPH];
    struct text text;

    text_start(&text, lines, sizeof lines);
    place_walk(&text, f->space, f->va);
    console_write(lines, text.used);
}

static void wait_for_go(const struct fault *f)
{
    for (;;) {
        console_printf("[space: go on, p: the walk now, q: stop stepping] ");
        switch (wait_key()) {
        case ' ':
        case '\n':
            console_printf("\n");
            return;
        case 'p':
            console_printf("p\n");
            print_walk(f);
            break;
        case 'q':
        case CTRL_C:
            console_printf("q\n");
            step_stop();
            return;
        default:
            console_printf("\n");
            break;
        }
    }
}

static bool passes(const struct fault *f)
{
    return (!filter.kind || f->kind == filter.kind) &&
           (!filter.one_pid || f->space->id == filter.pid) && f->va >= filter.low &&
           f->va <= filter.high;
}

/* Called by the trace, once a fault.  => interrupts are off; not in an interrupt. */
static void step_fault(const struct fault *fault)
{
    static char paragraph[PARAGRAPH];
    struct text text;

    if (passes(fault)) {
        text_start(&text, paragraph, sizeof paragraph);
        explain_access(&text, fault);
        explain_walk(&text, fault);
        explain_outcome(&text, fault);
        text_wrap(&text, WIDTH);
        console_write(paragraph, text.used);
        screen_draw();
        wait_for_go(fault);
    }
    reclaim_before = reclaim_counters;
}

void step_start(const struct step_filter *chosen)
{
    filter = *chosen;
    trace_stop = step_fault;
    reclaim_before = reclaim_counters;
    trace_listen(TRACE_STEP, true);
}
