/* machine.c - the real machine behind mm/machine.h.
 *
 * RAM in the direct map has its address for ever.  A frame above it is shown in one of four windows,
 * which take turns; that is enough, because mm never looks at more than two at a time.
 */
#include "kernel/cpu/machine.h"

#include "kernel/cpu/cpu.h"
#include "mm/mm.h"

enum { WINDOWS = 4, LEVELS = 4 };

struct machine_counters machine_counters;

char *machine_direct = (char *)LAYOUT_KERNEL;

static pte_t *window_table;
static unsigned next_window, level;

void machine_init(pte_t *windows)
{
    window_table = windows;
}

void machine_nest(bool begins)
{
    if (begins)
        level++;
    else
        level--;
    MM_ASSERT(level < LEVELS);
}

/* Apart, so that machine_frame() stays a comparison and an addition. */
static APART void *open_window(pfn_t frame)
{
    unsigned index = level * WINDOWS + next_window++ % WINDOWS;
    va_t va = LAYOUT_HYPERSPACE + index * PAGE_SIZE;

    window_table[index] = frame << PAGE_SHIFT | PTE_P | PTE_W | PTE_A | PTE_D;
    cpu_invlpg(va);
    machine_counters.windows++;
    return (void *)va;
}

void *machine_frame(pfn_t frame)
{
    if (frame < LAYOUT_DIRECT_FRAMES)
        return machine_direct + (frame << PAGE_SHIFT);
    return open_window(frame);
}

void machine_zero(pfn_t frame)
{
    cpu_zero_page(machine_frame(frame));
}

void machine_copy(pfn_t to, pfn_t from)
{
    void *target = machine_frame(to);

    cpu_copy_page(target, machine_frame(from));
}

/* Another space's pages of the user half are in no TLB: loading a directory forgot them. */
void machine_forget(pfn_t dir, va_t va)
{
    if (va >= LAYOUT_KERNEL || cpu_cr3() == dir << PAGE_SHIFT) {
        cpu_invlpg(va);
        machine_counters.pages++;
    } else {
        machine_counters.elsewhere++;
    }
}

void machine_load(pfn_t dir)
{
    cpu_set_cr3(dir << PAGE_SHIFT);
    machine_counters.loads++;
}
