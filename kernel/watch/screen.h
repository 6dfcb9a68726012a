/* screen.h - the live picture of memory.
 *
 * A kernel thread of its own draws it, at most SCREEN_RATE times a second, so that neither a
 * fault nor a program ever waits for it.  Its cells go to the top of the VGA screen,
 * to the serial terminal (when `screen tui` asked for it), or to both.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { SCREEN_RATE = 8, SCREEN_LEAST_ROWS = 24 };
#define SCREEN_NEWEST 0xFFFFFFFFu /* as a process id: the newest running program */

enum screen_view {
    SCREEN_FRAMES, /* every frame of RAM: owner and state */
    SCREEN_SPACE,  /* one process's address space */
    SCREEN_TABLE,  /* one page table: 1,024 PTEs */
    SCREEN_RING,   /* one working set in its policy's order, with the hand */
    SCREEN_VIEWS
};

/* Start the drawing thread.  `on`: draw on the VGA screen from the start. */
void screen_init(bool on);

void screen_vga(bool on); /* off: the VGA screen shows the log under the bar of keys */
/* The same picture by ANSI sequences on COM1, whose terminal has `rows` rows (at least SCREEN_LEAST_ROWS). */
void screen_serial(bool on, unsigned rows);
/* 0, 0: ask that terminal for its size; its cursor can't leave it, and it says where it came to a halt, as
 * ESC [ ROW ; COLUMN R.  Else that answer; true: it is another size, the terminal was cleared and divided anew. */
bool screen_serial_size(unsigned rows, unsigned columns);

/* Which view; `pid` (0: the kernel) and `va` choose what SCREEN_SPACE, SCREEN_TABLE and SCREEN_RING
 * look at. */
void screen_show(enum screen_view view, uint32_t pid, uint32_t va);

/* Draw now, whatever the rate; for the moment before the machine stops. */
void screen_draw(void);
