/* audit.c - walks the page tables as the CPU does: does a word open to a program what isn't its own?
 *
 * mm/check.c starts from what mm knows (regions, sections, records) and compares the words with it.
 * This walk starts from the words themselves and from the CPU's registers, so that a mistake in
 * what mm knows can't hide itself.  It runs before every `exit`, so each boot test ends with it.
 */
#include "kernel/service/audit.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/kmap.h"
#include "kernel/cpu/stack.h"
#include "kernel/service/walk.h"

enum { KERNEL_ENTRY = LAYOUT_KERNEL / TABLE_SPAN, SELF_ENTRY = LAYOUT_TABLES / TABLE_SPAN };

/* The guards that paging can't do without (Intel SDM vol. 3, 4.6.1). */
static void check_cpu(void)
{
    MM_ASSERT(cpu_cr0() & CR0_PG && cpu_cr0() & CR0_WP);
    MM_ASSERT(!cpu_features.smep || cpu_cr4() & CR4_SMEP);
    MM_ASSERT(!cpu_features.smap || cpu_cr4() & CR4_SMAP);
}

/* Does the CPU's own translation of `va` lead to the frame that the word names?  A value that is changed in
 * the frame must be seen through the address at once.  Words without A are not in the TLB, and
 * looking would set it. */
static void check_translation(va_t va, pte_t pte)
{
    volatile uint32_t *through = (volatile uint32_t *)va, *direct = machine_frame(pte_frame(pte));
    uint32_t value, before, after;
    pa_t pa;

    MM_ASSERT(walk(cpu_cr3(), va, 0, &pa) && pa == pte_frame(pte) << PAGE_SHIFT);
    if (!(pte & PTE_A))
        return;
    cpu_user_access_on();
    value = *direct;
    before = *through;
    *direct = ~before;
    after = *through;
    *direct = value;
    cpu_user_access_off();
    if (before != value || after != ~before)
        machine_panic(
            "the CPU translates %08X to another frame than its PTE %08X: a stale TLB entry", va,
            pte);
}

/* A page of a program: an active frame of a program or of a section, or the page that all may read. */
static void check_user_page(va_t va, pte_t pte)
{
    const struct pfn *p = pfn_record(pte_frame(pte));

    MM_ASSERT(va >= LAYOUT_USER_LOW && va < LAYOUT_USER_END);
    MM_ASSERT(pte_frame(pte) < pfn_limit && p->state == PFN_ACTIVE && pte & PTE_U);
    if (p->use != PFN_USE_PRIVATE && p->use != PFN_USE_SHARED && p->use != PFN_USE_PHYSICAL)
        MM_ASSERT(va == LAYOUT_SHARED_PAGE && !(pte & PTE_W) &&
                  machine_frame(pte_frame(pte)) == mm_shared_page());
}

/* RAM as the kernel sees it: every frame at its place, text and constants read-only. */
static void check_direct_page(va_t va, pte_t pte)
{
    bool constant = va >= (va_t)kernel_text_start && va < (va_t)kernel_data_start;

    MM_ASSERT(pte_frame(pte) == (va - LAYOUT_KERNEL) >> PAGE_SHIFT && pte_frame(pte) != 0);
    MM_ASSERT(va != (va_t)boot_stack_guard && !(constant && pte & PTE_W));
}

static void check_kernel_page(va_t va, pte_t pte)
{
    const struct pfn *p = pfn_record(pte_frame(pte));

    MM_ASSERT(!(pte & PTE_U));
    if (va < LAYOUT_TABLES) {
        check_direct_page(va, pte);
    } else if (va >= LAYOUT_STACKS) {
        MM_ASSERT(p->state == PFN_ACTIVE && p->use == PFN_USE_STACK && p->shares == 1);
        MM_ASSERT(!stack_is_guard(va));
    } else if (va >= LAYOUT_SPACE_LOW) {
        MM_ASSERT(p->state == PFN_ACTIVE &&
                  (p->use == PFN_USE_PRIVATE || p->use == PFN_USE_SHARED));
    } else {
        MM_ASSERT(va >= LAYOUT_HYPERSPACE && pte_frame(pte) >= LAYOUT_DIRECT_FRAMES);
    }
}

/* All pages of one table; returns how many there are. */
static uint32_t check_table(va_t start, const pte_t *words, bool loaded)
{
    uint32_t pages = 0;

    for (uint32_t i = 0; i < TABLE_PTES; i++) {
        va_t va = start + i * PAGE_SIZE;

        if (!pte_is_valid(words[i]))
            continue;
        (va < LAYOUT_KERNEL ? check_user_page : check_kernel_page)(va, words[i]);
        if (loaded && (va < LAYOUT_KERNEL || va >= LAYOUT_SPACE_LOW))
            check_translation(va, words[i]);
        pages++;
    }
    return pages;
}

/* What is the same everywhere, looked at once. */
static void check_kernel_half(void)
{
    const pte_t *entries = machine_frame(space_kernel.dir);
    uint32_t stack_pages = 0;

    for (unsigned i = KERNEL_ENTRY; i < TABLE_PTES; i++) {
        va_t start = i * TABLE_SPAN;

        if (!(entries[i] & PTE_P) || i == SELF_ENTRY)
            continue;
        if (entries[i] & PTE_LARGE) {
            MM_ASSERT(i < SELF_ENTRY && pte_frame(entries[i]) == (i - KERNEL_ENTRY) * TABLE_PTES);
            continue;
        }
        uint32_t pages = check_table(start, machine_frame(pte_frame(entries[i])), true);

        stack_pages += start >= LAYOUT_STACKS ? pages : 0;
    }
    MM_ASSERT(stack_pages == pfn_uses[PFN_USE_STACK]);
}

/* A directory: its own half leads to tables of its own, the other one is the kernel's. */
static void check_directory(const struct space *space)
{
    const pte_t *entries = machine_frame(space->dir), *kernel = machine_frame(space_kernel.dir);
    bool loaded = cpu_cr3() >> PAGE_SHIFT == space->dir;

    MM_ASSERT(pte_frame(entries[SELF_ENTRY]) == space->dir && !(entries[SELF_ENTRY] & PTE_U));
    for (unsigned i = KERNEL_ENTRY; i < TABLE_PTES; i++)
        MM_ASSERT(i == SELF_ENTRY || (((entries[i] ^ kernel[i]) & ~(pte_t)(PTE_A | PTE_D)) == 0 &&
                                      !(entries[i] & PTE_U)));
    for (unsigned i = 0; i < KERNEL_ENTRY; i++) {
        const struct pfn *p = pfn_record(pte_frame(entries[i]));

        if (!(entries[i] & PTE_P))
            continue;
        MM_ASSERT(space != &space_kernel && !(entries[i] & PTE_LARGE));
        MM_ASSERT(p->state == PFN_ACTIVE && p->use == PFN_USE_TABLE && p->shares == 1);
        (void)check_table(i * TABLE_SPAN, machine_frame(pte_frame(entries[i])), loaded);
    }
}

void audit(void)
{
    mm_check();
    check_cpu();
    check_kernel_half();
    for (const struct space *s = &space_kernel; s; s = s->next)
        check_directory(s);
}
