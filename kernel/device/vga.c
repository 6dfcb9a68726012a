/* vga.c - the text screen, 80 x 25 cells.
 *
 * `wanted` is what should be on the screen, `shown` what is; vga_flush() writes the differences of
 * the rows that were changed.  The adapter is never read.
 */
#include "kernel/device/vga.h"

#include <stdbool.h>

#include "kernel/cpu/cpu.h"
#include "lib/string.h"
#include "mm/mm.h"

#define ADAPTER ((volatile uint16_t *)(LAYOUT_KERNEL + 0xB8000u))

enum { CRTC_INDEX = 0x3D4, CRTC_DATA = 0x3D5, CURSOR_HIGH = 14, CURSOR_LOW = 15, TAB = 8 };

static uint16_t wanted[VGA_ROWS][VGA_COLUMNS];
static uint16_t shown[VGA_ROWS][VGA_COLUMNS];
static bool changed[VGA_ROWS];

/* The log's part of the screen and the place of its next character. */
static struct {
    unsigned top, rows, x, y; /* y counts from the top of the screen */
} log_part = {.rows = VGA_ROWS};

/* The last lines of the log, whether or not they are on the screen, so that a change of the log's
 * part shows them again.  Line n is in history[n % VGA_ROWS]; zero bytes are blanks. */
static uint8_t history[VGA_ROWS][VGA_COLUMNS];
static unsigned lines; /* number of the line that is being written */

static const uint8_t log_attribute = 0x07; /* grey on black */

static uint16_t cell(uint8_t ch, uint8_t attribute)
{
    return (uint16_t)(attribute << 8 | ch);
}

void vga_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute)
{
    if (x >= VGA_COLUMNS || y >= VGA_ROWS)
        return;
    wanted[y][x] = cell(ch, attribute);
    changed[y] = true;
}

static void clear(unsigned y, unsigned rows, uint8_t attribute)
{
    for (; rows-- > 0 && y < VGA_ROWS; y++)
        for (unsigned x = 0; x < VGA_COLUMNS; x++)
            vga_cell(x, y, ' ', attribute);
}

void vga_init(void)
{
    clear(0, VGA_ROWS, log_attribute);
    memset(shown, 0, sizeof shown); /* no cell is equal: the first flush draws all of them */
    vga_flush();
}

/* Fill the log's part with the lines that fit; the cursor stays behind the last character. */
static void show_history(void)
{
    unsigned count = lines + 1 < log_part.rows ? lines + 1 : log_part.rows;

    for (unsigned i = 0; i < count; i++) {
        const uint8_t *line = history[(lines - (count - 1 - i)) % VGA_ROWS];

        for (unsigned x = 0; x < VGA_COLUMNS; x++)
            vga_cell(x, log_part.top + i, line[x] ? line[x] : ' ', log_attribute);
    }
    log_part.y = log_part.top + count - 1;
}

void vga_log_region(unsigned top, unsigned rows)
{
    log_part.top = top < VGA_ROWS ? top : VGA_ROWS - 1;
    log_part.rows = rows < 1 ? 1 : rows;
    if (log_part.rows > VGA_ROWS - log_part.top)
        log_part.rows = VGA_ROWS - log_part.top;
    clear(log_part.top, log_part.rows, log_attribute);
    show_history();
}

void vga_log_everywhere(void)
{
    if (log_part.rows < VGA_ROWS)
        vga_log_region(0, VGA_ROWS);
}

static void new_line(void)
{
    unsigned last = log_part.top + log_part.rows - 1;

    memset(history[++lines % VGA_ROWS], 0, VGA_COLUMNS);
    log_part.x = 0;
    if (log_part.y < last) {
        log_part.y++;
        return;
    }
    memmove(wanted[log_part.top], wanted[log_part.top + 1], (log_part.rows - 1) * sizeof wanted[0]);
    clear(last, 1, log_attribute);
    for (unsigned y = log_part.top; y <= last; y++)
        changed[y] = true;
}

void vga_put(char c)
{
    switch (c) {
    case '\n':
        new_line();
        return;
    case '\r':
        log_part.x = 0;
        return;
    case '\b':
        if (log_part.x > 0)
            log_part.x--;
        return;
    case '\t':
        do
            vga_put(' ');
        while (log_part.x % TAB);
        return;
    }
    if ((uint8_t)c < ' ')
        return;
    if (log_part.x == VGA_COLUMNS)
        new_line();
    history[lines % VGA_ROWS][log_part.x] = (uint8_t)c;
    vga_cell(log_part.x++, log_part.y, (uint8_t)c, log_attribute);
}

static void show_cursor(void)
{
    unsigned x = log_part.x < VGA_COLUMNS ? log_part.x : VGA_COLUMNS - 1;
    unsigned place = log_part.y * VGA_COLUMNS + x;

    outb(CRTC_INDEX, CURSOR_HIGH);
    outb(CRTC_DATA, (uint8_t)(place >> 8));
    outb(CRTC_INDEX, CURSOR_LOW);
    outb(CRTC_DATA, (uint8_t)place);
}

void vga_flush(void)
{
    bool any = false;

    for (unsigned y = 0; y < VGA_ROWS; y++) {
        if (!changed[y])
            continue;
        changed[y] = false;
        any = true;
        for (unsigned x = 0; x < VGA_COLUMNS; x++) {
            if (shown[y][x] == wanted[y][x])
                continue;
            shown[y][x] = wanted[y][x];
            ADAPTER[y * VGA_COLUMNS + x] = wanted[y][x];
        }
    }
    if (any)
        show_cursor();
}
