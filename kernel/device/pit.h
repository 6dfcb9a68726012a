/* pit.h - the timer: one interrupt every 10 ms. */
#pragma once
#include <stdint.h>

enum { PIT_HZ = 100, PIT_TICK_MS = 1000 / PIT_HZ };

/* Interrupts since start. */
extern volatile uint32_t pit_ticks;

/* Start the timer.  Without this (option `notick`) nothing preempts and no time passes. */
void pit_init(void);

/* The interrupt came. */
void pit_tick(void);
