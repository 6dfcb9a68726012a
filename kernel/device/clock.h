/* clock.h - what time it is: system time, milliseconds since start, and a fine counter.
 *
 * All three run on the timer.  The date comes from the battery clock once, at the start.
 */
#pragma once
#include <stdint.h>

enum { CLOCK_HZ = 100, CLOCK_TICK_MS = 1000 / CLOCK_HZ };

/* Timer interrupts since the start. */
extern volatile uint32_t clock_ticks;

/* Read the battery clock and fill in the page that is shared with programs.
 * => mm_init() has run; interrupts are off. */
void clock_init(void);

/* Start the timer.  Without this (option `notick`) nothing preempts and no time passes. */
void clock_start(void);

/* The timer interrupt: programs see the new time. */
void clock_tick(void);

/* Milliseconds since the start, in steps of a tick. */
uint64_t clock_ms(void);

/* System time: units of 100 ns since 1601-01-01 (UTC), in steps of a tick. */
uint64_t clock_now(void);

/* A counter that never goes back, CLOCK_FREQUENCY steps a second. */
#define CLOCK_FREQUENCY 1193182u
uint64_t clock_counter(void);

/* Do nothing for so long, by the timer's counter: works with interrupts off.  Ticks that fall into it
 * are lost, but for one. */
void clock_delay(uint32_t microseconds);

/* Seconds since 1970 -> 100 ns since 1601. */
uint64_t clock_from_unix(uint64_t seconds);
