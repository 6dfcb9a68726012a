/* keeper.c - when memory is kept ready; what is done then is in mm/balance.c.
 *
 * No thread of its own: zeroing and writing are the idle thread's work, a frame or a cluster at a
 * time, with interrupts let in between.  The balance-set manager comes with the timer, and only over a
 * program or the idle thread: the kernel itself may be in the middle of something (`step` waits
 * inside a fault).
 *
 * Long calls of programs let interrupts in, too, after each table of pages (paging_pause).  Then the caller's space
 * is between two pages, no thread but the caller runs, and a tick, a key or a byte from the line finds
 * nothing half done, since their handlers look at no pages.
 */
#include "kernel/object/keeper.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/device/clock.h"
#include "kernel/object/thread.h"

enum { PERIOD_MS = 1000, PLENTY = 4 };

/* Events that programs open by name: they follow what is available (W326).  Never freed: the kernel has a handle. */
static struct object low_memory, high_memory;

static void make_condition(struct object *event, const char *name)
{
    object_init(event, OBJECT_EVENT, DISPATCH_MANUAL, 0);
    if (!object_set_name(event, name))
        object_handle_opened(event);
}

void keeper_init(void)
{
    thread_idle_work = balance_idle;
    paging_pause = cpu_irq_gap;
    make_condition(&low_memory, "\\KernelObjects\\LowMemoryCondition");
    make_condition(&high_memory, "\\KernelObjects\\HighMemoryCondition");
}

static void follow(struct object *event, bool holds)
{
    bool held = event->dispatcher.signal;

    event->dispatcher.signal = holds;
    if (holds && !held)
        wait_signal(&event->dispatcher);
}

void keeper_tick(const struct trap_frame *frame)
{
    static uint64_t next = PERIOD_MS;
    bool due = clock_ms() >= next;

    if (!frame_from_user(frame) && thread_current()->priority != THREAD_IDLE)
        return;
    follow(&low_memory, pfn_available() < reclaim_settings.high);
    follow(&high_memory, pfn_available() > PLENTY * reclaim_settings.high);
    if (due || balance_is_low())
        balance_pass();
    if (due) {
        balance_second();
        next = clock_ms() + PERIOD_MS;
    }
}
