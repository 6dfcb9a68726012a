/* vga_mode.c - how the adapter shows text: the colours, and 50 rows with the BIOS's font of 8 lines.
 *
 * Sources: IBM's VGA reference (sequencer 2 and 4, graphics 4 to 6, CRTC 9 to 11, DAC at 3C8); the BIOS keeps
 * the characters 0 to 127 of its small font at F000:FA6E, and the others where vector 1F points.
 */
#include "kernel/device/vga.h"

#include "kernel/cpu/cpu.h"
#include "mm/mm.h"

enum { SEQUENCER = 0x3C4, DAC = 0x3C8, GRAPHICS = 0x3CE, CRTC = 0x3D4 };
enum { GLYPHS = 256, HALF = 128, HEIGHT = 8, SLOT = 32, LOW_FONT = 0xFFA6E, VECTOR = 0x1F };
enum { FONT_PLANE = 0xA0000, LOWEST_ROM = 0xC0000, MEGABYTE = 0x100000 };

/* Red, green, blue of the 16 colours.  Those that lie behind letters (blue to brown) differ for every kind of
 * colour blindness, and black and white can be read on each: tests/check_palette. */
static const uint8_t palette[16][3] = {
    {0x00, 0x00, 0x00}, {0x0E, 0x41, 0xF8}, {0x1D, 0x67, 0x4E}, {0x05, 0x9A, 0xE2},
    {0xA0, 0x3B, 0x0D}, {0x90, 0x3E, 0x8A}, {0xCA, 0x83, 0x04}, {0xAA, 0xAA, 0xAA},
    {0x64, 0x64, 0x64}, {0x58, 0xA6, 0xE8}, {0x40, 0xC0, 0x90}, {0x7C, 0xC8, 0xF0},
    {0xFF, 0x82, 0x46}, {0xE0, 0xA0, 0xD0}, {0xF0, 0xE4, 0x42}, {0xFF, 0xFF, 0xFF},
};

/* Where the DAC has colour number `color` of the text modes. */
static uint8_t dac_index(unsigned color)
{
    return (uint8_t)(color == VGA_BROWN ? 0x14 : color < 8 ? color : 0x30 + color);
}

static void set(uint16_t port, uint8_t index, uint8_t value)
{
    outb(port, index);
    outb(port + 1, value);
}

/* The font's plane alone can be written at A0000, or else the text at B8000. */
static void open_font(bool open)
{
    set(SEQUENCER, 2, open ? 4 : 3);
    set(SEQUENCER, 4, open ? 7 : 3);
    set(GRAPHICS, 4, open ? 2 : 0);
    set(GRAPHICS, 5, open ? 0 : 0x10);
    set(GRAPHICS, 6, open ? 4 : 0x0E);
}

static void small_font(void)
{
    const volatile uint16_t *vector = (const volatile uint16_t *)(LAYOUT_KERNEL + VECTOR * 4);
    uint32_t high = (uint32_t)vector[1] * 16 + vector[0];
    volatile uint8_t *plane = (volatile uint8_t *)(LAYOUT_KERNEL + FONT_PLANE);

    if (high < LOWEST_ROM || high > MEGABYTE - HALF * HEIGHT)
        return; /* an unknown BIOS: 25 rows it is */
    open_font(true);
    for (unsigned i = 0; i < GLYPHS * HEIGHT; i++) {
        pa_t from = i < HALF * HEIGHT ? LOW_FONT + i : high + i - HALF * HEIGHT;

        plane[i / HEIGHT * SLOT + i % HEIGHT] = *(const volatile uint8_t *)(LAYOUT_KERNEL + from);
    }
    open_font(false);
    set(CRTC, 9,
        0x40 | (HEIGHT - 1));  /* lines of a row; the other bit belongs to the line compare */
    set(CRTC, 10, HEIGHT - 2); /* the cursor is the lowest two */
    set(CRTC, 11, HEIGHT - 1);
    vga_rows = VGA_ROWS;
}

void vga_mode(bool small)
{
    for (unsigned color = 0; color < 16; color++) {
        outb(DAC, dac_index(color));
        for (unsigned part = 0; part < 3; part++)
            outb(DAC + 1, palette[color][part] >> 2);
    }
    if (small)
        small_font();
    vga_log_region(0, vga_rows);
    vga_redraw();
}
