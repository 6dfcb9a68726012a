/* console_line.c - what a program gets when it reads from the console: whole lines.
 *
 * One line is being typed at a time, whoever asked first; a second reader waits until it is
 * complete and then takes what the first one left.  The keys belong to the monitor while nobody
 * reads here.
 */
#include "kernel/file/console_line.h"

#include "kernel/file/line.h"
#include "kernel/object/wait.h"
#include "lib/string.h"

static struct line_reader reader = {.ends = true};
static char line[LINE_MOST + 2]; /* CR LF */
static uint32_t length, taken;
static bool typing, ended;
static struct wait_queue lines;

/* One line from the first key to Enter, or the end of input.  Half a line of a reader that dies is nobody's. */
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
    return typed == LINE_NOBODY ? STATUS_PROCESS_IS_TERMINATING : STATUS_SUCCESS;
}

/* Have a line, or the end of input, typed by this thread or by another one. */
static status_t next_line(void)
{
    status_t status;

    if (typing)
        return wait_sleep(&lines, WAIT_FOREVER);
    typing = true;
    status = type_line();
    typing = false;
    wait_wake_all(&lines);
    return status;
}

status_t console_line_read(char *buffer, uint32_t size, uint32_t *done)
{
    status_t status = STATUS_SUCCESS;

    *done = 0;
    while (!status && (typing || taken == length) && !ended)
        status = next_line();
    if (status)
        return status;
    ended = false;
    *done = length - taken < size ? length - taken : size;
    memcpy(buffer, line + taken, *done);
    taken += *done;
    return STATUS_SUCCESS;
}
