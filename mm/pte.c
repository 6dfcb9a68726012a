/* pte.c - one 32-bit word that says where a page is: protections as Windows writes them. */
#include "mm/pte.h"

prot_t prot_from_windows(uint32_t page)
{
    uint32_t base = page & 0xFF;
    prot_t modifiers = (page >> 8) * PROT_GUARD;
    prot_t prot;

    if (page >= 0x800 || base == 0 || (base & (base - 1)))
        return PROT_BAD;
    prot = (prot_t)__builtin_ctz(base);
    if (!modifiers)
        return prot;
    if (modifiers & (modifiers - 1))
        return PROT_BAD; /* at most one of GUARD, NOCACHE, WRITECOMBINE (W39) */
    if (prot == PROT_NOACCESS)
        return PROT_BAD;
    return prot | modifiers;
}

uint32_t prot_to_windows(prot_t prot)
{
    return (1u << prot_base(prot)) | ((prot & ~(prot_t)PROT_BASE) / PROT_GUARD) << 8;
}

bool prot_allows(prot_t mapped, prot_t wanted)
{
    /* Bit n: the protection whose base value is n, so a row reads as a sum of Windows' constants. */
    static const uint8_t allowed[] = {0x01, 0x0B, 0x0F, 0x0B, 0x11, 0x3B, 0xFF, 0xBB};

    return allowed[prot_base(mapped)] >> prot_base(wanted) & 1;
}
