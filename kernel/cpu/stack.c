/* stack.c - kernel stacks: 12 KB each, with an unmapped guard page below.
 *
 * Every slot of 16 KB has a fixed place, and its guard page is never mapped, so "is this the guard
 * of a stack?" is arithmetic.  The page tables exist from the start: making a thread needs its
 * three frames and nothing else.
 */
#include "kernel/cpu/stack.h"

#include "kernel/cpu/kmap.h"

enum { SLOTS = (LAYOUT_STACKS_TOP - LAYOUT_STACKS) / STACK_SLOT, WORD = 32 };

static uint32_t used[SLOTS / WORD]; /* a bit for each slot */
static uint32_t slots;              /* those whose page table exists */

void stack_init(uint32_t area)
{
    slots = area * (TABLE_SPAN / STACK_SLOT);
    MM_ASSERT(slots <= SLOTS);
}

static va_t slot_stack(uint32_t slot)
{
    return LAYOUT_STACKS + slot * STACK_SLOT + PAGE_SIZE;
}

static uint32_t find_slot(void)
{
    for (uint32_t word = 0; word < slots / WORD; word++)
        if (~used[word])
            return word * WORD + (uint32_t)__builtin_ctz(~used[word]);
    return slots;
}

static void unmap(va_t va)
{
    pte_t *pte = paging_word(space_kernel.dir, va);
    pfn_t frame = pte_frame(*pte);

    *pte = 0;
    machine_forget(space_kernel.dir, va);
    pfn_free(frame, false);
}

static bool map(va_t va)
{
    pfn_t frame = commit_left() ? pfn_alloc(PFN_USE_STACK, PFN_PIN) : PFN_NONE;

    if (!frame)
        return false;
    pfn_record(frame)->shares = 1;
    *paging_word(space_kernel.dir, va) = pte_valid(frame, PROT_READWRITE, false) | PTE_G;
    return true;
}

va_t stack_create(void)
{
    uint32_t slot = find_slot();
    va_t stack = slot_stack(slot);

    if (slot == slots)
        return 0;
    for (uint32_t i = 0; i < STACK_PAGES; i++) {
        if (map(stack + i * PAGE_SIZE))
            continue;
        while (i-- > 0)
            unmap(stack + i * PAGE_SIZE);
        return 0;
    }
    used[slot / WORD] |= 1u << slot % WORD;
    return stack;
}

void stack_free(va_t stack)
{
    uint32_t slot = (stack - LAYOUT_STACKS) / STACK_SLOT;

    MM_ASSERT(stack == slot_stack(slot) && (used[slot / WORD] >> slot % WORD & 1));
    used[slot / WORD] &= ~(1u << slot % WORD);
    for (uint32_t i = 0; i < STACK_PAGES; i++)
        unmap(stack + i * PAGE_SIZE);
}

bool stack_is_guard(va_t va)
{
    if (va >= (va_t)boot_stack_guard && va < (va_t)boot_stack_guard + PAGE_SIZE)
        return true;
    return va >= LAYOUT_STACKS && va < LAYOUT_STACKS + slots * STACK_SLOT &&
           (va - LAYOUT_STACKS) % STACK_SLOT < PAGE_SIZE;
}
