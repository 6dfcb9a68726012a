/* format.c - printf's formatting, into a buffer.
 *
 * One pass over the text: literal bytes are copied, each conversion is read into a `spec`, its
 * argument becomes a prefix ("-"), zeros and a body, and print_field() pads the three.
 * Output beyond the buffer is counted, not stored, so no caller can overflow it.
 */
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

/* The compiler's own: <limits.h> wants a C library. */
enum { MOST = __INT_MAX__, LEAST = -__INT_MAX__ - 1 };

struct output {
    char *buffer;
    size_t size;
    size_t length; /* of the whole text, stored or not */
};

struct spec {
    bool left, zero, wide; /* wide: an integer argument of 64 bits */
    int width;
    int precision; /* negative: none given */
    char conversion;
};

/* The longest number is 64 bits in decimal: 20 digits. */
enum { DIGITS = 20 };

static void put(struct output *out, char c)
{
    if (out->length < out->size)
        out->buffer[out->length] = c;
    out->length++;
}

static void put_many(struct output *out, char c, long count)
{
    for (; count > 0; count--)
        put(out, c);
}

/* The order on paper: spaces, prefix, zeros, body, spaces. */
static void print_field(struct output *out, const struct spec *spec, const char *prefix, long zeros,
                        const char *body, size_t length)
{
    long used = (long)strlen(prefix) + zeros + (long)length;
    long pad = spec->width - used;

    if (!spec->left)
        put_many(out, ' ', pad);
    while (*prefix)
        put(out, *prefix++);
    put_many(out, '0', zeros);
    for (size_t i = 0; i < length; i++)
        put(out, body[i]);
    if (spec->left)
        put_many(out, ' ', pad);
}

/* Writes the digits in front of `end` and returns the first; no digit at all for 0. */
static char *digits(char *end, uint64_t value, unsigned base, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    while (value > UINT32_MAX) {
        *--end = alphabet[value % base];
        value /= base;
    }
    /* The machine divides 32 bits in one instruction, 64 in a library call. */
    for (uint32_t low = (uint32_t)value; low > 0; low /= base)
        *--end = alphabet[low % base];
    return end;
}

static void print_number(struct output *out, const struct spec *spec, const char *prefix,
                         uint64_t value, unsigned base)
{
    char text[DIGITS];
    char *end = text + DIGITS;
    char *start = digits(end, value, base, spec->conversion == 'X');
    long length = end - start;
    long least = spec->precision >= 0 ? spec->precision : 1; /* digits */

    if (spec->zero && !spec->left && spec->precision < 0) {
        long room = spec->width - (long)strlen(prefix);
        least = room > least ? room : least;
    }
    print_field(out, spec, prefix, least > length ? least - length : 0, start, (size_t)length);
}

/* va_list travels by pointer as it must advance. */
struct arguments {
    va_list list;
};

static void print_signed(struct output *out, const struct spec *spec, struct arguments *arguments)
{
    int64_t value =
        spec->wide ? va_arg(arguments->list, int64_t) : va_arg(arguments->list, int32_t);

    /* Negated as unsigned: the most negative number has no positive twin. */
    print_number(out, spec, value < 0 ? "-" : "", value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
                 10);
}

static void print_unsigned(struct output *out, const struct spec *spec, struct arguments *arguments)
{
    uint64_t value =
        spec->wide ? va_arg(arguments->list, uint64_t) : va_arg(arguments->list, uint32_t);

    print_number(out, spec, "", value, spec->conversion == 'u' ? 10 : 16);
}

static void print_string(struct output *out, const struct spec *spec, struct arguments *arguments)
{
    const char *text = va_arg(arguments->list, const char *);

    if (!text)
        text = "(null)";
    /* With a precision the text needs no closing zero. */
    size_t length = spec->precision >= 0 ? strnlen(text, (size_t)spec->precision) : strlen(text);
    print_field(out, spec, "", 0, text, length);
}

static void print_character(struct output *out, const struct spec *spec,
                            struct arguments *arguments)
{
    char c = (char)va_arg(arguments->list, int);

    print_field(out, spec, "", 0, &c, 1);
}

/* A decimal number or `*`; stays below MOST whatever the text says. */
static const char *read_count(const char *text, struct arguments *arguments, int *count)
{
    if (*text == '*') {
        *count = va_arg(arguments->list, int);
        return text + 1;
    }
    *count = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (*count < MOST / 10 - 1)
            *count = *count * 10 + (*text - '0');
    return text;
}

static const char *read_flags(const char *text, struct spec *spec)
{
    for (; *text == '-' || *text == '0'; text++) {
        spec->left |= *text == '-';
        spec->zero |= *text == '0';
    }
    return text;
}

/* A long has 32 bits, as an int has. */
static const char *read_length(const char *text, struct spec *spec)
{
    spec->wide = text[0] == 'l' && text[1] == 'l';
    return spec->wide ? text + 2 : *text == 'l' ? text + 1 : text;
}

static const char *read_spec(const char *text, struct spec *spec, struct arguments *arguments)
{
    *spec = (struct spec){.precision = -1};
    text = read_flags(text, spec);
    text = read_count(text, arguments, &spec->width);
    if (spec->width < 0) { /* a negative * is a left flag and a width */
        spec->left = true;
        spec->width = spec->width == LEAST ? MOST : -spec->width;
    }
    if (*text == '.')
        text = read_count(text + 1, arguments, &spec->precision);
    text = read_length(text, spec);
    spec->conversion = *text;
    return text;
}

/* Prints one conversion; false if there is none by that letter. */
static bool print_spec(struct output *out, const struct spec *spec, struct arguments *arguments)
{
    switch (spec->conversion) {
    case 'd':
        print_signed(out, spec, arguments);
        return true;
    case 'u':
    case 'x':
    case 'X':
        print_unsigned(out, spec, arguments);
        return true;
    case 's':
        print_string(out, spec, arguments);
        return true;
    case 'c':
        print_character(out, spec, arguments);
        return true;
    case '%':
        put(out, '%');
        return true;
    default:
        return false;
    }
}

/* An unknown conversion's argument has an unknown size, so nothing behind it can be trusted:
 * the rest of the text is printed as it stands. */
static void print_all(struct output *out, const char *text, struct arguments *arguments)
{
    while (*text) {
        if (*text != '%') {
            put(out, *text++);
            continue;
        }
        struct spec spec;
        const char *letter = read_spec(text + 1, &spec, arguments);
        if (!print_spec(out, &spec, arguments)) {
            while (*text)
                put(out, *text++);
            return;
        }
        text = letter + 1;
    }
}

int format_v(char *buffer, size_t size, const char *text, va_list list)
{
    struct output out = {.buffer = buffer, .size = size > 0 ? size - 1 : 0};
    struct arguments arguments;

    va_copy(arguments.list, list);
    print_all(&out, text, &arguments);
    va_end(arguments.list);
    if (size > 0)
        buffer[out.length < out.size ? out.length : out.size] = 0;
    return out.length > MOST ? MOST : (int)out.length;
}

int format(char *buffer, size_t size, const char *text, ...)
{
    va_list list;

    va_start(list, text);
    int length = format_v(buffer, size, text, list);
    va_end(list);
    return length;
}
