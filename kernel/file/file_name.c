/* file_name.c - what a file name written by a program or a person means.
 *
 * There is one drive with one directory, so a path has nothing to look up: prefixes are stripped,
 * and whatever still has a separator in it names a directory that doesn't exist.
 */
#include "kernel/file/file_name.h"

#include "lib/string.h"

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

/* Behind separators, and behind "." and ".." where they are whole components: the root is its
 * own parent. */
static const char *skip_root(const char *text)
{
    for (;;) {
        size_t dots = 0;

        while (is_separator(*text))
            text++;
        while (text[dots] == '.')
            dots++;
        if (dots == 0 || dots > 2 || (text[dots] && !is_separator(text[dots])))
            return text;
        text += dots;
    }
}

static bool is_console(const char *text)
{
    return string_equal_nocase(text, "CON") || string_equal_nocase(text, "CONIN$") ||
           string_equal_nocase(text, "CONOUT$");
}

/* What is left when prefixes and root are gone must be one component. */
static status_t check_component(const char *text)
{
    size_t length = 0;

    for (; text[length]; length++) {
        char c = text[length];

        if (is_separator(c))
            return text[length + 1] ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_INVALID;
        if (c < ' ' || c > '~' || strchr(":*?\"<>|", c))
            return STATUS_OBJECT_NAME_INVALID;
    }
    return length < FILE_NAME ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
}

status_t file_name_parse(const char *text, char plain[FILE_NAME], enum file_name_kind *kind)
{
    const char *rest = skip_prefix(skip_prefix(text, "\\??\\"), "\\\\.\\");
    status_t status;

    if (!*text)
        return STATUS_OBJECT_NAME_INVALID;
    if (rest[0] && rest[1] == ':') {
        if (rest[0] != 'C' && rest[0] != 'c')
            return STATUS_OBJECT_PATH_NOT_FOUND;
        rest += 2;
    }
    rest = skip_root(rest);
    *kind = !*rest ? FILE_NAME_ROOT : is_console(rest) ? FILE_NAME_CONSOLE : FILE_NAME_PLAIN;
    status = check_component(rest);
    if (!status)
        string_copy(plain, rest, FILE_NAME);
    return status;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
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
