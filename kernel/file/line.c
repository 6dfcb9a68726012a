/* line.c - reads one line, with editing and history: at the monitor's prompt, and for programs.
 *
 * Works on any terminal, however dumb: the only control character it sends is the backspace, and
 * it sends that only in answer to an editing key.  So a session that is merely typed or piped in
 * is plain text, ready to be pasted into a report.  A character of UTF-8 is one key to the person and
 * takes one column.
 */
#include "kernel/file/line.h"
#include "kernel/device/console.h"
#include "kernel/device/keyboard.h"
#include "kernel/object/wait.h"
#include "lib/string.h"

enum { ESCAPE_MS = 60, ASK_MS = 1000 };

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
    KEY_CLEARED,
};

enum { CTRL_A = 1, CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_F, CTRL_K = 11, CTRL_N = 14, CTRL_P = 16 };
enum { CTRL_U = 21, CTRL_Z = 26, ESCAPE = 27, RUBOUT = 127 };

struct editor {
    struct line_reader *reader;
    char *line;
    size_t size, length, cursor;
    unsigned back; /* history: how many lines ago; 0 is the new line */
};

bool (*line_size)(unsigned rows, unsigned columns);

static struct wait_queue typists;
static bool interrupted; /* when all is read that was typed before */

static void wake(void)
{
    wait_wake_all(&typists);
}

void line_init(void)
{
    console_input_wake = wake;
}

void line_interrupt(void)
{
    interrupted = true;
    wake();
}

/* The next character that is typed; -1: none came within `timeout` ms, LINE_NOBODY: the thread is to die, or
 * line_interrupt(). */
static int next_char(uint32_t timeout)
{
    status_t status = STATUS_SUCCESS;
    int c;

    while ((c = console_getc()) < 0 && !status && !interrupted)
        status = wait_sleep(&typists, timeout);
    return c >= 0 || status == STATUS_TIMEOUT ? c : LINE_NOBODY;
}

/* The final letter of ESC [ x and ESC O x: P to S are F1 to F4. */
static int letter_key(int c)
{
    static const char letters[] = "ABCDHF";
    static const int keys[] = {KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END};
    const char *letter = c > 0 ? strchr(letters, c) : NULL;

    if (letter)
        return keys[letter - letters];
    return c >= 'P' && c <= 'S' ? KEY_FUNCTION + 1 + c - 'P' : KEY_NONE;
}

/* The number of ESC [ n ~: 11 to 15 are F1 to F5. */
static int number_key(unsigned n)
{
    if (n == 1 || n == 7)
        return KEY_HOME;
    if (n == 4 || n == 8)
        return KEY_END;
    if (n == 3)
        return KEY_DELETE;
    return n >= 11 && n <= 15 ? (int)(KEY_FUNCTION + n - 10) : KEY_NONE;
}

/* The last two numbers of a sequence from character `c` on; returns the letter behind them. */
static int numbers(int c, uint32_t timeout, unsigned *first, unsigned *second)
{
    *first = *second = 0;
    for (; c == ';' || (c >= '0' && c <= '9'); c = next_char(timeout)) {
        *first = c == ';' ? *second : *first;
        *second = c == ';' ? 0 : (*second * 10 + (unsigned)(c - '0')) % 1000;
    }
    return c;
}

bool line_report(uint32_t timeout, unsigned *row, unsigned *column)
{
    int c;

    do
        c = next_char(timeout);
    while (c == ESCAPE || c == '[');
    return numbers(c, timeout, row, column) == 'R';
}

static int escape_key(void)
{
    int c = next_char(ESCAPE_MS);
    unsigned number, first;
    bool report = c == '[';

    if (c != '[' && c != 'O')
        return KEY_NONE;
    c = next_char(ESCAPE_MS);
    if (c == '[') { /* the Linux console's F1 to F5: ESC [ [ A to E */
        c = next_char(ESCAPE_MS);
        return c >= 'A' && c <= 'E' ? KEY_FUNCTION + 1 + c - 'A' : KEY_NONE;
    }
    c = numbers(c, ESCAPE_MS, &first, &number);
    if (report && c == 'R' && first > 1) /* from Shift-F3 it is 1 */
        return line_size && line_size(first, number) ? KEY_CLEARED : KEY_NONE;
    return c == '~' ? number_key(number) : letter_key(c);
}

/* A terminal does not say when it gets another size: it is asked. */
static int read_key(void)
{
    int c = next_char(line_size ? ASK_MS : UINT32_MAX);

    if (c == -1 && line_size)
        line_size(0, 0);
    if (c == -1)
        return KEY_NONE;
    return c == ESCAPE ? escape_key() : c;
}

static void repeat(char c, size_t count)
{
    while (count-- > 0)
        console_put(c);
}

/* Does this byte begin a character, or is it a further one of UTF-8? */
static bool begins(char c)
{
    return (c & 0xC0) != 0x80;
}

static size_t columns(const struct editor *e, size_t from, size_t to)
{
    size_t count = 0;

    for (; from < to; from++)
        count += begins(e->line[from]);
    return count;
}

/* The places one character before and behind the cursor. */
static size_t left(const struct editor *e)
{
    size_t at = e->cursor;

    while (at > 0 && !begins(e->line[--at]))
        ;
    return at;
}

static size_t right(const struct editor *e)
{
    size_t at = e->cursor < e->length ? e->cursor + 1 : e->length;

    while (at < e->length && !begins(e->line[at]))
        at++;
    return at;
}

/* A tab takes one column. */
static void show(const struct editor *e, size_t from, size_t to)
{
    for (; from < to; from++)
        console_put(e->line[from] == '\t' ? ' ' : e->line[from]);
}

/* The text from `from` on has changed and had `old` columns; the cursor stands at `from`.
 * Show it and leave the cursor where the editor says. */
static void redraw(const struct editor *e, size_t from, size_t old)
{
    size_t now = columns(e, from, e->length), blanks = old > now ? old - now : 0;

    show(e, from, e->length);
    repeat(' ', blanks);
    repeat('\b', columns(e, e->cursor, e->length) + blanks);
}

static void move_to(struct editor *e, size_t cursor)
{
    if (cursor < e->cursor)
        repeat('\b', columns(e, cursor, e->cursor));
    else
        show(e, e->cursor, cursor);
    e->cursor = cursor;
}

static void insert(struct editor *e, char c)
{
    size_t from = e->cursor;

    if (e->length + 1 >= e->size) {
        console_put('\a');
        return;
    }
    memmove(e->line + from + 1, e->line + from, e->length - from);
    e->line[from] = c;
    e->length++;
    e->cursor++;
    redraw(e, from, 0);
}

/* Remove [from, to); the cursor goes to `from`. */
static void cut(struct editor *e, size_t from, size_t to)
{
    size_t old = columns(e, from, e->length);

    move_to(e, from);
    memmove(e->line + from, e->line + to, e->length - to);
    e->length -= to - from;
    redraw(e, from, old);
}

static void recall(struct editor *e, unsigned back)
{
    struct line_reader *r = e->reader;

    if (back > r->remembered || back > LINE_HISTORY)
        return;
    if (!e->back)
        string_copy(r->begun, e->line, sizeof r->begun);
    cut(e, 0, e->length);
    e->back = back;
    string_copy(e->line, back ? r->history[(r->remembered - back) % LINE_HISTORY] : r->begun,
                e->size);
    e->length = strlen(e->line);
    move_to(e, e->length);
}

static void move_key(struct editor *e, int key)
{
    switch (key) {
    case KEY_LEFT:
    case CTRL_B:
        move_to(e, left(e));
        break;
    case KEY_RIGHT:
    case CTRL_F:
        move_to(e, right(e));
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
    char rest[LINE_WORD + 1] = "\t";

    if (e->reader->complete)
        e->reader->complete(e->line, e->cursor, rest);
    for (const char *c = rest; *c; c++)
        insert(e, *c);
}

static void edit_key(struct editor *e, int key)
{
    switch (key) {
    case '\b':
    case RUBOUT:
        cut(e, left(e), e->cursor);
        break;
    case KEY_DELETE:
    case CTRL_D:
        cut(e, e->cursor, right(e));
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
        if (key >= ' ' && key <= 0xFF)
            insert(e, (char)key);
        else if (key > KEY_FUNCTION && key < KEY_NONE && keyboard_function_key)
            keyboard_function_key(KEYBOARD_F1 + (unsigned)(key - KEY_FUNCTION) - 1);
        else
            move_key(e, key);
    }
}

void line_remember(struct line_reader *reader, const char *line)
{
    if (!*line || strlen(line) >= LINE_REMEMBERED)
        return;
    if (reader->remembered &&
        strcmp(reader->history[(reader->remembered - 1) % LINE_HISTORY], line) == 0)
        return;
    string_copy(reader->history[reader->remembered++ % LINE_HISTORY], line, LINE_REMEMBERED);
}

int line_read(struct line_reader *reader, const char *prompt, char *line, size_t size)
{
    struct editor e = {reader, line, size, 0, 0, 0};
    int key;

    console_printf("%s", prompt);
    for (line[0] = 0; (key = read_key()) != '\n' && key != '\r'; line[e.length] = 0) {
        if (key == LINE_NOBODY) {
            interrupted = false;
            return key;
        }
        if (reader->ends && e.length == 0 && (key == CTRL_Z || key == CTRL_D)) {
            console_write("^Z\n", 3);
            return LINE_END_OF_INPUT;
        }
        if (key == CTRL_C) {
            console_printf("^C\n%s", prompt);
            e.length = e.cursor = e.back = 0;
        } else if (key == KEY_CLEARED) {
            console_printf("%s", prompt);
            redraw(&e, 0, 0);
        } else {
            edit_key(&e, key);
        }
    }
    console_put('\n');
    line_remember(reader, line);
    return (int)e.length;
}
