/* keyboard.c - the PC keyboard: from scan codes (set 1) to characters of a US layout.
 *
 * The same characters come out that a terminal would send, so nobody behind console_input() knows
 * which of the two devices was used.
 */
#include "kernel/device/keyboard.h"

#include <stdbool.h>

#include "kernel/cpu/cpu.h"
#include "kernel/device/console.h"
#include "kernel/device/pic.h"
#include "kernel/device/vga.h"

enum { DATA = 0x60, STATUS = 0x64, FULL = 1, RELEASED = 0x80, EXTENDED = 0xE0 };

/* Scan codes of the keys that make no character by themselves. */
enum {
    KEY_CTRL = 0x1D,
    KEY_LEFT_SHIFT = 0x2A,
    KEY_RIGHT_SHIFT = 0x36,
    KEY_CAPS = 0x3A,
    KEY_F10 = KEYBOARD_F1 + 9,
    KEY_HOME = 0x47,
    KEY_UP = 0x48,
    KEY_PAGE_UP = 0x49,
    KEY_LEFT = 0x4B,
    KEY_RIGHT = 0x4D,
    KEY_END = 0x4F,
    KEY_DOWN = 0x50,
    KEY_PAGE_DOWN = 0x51,
    KEY_DELETE = 0x53,
    KEYS = 0x3A,
};

static const char plain[KEYS + 1] =
    "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[KEYS + 1] =
    "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

void (*keyboard_function_key)(unsigned key);

static bool shift, ctrl, caps, extended;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void cursor_key(unsigned key)
{
    static const struct {
        unsigned key;
        const char *sequence;
    } keys[] = {{KEY_UP, "\033[A"},     {KEY_DOWN, "\033[B"}, {KEY_RIGHT, "\033[C"},
                {KEY_LEFT, "\033[D"},   {KEY_HOME, "\033[H"}, {KEY_END, "\033[F"},
                {KEY_DELETE, "\033[3~"}};

    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (const char *c = keys[i].sequence; keys[i].key == key && *c; c++)
            console_input(*c);
}

static void text_key(unsigned key)
{
    char c = shift ? shifted[key] : plain[key];

    if (caps && is_letter(c))
        c = shift ? plain[key] : shifted[key];
    if (ctrl && (is_letter(c) || c == '\\'))
        c &= 0x1F;
    if (c) {
        vga_scroll(0); /* who types wants to see it */
        console_input(c);
    }
}

static void pressed(unsigned key)
{
    if (key == KEY_PAGE_UP || key == KEY_PAGE_DOWN)
        vga_scroll(key == KEY_PAGE_UP ? 1 : -1);
    else if (extended)
        cursor_key(key);
    else if (key >= KEYBOARD_F1 && key <= KEY_F10 && keyboard_function_key)
        keyboard_function_key(key);
    else if (key < KEYS)
        text_key(key);
}

static void scan_code(uint8_t code)
{
    unsigned key = code & 0x7F;
    bool down = code < RELEASED;

    if (code == EXTENDED) {
        extended = true;
        return;
    }
    if ((key == KEY_LEFT_SHIFT || key == KEY_RIGHT_SHIFT) && !extended)
        shift = down;
    else if (key == KEY_CTRL)
        ctrl = down;
    else if (key == KEY_CAPS && down)
        caps = !caps;
    else if (down)
        pressed(key);
    extended = false;
}

void keyboard_init(void)
{
    while (inb(STATUS) & FULL)
        inb(DATA);
    pic_enable(PIC_KEYBOARD);
}

void keyboard_interrupt(void)
{
    while (inb(STATUS) & FULL)
        scan_code(inb(DATA));
}
