/* keyboard.h - the PC keyboard: from scan codes to characters (US layout). */
#pragma once
/* Keys that are not text, as the screen hears of them: KEYBOARD_F1 + 1 is F2, and so on to F10. */
enum { KEYBOARD_F1 = 0x3B };

/* Hears of F1 to F10, in the interrupt.  Set by the screen. */
extern void (*keyboard_function_key)(unsigned key);

/* => pic_init() has run. */
void keyboard_init(void);

/* The interrupt came: fetch all scan codes and hand the characters to console_input(). */
void keyboard_interrupt(void);
