/* monitor_command.c - what commands share: how they answer, fail and wait, and what their words mean. */
#include "kernel/watch/monitor_command.h"

#include "kernel/device/console.h"
#include "kernel/process/process.h"
#include "kernel/watch/monitor.h"
#include "kernel/watch/place.h"
#include "lib/format.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { SENTENCE = 256, TEXT = 512 };

const struct monitor_command *const *monitor_tables;

static char typed[MONITOR_SCRIPT];   /* the command as it was typed */
static size_t starts[MONITOR_WORDS]; /* where its words begin */
static bool counting, command_failed;
static uint32_t failures;
static char first_failure[SENTENCE];

static struct thread *sleeper; /* the monitor's thread while Ctrl-C may end its wait */

/* --- one command after the other --- */

void monitor_command_begin(bool counted)
{
    counting = counted;
    command_failed = false;
}

void monitor_command_end(bool done)
{
    if (counting && (command_failed || !done))
        failures++;
    counting = false;
}

int monitor_command_split(char *line, char *words[], int limit)
{
    int count;

    string_copy(typed, line, sizeof typed);
    count = parse_words(line, words, limit);
    for (int i = 0; i <= count && i < MONITOR_WORDS; i++) /* a word begins where it was typed */
        starts[i] = i < count ? (size_t)(words[i] - line) : strlen(typed);
    return count;
}

const char *monitor_typed(int index)
{
    return typed + starts[index];
}

uint32_t monitor_failures(const char **first)
{
    *first = first_failure;
    return failures;
}

/* --- answers --- */

void monitor_say(const char *format, ...)
{
    char line[TEXT];
    struct text text;
    va_list arguments;

    va_start(arguments, format);
    format_v(line, sizeof line, format, arguments);
    va_end(arguments);
    text = (struct text){line, sizeof line, strlen(line)};
    text_wrap(&text, MONITOR_WIDTH);
    console_write(line, text.used);
}

bool monitor_fail(const char *format, ...)
{
    char sentence[SENTENCE];
    va_list arguments;

    va_start(arguments, format);
    format_v(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    monitor_say("%s\n", sentence);
    if (counting && !failures && !command_failed)
        string_copy(first_failure, sentence, sizeof first_failure);
    command_failed = true;
    return false;
}

/* --- waiting --- */

bool monitor_wait(struct dispatcher *object, uint32_t ms)
{
    static struct wait_queue nobody; /* nobody wakes it: only time does */
    status_t status;

    sleeper = thread_current();
    status = object ? wait_objects(&object, 1, false, ms) : wait_sleep(&nobody, ms);
    sleeper = NULL;
    return status != STATUS_CANCELLED || monitor_fail("Interrupted: what was waited for goes on.");
}

bool monitor_wait_interrupt(void)
{
    if (!sleeper)
        return false;
    if (sleeper->state == THREAD_WAITING)
        wait_cancel(sleeper, STATUS_CANCELLED);
    return true;
}

/* --- words --- */

struct space *monitor_space(const char *word)
{
    struct process *process;
    uint32_t pid;

    if (!word)
        return place_newest();
    if (string_equal_nocase(word, "kernel"))
        return &space_kernel;
    if (!parse_u32(word, &pid)) {
        monitor_fail("\"%.40s\" is no process id: give a number that \"ps\" shows, or \"kernel\".",
                     word);
        return NULL;
    }
    if (pid == 0)
        return &space_kernel;
    process = process_find(pid);
    if (!process || !process->space) {
        monitor_fail("There is no running process %u; \"ps\" shows them.", pid);
        return NULL;
    }
    return process->space;
}

static bool same_program(const struct process *process, const char *word)
{
    size_t length = strlen(word);

    return string_equal_nocase(process->image_name, word) ||
           (string_equal_nocase_n(process->image_name, word, length) &&
            string_equal_nocase(process->image_name + length, ".exe"));
}

struct process *monitor_program(const char *word)
{
    struct process *found = NULL;
    uint32_t pid;

    if (parse_u32(word, &pid))
        found = process_find(pid);
    else
        for (struct process *p = process_all; p; p = p->next)
            if (same_program(p, word))
                found = p;
    if (!found)
        monitor_fail("There is no program \"%.40s\" now; \"ps\" shows them, \"run %.40s &\" starts "
                     "one in the background.",
                     word, word);
    return found;
}

bool monitor_address(const char *word, va_t *va)
{
    if (parse_address(word, va))
        return true;
    return monitor_fail("\"%.40s\" is no address: give up to 8 hexadecimal digits, such as "
                        "00401000 or 0x401000.",
                        word);
}
