/* pte.c - one 32-bit word that says where a page is: protections as Windows writes them. */
#include "mm/pte.h"

#define BITS(p)                                                                                    \
    (PTE_P | ((p)&PROT_BASE) << PTE_VALID_PROT_SHIFT |                                             \
     (((p)&PROT_ACCESS) == PROT_READWRITE ? PTE_W : 0) |                                           \
     ((p)&PROT_NOCACHE ? PTE_CACHE_DISABLE : 0) | ((p)&PROT_WRITECOMBINE ? PTE_WRITE_THROUGH : 0))
#define BITS_4(p)  BITS(p), BITS((p) + 1), BITS((p) + 2), BITS((p) + 3)
#define BITS_16(p) BITS_4(p), BITS_4((p) + 4), BITS_4((p) + 8), BITS_4((p) + 12)
const uint16_t pte_valid_bits[PROT_BAD] = {BITS_16(0), BITS_16(16), BITS_16(32), BITS_16(48)};

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
