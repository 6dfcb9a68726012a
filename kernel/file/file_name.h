/* file_name.h - what a file name written by a program or a person means. */
#pragma once
#include <stdbool.h>

#include "mm/mm.h"

enum { FILE_NAME = 64 }; /* bytes of a name, the closing zero included */

enum file_name_kind {
    FILE_NAME_PLAIN,   /* a file of the one directory */
    FILE_NAME_ROOT,    /* the directory itself: "C:\" */
    FILE_NAME_CONSOLE, /* "CON", "CONIN$", "CONOUT$" */
};

/* Takes "hello.exe", "C:\hello.exe", "\??\C:\hello.exe" apart; `/` serves as well as `\`.
 * STATUS_OBJECT_PATH_NOT_FOUND: another drive or a directory.  STATUS_OBJECT_NAME_INVALID: empty,
 * too long, or a character that no name has.  `plain` is then undefined. */
status_t file_name_parse(const char *text, char plain[FILE_NAME], enum file_name_kind *kind);

/* Does the name match a pattern with `*` and `?`?  "*.*" matches everything, as it always has. */
bool file_name_matches(const char *pattern, const char *name);
