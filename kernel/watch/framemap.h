/* framemap.h - frames as letters and colours, for the screen and the monitor alike.
 *
 *   K kernel image   T page table   P pool    S kernel stack   # page of a section
 *   $ page of the kernel's own space          a..z page of a process, by its number
 *   - standby        + modified     . free    0 zeroed         x bad or withheld
 *
 * On the screen a page of a process has its process's colour behind it; its letter is white when the
 * CPU has accessed it lately, black when not, and a capital when it is dirty.
 */
#pragma once
#include "mm/mm.h"

struct framemap_cell {
    char letter;
    uint8_t attribute; /* of the VGA's text mode */
    bool dirty;        /* a page of a process that would have to be written */
};

/* The picture of frames [first, first + count): what most of those looked at (a few, evenly
 * spread) are. */
struct framemap_cell framemap_cell(pfn_t first, uint32_t count);

/* A page that is, or was, of this process: its letter and its colour (as paper). */
char framemap_letter(uint32_t pid);
uint8_t framemap_color(uint32_t pid);

/* The capital letters and signs above, for people: one line. */
extern const char framemap_legend[];
