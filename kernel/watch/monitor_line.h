/* monitor_line.h - one line typed by a person, with editing and history. */
#pragma once
#include <stddef.h>

enum { MONITOR_LINE = 256 };

/* Print the prompt, read a line into `line` and put it into the history. */
void monitor_line_read(const char *prompt, char *line, size_t size);

/* Remember a line that came from elsewhere (the script), so that the up arrow finds it. */
void monitor_line_remember(const char *line);

/* Tab: what follows the first `length` characters of a line, whose last word has been begun: the rest of the
 * command (its first word), of the file or the policy, as far as all that fit agree, and a blank behind
 * the only one. */
enum { MONITOR_WORD = 64 };
void monitor_complete(const char *line, size_t length, char rest[MONITOR_WORD + 1]);
