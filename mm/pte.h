/* pte.h - one 32-bit word that says where a page is.
 *
 * Every page of every address space, and every page of a section, is described by one
 * such word.  Its kind answers the only question a fault asks: where is the page?
 *
 *   kind          bits 31-12    where the page is
 *   EMPTY         0             nowhere: not committed (private) or "ask the section" (view)
 *   VALID         frame         in that frame, and the CPU may use it
 *   DEMAND_ZERO   0             nowhere yet: promised, and all zero
 *   TRANSITION    frame         still in that frame, on the standby or modified list
 *   PAGEFILE      slot          in that slot of the paging file
 *   PROTOTYPE     0             ask the object above: a view asks its section's master PTE,
 *                               a master PTE asks the section's file
 *
 *                        commit                     touch
 *              EMPTY -----------> DEMAND_ZERO ----------------> VALID
 *                ^  <-----------                                | ^ soft fault
 *                |    decommit               trim               v |
 *                +------------------------------------------ TRANSITION
 *                |    decommit                                  |
 *                +---------------- PAGEFILE <-------------------+
 *                                     |       frame reused
 *                                     +----> VALID  (hard fault)
 *
 * That is a private page.  A page of a section has two kinds of words: its *master*, in the section's own
 * table, which goes round as above (and starts as PROTOTYPE when its content is a file's), and one word
 * in each view, which says only whether this view may use the frame now:
 *
 *                 touch, the master is VALID now          write to a copy: map_private()
 *        EMPTY ------------------------> VALID, shared -----------------------> VALID, private
 *    as mapped                            |  ^                                   a private page from now
 *                     trim, or frame lost |  | touch                             on: the cycle above; the
 *                                         v  |                                   section is out of it
 *      protect ----------------------> PROTOTYPE
 *                                      as PROTOTYPE says, not as mapped
 *
 *   A view's EMPTY, PROTOTYPE:  look at the master: in which frame, slot or file is the page?
 *   A view's DEMAND_ZERO:       a private page already: a copy of nothing but zeros
 *   A master that is VALID:     the frame is held by some view or by the kernel; no CPU sees this word,
 *                               so its bits A and D say nothing.  The last to let go makes it TRANSITION
 *
 * VALID is the hardware's format (Intel SDM vol. 3, table 4-6) and keeps the Windows
 * protection in its three ignored bits.  In all other kinds bit 0 is clear, so the CPU
 * ignores the rest.  A guarded or no-access page is never VALID.
 */
#pragma once
#include "mm/machine.h"

enum pte_kind {
    PTE_EMPTY,
    PTE_DEMAND_ZERO,
    PTE_TRANSITION,
    PTE_PAGEFILE,
    PTE_PROTOTYPE,
    PTE_VALID,
};

/* A protection: one of eight base values, and three modifiers.  The base value is the bit number
 * of the Windows constant, so PAGE_x == 1 << base; the modifiers are its bits 8, 9 and 10. */
typedef uint32_t prot_t;

enum {
    PROT_NOACCESS,
    PROT_READONLY,
    PROT_READWRITE,
    PROT_WRITECOPY,
    PROT_EXECUTE,
    PROT_EXECUTE_READ,
    PROT_EXECUTE_READWRITE,
    PROT_EXECUTE_WRITECOPY,
    PROT_BASE = 7,
    PROT_GUARD = 8,
    PROT_NOCACHE = 16,
    PROT_WRITECOMBINE = 32,
    PROT_BAD = 64, /* what prot_from_windows() says of a value that is none */
};

/* Where the fields are.
 * A word that is not VALID:  bits 31-12 frame or slot, 9-4 protection, 3-1 kind, 0 clear.
 * A VALID word: the hardware's bits, with the base protection in the ignored bits 11-9. */
enum {
    PTE_KIND_SHIFT = 1,
    PTE_KIND_MASK = 7,
    PTE_PROT_SHIFT = 4,
    PTE_PROT_MASK = 63,
    PTE_VALID_PROT_SHIFT = 9,
};

/* Hardware bits of a VALID word (Intel SDM vol. 3, table 4-6). */
enum {
    PTE_P = 0x001,
    PTE_W = 0x002,
    PTE_U = 0x004,
    PTE_WRITE_THROUGH = 0x008,
    PTE_CACHE_DISABLE = 0x010,
    PTE_A = 0x020,
    PTE_D = 0x040,
    PTE_LARGE = 0x080,
    PTE_G = 0x100,
};

/* Windows' PAGE_x value -> prot_t, or PROT_BAD when the combination is refused (W37, W39, W40). */
prot_t prot_from_windows(uint32_t page);
uint32_t prot_to_windows(prot_t prot);

/* May a page of a view that was mapped with `mapped` get protection `wanted`, and a section of the one be mapped with the
 * other?  Not more rights than there are; what may be read may be copied (W83, X1). */
bool prot_allows(prot_t mapped, prot_t wanted);

static inline prot_t prot_base(prot_t prot)
{
    return prot & PROT_BASE;
}

/* What the low two bits of a base value say, whether the page may be executed or not. */
enum { PROT_ACCESS = 3 };

/* May a page of this protection be written without a copy being made first? */
static inline bool prot_writable(prot_t prot)
{
    return (prot & PROT_ACCESS) == PROT_READWRITE;
}

static inline bool prot_copies(prot_t prot)
{
    return (prot & PROT_ACCESS) == PROT_WRITECOPY;
}

static inline bool prot_executable(prot_t prot)
{
    return prot_base(prot) >= PROT_EXECUTE;
}

/* May a page of this protection be VALID at all?  Not NOACCESS, which is 0, and not with GUARD, the bit
 * above the base values. */
static inline bool prot_accessible(prot_t prot)
{
    return (prot & (PROT_BASE | PROT_GUARD)) - 1 < PROT_BASE;
}

/* What a copied page's protection becomes (W154): the number before.  => prot_copies(prot) */
static inline prot_t prot_after_copy(prot_t prot)
{
    return prot - (PROT_WRITECOPY - PROT_READWRITE);
}

/* Of each protection the bits of a VALID word, without frame and U. */
extern const uint16_t pte_valid_bits[PROT_BAD];

/* The constructors.  `frame` and `slot` are below 2^20.
 * => `user` sets the U bit; then prot must be accessible.  (A section's own record of a no-access
 * page may be valid: the CPU never sees it.) */
static inline pte_t pte_valid(pfn_t frame, prot_t prot, bool user)
{
    MM_ASSERT(prot_accessible(prot) || !user);
    return frame << PAGE_SHIFT | pte_valid_bits[prot % PROT_BAD] | (user ? (pte_t)PTE_U : 0);
}

static inline pte_t pte_soft(enum pte_kind kind, uint32_t value, prot_t prot)
{
    return value << PAGE_SHIFT | prot << PTE_PROT_SHIFT | (pte_t)kind << PTE_KIND_SHIFT;
}

static inline pte_t pte_demand_zero(prot_t prot)
{
    return pte_soft(PTE_DEMAND_ZERO, 0, prot);
}

static inline pte_t pte_transition(pfn_t frame, prot_t prot)
{
    return pte_soft(PTE_TRANSITION, frame, prot);
}

static inline pte_t pte_pagefile(uint32_t slot, prot_t prot)
{
    return pte_soft(PTE_PAGEFILE, slot, prot);
}

static inline pte_t pte_prototype(prot_t prot)
{
    return pte_soft(PTE_PROTOTYPE, 0, prot);
}

/* Predicates and fields. */
static inline bool pte_is_valid(pte_t pte)
{
    return pte & PTE_P;
}

static inline enum pte_kind pte_kind(pte_t pte)
{
    return pte_is_valid(pte) ? PTE_VALID : (enum pte_kind)(pte >> PTE_KIND_SHIFT & PTE_KIND_MASK);
}

/* => kind is not EMPTY */
static inline prot_t pte_prot(pte_t pte)
{
    if (!pte_is_valid(pte))
        return pte >> PTE_PROT_SHIFT & PTE_PROT_MASK;
    return (pte >> PTE_VALID_PROT_SHIFT & PROT_BASE) |
           (pte & PTE_CACHE_DISABLE ? (prot_t)PROT_NOCACHE : 0) |
           (pte & PTE_WRITE_THROUGH ? (prot_t)PROT_WRITECOMBINE : 0);
}

/* => kind is not VALID and not EMPTY */
static inline pte_t pte_with_prot(pte_t pte, prot_t prot)
{
    MM_ASSERT(!pte_is_valid(pte) && pte != 0);
    return (pte & ~((pte_t)PTE_PROT_MASK << PTE_PROT_SHIFT)) | prot << PTE_PROT_SHIFT;
}

static inline pfn_t pte_frame(pte_t pte)
{
    return pte >> PAGE_SHIFT;
}

static inline uint32_t pte_slot(pte_t pte)
{
    return pte >> PAGE_SHIFT;
}
