/* vga.c - the text screen, 80 columns in 25 or 50 rows.
 *
 * `shown` is what the adapter has; it is written where that differs, and never read.  The log is kept as
 * text, more of it than fits its part of the screen: vga_flush() shows the end, or what vga_scroll() asks for.
 */
#include "kernel/device/vga.h"

#include "kernel/cpu/cpu.h"
#include "lib/string.h"
#include "mm/mm.h"

#define ADAPTER ((volatile uint16_t *)(LAYOUT_KERNEL + 0xB8000u))

enum {
    CRTC_INDEX = 0x3D4,
    CRTC_DATA = 0x3D5,
    CURSOR_HIGH = 14,
    CURSOR_LOW = 15,
    TAB = 8,
    LINES = 200
};

unsigned vga_rows = 25;

static uint16_t shown[VGA_ROWS][VGA_COLUMNS];

/* Line n of the log is in text[n % LINES]; zero bytes are blanks. */
static struct {
    uint8_t text[LINES][VGA_COLUMNS];
    unsigned line, x;   /* where the next character goes */
    unsigned top, rows; /* its part of the screen */
    unsigned back;      /* how many lines before the last one is the lowest that is shown */
    bool changed;
} record = {.rows = 25};

static const uint8_t log_attribute = 0x07; /* grey on black */

void vga_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute)
{
    uint16_t cell = (uint16_t)(attribute << 8 | ch);

    if (x >= VGA_COLUMNS || y >= vga_rows || shown[y][x] == cell)
        return;
    shown[y][x] = cell;
    ADAPTER[y * VGA_COLUMNS + x] = cell;
}

void vga_redraw(void)
{
    memset(shown, 0, sizeof shown); /* no cell is equal: all of them are drawn */
    record.changed = true;
    vga_flush();
}

void vga_log_region(unsigned top, unsigned rows)
{
    record.top = top;
    record.rows = rows;
    record.changed = true;
    vga_scroll(0);
}

void vga_log_everywhere(void)
{
    if (record.rows != vga_rows)
        vga_log_region(0, vga_rows);
}

/* The oldest line that is kept. */
static unsigned oldest(void)
{
    return record.line < LINES ? 0 : record.line - LINES + 1;
}

void vga_scroll(int pages)
{
    unsigned lines = record.line - oldest() + 1;
    unsigned most = lines > record.rows ? lines - record.rows : 0;
    int back = pages ? (int)record.back + pages * (int)(record.rows - 1) : 0;

    record.back = back < 0 ? 0 : (unsigned)back > most ? most : (unsigned)back;
    record.changed = true;
}

/* Who has scrolled back goes on seeing the same lines, as long as they are kept. */
static void new_line(void)
{
    memset(record.text[++record.line % LINES], 0, VGA_COLUMNS);
    record.x = 0;
    if (record.back && record.back + record.rows < LINES)
        record.back++;
}

void vga_put(char c)
{
    static bool sequence; /* for terminals: ESC [ numbers letter; nothing of it is shown */

    record.changed = true;
    if (c == '\x1b' || sequence) {
        sequence = c == '\x1b' || c == '[' || (uint8_t)c < '@';
    } else if (c == '\n') {
        new_line();
    } else if (c == '\r') {
        record.x = 0;
    } else if (c == '\b') {
        record.x -= record.x > 0;
    } else if (c == '\t') {
        do
            vga_put(' ');
        while (record.x % TAB);
    } else if ((uint8_t)c >= ' ' && (c & 0xC0) != 0x80) {
        if (record.x == VGA_COLUMNS)
            new_line();
        if (c & 0x80) /* the font has none of UTF-8's letters: a square for each */
            c = (char)0xFE;
        record.text[record.line % LINES][record.x++] = (uint8_t)c;
    }
}

static void show_cursor(unsigned row)
{
    unsigned x = record.x < VGA_COLUMNS ? record.x : VGA_COLUMNS - 1;
    unsigned place = (record.back ? vga_rows : row) * VGA_COLUMNS + x;

    outb(CRTC_INDEX, CURSOR_HIGH);
    outb(CRTC_DATA, (uint8_t)(place >> 8));
    outb(CRTC_INDEX, CURSOR_LOW);
    outb(CRTC_DATA, (uint8_t)place);
}

void vga_flush(void)
{
    unsigned last = record.line - record.back, count = last - oldest() + 1;

    if (!record.changed)
        return;
    record.changed = false;
    if (count > record.rows)
        count = record.rows;
    for (unsigned row = 0; row < record.rows; row++) {
        const uint8_t *line = record.text[(last - count + 1 + row) % LINES];

        for (unsigned x = 0; x < VGA_COLUMNS; x++)
            vga_cell(x, record.top + row, row < count && line[x] ? line[x] : ' ', log_attribute);
    }
    show_cursor(record.top + count - 1);
}
