/* monitor_environment.c - `set`: the environment of the programs that `run` starts.
 *
 * One text as Windows keeps it, NAME=VALUE zero-separated and ended by an empty one.  It is small,
 * so a change moves the rest of it; a running program has its own copy and doesn't notice.
 */
#include "kernel/device/console.h"
#include "kernel/watch/monitor_command.h"
#include "lib/string.h"

enum { ENVIRONMENT = 1024 };

static char text[ENVIRONMENT] = "PATH=C:\\\0TEMP=C:\\\0TMP=C:\\\0";

const char *monitor_environment(void)
{
    return text;
}

/* The variable of that name, or the empty one at the end. */
static char *find(const char *name, size_t length)
{
    char *at = text;

    while (*at && !(string_equal_nocase_n(at, name, length) && at[length] == '='))
        at += strlen(at) + 1;
    return at;
}

/* Bytes from there to the end of the text, its last zero included. */
static size_t rest(const char *at)
{
    size_t size = 1;

    for (; *at; at += strlen(at) + 1)
        size += strlen(at) + 1;
    return size;
}

static void list(void)
{
    for (const char *at = text; *at; at += strlen(at) + 1)
        console_printf("%s\n", at);
}

static bool set(int count, char **words)
{
    if (count == 1) {
        list();
        return true;
    }
    const char *equals = strchr(words[1], '=');
    if (!equals || equals == words[1])
        return monitor_fail(
            "set takes NAME=VALUE: type \"set PAGODA_HEAP=page\", or \"set NAME=\" to "
            "forget a variable.");
    char *old = find(words[1], (size_t)(equals - words[1]));
    size_t length = strlen(words[1]) + 1, gone = *old ? strlen(old) + 1 : 0;
    if (rest(text) - gone + length > sizeof text)
        return monitor_fail(
            "set: the environment has room for %d characters; \"set NAME=\" forgets "
            "a variable.",
            ENVIRONMENT - 1);
    memmove(old, old + gone, rest(old + gone));
    if (equals[1]) {
        char *end = text + rest(text) - 1;

        memcpy(end, words[1], length);
        end[length] = 0;
    }
    return true;
}

const struct monitor_command monitor_environment_commands[] = {
    {"set", NULL, "[NAME=VALUE]",
     "the environment of programs to be started\nset PAGODA_HEAP=check; run overrun.exe", 0, 1,
     set},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
