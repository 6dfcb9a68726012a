/* monitor.h - the kernel's own debugger, on the first serial port and the keyboard. */
#pragma once
#include <stdbool.h>

enum { MONITOR_SCRIPT = 1024 }; /* bytes of the script, its end included */

/* Start the monitor's thread.  It runs the commands of `script` (separated by `;`, may be 0), then
 * reads commands until `exit`.  `exit` ends the machine with 0 only if every command succeeded. */
void monitor_start(const char *script);

/* Run one command at once, in whatever thread: the monitor's own does, and gdb while the machine stands
 * still (`pagoda monitor`), which passes arguments on the stack.  `line` is changed.  false: it failed,
 * and the console says why. */
__attribute__((regparm(0))) bool monitor_run(char *line);
