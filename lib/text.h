/* text.h - a text that grows in a buffer: a buffer and a fill level. */
#pragma once
#include <stddef.h>

/* A growing text in the caller's buffer; what doesn't fit is cut off. */
struct text {
    char *buffer;
    size_t size, used;
};

/* struct text text = TEXT(SIZE): an empty text with room for SIZE bytes, in the caller's block. */
#define TEXT(bytes)                                                                                \
    {                                                                                              \
        (char[bytes]){0}, bytes, 0                                                                 \
    }

/* => size is not 0.  The text is empty then, and ends with a zero from now on. */
void text_start(struct text *text, char *buffer, size_t size);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Break lines longer than `width` at their blanks; what follows is indented like the line's start. */
void text_wrap(struct text *text, size_t width);
/* Blanks up to `column`. */
void text_pad(struct text *text, size_t column);
