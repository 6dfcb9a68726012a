/* console_line.c - what a program gets when it reads from the console: whole lines.
 *
 * One line is being typed at a time, whoever asked first; a second reader waits until it is
 * complete and then takes what the first one left.  The keys belong to the monitor while nobody
 * reads here, so this file adds itself to whoever else wants to know about input.
 */
#include "kernel/file/console_line.h"

#include "kernel/device/console.h"
#include "kernel/object/wait.h"
#include "lib/string.h"

enum { LINE = 256, CTRL_D = 4, CTRL_Z = 26, RUBOUT = 127 };

static char line[LINE + 2]; /* CR LF */
static uint32_t length, taken;
static bool typing, ended;
static struct wait_queue keys, lines;
static void (*other_wake)(void);

static void wake(void)
{
    wait_wake_all(&keys);
    if (other_wake)
        other_wake();
}

static void listen(void)
{
    if (console_input_wake != wake) {
        other_wake = console_input_wake;
        console_input_wake = wake;
    }
}

static status_t wait_key(int *key)
{
    status_t status = STATUS_SUCCESS;

    while ((*key = console_getc()) < 0 && !status)
        status = wait_sleep(&keys, WAIT_FOREVER);
    return status;
}

static void edit(int key)
{
    if (key == '\b' || key == RUBOUT) {
        if (length > 0) {
            length--;
            console_write("\b \b", 3);
        }
    } else if ((key >= ' ' || key == '\t') && key < RUBOUT && length < LINE) {
        line[length++] = (char)key;
        console_put((char)key);
    }
}

/* One line from the first key to Enter.  Ctrl-Z (or Ctrl-D, as terminals have it) at its start is
 * the end of input. */
static status_t type_line(void)
{
    status_t status;
    int key;

    length = taken = 0;
    ended = false;
    while ((status = wait_key(&key)) == STATUS_SUCCESS) {
        if (key == '\n' || key == '\r') {
            line[length++] = '\r';
            line[length++] = '\n';
            console_put('\n');
            return STATUS_SUCCESS;
        }
        if (length == 0 && (key == CTRL_Z || key == CTRL_D)) {
            ended = true;
            console_write("^Z\n", 3);
            return STATUS_SUCCESS;
        }
        edit(key);
    }
    length = 0; /* the reader dies, and half a line is nobody's */
    return status;
}

/* Have a line, or the end of input, typed by this thread or by another one. */
static status_t next_line(void)
{
    status_t status;

    if (typing)
        return wait_sleep(&lines, WAIT_FOREVER);
    listen();
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
