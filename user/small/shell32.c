/* shell32.c - a command line taken apart. */
#include "user/small/small.h"

#include <shellapi.h>

/* One argument from *from to `to` (0: only measured); returns its characters, its zero included.  The rules
 * of the C run-time: 2n backslashes and a quote are n and the end, 2n + 1 are n and a quote. */
static size_t take(const WCHAR **from, WCHAR *to)
{
    const WCHAR *at = *from;
    size_t length = 0;
    bool quoted = false;

    while (*at != 0 && (quoted || (*at != ' ' && *at != '\t'))) {
        size_t slashes = 0;

        while (*at == '\\') {
            slashes++;
            at++;
        }
        if (*at == '"') {
            for (size_t i = 0; i < slashes / 2; i++, length++)
                if (to != NULL)
                    to[length] = '\\';
            if (slashes % 2 == 0) {
                quoted = !quoted;
                at++;
                continue;
            }
        } else {
            for (; slashes > 0; slashes--, length++)
                if (to != NULL)
                    to[length] = '\\';
            if (*at == 0 || (!quoted && (*at == ' ' || *at == '\t')))
                break;
        }
        if (to != NULL)
            to[length] = *at;
        length++;
        at++;
    }
    if (to != NULL)
        to[length] = 0;
    *from = at;
    return length + 1;
}

static void skip(const WCHAR **from)
{
    while (**from == ' ' || **from == '\t')
        (*from)++;
}

/* One block: the pointers, then the texts.  The caller gives it to LocalFree(). */
LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR line, int *count)
{
    const WCHAR *at = line;
    size_t characters = 0;
    WCHAR **arguments, *text;

    if (line == NULL || count == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    *count = 0;
    for (skip(&at); *at != 0; skip(&at), ++*count)
        characters += take(&at, NULL);
    arguments = LocalAlloc(LMEM_FIXED,
                           ((size_t)*count + 1) * sizeof *arguments + characters * sizeof *text);
    if (arguments == NULL)
        return NULL;
    text = (WCHAR *)(arguments + *count + 1);
    at = line;
    skip(&at);
    for (int i = 0; i < *count; i++, skip(&at)) {
        arguments[i] = text;
        text += take(&at, text);
    }
    arguments[*count] = NULL;
    return arguments;
}
