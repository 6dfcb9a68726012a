/* monitor_process.c - programs and files: run, ps, kill, wait, dir, type.
 *
 * The monitor waits for a program in the foreground and keeps a reference to each one in the
 * background, so that it can say later how it ended.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"
#include "kernel/file/file.h"
#include "kernel/process/process.h"
#include "kernel/service/mark.h"
#include "kernel/watch/monitor_command.h"
#include "lib/format.h"
#include "lib/parse.h"
#include "lib/string.h"

enum { BACKGROUND = 16, COMMAND = 512, CHUNK = 256, KILLED = 1 };

static struct {
    struct process *process; /* 0: free entry */
    bool killed;             /* by `kill`: its exit status is no failure */
} background[BACKGROUND];

/* How the last program ended, for `expect` and `mark`. */
static struct {
    uint32_t pid;
    status_t status;
    struct space_counters counters;
} last;

/* `expect`: a program is meant to end with this status. */
static struct {
    bool set, met;
    status_t status;
} wanted;

void monitor_want(bool set, status_t status)
{
    wanted.set = set;
    wanted.met = false;
    wanted.status = status;
}

bool monitor_want_met(void)
{
    return wanted.met;
}

/* Say how a program ended; a status other than 0 is a failure of the command, unless wanted. */
static bool report_end(const struct process *process, bool killed)
{
    const struct space_counters *c = &process->counters;
    struct text text = TEXT(128), line = TEXT(128);
    size_t half;

    if (words_status_name(process->exit_status, NULL))
        words_status(&text, process->exit_status);
    else
        text_add(&text, process->exit_status < 0x10000 ? "%u" : "%08X", process->exit_status);
    text_add(&line, "[%s, process %u: %u faults, %u hard, %u soft;", process->image_name,
             process->id, c->faults, fault_hard(c->kind), fault_soft(c->kind));
    half = line.used;
    text_add(&line, " %u page-ins, %u page-outs]", c->page_ins, c->page_outs);
    if (line.used > MONITOR_WIDTH)
        line.buffer[half] = '\n';
    console_printf("%s\n", line.buffer);
    last.pid = process->id;
    last.status = process->exit_status;
    last.counters = *c;
    if (wanted.set && process->exit_status == wanted.status)
        return wanted.met = true;
    if (process->exit_status && !killed)
        return monitor_fail("%s (process %u) ended with exit status %s.", process->image_name,
                            process->id, text.buffer);
    return true;
}

static bool wait_for(struct process *process, bool killed)
{
    bool good;

    process_wait(process);
    good = report_end(process, killed);
    object_release(&process->object);
    return good;
}

static bool keep_in_background(struct process *process)
{
    for (unsigned i = 0; i < BACKGROUND; i++)
        if (!background[i].process) {
            background[i].process = process;
            background[i].killed = false;
            console_printf("[%s, process %u, runs in the background]\n", process->image_name,
                           process->id);
            return true;
        }
    object_release(&process->object);
    return monitor_fail("More than %d programs in the background: process %u runs on, but its end "
                        "will not be reported.",
                        BACKGROUND, process->id);
}

void monitor_reap(void)
{
    for (unsigned i = 0; i < BACKGROUND; i++) {
        struct process *process = background[i].process;

        if (!process || !process->ended)
            continue;
        background[i].process = NULL;
        report_end(process, background[i].killed);
        object_release(&process->object);
    }
}

/* The command line as typed behind `run`, without a last "&". */
static void copy_command(char *out, size_t size, bool in_background)
{
    size_t length = string_copy(out, monitor_typed(1), size);

    if (length >= size)
        length = size - 1;
    while (length && (out[length - 1] == ' ' || out[length - 1] == '\t'))
        length--;
    if (in_background && length)
        length--;
    while (length && (out[length - 1] == ' ' || out[length - 1] == '\t'))
        length--;
    out[length] = 0;
}

static bool start_program(const char *file, const char *command, bool in_background)
{
    char reason[PROCESS_REASON] = "";
    struct process_start start = {.file = file,
                                  .command_line = command,
                                  .environment = monitor_environment(),
                                  .reason = reason};
    struct process *process;

    if (process_create(&start, &process))
        return monitor_fail("run: %s", *reason ? reason : "the program could not be started.");
    if (in_background)
        return keep_in_background(process);
    process_foreground = process; /* until it has ended */
    return wait_for(process, false);
}

static bool run(int count, char **words)
{
    char command[COMMAND], file[COMMAND];
    bool in_background = strcmp(words[count - 1], "&") == 0;

    if (in_background && count == 2)
        return monitor_fail("run needs a program: type \"run PROG &\"; \"dir\" lists programs.");
    copy_command(command, sizeof command, in_background);
    format(file, sizeof file, "%s%s", words[1], strchr(words[1], '.') ? "" : ".exe");
    return start_program(file, command, in_background);
}

/* The kernel's counters, and those of the program that ended last, whose exit status is the value. */
static bool mark(int, char **words)
{
    mark_print(&(struct mark){words[1], last.status, last.pid, NULL, &last.counters});
    return true;
}

/* lab, replay, compare: programs of the same name, because pages are touched by programs. */
static bool laboratory(int, char **words)
{
    char file[16];

    format(file, sizeof file, "%s.exe", words[0]);
    return start_program(file, monitor_typed(0), false);
}

static void ps_line(const char *name, uint32_t pid, uint32_t threads, const struct space *s)
{
    const struct space_counters *c = &s->counters;

    console_printf("%5u %-16.16s %3u %8u %8u %8u %8u %8u %8u\n", pid, name, threads,
                   s->resident * 4, s->peak_resident * 4, s->commit * 4, c->faults,
                   fault_hard(c->kind), fault_soft(c->kind));
}

static bool ps(int, char **)
{
    uint32_t threads = 0;

    for (struct thread *t = thread_all; t; t = t->next)
        threads += !t->process;
    console_printf("  PID PROGRAM      THREADS   RAM KB  MOST KB CHARGED   FAULTS     HARD     "
                   "SOFT\n");
    ps_line("(kernel)", 0, threads, &space_kernel);
    for (struct process *p = process_all; p; p = p->next) {
        if (p->space)
            ps_line(p->image_name, p->id, p->thread_count, p->space);
        else
            console_printf("%5u %-16.16s ended with status %08X\n", p->id, p->image_name,
                           p->exit_status);
    }
    return true;
}

static bool kill(int, char **words)
{
    struct process *process;
    uint32_t pid;

    if (string_equal_nocase(words[1], "kernel") || (parse_u32(words[1], &pid) && pid == 0))
        return monitor_fail("The kernel can't be ended like a program: \"exit\" ends the machine.");
    process = monitor_program(words[1]);
    if (!process)
        return false;
    if (process->ended)
        return monitor_fail("%s (process %u) has ended already.", process->image_name, process->id);
    for (unsigned i = 0; i < BACKGROUND; i++)
        if (background[i].process == process)
            background[i].killed = true;
    process_terminate(process, KILLED);
    console_printf("%s (process %u) is told to end.\n", process->image_name, process->id);
    return true;
}

/* All background programs, oldest first. */
static bool wait_for_all(void)
{
    bool good = true;

    for (unsigned i = 0; i < BACKGROUND; i++) {
        struct process *process = background[i].process;

        if (!process)
            continue;
        if (!process->ended && !monitor_wait(&process->object.dispatcher, WAIT_FOREVER))
            return false;
        background[i].process = NULL;
        if (!wait_for(process, background[i].killed))
            good = false;
    }
    return good;
}

static bool wait(int count, char **words)
{
    uint32_t ms;

    if (count == 1)
        return wait_for_all();
    if (!parse_u32(words[1], &ms) || ms > 3600000)
        return monitor_fail("wait takes milliseconds, at most 3600000: type \"wait 500\", or "
                            "\"wait\" for the end of all background programs.");
    return monitor_wait(NULL, ms);
}

/* What a file is, by the end of its name. */
static const char *kind_by_name(const char *name)
{
    static const char *const kinds[][2] = {
        {".exe", "program"}, {".dll", "library"}, {".txt", "text"}, {".u16", "trace"}};
    size_t length = strlen(name);

    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length > 4 && string_equal_nocase(name + length - 4, kinds[i][0]))
            return kinds[i][1];
    return "data";
}

static bool dir(int count, char **words)
{
    static const char *const kinds[] = {"disc", "RAM", "", "dir"};
    const char *name = count > 1 ? words[1] : "C:";
    const struct file_node *node;
    const char *listed;
    struct file *directory;
    uint32_t files = 0, bytes = 0;

    if (file_open(name, FILE_READ_DATA, FILE_SHARE_ALL, FILE_OPEN, FILE_DIRECTORY, &directory)) {
        console_printf("%s is no directory.\n", name);
        return false;
    }
    for (; (node = file_list(directory, &listed)) != NULL; file_list_next(directory)) {
        bool is_file = node->kind != FILE_IS_DIRECTORY;

        console_printf("%10u  %-4s  %-7s  %s\n", file_node_size(node), kinds[node->kind],
                       is_file ? kind_by_name(listed) : "", listed);
        files += is_file;
        bytes += file_node_size(node);
        cpu_irq_gap();
    }
    file_close(directory);
    console_printf(
        "%u files, %u bytes. \"run NAME\" starts a program, \"type NAME\" shows a text.\n", files,
        bytes);
    return true;
}

/* How many bytes of UTF-8 the first character has, by its first byte; 0: none that a text begins with. */
static uint32_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    return first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/* Is it a whole character, and none that controls a terminal? */
static bool is_printable(const char *bytes, uint32_t length)
{
    const unsigned char *b = (const unsigned char *)bytes;

    if (length == 1)
        return *b == '\n' || *b == '\t' || (*b >= ' ' && *b <= '~');
    for (uint32_t i = 1; i < length; i++)
        if ((b[i] & 0xC0) != 0x80)
            return false;
    return length > 1 && (*b != 0xC2 || b[1] >= 0xA0);
}

/* Print bytes so that no control character reaches the terminal.  Returns how many: the last character
 * may be cut off, unless it is the `final` one. */
static uint32_t type_bytes(const char *bytes, uint32_t size, bool final)
{
    uint32_t at = 0;

    while (at < size) {
        uint32_t length = utf8_length((unsigned char)bytes[at]);

        if (length > size - at && !final)
            break;
        if (length > size - at || !is_printable(bytes + at, length)) {
            if (bytes[at] != '\r')
                console_put('.');
            length = 1;
        } else {
            console_write(bytes + at, length);
        }
        if (bytes[at] == '\n')
            cpu_irq_gap();
        at += length;
    }
    return at;
}

static bool type_file(struct file *file, const char *name)
{
    char bytes[CHUNK];
    uint32_t offset = 0, done;
    bool ended = false; /* the line */
    status_t status;

    while ((status = file_read(file, offset, bytes, sizeof bytes, &done)) == STATUS_SUCCESS &&
           done) {
        if (offset == 0 && strnlen(bytes, done) < done) /* a program has zeros in its first line */
            return monitor_fail("type: \"%.40s\" is no text; \"run\" starts programs.", name);
        done = type_bytes(bytes, done, done < sizeof bytes);
        offset += done;
        ended = bytes[done - 1] == '\n';
    }
    if (offset && !ended)
        console_put('\n');
    if (status && status != STATUS_END_OF_FILE)
        return monitor_fail("type: reading \"%.40s\" stopped at byte %u with status %08X.", name,
                            offset, status);
    return true;
}

static bool type(int, char **words)
{
    struct file *file;
    status_t status = file_open(words[1], FILE_READ_DATA, FILE_SHARE_ALL, FILE_OPEN, 0, &file);
    bool good;

    if (status)
        return monitor_fail("type: \"%.40s\" can't be opened (%s); \"dir\" lists the files.",
                            words[1], words_status_name(status, "no file"));
    if (file->node->kind == FILE_IS_DISC || file->node->kind == FILE_IS_RAM)
        good = type_file(file, words[1]);
    else
        good = monitor_fail("type: \"%.40s\" is no file that has bytes; \"dir\" lists the files.",
                            words[1]);
    file_close(file);
    return good;
}

/* The text is made from docs/lessons.md. */
static bool lessons(int count, char **words)
{
    char file[] = "lessons.txt";
    char *of_type[] = {words[0], file, NULL};

    return type(count + 1, of_type);
}

const struct monitor_command monitor_process_commands[] = {
    {"run", NULL, "PROG ARGS [&]",
     "start a program, with & in the background\nrun thrash.exe 24 random &", 1, 31, run},
    {"mark", NULL, "LABEL",
     "all counters in a line, for graders\nmark before; run hello.exe; mark after", 1, 1, mark},
    {"ps", "!process", "", "processes: RAM, commit, faults\nrun thrash.exe 24 &; ps", 0, 0, ps},
    {"lab", NULL, "\"7 0 1 2 0\" FRAMES [POLICY]",
     "replacement step by step, on real pages\nlab \"7 0 1 2 0 3 0 4\" 3 lru", 0, 3, laboratory},
    {"replay", NULL, "TRACE FRAMES POLICY",
     "a program's references by real touches\nreplay sort.u16 200 fifo", 0, 3, laboratory},
    {"compare", NULL, "TRACE [FRAMES...]",
     "all policies at several sizes of memory\ncompare sort.u16 100 200", 0, 9, laboratory},
    {"kill", NULL, "PROG", "end a program: its name, or its PID\nrun thrash.exe 24 &; kill thrash",
     1, 1, kill},
    {"wait", NULL, "[MS]", "wait that long, or for background programs\nrun thrash.exe 24 &; wait",
     0, 1, wait},
    {"dir", NULL, "[DIRECTORY]", "files on the disc and in RAM\ndir", 0, 1, dir},
    {"lessons", NULL, "", "programs that explain themselves\nlessons; run segments.exe", 0, 0,
     lessons},
    {"type", NULL, "FILE", "show a file's text\ntype next.txt", 1, 1, type},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
