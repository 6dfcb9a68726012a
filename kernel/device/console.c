/* console.c - the kernel's one text channel: COM1 and the screen's log out, COM1 and keyboard in.
 *
 * Input is one ring: interrupt handlers put, console_getc() takes.  While it is full the serial port
 * keeps what it has, and so makes the sender wait: a script piped in loses nothing.  Only a key
 * pressed on the keyboard is dropped then, and what is sent to a program that doesn't read, because a
 * Ctrl-C may come behind it.
 */
#include "kernel/device/console.h"

#include "kernel/cpu/cpu.h"
#include "kernel/device/serial.h"
#include "kernel/device/vga.h"
#include "lib/format.h"
#include "lib/string.h"

enum { RING = 4096, SAID = 2048, LINE = 512, CTRL_C = 3, CTRL_L = 12, CTRL_BACKSLASH = 28 };

static char ring[RING];
static unsigned ring_in, ring_out; /* ever growing; the place is the number modulo RING */
static char said[SAID];            /* what programs printed last */
static uint32_t said_count;

void (*console_input_wake)(void);
bool (*console_interrupt)(enum console_key key);
bool (*console_redraw)(void);

void console_init(void)
{
    serial_init();
    vga_redraw();
}

void console_put(char c)
{
    bool on = cpu_irq_save();

    if (c == '\n')
        serial_put(SERIAL_COM1, '\r');
    serial_put(SERIAL_COM1, c);
    vga_put(c);
    cpu_irq_restore(on);
}

void console_write(const char *text, size_t size)
{
    while (size--)
        console_put(*text++);
}

void console_say(const char *text, size_t size)
{
    enum { PIECE = 64 };

    for (size_t i = 0; i < size; i++) {
        console_put(text[i]);
        said[said_count++ % SAID] = text[i];
        if (i % PIECE == PIECE - 1)
            cpu_irq_gap();
    }
}

bool console_said(const char *text, uint32_t from, uint32_t *after)
{
    uint32_t length = strlen(text), kept = said_count < SAID ? said_count : SAID;
    uint32_t at = said_count - from > kept ? said_count - kept : from;

    for (; said_count - at >= length; at++) {
        uint32_t same = 0;

        while (same < length && said[(at + same) % SAID] == text[same])
            same++;
        if (same == length) {
            *after = at + length;
            return true;
        }
    }
    return false;
}

void console_vprintf(const char *text, va_list arguments)
{
    char line[LINE];
    int length = format_v(line, sizeof line, text, arguments);

    console_write(line, length < LINE ? (size_t)length : LINE - 1);
    if (length >= LINE)
        console_write("...\n", 4);
}

void console_printf(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    console_vprintf(text, arguments);
    va_end(arguments);
}

int console_getc(void)
{
    bool on = cpu_irq_save();
    int c = -1;

    if (ring_out == ring_in)
        console_serial_interrupt(); /* the port may have been kept waiting */
    if (ring_out != ring_in)
        c = (unsigned char)ring[ring_out++ % RING];
    cpu_irq_restore(on);
    return c;
}

static bool ring_is_full(void)
{
    return ring_in - ring_out == RING;
}

static bool interrupts(enum console_key key)
{
    return console_interrupt && console_interrupt(key);
}

/* What doesn't fit is lost, with one bell for all of it. */
static void keep(char c)
{
    static bool rung;

    if (!ring_is_full())
        ring[ring_in++ % RING] = c;
    else if (!rung)
        console_put('\a');
    rung = ring_is_full();
}

void console_input(char c)
{
    if (c == CTRL_C && interrupts(CONSOLE_CTRL_C))
        return;
    if (c == CTRL_BACKSLASH && interrupts(CONSOLE_CTRL_BACKSLASH))
        return;
    if (c == CTRL_L && console_redraw && console_redraw())
        return;
    keep(c);
    if (console_input_wake)
        console_input_wake();
}

/* Terminals send carriage return for Enter and often DEL for backspace. */
static char from_terminal(char c)
{
    if (c == '\r')
        return '\n';
    return c == 0x7F ? '\b' : c;
}

void console_serial_interrupt(void)
{
    for (int c;
         (!ring_is_full() || interrupts(CONSOLE_NO_KEY)) && (c = serial_get(SERIAL_COM1)) >= 0;)
        console_input(from_terminal((char)c));
}

void console_flush(void)
{
    vga_flush();
    serial_flush();
}
