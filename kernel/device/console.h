/* console.h - the kernel's one text channel: COM1 and the screen's log out, COM1 and keyboard in.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void console_init(void);

/* Output.  '\n' starts a new line (the serial line gets "\r\n").  Works with interrupts on or off
 * and is complete when it returns. */
void console_put(char c);
void console_write(const char *text, size_t size);
void console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* What a program prints: as console_write(), and kept for those who wait for it.  Interrupts are let in on the
 * way, since a text may be long. */
void console_say(const char *text, size_t size);

/* Have programs printed `text` behind the first `from` characters that they ever printed?  Then
 * *after is the number of characters up to its end.  Only the last 2048 are kept. */
bool console_said(const char *text, uint32_t from, uint32_t *after);

/* The next character typed on either device, or -1.  Enter is '\n', backspace '\b'; other keys
 * come as terminals send them (Ctrl-C is 3, arrows are ESC [ A to D). */
int console_getc(void);

/* A device has received a character (called by interrupt handlers). */
void console_input(char c);

/* COM1's interrupt came. */
void console_serial_interrupt(void);

/* Called, interrupts off, when input has arrived: wakes whoever waits for it.  At first 0. */
extern void (*console_input_wake)(void);

/* Called, interrupts off, when one of these has been typed; true: it is dealt with and nobody reads it.  With
 * CONSOLE_NO_KEY: would it be?  At first 0. */
enum console_key { CONSOLE_NO_KEY, CONSOLE_CTRL_C, CONSOLE_CTRL_BACKSLASH };
extern bool (*console_interrupt)(enum console_key key);

/* Called, from an interrupt, when Ctrl-L has been typed; true: nobody else reads it.  At first 0. */
extern bool (*console_redraw)(void);

/* All output so far has reached the devices. */
void console_flush(void);
