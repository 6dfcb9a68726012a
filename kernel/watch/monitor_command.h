/* monitor_command.h - what the files of the monitor share: the form of a command, and what it may use.
 *
 * Each monitor_*.c holds the commands of one subject and their table; monitor.c finds a command in
 * the tables and runs it.  Commands run in the monitor's thread with interrupts off; those that
 * wait let others run meanwhile.
 */
#pragma once
#include "kernel/file/line.h"
#include "kernel/process/words.h"

/* Columns of the widest line that a command prints, so that output can be pasted. */
enum { MONITOR_WIDTH = 79, MONITOR_WORDS = 33 };

struct dispatcher;

struct monitor_command {
    const char *name;
    const char *alias;     /* WinDbg's name, or 0 */
    const char *arguments; /* as `help` shows them: "ADDR [PID]" */
    const char *help;      /* one sentence, and behind a line end an example */
    int least, most;       /* how many arguments it takes */
    /* words[0] is the name, words[count] is 0.  False when it failed, with the reason said by
     * monitor_fail(). */
    bool (*run)(int count, char **words);
};

/* Tables, each ended by an entry without a name. */
extern const struct monitor_command monitor_process_commands[], monitor_space_commands[],
    monitor_memory_commands[], monitor_heap_commands[], monitor_policy_commands[],
    monitor_fault_commands[], monitor_system_commands[], monitor_environment_commands[],
    monitor_until_commands[];
/* All of them, ended by 0; the order is that of `help`.  Set by monitor.c. */
extern const struct monitor_command *const *monitor_tables;

/* Around each command of the monitor's thread: `counted` if its failure counts, `done` as run() said. */
void monitor_command_begin(bool counted);
void monitor_command_end(bool done);
/* As parse_words(); the text is kept for monitor_typed().  => limit < MONITOR_WORDS */
int monitor_command_split(char *line, char *words[], int limit);

/* Tab: what follows the first `length` characters of a line, whose last word has been begun: the rest of the
 * command (its first word), of the file or the policy, as far as all that fit agree, and a blank behind
 * the only one. */
void monitor_complete(const char *line, size_t length, char rest[LINE_WORD + 1]);

/* Say in one sentence what is wrong and what to do; returns false, for `return monitor_fail()`. */
bool monitor_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a text, its lines broken at blanks where they would be too wide. */
void monitor_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The command as it was typed, from its word `index` on, quotation marks and all. */
const char *monitor_typed(int index);

/* Number of script commands that failed, and the first one's sentence. */
uint32_t monitor_failures(const char **first);

/* The space that a [PID] argument means: no word: the newest running program, or the kernel if there
 * is none; "kernel" or 0; a process id.  0 after monitor_fail(). */
struct space *monitor_space(const char *word);
/* The program that a word means: its process id, or the newest of its name; 0 after monitor_fail(). */
struct process *monitor_program(const char *word);
/* An address argument; false after monitor_fail(). */
bool monitor_address(const char *word, va_t *va);

/* What `set` has made: the environment of programs, see process_start. */
const char *monitor_environment(void);

/* The next program is meant to end with this status, and then it is no failure; has one ended so since? */
void monitor_want(bool set, status_t status);
bool monitor_want_met(void);

/* Ctrl-C while `until` waits ends that; false when it doesn't wait.  May be called from interrupts. */
bool monitor_until_interrupt(void);

/* Let other threads run until `object` is signalled (0: nothing is) or `ms` milliseconds are over.  False after
 * monitor_fail(): Ctrl-C came. */
bool monitor_wait(struct dispatcher *object, uint32_t ms);
/* Ctrl-C was typed: true if that ends a monitor_wait().  May be called from interrupts. */
bool monitor_wait_interrupt(void);

/* Say which background programs have ended since the last call, and how. */
void monitor_reap(void);
