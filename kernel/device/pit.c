/* pit.c - the timer (8253, channel 0): one interrupt every 10 ms. */
#include "kernel/device/pit.h"

#include "kernel/cpu/cpu.h"
#include "kernel/device/pic.h"

enum {
    CHANNEL0 = 0x40,
    COMMAND = 0x43,
    RATE = 0x34, /* channel 0, low then high byte, mode 2: a pulse every N clocks */
    CLOCK = 1193182,
    DIVISOR = (CLOCK + PIT_HZ / 2) / PIT_HZ,
};

volatile uint32_t pit_ticks;

void pit_init(void)
{
    outb(COMMAND, RATE);
    outb(CHANNEL0, DIVISOR & 0xFF);
    outb(CHANNEL0, DIVISOR >> 8);
    pic_enable(PIC_TIMER);
}

void pit_tick(void)
{
    pit_ticks = pit_ticks + 1;
}
