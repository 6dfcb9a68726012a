/* tlb.c - the TLB made visible: a PTE is changed behind the CPU's back, and the CPU is asked.
 *
 * The CPU keeps translations it has used and need not look at the PTE again until it is told to
 * forget one (Intel SDM vol. 3, 4.10.4).  The experiment needs a page of the kernel's own space,
 * used once so that its translation is kept, and a second frame to point its PTE at.  Interrupts are
 * off throughout: nobody else uses the page, and no thread switch forgets for us.
 */
#include "kernel/watch/tlb.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/machine.h"
#include "kernel/device/console.h"
#include "kernel/watch/monitor_command.h"
#include "lib/string.h"

enum { FIRST = 0x41, SECOND = 0x42, PAGE_READWRITE = 4 }; /* 'A', 'B' */

static uint8_t look(va_t va)
{
    return *(volatile uint8_t *)va;
}

static void say(const char *what, pte_t pte, uint8_t seen)
{
    console_printf("  %-44s names frame %05X, reads '%c'\n", what, pte_frame(pte), seen);
}

static void experiment(va_t va, volatile pte_t *pte, pfn_t second)
{
    pte_t before = *pte;
    pte_t after = (before & PAGE_MASK) | second << PAGE_SHIFT;
    uint8_t stale, fresh;

    say("The page is used: the TLB keeps it. The PTE", before, look(va));
    *pte = after;
    stale = look(va);
    say("Changed without INVLPG, the PTE", after, stale);
    cpu_invlpg(va);
    fresh = look(va);
    say("INVLPG makes the CPU look again. The PTE", after, fresh);
    *pte = before;
    cpu_invlpg(va);
    say("Put back with INVLPG, the PTE", before, look(va));
    if (stale == FIRST)
        console_printf(
            "Without INVLPG the CPU went on using a frame that the PTE had stopped naming."
            "\nThat frame could already belong to somebody else.\n");
    else
        console_printf(
            "This time the CPU had looked again by itself. It may forget at any time, but\n"
            "only INVLPG or a new CR3 makes it.\n");
}

/* Fill the page, take the second frame, and do it. */
static bool with_page(va_t va)
{
    pfn_t second = pfn_alloc(PFN_USE_KERNEL, PFN_LOW);

    if (!second)
        return monitor_fail("tlb: there is no free frame for it just now.");
    memset(machine_frame(second), SECOND, PAGE_SIZE);
    memset((void *)va, FIRST, PAGE_SIZE); /* faults: demand-zero */
    experiment(va, paging_word(space_kernel.dir, va), second);
    pfn_free(second, false);
    return true;
}

static void say_counts(void)
{
    const struct machine_counters *c = &machine_counters;

    console_printf("Since the start the CPU was made to forget translations\n"
                   "  %8u times one page, because its PTE had changed (INVLPG)\n"
                   "  %8u times one page, because a window was turned to another frame (INVLPG)\n"
                   "  %8u times all but the global ones, for another address space (CR3)\n"
                   "  %8u times nothing: the changed page belonged to a space not loaded\n",
                   c->pages, c->windows, c->loads, c->elsewhere);
}

bool tlb_demonstrate(void)
{
    va_t base = 0;
    uint32_t size = PAGE_SIZE;
    status_t status;
    bool good;

    status = virtual_allocate(&space_kernel, &base, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT,
                              PAGE_READWRITE);
    if (status)
        return monitor_fail("tlb: the kernel's own space has no page for it (status %08X).",
                            status);
    good = with_page(base);
    size = 0;
    virtual_free(&space_kernel, &base, &size, VIRTUAL_RELEASE);
    say_counts();
    return good;
}
