/* mark.c - the kernel's own counters in one line, for graders.
 *
 * A grader starts the machine with a nonce that no program ever sees (option nonce=), and believes only
 * the lines that carry it.  docs/labs/making.md says what the fields mean.
 */
#include "kernel/service/mark.h"

#include "kernel/cpu/machine.h"
#include "kernel/device/console.h"

const char *mark_nonce = "";

static void say_label(const char *label)
{
    for (; *label; label++) {
        bool plain =
            (*label >= 'a' && *label <= 'z') || (*label >= '0' && *label <= '9') || *label == '-';

        console_put(plain ? *label : '?');
    }
}

static void say_process(const struct mark *mark)
{
    const struct space *space = mark->space;

    for (enum fault_kind kind = FAULT_DEMAND_ZERO; kind < FAULT_KINDS; kind++)
        console_printf(", \"%s\": %u", fault_kind_name(kind), mark->counters->kind[kind]);
    console_printf(", \"faults\": %u, \"page-ins\": %u, \"page-outs\": %u", mark->counters->faults,
                   mark->counters->page_ins, mark->counters->page_outs);
    if (space)
        console_printf(", \"resident\": %u, \"private\": %u, \"charged\": %u, \"tables\": %u",
                       space->resident, space->private_commit, space->commit, space->tables);
}

static void say_machine(void)
{
    struct mm_totals totals;

    mm_totals(&totals);
    console_printf(
        ", \"available\": %u, \"standby\": %u, \"modified\": %u, \"commit\": %u, \"slots\": %u",
        totals.available, totals.standby, totals.modified, totals.commit, totals.slots_used);
    console_printf(", \"written\": %u, \"invlpg\": %u", pagefile_counters.writes,
                   machine_counters.pages);
}

void mark_print(const struct mark *mark)
{
    console_printf("\nmark %s {\"label\": \"", *mark_nonce ? mark_nonce : "-");
    say_label(mark->label);
    console_printf("\", \"value\": %u, \"pid\": %u", mark->value, mark->pid);
    say_process(mark);
    say_machine();
    console_printf("}\n");
}
