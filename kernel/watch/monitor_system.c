/* monitor_system.c - the monitor itself and the machine: help, crash, exit. */
#include "kernel/device/console.h"
#include "kernel/device/panic.h"
#include "kernel/device/power.h"
#include "kernel/service/audit.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/screen.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { MOST_STATUS = 31, COLUMN = 34, LINE = 160 };

static void help_line(const struct monitor_command *c)
{
    struct text text = TEXT(LINE);

    text_add(&text, "  %s %s", c->name, c->arguments);
    text_pad(&text, COLUMN);
    text_add(&text, " %.*s", (int)(strchr(c->help, '\n') - c->help), c->help);
    if (c->alias)
        text_add(&text, " (%s)", c->alias);
    console_printf("%s\n", text.buffer);
}

static bool help(int count, char **words)
{
    bool found = false;

    for (unsigned t = 0; monitor_tables[t]; t++)
        for (const struct monitor_command *c = monitor_tables[t]; c->name; c++)
            if (count == 1 || string_equal_nocase(words[1], c->name) ||
                (c->alias && string_equal_nocase(words[1], c->alias))) {
                help_line(c);
                if (count > 1)
                    console_printf("for example: %s\n", strchr(c->help, '\n') + 1);
                found = true;
            }
    if (!found)
        return monitor_fail("help: there is no command \"%.40s\"; \"help\" lists all of them.",
                            words[1]);
    if (count == 1)
        console_printf("Separate commands by \";\". Addresses and frames are hexadecimal.\nPID: a "
                       "number that \"ps\" shows, or \"kernel\"; without it, the newest program.\n"
                       "Ctrl-C ends the program you run, Ctrl-\\ even one that has other plans.\n");
    return true;
}

static bool crash(int, char **words)
{
    if (strcmp(words[1], "stack") == 0)
        panic_crash_stack();
    if (strcmp(words[1], "null") == 0)
        panic_crash_null();
    return monitor_fail("crash takes \"stack\" (run over the kernel's stack) or \"null\" (jump "
                        "through a null pointer); both end the machine.");
}

static bool leave(int count, char **words)
{
    const char *first;
    uint32_t failures = monitor_failures(&first), status = 0;

    if (count == 2 && (!parse_u32(words[1], &status) || status > MOST_STATUS))
        return monitor_fail("exit takes a status of 0 to %d.", MOST_STATUS);
    if (status == 0 && failures) {
        status = 1;
        monitor_say("exit 1, because %u command%s failed; the first failure: %s\n", failures,
                    failures == 1 ? "" : "s", first);
    }
    audit();
    screen_serial(false, 0); /* the terminal outlives us */
    power_exit(status);
}

const struct monitor_command monitor_system_commands[] = {
    {"help", NULL, "[COMMAND]", "this list, or one command\nhelp pte", 0, 1, help},
    {"crash", NULL, "stack|null", "break the kernel on purpose, to see a panic\ncrash null", 1, 1,
     crash},
    {"exit", NULL, "[STATUS]", "end the machine; 0 if the script succeeded\nexit 3", 0, 1, leave},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
