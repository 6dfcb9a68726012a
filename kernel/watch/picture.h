/* picture.h - the cells of the live screen, and the two devices that can show them.
 *
 * A picture is drawn whole, in memory; each device is then sent what has changed.
 */
#pragma once
#include "kernel/device/vga.h"

enum { PICTURE_COLUMNS = VGA_COLUMNS, PICTURE_ROWS = 21 };

/* An attribute of the VGA's text mode: ink and paper. */
void picture_clear(uint8_t attribute);
void picture_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute);
/* Text into a row, cut at column `end`; returns the next column. */
unsigned picture_text(unsigned x, unsigned y, unsigned end, const char *text, uint8_t attribute);

/* Show the first rows of the picture at the top of the VGA screen. */
void picture_to_vga(unsigned rows);

/* Show it in the top rows of the terminal on COM1, by ANSI sequences and UTF-8; the cursor and the
 * text below stay where they are. */
void picture_to_serial(void);

/* Divide a terminal of `rows` rows: the picture above, the text scrolling below. */
void picture_open_serial(unsigned rows);
/* The terminal may show something else in the picture's place: send all of it the next time. */
void picture_forget_serial(unsigned rows);
/* Give the whole terminal back to the text. */
void picture_close_serial(void);
