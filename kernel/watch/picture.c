/* picture.c - the cells of the live screen, and the two devices that can show them. */
#include "kernel/watch/picture.h"
#include "kernel/device/serial.h"
#include "lib/format.h"
#include "lib/string.h"

/* A cell is a word, as the adapter has it: the attribute above the character. */
static uint16_t picture[PICTURE_ROWS][PICTURE_COLUMNS];
static uint16_t sent[PICTURE_ROWS][PICTURE_COLUMNS]; /* what the terminal shows */

void picture_cell(unsigned x, unsigned y, uint8_t ch, uint8_t attribute)
{
    if (x < PICTURE_COLUMNS && y < PICTURE_ROWS)
        picture[y][x] = (uint16_t)(attribute << 8 | ch);
}

void picture_clear(uint8_t attribute)
{
    for (unsigned y = 0; y < PICTURE_ROWS; y++)
        for (unsigned x = 0; x < PICTURE_COLUMNS; x++)
            picture_cell(x, y, ' ', attribute);
}

unsigned picture_text(unsigned x, unsigned y, unsigned end, const char *text, uint8_t attribute)
{
    for (; *text && x < end; x++)
        picture_cell(x, y, (uint8_t)*text++, attribute);
    return x;
}

void picture_to_vga(unsigned rows)
{
    for (unsigned y = 0; y < rows; y++)
        for (unsigned x = 0; x < PICTURE_COLUMNS; x++)
            vga_cell(x, y, (uint8_t)picture[y][x], (uint8_t)(picture[y][x] >> 8));
}

static void send(const char *text)
{
    serial_write(SERIAL_COM1, text, strlen(text));
}

/* The few characters of code page 437 that the views use, in UTF-8. */
static void send_character(uint8_t ch)
{
    static const struct {
        uint8_t ch;
        const char *utf8;
    } table[] = {
        {0xB0, "\xE2\x96\x91"}, {0xB1, "\xE2\x96\x92"}, {0xB2, "\xE2\x96\x93"},
        {0xC4, "\xE2\x94\x80"}, {0xDB, "\xE2\x96\x88"}, {0xFA, "\xC2\xB7"},
    };

    if (ch >= ' ' && ch <= '~') {
        serial_put(SERIAL_COM1, (char)ch);
        return;
    }
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].ch == ch) {
            send(table[i].utf8);
            return;
        }
    serial_put(SERIAL_COM1, '?');
}

/* The VGA numbers its colours blue, green, red from bit 0 up; ANSI red, green, blue. */
static unsigned ansi_color(unsigned color)
{
    return (color & 2) | (color & 1) << 2 | (color >> 2 & 1);
}

static void send_attribute(uint8_t attribute)
{
    char sequence[24];
    unsigned ink = attribute & 15, paper = attribute >> 4 & 7;

    format(sequence, sizeof sequence, "\033[%u;%um", (ink & 8 ? 90 : 30) + ansi_color(ink),
           40 + ansi_color(paper));
    send(sequence);
}

/* Send the changed cells of a row; a run of them needs only one cursor movement. */
static void send_row(unsigned y, int *attribute)
{
    char sequence[16];
    unsigned cursor = PICTURE_COLUMNS; /* nowhere in this row yet */

    for (unsigned x = 0; x < PICTURE_COLUMNS; x++) {
        uint16_t cell = picture[y][x];

        if (cell == sent[y][x])
            continue;
        if (cursor != x) {
            format(sequence, sizeof sequence, "\033[%u;%uH", y + 1, x + 1);
            send(sequence);
        }
        if (*attribute != cell >> 8) {
            *attribute = cell >> 8;
            send_attribute((uint8_t)*attribute);
        }
        send_character((uint8_t)cell);
        sent[y][x] = cell;
        cursor = x + 1;
    }
}

void picture_to_serial(void)
{
    int attribute = -1;

    if (memcmp(picture, sent, sizeof picture) == 0)
        return;
    send("\0337"); /* keep the cursor and its colours */
    for (unsigned y = 0; y < PICTURE_ROWS; y++)
        send_row(y, &attribute);
    send("\0338");
}

void picture_forget_serial(unsigned rows)
{
    char sequence[40];

    memset(sent, 0, sizeof sent);
    format(sequence, sizeof sequence, "\0337\033[%u;%ur\0338", PICTURE_ROWS + 1, rows);
    send(sequence);
}

void picture_open_serial(unsigned rows)
{
    char sequence[24];

    format(sequence, sizeof sequence, "\033[2J\033[%u;1H", PICTURE_ROWS + 1);
    send(sequence);
    picture_forget_serial(rows);
}

void picture_close_serial(void)
{
    send("\0337\033[r\0338");
}
