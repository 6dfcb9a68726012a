/* pte.c - one 32-bit word that says where a page is: its constructors and its fields.
 *
 * A word that is not VALID:  bits 31-12 frame or slot, 9-4 protection, 3-1 kind, 0 clear.
 * A VALID word: the hardware's bits, with the base protection in the ignored bits 11-9.
 */
#include "mm/pte.h"
#include "mm/machine.h"

prot_t prot_from_windows(uint32_t page)
{
    uint32_t base = page & 0xFF;
    prot_t modifiers = (page >> 8) * PROT_GUARD;
    prot_t prot;

    if (page >= 0x800 || base == 0 || (base & (base - 1)))
        return PROT_BAD;
    prot = (prot_t)__builtin_ctz(base);
    if (modifiers & (modifiers - 1))
        return PROT_BAD; /* at most one of GUARD, NOCACHE, WRITECOMBINE (W39) */
    if (modifiers && prot == PROT_NOACCESS)
        return PROT_BAD;
    return prot | modifiers;
}

uint32_t prot_to_windows(prot_t prot)
{
    return (1u << prot_base(prot)) | ((prot & ~(prot_t)PROT_BASE) / PROT_GUARD) << 8;
}

prot_t prot_after_copy(prot_t prot)
{
    prot_t modifiers = prot & ~(prot_t)PROT_BASE;

    return modifiers |
           (prot_base(prot) == PROT_WRITECOPY ? PROT_READWRITE : PROT_EXECUTE_READWRITE);
}

pte_t pte_valid(pfn_t frame, prot_t prot, bool user)
{
    pte_t pte = frame << PAGE_SHIFT | prot_base(prot) << PTE_VALID_PROT_SHIFT | PTE_P;

    MM_ASSERT(prot_accessible(prot) || !user);
    if (prot_writable(prot))
        pte |= PTE_W;
    if (user)
        pte |= PTE_U;
    if (prot & PROT_NOCACHE)
        pte |= PTE_CACHE_DISABLE;
    if (prot & PROT_WRITECOMBINE)
        pte |= PTE_WRITE_THROUGH;
    return pte;
}

static pte_t soft(enum pte_kind kind, uint32_t value, prot_t prot)
{
    return value << PAGE_SHIFT | prot << PTE_PROT_SHIFT | (pte_t)kind << PTE_KIND_SHIFT;
}

pte_t pte_demand_zero(prot_t prot)
{
    return soft(PTE_DEMAND_ZERO, 0, prot);
}

pte_t pte_transition(pfn_t frame, prot_t prot)
{
    return soft(PTE_TRANSITION, frame, prot);
}

pte_t pte_pagefile(uint32_t slot, prot_t prot)
{
    return soft(PTE_PAGEFILE, slot, prot);
}

pte_t pte_prototype(prot_t prot)
{
    return soft(PTE_PROTOTYPE, 0, prot);
}

pte_t pte_with_prot(pte_t pte, prot_t prot)
{
    MM_ASSERT(!pte_is_valid(pte) && pte != 0);
    return (pte & ~((pte_t)PTE_PROT_MASK << PTE_PROT_SHIFT)) | prot << PTE_PROT_SHIFT;
}
