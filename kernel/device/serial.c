/* serial.c - the two serial ports (16550 UART).
 *
 * Output polls "transmitter holding register empty" and so needs no buffer and no interrupt.  The
 * port's FIFO stays off: switching it on would drop what was sent while the machine was still
 * booting, such as the first letter of a script that is piped in.
 */
#include "kernel/device/serial.h"

#include "kernel/cpu/cpu.h"
#include "kernel/device/pic.h"

/* Registers, as offsets from the port's base. */
enum { DATA = 0, IRQ_ENABLE = 1, LINE = 3, MODEM = 4, LINE_STATUS = 5, SCRATCH = 7 };

enum {
    LINE_8N1 = 0x03,
    LINE_DIVISOR = 0x80, /* DATA and IRQ_ENABLE are the speed's divisor */
    MODEM_READY = 0x0B,  /* DTR, RTS; OUT2 lets the interrupt through */
    RECEIVED = 0x01,
    HOLDING_EMPTY = 0x20,
    ALL_SENT = 0x40,
};

static const uint16_t base[SERIAL_PORTS] = {0x3F8, 0x2F8};
static bool present[SERIAL_PORTS];

static bool port_exists(uint16_t port)
{
    outb(port + SCRATCH, 0x5A);
    return inb(port + SCRATCH) == 0x5A;
}

void serial_init(void)
{
    for (int i = 0; i < SERIAL_PORTS; i++) {
        present[i] = port_exists(base[i]);
        if (!present[i])
            continue;
        outb(base[i] + IRQ_ENABLE, 0);
        outb(base[i] + LINE, LINE_DIVISOR);
        outb(base[i] + DATA, 1); /* 115200 / 1 */
        outb(base[i] + IRQ_ENABLE, 0);
        outb(base[i] + LINE, LINE_8N1);
        outb(base[i] + MODEM, MODEM_READY);
    }
}

bool serial_present(enum serial_port port)
{
    return present[port];
}

static void wait_for(enum serial_port port, uint8_t bits)
{
    while ((inb(base[port] + LINE_STATUS) & bits) != bits)
        __asm__ volatile("pause");
}

void serial_write(enum serial_port port, const char *text, size_t size)
{
    if (!present[port])
        return;
    for (; size; size--) {
        wait_for(port, HOLDING_EMPTY);
        outb(base[port] + DATA, (uint8_t)*text++);
    }
}

void serial_put(enum serial_port port, char c)
{
    serial_write(port, &c, 1);
}

int serial_get(enum serial_port port)
{
    if (!present[port] || !(inb(base[port] + LINE_STATUS) & RECEIVED))
        return -1;
    return inb(base[port] + DATA);
}

void serial_listen(void)
{
    if (!present[SERIAL_COM1])
        return;
    outb(base[SERIAL_COM1] + IRQ_ENABLE, 1); /* "data received" */
    pic_enable(PIC_COM1);
}

void serial_flush(void)
{
    for (int i = 0; i < SERIAL_PORTS; i++)
        if (present[i])
            wait_for(i, ALL_SENT);
}
