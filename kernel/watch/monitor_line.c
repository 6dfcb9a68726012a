/* monitor_line.c - reads one line, with editing and history.
 *
 * Works on any terminal, however dumb: the only control character it sends is the backspace, and
 * it sends that only in answer to an editing key.  So a session that is merely typed or piped in
 * is plain text, ready to be pasted into a report.
 */
#include "kernel/watch/monitor_line.h"
#include "kernel/device/console.h"
#include "kernel/device/keyboard.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/screen.h"
#include "lib/string.h"

enum { HISTORY = 32, ESCAPE_MS = 60 };

/* Keys that are not characters. */
enum key {
    KEY_UP = 0x100,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_FUNCTION, /* + 1 is F1 ... + 5 is F5 */
    KEY_NONE = 0x200,
};

enum { CTRL_A = 1, CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_F, CTRL_K = 11, CTRL_N = 14, CTRL_P = 16 };
enum { CTRL_U = 21, ESCAPE = 27, RUBOUT = 127 };

static char history[HISTORY][MONITOR_LINE];
static unsigned remembered;      /* lines ever remembered */
static char begun[MONITOR_LINE]; /* the new line, while the history is looked at */

struct editor {
    char *line;
    size_t size, length, cursor;
    unsigned back; /* history: how many lines ago; 0 is the new line */
};

/* The final letter of ESC [ x and ESC O x. */
static int letter_key(int c)
{
    switch (c) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return KEY_RIGHT;
    case 'D':
        return KEY_LEFT;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    }
    return c >= 'P' && c <= 'S' ? KEY_FUNCTION + 1 + c - 'P' : KEY_NONE; /* F1 to F4 */
}

/* The number of ESC [ n ~. */
static int number_key(unsigned n)
{
    switch (n) {
    case 1:
    case 7:
        return KEY_HOME;
    case 3:
        return KEY_DELETE;
    case 4:
    case 8:
        return KEY_END;
    }
    return n >= 11 && n <= 15 ? (int)(KEY_FUNCTION + n - 10) : KEY_NONE;
}

static int escape_key(void)
{
    int c = monitor_getc(ESCAPE_MS);
    unsigned number = 0;

    if (c != '[' && c != 'O')
        return KEY_NONE;
    c = monitor_getc(ESCAPE_MS);
    if (c == '[') { /* the Linux console's F1 to F5: ESC [ [ A to E */
        c = monitor_getc(ESCAPE_MS);
        return c >= 'A' && c <= 'E' ? KEY_FUNCTION + 1 + c - 'A' : KEY_NONE;
    }
    while (c == ';' || (c >= '0' && c <= '9')) {
        number = c == ';' ? 0 : (number * 10 + (unsigned)(c - '0')) % 1000;
        c = monitor_getc(ESCAPE_MS);
    }
    return c == '~' ? number_key(number) : letter_key(c);
}

static int read_key(void)
{
    int c = monitor_getc(UINT32_MAX);

    return c == ESCAPE ? escape_key() : c;
}

static void repeat(char c, size_t count)
{
    while (count-- > 0)
        console_put(c);
}

/* The text from `from` on has changed and was `old` characters long; the cursor stands at `from`.
 * Show it and leave the cursor where the editor says. */
static void redraw(const struct editor *e, size_t from, size_t old)
{
    size_t now = e->length - from;
    size_t blanks = old > now ? old - now : 0;

    console_write(e->line + from, now);
    repeat(' ', blanks);
    repeat('\b', e->length + blanks - e->cursor);
}

static void move_to(struct editor *e, size_t cursor)
{
    if (cursor < e->cursor)
        repeat('\b', e->cursor - cursor);
    else
        console_write(e->line + e->cursor, cursor - e->cursor);
    e->cursor = cursor;
}

static void insert(struct editor *e, char c)
{
    size_t from = e->cursor;

    if (e->length + 1 >= e->size)
        return;
    memmove(e->line + from + 1, e->line + from, e->length - from);
    e->line[from] = c;
    e->length++;
    e->cursor++;
    redraw(e, from, 0);
}

/* Remove [from, to); the cursor goes to `from`. */
static void cut(struct editor *e, size_t from, size_t to)
{
    size_t old = e->length - from;

    if (to <= from || to > e->length)
        return;
    move_to(e, from);
    memmove(e->line + from, e->line + to, e->length - to);
    e->length -= to - from;
    redraw(e, from, old);
}

static void recall(struct editor *e, unsigned back)
{
    unsigned most = remembered < HISTORY ? remembered : HISTORY;

    if (back > most)
        return;
    if (!e->back)
        string_copy(begun, e->line, sizeof begun);
    cut(e, 0, e->length);
    e->back = back;
    string_copy(e->line, back ? history[(remembered - back) % HISTORY] : begun, e->size);
    e->length = e->cursor = strlen(e->line);
    console_write(e->line, e->length);
}

static void move_key(struct editor *e, int key)
{
    switch (key) {
    case KEY_LEFT:
    case CTRL_B:
        move_to(e, e->cursor ? e->cursor - 1 : 0);
        break;
    case KEY_RIGHT:
    case CTRL_F:
        move_to(e, e->cursor < e->length ? e->cursor + 1 : e->length);
        break;
    case KEY_HOME:
    case CTRL_A:
        move_to(e, 0);
        break;
    case KEY_END:
    case CTRL_E:
        move_to(e, e->length);
        break;
    case KEY_UP:
    case CTRL_P:
        recall(e, e->back + 1);
        break;
    case KEY_DOWN:
    case CTRL_N:
        if (e->back)
            recall(e, e->back - 1);
        break;
    }
}

static void complete(struct editor *e)
{
    char rest[MONITOR_WORD + 1];

    monitor_complete(e->line, e->cursor, rest);
    for (const char *c = rest; *c; c++)
        insert(e, *c);
}

static void edit_key(struct editor *e, int key)
{
    switch (key) {
    case '\b':
    case RUBOUT:
        if (e->cursor)
            cut(e, e->cursor - 1, e->cursor);
        break;
    case KEY_DELETE:
    case CTRL_D:
        cut(e, e->cursor, e->cursor + 1);
        break;
    case CTRL_U:
        cut(e, 0, e->cursor);
        break;
    case CTRL_K:
        cut(e, e->cursor, e->length);
        break;
    case '\t':
        complete(e);
        break;
    default:
        if (key >= ' ' && key < RUBOUT)
            insert(e, (char)key);
        else if (key > KEY_FUNCTION && key < KEY_NONE)
            screen_key(KEYBOARD_F1 + (unsigned)(key - KEY_FUNCTION) - 1);
        else
            move_key(e, key);
    }
}

void monitor_line_remember(const char *line)
{
    if (!*line)
        return;
    if (remembered && strcmp(history[(remembered - 1) % HISTORY], line) == 0)
        return;
    string_copy(history[remembered++ % HISTORY], line, MONITOR_LINE);
}

void monitor_line_read(const char *prompt, char *line, size_t size)
{
    struct editor e = {line, size, 0, 0, 0};

    console_printf("%s", prompt);
    for (;;) {
        int key;

        line[e.length] = 0;
        key = read_key();
        if (key == '\n' || key == '\r')
            break;
        if (key == CTRL_C) {
            console_printf("^C\n%s", prompt);
            e.length = e.cursor = e.back = 0;
            continue;
        }
        edit_key(&e, key);
    }
    console_put('\n');
    monitor_line_remember(line);
}
