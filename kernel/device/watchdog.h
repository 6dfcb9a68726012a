/* watchdog.h - a non-maskable interrupt when the timer has been silent for two seconds.
 *
 * Nothing in ring 3 can switch interrupts off, except in virtual-8086 mode, which a program can enter under QEMU
 * (frame.h); this is how the kernel gets the CPU back from there.
 */
#pragma once
/* Start it, or tell it that all is well; called at every timer tick.  Without the device nothing happens. */
void watchdog_feed(void);
