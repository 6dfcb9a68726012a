/* symbols.h - names of the kernel's functions, for backtraces and the monitor.
 *
 * The table is made from the linked kernel and linked in afterwards (see the Makefile); it lies
 * behind all code, so adding it moves no function.
 */
#pragma once
#include <stdint.h>

/* The function that holds `address` and the distance from its start, or 0. */
const char *symbols_find(uint32_t address, uint32_t *offset);
