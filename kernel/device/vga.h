/* vga.h - the text screen, 80 columns in 25 or 50 rows.
 *
 * Cells go to the adapter where they differ, some 20 times a second: under an emulator a write to the
 * adapter costs as much as hundreds of ordinary instructions.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VGA_COLUMNS = 80, VGA_ROWS = 50 }; /* at most */
extern unsigned vga_rows;                 /* 25 or 50 */

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

/* Set the colours and, with `small`, 50 rows if the BIOS has the font for them (vga_mode.c). */
void vga_mode(bool small);

/* Draw every cell anew: the adapter holds something else. */
void vga_redraw(void);

/* Set one cell; `ch` is of code page 437.  A cell outside of the screen is ignored. */
void vga_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute);

/* The rows in which the end of the log is shown: [top, top + rows), on the screen.  At first all of them. */
void vga_log_region(unsigned top, unsigned rows);

/* Show the log so many pages before what is shown now; negative: after; 0: its end. */
void vga_scroll(int pages);

/* The log gets the whole screen, if it has not got it already. */
void vga_log_everywhere(void);

/* One character of the log: printable, newline, carriage return, backspace, tab. */
void vga_put(char c);

/* Bring the adapter up to date. */
void vga_flush(void);
