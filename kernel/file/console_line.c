/* console_line.c - what a program gets when it reads from the console: whole lines.
 *
 * One line is being typed at a time, whoever asked first; a second reader waits until it is
 * complete and then takes what the first one left.  The keys belong to the monitor while nobody
 * reads here.
 */
#include "kernel/file/console_line.h"

#include "kernel/file/line.h"
#include "kernel/device/console.h"
#include "kernel/object/thread.h"
#include "lib/string.h"

static struct line_reader reader = {.ends = true};
static char line[LINE_MOST + 2]; /* CR LF */
static uint32_t length, taken;
static struct thread *typist; /* for whom a line is being typed, or 0 */
static bool ended;
static struct wait_queue lines;

/* One line from the first key to Enter, or the end of input.  Half a line of a reader that dies or is interrupted
 * is nobody's. */
static status_t type_line(void)
{
    int typed;

    length = taken = 0;
    typed = line_read(&reader, "", line, LINE_MOST);
    ended = typed == LINE_END_OF_INPUT;
    if (typed >= 0) {
        memcpy(line + typed, "\r\n", 2);
        length = (uint32_t)typed + 2;
    }
    if (typed != LINE_NOBODY)
        return STATUS_SUCCESS;
    console_write("^C\n", 3);
    return thread_current()->killed ? STATUS_PROCESS_IS_TERMINATING : STATUS_CANCELLED;
}

/* Have a line, or the end of input, typed by this thread or by another one. */
static status_t next_line(void)
{
    status_t status;

    if (typist)
        return wait_sleep(&lines, WAIT_FOREVER);
    typist = thread_current();
    status = type_line();
    typist = NULL;
    wait_wake_all(&lines);
    return status;
}

status_t console_line_wait(const char **text, uint32_t *size)
{
    status_t status = STATUS_SUCCESS;

    while (!status && (typist || taken == length) && !ended)
        status = next_line();
    if (status)
        return status;
    ended = false;
    *text = line + taken;
    *size = length - taken;
    return STATUS_SUCCESS;
}

void console_line_drop(uint32_t size)
{
    taken += size;
}

void console_line_interrupt(const struct process *process)
{
    if (typist && typist->process == process)
        line_interrupt();
}
