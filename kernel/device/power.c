/* power.c - switches the machine off. */
#include "kernel/device/power.h"

#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"

/* Doors of emulators: QEMU's isa-debug-exit, and the shutdown port of Bochs. */
enum { QEMU_EXIT = 0xF4, BOCHS_SHUTDOWN = 0x8900 };

_Noreturn void power_exit_value(enum power_exit_value value)
{
    cpu_irq_off();
    console_flush();
    outb(QEMU_EXIT, (uint8_t)value);
    for (const char *c = "Shutdown"; *c; c++)
        outb(BOCHS_SHUTDOWN, (uint8_t)*c);
    for (;;)
        __asm__ volatile("cli; hlt");
}

_Noreturn void power_exit(uint32_t status)
{
    const uint32_t most = POWER_EXIT_LAST - POWER_EXIT_FIRST;

    power_exit_value(POWER_EXIT_FIRST + (status < most ? status : most));
}
