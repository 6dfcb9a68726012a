/* file_name.c - what a file name written by a program or a person means. */
#include "kernel/file/file_name.h"

#include "lib/string.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

/* Behind `prefix`, if the text starts with it; its separators match either kind. */
static const char *skip_prefix(const char *text, const char *prefix)
{
    const char *at = text;

    for (; *prefix; at++, prefix++)
        if (*at != *prefix && !(is_separator(*at) && *prefix == '\\'))
            return text;
    return at;
}

status_t file_name_start(const char **text)
{
    const char *rest = skip_prefix(skip_prefix(*text, "\\??\\"), "\\\\.\\");

    if (!**text)
        return STATUS_OBJECT_NAME_INVALID;
    if (rest[0] && rest[1] == ':') {
        if (lower(rest[0]) != 'c')
            return STATUS_OBJECT_PATH_NOT_FOUND;
        rest += 2;
    }
    *text = rest;
    return STATUS_SUCCESS;
}

static bool is_special(char c)
{
    return c == ':' || c == '*' || c == '?' || c == '"' || c == '<' || c == '>' || c == '|';
}

status_t file_name_next(const char **text, char name[FILE_NAME])
{
    size_t length = 0;

    while (is_separator(**text))
        (*text)++;
    for (; **text && !is_separator(**text); (*text)++) {
        char c = **text;

        if (length == FILE_NAME - 1 || c < ' ' || c > '~' || is_special(c))
            return STATUS_OBJECT_NAME_INVALID;
        name[length++] = c;
    }
    name[length] = 0;
    return STATUS_SUCCESS;
}

bool file_name_is_console(const char *name)
{
    return string_equal_nocase(name, "CON") || string_equal_nocase(name, "CONIN$") ||
           string_equal_nocase(name, "CONOUT$");
}

/* Only the last star needs a second try: what an earlier one matched can stay, because a later
 * star can take whatever lies between.  So the work is at most |pattern| * |name|. */
bool file_name_matches(const char *pattern, const char *name)
{
    const char *star = 0, *retry = 0;

    if (strcmp(pattern, "*.*") == 0)
        return true;
    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern == '?' || (*pattern && lower(*pattern) == lower(*name))) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}
