/* monitor.c - the kernel's own debugger: reads a command, finds it, runs it.
 *
 * First the script of the kernel's command line, echoed as if it were typed, then what people
 * type.  A script is a test: each failing command counts, the first failure's sentence is kept, and
 * `exit` then ends the machine with a status that is not 0.  At the prompt a mistake costs nothing.
 */
#include "kernel/watch/monitor.h"
#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"
#include "kernel/file/file.h"
#include "kernel/process/process.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/monitor_line.h"
#include "kernel/watch/place.h"
#include "lib/format.h"
#include "lib/parse.h"
#include "lib/string.h"
#include "mm/machine.h"

enum { WORDS = 32, SENTENCE = 256, TEXT = 512 };

static const char prompt[] = "pagoda> ";

static char script_text[MONITOR_SCRIPT];
static bool in_script, command_failed;
static uint32_t commands_run, failures;
static char first_failure[SENTENCE];
static char typed[MONITOR_SCRIPT]; /* the command as it was typed */

static struct wait_queue typists;
static void (*wake_others)(void);

const struct monitor_command *const monitor_tables[] = {
    monitor_process_commands,     monitor_until_commands,
    monitor_environment_commands, monitor_space_commands,
    monitor_heap_commands,        monitor_memory_commands,
    monitor_policy_commands,      monitor_fault_commands,
    monitor_system_commands,      NULL,
};

/* Console input has come: whoever waited for it before the monitor did still hears of it. */
static void wake_typists(void)
{
    if (wake_others)
        wake_others();
    wait_wake_all(&typists);
}

/* Ctrl-C is for the program, or for the fact, that the monitor waits for; at the prompt it is an
 * ordinary key. */
static bool end_foreground(bool end)
{
    if (!process_foreground)
        return monitor_until_interrupt();
    process_interrupt(end);
    return true;
}

int monitor_getc(uint32_t timeout)
{
    for (;;) {
        int c = console_getc();

        if (c >= 0)
            return c;
        if (wait_sleep(&typists, timeout) == STATUS_TIMEOUT)
            return console_getc();
    }
}

void monitor_sleep(uint32_t ms)
{
    static struct wait_queue nobody; /* nobody wakes it: only time does */

    wait_sleep(&nobody, ms);
}

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
    if (in_script && !failures && !command_failed)
        string_copy(first_failure, sentence, sizeof first_failure);
    command_failed = true;
    return false;
}

uint32_t monitor_failures(const char **first)
{
    *first = first_failure;
    return failures;
}

const char *monitor_typed(int index)
{
    const char *at = typed;
    char quote = 0;

    while (*at == ' ' || *at == '\t')
        at++;
    for (; index > 0; index--) {
        for (; *at && (quote || (*at != ' ' && *at != '\t')); at++)
            if (*at == quote)
                quote = 0;
            else if (!quote && (*at == '"' || *at == '\''))
                quote = *at;
        while (*at == ' ' || *at == '\t')
            at++;
    }
    return at;
}

/* How many letters must be typed differently to make `b` of `a` (Levenshtein); long words: many. */
static unsigned distance(const char *a, const char *b)
{
    enum { MOST = 16 };
    unsigned row[MOST + 1];
    size_t length = strlen(b);

    if (strlen(a) > MOST || length > MOST)
        return MOST;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < length; j++) {
            unsigned best = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            if (best > row[j] + 1)
                best = row[j] + 1;
            row[j + 1] = best > diagonal + 1 ? diagonal + 1 : best;
        }
    }
    return row[length];
}

/* The command that was most likely meant, if any: people rarely mistype the first letter. */
static const struct monitor_command *nearest(const char *word)
{
    const struct monitor_command *best = NULL;
    unsigned least = 5;

    for (unsigned t = 0; monitor_tables[t]; t++)
        for (const struct monitor_command *c = monitor_tables[t]; c->name; c++) {
            unsigned away = 2 * distance(word, c->name) + (*word != *c->name);

            if (away < least) {
                least = away;
                best = c;
            }
        }
    return best;
}

static const struct monitor_command *find(const char *word)
{
    for (unsigned t = 0; monitor_tables[t]; t++)
        for (const struct monitor_command *c = monitor_tables[t]; c->name; c++)
            if (string_equal_nocase(word, c->name) ||
                (c->alias && string_equal_nocase(word, c->alias)))
                return c;
    return NULL;
}

/* Is there a file "word" or "word.exe"? */
static bool is_program(const char *word)
{
    size_t length = strlen(word);
    char name[64];
    struct file *file;

    if (length > 4 && string_equal_nocase(word + length - 4, ".exe"))
        return true;
    format(name, sizeof name, "%.40s.exe", word);
    if (file_open(name, FILE_READ_DATA, FILE_SHARE_ALL, FILE_OPEN, &file))
        return false;
    file_close(file);
    return true;
}

static bool unknown(const char *word)
{
    const struct monitor_command *near = nearest(word);

    if (is_program(word))
        return monitor_fail("\"%.40s\" is a program, not a command: type \"run %.40s\".", word,
                            word);
    if (near)
        return monitor_fail("There is no command \"%.40s\"; did you mean \"%s\"? "
                            "\"help\" lists all of them.",
                            word, near->name);
    return monitor_fail("There is no command \"%.40s\"; \"help\" lists all of them.", word);
}

static bool run_words(int count, char **words)
{
    const struct monitor_command *command = find(words[0]);

    if (!command)
        return unknown(words[0]);
    if (count - 1 < command->least || count - 1 > command->most)
        return monitor_fail("%s takes %s arguments: type \"%s%s%s\".", command->name,
                            count - 1 < command->least ? "more" : "fewer", command->name,
                            *command->arguments ? " " : "", command->arguments);
    return command->run(count, words);
}

/* Is there anything but blanks? */
static bool is_blank(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return *text == 0;
}

__attribute__((regparm(0))) bool monitor_run(char *line)
{
    char *words[WORDS + 1];
    int count;

    string_copy(typed, line, sizeof typed);
    count = parse_words(line, words, WORDS);
    if (count == PARSE_QUOTE_OPEN)
        return monitor_fail("A quotation mark has no partner: close it.");
    if (count < 0)
        return monitor_fail("That are more than %d words: use fewer.", WORDS);
    words[count] = NULL;
    return count == 0 || run_words(count, words);
}

/* Run one statement of the monitor's own thread; `line` is changed. */
static void run_line(char *line)
{
    if (is_blank(line))
        return;
    commands_run++;
    command_failed = false;
    if (!monitor_run(line))
        command_failed = true;
    if (in_script)
        monitor_reap();
    if (in_script && command_failed)
        failures++;
}

static void run_script(void)
{
    char *rest = script_text;
    char *statement;

    in_script = true;
    while ((statement = parse_statement(&rest)) != NULL) {
        while (*statement == ' ' || *statement == '\t')
            statement++;
        if (is_blank(statement))
            continue;
        console_printf("%s%s\n", prompt, statement);
        monitor_line_remember(statement);
        run_line(statement);
    }
    in_script = false;
    if (failures)
        monitor_say("%u of %u commands of the script failed; the first failure: %s\n", failures,
                    commands_run, first_failure);
}

static void run_typed(void)
{
    char line[MONITOR_LINE];
    char *rest = line, *statement;

    monitor_reap();
    monitor_line_read(prompt, line, sizeof line);
    while ((statement = parse_statement(&rest)) != NULL)
        run_line(statement);
}

static _Noreturn void monitor_thread(void *unused)
{
    (void)unused;
    cpu_irq_off();
    run_script();
    for (;;)
        run_typed();
}

void monitor_start(const char *script)
{
    struct thread *thread;

    if (script)
        string_copy(script_text, script, sizeof script_text);
    wake_others = console_input_wake;
    console_input_wake = wake_typists;
    console_interrupt = end_foreground;
    thread = thread_create_kernel("monitor", monitor_thread, NULL);
    if (!thread)
        machine_panic("There is no memory for the monitor's thread: give the machine more RAM.");
    thread_set_priority(thread, THREAD_HIGH);
}

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
        for (struct process *p = process_first(); p; p = process_next(p))
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
