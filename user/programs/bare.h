/* bare.h - for programs that use kernel32.dll and nothing else: no C library, so that what one sees
 * of them in the monitor is their own.
 */
#ifndef USER_PROGRAMS_BARE_H
#define USER_PROGRAMS_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

/* The program.  Its result is the exit status. */
int bare_main(int argc, char **argv);

/* To standard output; at most 512 bytes at a time.  Conversions: lib/format.h. */
void bare_print(const char *text, ...) __attribute__((format(gnu_printf, 1, 2)));

#endif
