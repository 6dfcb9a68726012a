/* screen.c - the live picture of memory: when it is drawn, where it goes, which keys turn it.
 *
 * The drawing thread sleeps between pictures; keys and the monitor only leave word of what they
 * want and wake it.  So the fault path knows nothing of the screen, and a key pressed in an
 * interrupt costs nothing there.
 */
#include "kernel/watch/screen.h"
#include "kernel/cpu/cpu.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/keyboard.h"
#include "kernel/device/serial.h"
#include "kernel/file/line.h"
#include "kernel/object/thread.h"
#include "kernel/watch/picture.h"
#include "kernel/watch/views.h"

enum { PERIOD_MS = 1000 / SCREEN_RATE, SAMPLE_MS = 500 };

static struct views_target target = {.view = SCREEN_FRAMES, .pid = SCREEN_NEWEST};
static bool on_vga, on_serial, wanted_on_vga, divided, repaint;
static unsigned serial_rows;
static struct wait_queue wake;

/* Divide the VGA screen between picture and log, or leave the picture only its title. */
static void divide_vga(void)
{
    unsigned top = wanted_on_vga ? PICTURE_ROWS : 1;

    if (divided && on_vga == wanted_on_vga)
        return;
    divided = true;
    on_vga = wanted_on_vga;
    vga_log_region(top, vga_rows - top);
    if (!on_vga) {
        views_title(SCREEN_VIEWS);
        picture_to_vga(1);
        vga_flush();
    }
}

void screen_draw(void)
{
    divide_vga();
    if (!on_vga && !on_serial)
        return;
    views_draw(&target);
    if (on_vga) {
        picture_to_vga(PICTURE_ROWS);
        vga_flush();
    }
    if (on_serial && repaint)
        picture_forget_serial(serial_rows);
    repaint = false;
    if (on_serial)
        picture_to_serial();
}

static void sample(void)
{
    static uint64_t next;

    if (clock_ms() < next)
        return;
    next = clock_ms() + SAMPLE_MS;
    views_sample();
}

static _Noreturn void screen_thread(void *)
{
    cpu_irq_off();
    for (;;) {
        sample();
        screen_draw();
        wait_sleep(&wake, on_vga || on_serial ? PERIOD_MS : WAIT_FOREVER);
    }
}

/* Ctrl-L; from an interrupt. */
static bool redraw(void)
{
    repaint = on_serial;
    wait_wake_all(&wake);
    return on_serial;
}

/* F1 frames, F2 space, F3 table, F4 ring, F5 log or screen.  May be called from interrupts: the thread draws later. */
static void key_pressed(unsigned key)
{
    unsigned number = key - KEYBOARD_F1;

    if (number == SCREEN_VIEWS) {
        screen_vga(!wanted_on_vga);
    } else if (number < SCREEN_VIEWS) {
        if (number == SCREEN_SPACE && target.view == SCREEN_SPACE)
            target.page++;
        else
            target = (struct views_target){.view = number, .pid = SCREEN_NEWEST};
        screen_vga(wanted_on_vga || !on_serial);
    }
}

void screen_init(bool on)
{
    struct thread *thread = thread_create_kernel("screen", screen_thread, NULL);

    if (!thread) {
        console_printf("There is no memory for the screen's thread: the screen stays off.\n");
        return;
    }
    thread_set_priority(thread, THREAD_HIGH);
    wanted_on_vga = on;
    keyboard_function_key = key_pressed;
    console_redraw = redraw;
}

void screen_vga(bool on)
{
    wanted_on_vga = on;
    wait_wake_all(&wake);
}

void screen_serial(bool on, unsigned rows)
{
    if (on)
        picture_open_serial(rows);
    else if (on_serial)
        picture_close_serial();
    serial_rows = rows;
    on_serial = on;
    line_size = on ? screen_serial_size : NULL;
    wait_wake_all(&wake);
}

bool screen_serial_size(unsigned rows, unsigned columns)
{
    static const char ask[] = "\0337\033[999;999H\033[6n\0338";

    if (!rows)
        serial_write(SERIAL_COM1, ask, sizeof ask - 1);
    if (!on_serial || rows == serial_rows || rows < SCREEN_LEAST_ROWS || columns < PICTURE_COLUMNS)
        return false;
    screen_serial(true, rows);
    return true;
}

void screen_show(enum screen_view view, uint32_t pid, uint32_t va)
{
    target = (struct views_target){.view = view, .pid = pid, .va = va};
    wait_wake_all(&wake);
}
