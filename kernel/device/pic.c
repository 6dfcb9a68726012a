/* pic.c - the two interrupt controllers (8259A), the second behind line 2 of the first. */
#include "kernel/device/pic.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/frame.h"

enum {
    FIRST = 0x20, /* command port; data port follows */
    SECOND = 0xA0,
    START = 0x11, /* ICW1: edge triggered, cascaded, ICW4 follows */
    MODE_8086 = 0x01,
    READ_SERVICE = 0x0B, /* the next read of the command port says which lines are in service */
    DONE = 0x20,
    SPURIOUS = 7, /* what either controller says when a request went away */
};

static uint8_t mask_first = 0xFF, mask_second = 0xFF;

static void start(uint16_t port, uint8_t vector, uint8_t cascade)
{
    outb(port, START);
    outb(port + 1, vector);
    outb(port + 1, cascade);
    outb(port + 1, MODE_8086);
    outb(port + 1, 0xFF);
}

void pic_init(void)
{
    start(FIRST, TRAP_IRQ, 1 << PIC_CASCADE);
    start(SECOND, TRAP_IRQ + 8, PIC_CASCADE);
    pic_enable(PIC_CASCADE);
}

void pic_enable(unsigned line)
{
    if (line < 8)
        mask_first &= (uint8_t) ~(1u << line);
    else
        mask_second &= (uint8_t) ~(1u << (line - 8));
    outb(FIRST + 1, mask_first);
    outb(SECOND + 1, mask_second);
}

static bool in_service(uint16_t port, unsigned line)
{
    outb(port, READ_SERVICE);
    return (inb(port) >> line & 1) != 0;
}

bool pic_acknowledge(unsigned line)
{
    bool second = line >= 8;
    bool spurious = line % 8 == SPURIOUS && !in_service(second ? SECOND : FIRST, SPURIOUS);

    if (second && !spurious)
        outb(SECOND, DONE);
    if (second || !spurious)
        outb(FIRST, DONE);
    return !spurious;
}
