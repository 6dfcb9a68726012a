/* power.h - how the machine is left. */
#pragma once
#include <stdint.h>

/* QEMU's exit status is value * 2 + 1, so 0x10 becomes 33. */
enum power_exit_value {
    POWER_EXIT_FIRST = 0x10, /* + status of the monitor's `exit` */
    POWER_EXIT_LAST = 0x2F,
    POWER_EXIT_PANIC = 0x30,
    POWER_EXIT_REFUSED = 0x31, /* the kernel did not start: too little RAM, a bad option, ... */
};

/* End the emulator (QEMU, Bochs) with `status`, 0 to 31 (larger counts as 31), after all output
 * has left the serial ports; halts on real hardware. */
_Noreturn void power_exit(uint32_t status);
_Noreturn void power_exit_value(enum power_exit_value value);
