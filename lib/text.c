/* text.c - a text that grows in a buffer: added to, padded, broken into lines. */
#include "lib/text.h"

#include <stdarg.h>

#include "lib/format.h"
#include "lib/string.h"

void text_start(struct text *text, char *buffer, size_t size)
{
    text->buffer = buffer;
    text->size = size;
    text->used = 0;
    buffer[0] = 0;
}

void text_add(struct text *text, const char *format, ...)
{
    size_t room = text->size - text->used;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_v(text->buffer + text->used, room, format, arguments);
    va_end(arguments);
    text->used += (size_t)length < room ? (size_t)length : room - 1;
}

void text_pad(struct text *text, size_t column)
{
    while (text->used < column && text->used + 1 < text->size)
        text_add(text, " ");
}

/* Replace the blank at `at` by a line end and `indent` blanks, or none if there is no room for them;
 * returns how many. */
static size_t break_line(struct text *text, size_t at, size_t indent)
{
    if (text->used + indent >= text->size)
        indent = 0;
    memmove(text->buffer + at + 1 + indent, text->buffer + at + 1, text->used - at);
    text->buffer[at] = '\n';
    memset(text->buffer + at + 1, ' ', indent);
    text->used += indent;
    return indent;
}

void text_wrap(struct text *text, size_t width)
{
    size_t start = 0, indent = 0, blank = 0;

    for (size_t i = 0; i < text->used; i++) {
        if (text->buffer[i] == '\n') {
            start = i + 1;
            indent = 0;
        } else if (text->buffer[i] == ' ') {
            if (i == start + indent)
                indent++;
            else
                blank = i;
        }
        if (i >= start + width && blank > start + indent) {
            indent = break_line(text, blank, indent);
            start = blank + 1;
        }
    }
}
