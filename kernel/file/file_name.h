/* file_name.h - what a file name written by a program or a person means. */
#pragma once
#include <stdbool.h>

#include "mm/mm.h"

/* Bytes, the closing zero included: of one name, and of the names on the way to a file. */
enum { FILE_NAME = 64, FILE_PATH = 260 };

/* Behind what says no directory: "C:\a\b" and "\??\C:\a\b" are "a\b", which starts at the root.  `/` serves as
 * well as `\`.  STATUS_OBJECT_PATH_NOT_FOUND: another drive.  STATUS_OBJECT_NAME_INVALID: empty. */
status_t file_name_start(const char **text);

/* The next name of a path, which moves on behind it; empty at the end.  STATUS_OBJECT_NAME_INVALID: too long, or
 * a character that no name has. */
status_t file_name_next(const char **text, char name[FILE_NAME]);

/* "CON", "CONIN$", "CONOUT$". */
bool file_name_is_console(const char *name);

/* Does the name match a pattern with `*` and `?`?  "*.*" matches everything, as it always has. */
bool file_name_matches(const char *pattern, const char *name);
