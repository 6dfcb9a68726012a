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
#include "lib/format.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { WORDS = MONITOR_WORDS - 1 };

static const char prompt[] = "pagoda> ";
static struct line_reader reader = {.complete = monitor_complete};

static char script_text[MONITOR_SCRIPT];
static bool in_script;
static uint32_t commands_run;

static const struct monitor_command script_commands[];

static const struct monitor_command *const tables[] = {
    monitor_process_commands,
    monitor_until_commands,
    monitor_environment_commands,
    monitor_space_commands,
    monitor_heap_commands,
    monitor_memory_commands,
    monitor_policy_commands,
    monitor_fault_commands,
    monitor_system_commands,
    script_commands,
    NULL,
};

/* Ctrl-C is for the program, or for the fact, that the monitor waits for; at the prompt it is an
 * ordinary key. */
static bool end_foreground(enum console_key key)
{
    if (key == CONSOLE_NO_KEY)
        return process_foreground;
    if (!process_foreground)
        return monitor_wait_interrupt() || monitor_until_interrupt();
    process_interrupt(key == CONSOLE_CTRL_BACKSLASH);
    return true;
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

    for (unsigned t = 0; tables[t]; t++)
        for (const struct monitor_command *c = tables[t]; c->name; c++) {
            unsigned away = 2 * distance(word, c->name) + (*word != *c->name);

            if (away < least) {
                least = away;
                best = c;
            }
        }
    return best;
}

/* What people type who come from elsewhere. */
static const char *const other_names[][2] = {
    {"?", "help"}, {"ls", "dir"}, {"quit", "exit"}, {"cat", "type"}};

static const struct monitor_command *find(const char *word)
{
    for (unsigned i = 0; i < sizeof other_names / sizeof *other_names; i++)
        if (string_equal_nocase(word, other_names[i][0]))
            word = other_names[i][1];
    for (unsigned t = 0; tables[t]; t++)
        for (const struct monitor_command *c = tables[t]; c->name; c++)
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
    if (file_open(name, FILE_READ_DATA, FILE_SHARE_ALL, FILE_OPEN, 0, &file))
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

    count = monitor_command_split(line, words, WORDS);
    if (count == PARSE_QUOTE_OPEN)
        return monitor_fail("A quotation mark has no partner: close it.");
    if (count < 0)
        return monitor_fail("That are more than %d words: use fewer.", WORDS);
    words[count] = NULL;
    return count == 0 || run_words(count, words);
}

static bool read_status(const char *word, status_t *status)
{
    if (strlen(word) == 8)
        return parse_address(word, status);
    return parse_u32(word, status);
}

/* A program that is meant to end so is no failure; one that ends otherwise is. */
static bool expect(int, char **words)
{
    char line[LINE_REMEMBERED];
    status_t status;
    bool good;

    if (!read_status(words[1], &status))
        return monitor_fail(
            "\"%.40s\" is no exit status: give a number, or 8 hexadecimal digits such as "
            "C0000005.",
            words[1]);
    string_copy(line, monitor_typed(2), sizeof line);
    monitor_want(true, status);
    good = monitor_run(line) || monitor_want_met();
    if (good && !monitor_want_met())
        good = monitor_fail("expect: no program ended with %08X.", status);
    monitor_want(false, 0);
    return good;
}

static const struct monitor_command script_commands[] = {
    {"expect", NULL, "STATUS COMMAND",
     "a program meant to end with it\nexpect C0000005 run segv.exe null-write", 2, 31, expect},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};

/* Run one statement of the monitor's own thread; `line` is changed. */
static void run_line(char *line)
{
    bool done;

    if (is_blank(line))
        return;
    commands_run++;
    monitor_command_begin(in_script);
    done = monitor_run(line);
    if (in_script)
        monitor_reap();
    monitor_command_end(done);
}

static void run_script(void)
{
    char *rest = script_text, *statement;
    const char *first;
    uint32_t failures;

    in_script = true;
    while ((statement = parse_statement(&rest)) != NULL) {
        while (*statement == ' ' || *statement == '\t')
            statement++;
        if (is_blank(statement))
            continue;
        console_printf("%s%s\n", prompt, statement);
        line_remember(&reader, statement);
        run_line(statement);
    }
    in_script = false;
    failures = monitor_failures(&first);
    if (failures)
        monitor_say("%u of %u commands of the script failed; the first failure: %s\n", failures,
                    commands_run, first);
}

static void run_typed(void)
{
    char line[LINE_REMEMBERED];
    char *rest = line, *statement;

    monitor_reap();
    (void)line_read(&reader, prompt, line, sizeof line);
    while ((statement = parse_statement(&rest)) != NULL)
        run_line(statement);
}

static _Noreturn void monitor_thread(void *)
{
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
    monitor_tables = tables;
    console_interrupt = end_foreground;
    thread = thread_create_kernel("monitor", monitor_thread, NULL);
    if (!thread)
        machine_panic("There is no memory for the monitor's thread: give the machine more RAM.");
    thread_set_priority(thread, THREAD_HIGH);
}
