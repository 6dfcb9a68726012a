/* vga.h - the text screen, 80 x 25 cells.
 *
 * Cells are kept in RAM and copied to the adapter where they differ, some 20 times a second: under
 * an emulator a write to the adapter costs as much as hundreds of ordinary instructions.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { VGA_COLUMNS = 80, VGA_ROWS = 25 };

enum vga_color {
    VGA_BLACK,
    VGA_BLUE,
    VGA_GREEN,
    VGA_CYAN,
    VGA_RED,
    VGA_MAGENTA,
    VGA_BROWN,
    VGA_GREY,
    VGA_DARK,
    VGA_BRIGHT_BLUE,
    VGA_BRIGHT_GREEN,
    VGA_BRIGHT_CYAN,
    VGA_BRIGHT_RED,
    VGA_BRIGHT_MAGENTA,
    VGA_YELLOW,
    VGA_WHITE,
};

static inline uint8_t vga_attribute(enum vga_color ink, enum vga_color paper)
{
    return (uint8_t)(paper << 4 | ink);
}

void vga_init(void);

/* Set one cell; `ch` is of code page 437.  A cell outside of the screen is ignored. */
void vga_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute);

/* The rows in which vga_put() writes and scrolls: [top, top + rows).  At first all of them.  The last
 * lines of the log are shown there. */
void vga_log_region(unsigned top, unsigned rows);

/* The log gets the whole screen, if it has not got it already. */
void vga_log_everywhere(void);

/* One character of the log: printable, newline, carriage return, backspace, tab. */
void vga_put(char c);

/* Bring the adapter up to date. */
void vga_flush(void);
