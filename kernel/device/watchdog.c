/* watchdog.c - the watchdog on the ISA bus (iBASE 700), as QEMU has it with `-device ib700` */
#include "kernel/device/watchdog.h"

#include "kernel/cpu/cpu.h"

enum {
    ENABLE = 0x443,
    TWO_SECONDS = 14, /* 0 is 30 seconds, each step takes two away */
};

void watchdog_feed(void)
{
    outb(ENABLE, TWO_SECONDS);
}
