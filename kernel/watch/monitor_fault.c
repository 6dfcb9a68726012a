/* monitor_fault.c - watching faults: faults, trace, step, screen, tlb. */
#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"
#include "kernel/device/serial.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/picture.h"
#include "kernel/watch/screen.h"
#include "kernel/watch/step.h"
#include "kernel/watch/tlb.h"
#include "kernel/watch/trace.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { LINE = 320, USUAL = 16, REPORT_MS = 300 };

static bool faults(int count, char **words)
{
    uint32_t wanted = USUAL;
    char line[LINE];

    if (count == 2 && !parse_u32(words[1], &wanted))
        return monitor_fail("faults takes a number: type \"faults 20\" for the last 20.");
    if (wanted > trace_count())
        wanted = trace_count();
    if (wanted)
        console_printf("%s\n", trace_heading);
    for (uint32_t age = wanted; age-- > 0;) {
        trace_line(trace_get(age), line, sizeof line);
        console_printf("%s\n", line);
        cpu_irq_gap();
    }
    console_printf("Faults since the start: %u; kept: %u%s\n", fault_count, trace_count(),
                   trace_listening(TRACE_RING) ? "." : "; the trace is off.");
    return true;
}

static void trace_report(void)
{
    console_printf("The trace is %s: %u of %u faults are kept for \"faults\" and the screen.\n",
                   trace_listening(TRACE_RING) ? "on" : "off", trace_count(), fault_count);
    console_printf("The trace port (COM2) is %s%s.\n", trace_listening(TRACE_PORT) ? "on" : "off",
                   trace_sets_on() ? ", with the changes of every working set" : "");
}

static bool trace(int count, char **words)
{
    const char *state = count > 1 ? words[count - 1] : "";
    const char *what = count == 3 ? words[1] : "";
    bool on = strcmp(state, "on") == 0, port = strcmp(what, "port") == 0;
    bool sets = strcmp(what, "sets") == 0;

    if (count > 1 && ((count == 3 && !port && !sets) || (!on && strcmp(state, "off") != 0)))
        return monitor_fail(
            "trace takes \"on\" or \"off\", \"port on\" or \"port off\" for the "
            "records on COM2, and \"sets on\" or \"sets off\" for working sets there.");
    if ((port || sets) && on && !serial_present(SERIAL_COM2))
        return monitor_fail("trace: there is no second serial port; start with TRACE=FILE.");
    if (sets)
        trace_sets(on);
    else if (count > 1)
        trace_listen(port ? TRACE_PORT : TRACE_RING, on);
    trace_report();
    return true;
}

/* "00400000-0040FFFF" */
static bool range_of(char *word, va_t *low, va_t *high)
{
    char *dash = strchr(word, '-');
    bool good;

    if (!dash)
        return false;
    *dash = 0;
    good = parse_address(word, low) && parse_address(dash + 1, high) && *low <= *high;
    *dash = '-';
    return good;
}

static bool step(int count, char **words)
{
    struct step_filter filter = {.high = UINT32_MAX};

    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "off") == 0) {
            step_stop();
            console_printf("Faults run through again.\n");
            return true;
        }
        if (words_fault_kind(words[i]))
            filter.kind = words_fault_kind(words[i]);
        else if (parse_u32(words[i], &filter.pid))
            filter.one_pid = true;
        else if (strcmp(words[i], "all") != 0 && !range_of(words[i], &filter.low, &filter.high))
            return monitor_fail("step: \"%.40s\" is no kind of fault, no process id and no range "
                                "ADDR-ADDR; type \"step\", \"step pagefile\", \"step 8 "
                                "00400000-0040FFFF\" or \"step off\".",
                                words[i]);
    }
    step_start(&filter);
    console_printf(
        "From now on the machine stops at each %s%sfault and explains it.\nSpace goes on, "
        "p prints the walk, q leaves.\n",
        filter.kind ? fault_kind_name(filter.kind) : "", filter.kind ? " " : "");
    return true;
}

/* The views that look at one process. */
static bool screen_of(enum screen_view view, const char *pid, va_t va)
{
    struct space *space = monitor_space(pid);

    if (!space)
        return false;
    screen_show(view, pid ? space->id : SCREEN_NEWEST, va);
    return true;
}

/* A terminal that doesn't say how large it is is taken to be as small as possible. */
static bool screen_on_terminal(void)
{
    unsigned rows, columns;

    screen_serial(true, SCREEN_LEAST_ROWS);
    screen_serial_size(0, 0);
    if (!line_report(REPORT_MS, &rows, &columns))
        return true;
    if (rows < SCREEN_LEAST_ROWS || columns < PICTURE_COLUMNS) {
        screen_serial(false, 0);
        return monitor_fail("screen tui: this terminal has %u rows of %u columns; make it at least "
                            "%d rows of %d.",
                            rows, columns, SCREEN_LEAST_ROWS, PICTURE_COLUMNS);
    }
    screen_serial_size(rows, columns);
    return true;
}

static bool screen(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    va_t va = 0;

    if (strcmp(what, "table") == 0 && count > 2)
        return monitor_address(words[2], &va) && screen_of(SCREEN_TABLE, words[3], va);
    if (strcmp(what, "space") == 0 && count < 4)
        return screen_of(SCREEN_SPACE, words[2], 0);
    if (strcmp(what, "ring") == 0 && count < 4)
        return screen_of(SCREEN_RING, words[2], 0);
    if (strcmp(what, "tui") == 0 && count == 2)
        return screen_on_terminal();
    if (strcmp(what, "frames") == 0 && count == 2)
        screen_show(SCREEN_FRAMES, SCREEN_NEWEST, 0);
    else if ((strcmp(what, "on") == 0 || strcmp(what, "off") == 0) && count == 2)
        screen_vga(strcmp(what, "on") == 0);
    else if (strcmp(what, "plain") == 0 && count == 2)
        screen_serial(false, 0);
    else
        return monitor_fail(
            "screen takes one of: frames, space [PID], table ADDR [PID], ring [PID], on, "
            "off (VGA), tui, plain (this terminal).");
    return true;
}

static bool tlb(int, char **)
{
    return tlb_demonstrate();
}

const struct monitor_command monitor_fault_commands[] = {
    {"faults", NULL, "[N]", "the last N faults\nrun hello.exe; faults 20", 0, 1, faults},
    {"trace", NULL, "[[port|sets] on|off]", "keep faults; write them to the trace port\ntrace off",
     0, 2, trace},
    {"step", NULL, "[KIND] [PID] [A-B]|off",
     "stop at faults and explain each\nstep pagefile; run thrash.exe 24", 0, 3, step},
    {"screen", NULL, "VIEW|on|off|tui|plain",
     "what the live screen shows, and where\nscreen tui; run thrash.exe 24; screen plain", 0, 3,
     screen},
    {"tlb", NULL, "", "change a PTE with and without INVLPG\ntlb", 0, 0, tlb},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
