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
#include "kernel/object/thread.h"
#include "kernel/watch/picture.h"
#include "kernel/watch/views.h"

enum { PERIOD_MS = 1000 / SCREEN_RATE, SAMPLE_MS = 500 };

static struct views_target target = {.view = SCREEN_FRAMES, .pid = SCREEN_NEWEST};
static bool on_vga, on_serial, wanted_on_vga;
static struct wait_queue wake;

/* Divide the VGA screen between picture and log, or give all of it to the log. */
static void divide_vga(void)
{
    if (on_vga == wanted_on_vga)
        return;
    on_vga = wanted_on_vga;
    if (on_vga)
        vga_log_region(PICTURE_ROWS, VGA_ROWS - PICTURE_ROWS);
    else
        vga_log_region(0, VGA_ROWS);
}

void screen_draw(void)
{
    divide_vga();
    if (!on_vga && !on_serial)
        return;
    views_draw(&target);
    if (on_vga) {
        picture_to_vga();
        vga_flush();
    }
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

void screen_init(bool on)
{
    struct thread *thread = thread_create_kernel("screen", screen_thread, NULL);

    if (!thread) {
        console_printf("There is no memory for the screen's thread: the screen stays off.\n");
        return;
    }
    thread_set_priority(thread, THREAD_HIGH);
    wanted_on_vga = on;
    keyboard_function_key = screen_key;
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
    on_serial = on;
    wait_wake_all(&wake);
}

void screen_show(enum screen_view view, uint32_t pid, uint32_t va)
{
    target = (struct views_target){.view = view, .pid = pid, .va = va};
    wait_wake_all(&wake);
}

void screen_key(unsigned key)
{
    unsigned number = key - KEYBOARD_F1;

    if (number == SCREEN_VIEWS) {
        screen_vga(!wanted_on_vga);
    } else if (number < SCREEN_VIEWS) {
        if (number == SCREEN_SPACE && target.view == SCREEN_SPACE)
            target.page++;
        else
            target = (struct views_target){.view = number, .pid = SCREEN_NEWEST};
        wait_wake_all(&wake);
    }
}
