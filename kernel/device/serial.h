/* serial.h - the two serial ports: COM1 is the console, COM2 carries the fault trace.
 *
 * Output waits for the port (the order of bytes is then the order of events, and nothing is in a
 * buffer when the machine stops); input of COM1 comes by interrupt.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum serial_port { SERIAL_COM1, SERIAL_COM2, SERIAL_PORTS };

/* 115200 baud, 8 bits, no parity.  A port that is not there is remembered and then ignored. */
void serial_init(void);
bool serial_present(enum serial_port port);

/* One byte, as it is. */
void serial_put(enum serial_port port, char c);
void serial_write(enum serial_port port, const char *text, size_t size);

/* The next received byte, or -1. */
int serial_get(enum serial_port port);

/* Let COM1 interrupt when a byte arrives.  => pic_init() has run. */
void serial_listen(void);

/* Wait until the last byte has left both ports. */
void serial_flush(void);
