/* fpu.c - the floating-point registers of the programs.
 *
 * They are saved and loaded at every switch between programs, not lazily on first use: two
 * instructions a switch cost less than the trap that laziness needs, and nothing can leak.
 */
#include "kernel/cpu/fpu.h"

#include "lib/string.h"

#include <stddef.h>

/* Fields of the FXSAVE image (Intel SDM vol. 1, table 10-2). */
enum { CONTROL = 0, STATUS = 2, MXCSR = 24, MXCSR_MASK = 28 };

#define MXCSR_START   0x1F80u     /* all exceptions masked */
#define MXCSR_DEFAULT 0x0000FFBFu /* the mask of a CPU that stores 0 (Intel SDM vol. 1, 11.6.6) */
#define CONTROL_START 0x027Fu     /* 53-bit precision, as Windows starts programs */

/* The bits of MXCSR that this CPU has, as it said at boot.  Never taken from an area that a program had
 * a hand in: FXRSTOR of any other bit is a protection fault in the kernel. */
static uint32_t mxcsr_mask;

static uint32_t word16(const void *area, size_t offset)
{
    uint16_t value;

    memcpy(&value, (const uint8_t *)area + offset, sizeof value);
    return value;
}

static uint32_t word32(const void *area, size_t offset)
{
    uint32_t value;

    memcpy(&value, (const uint8_t *)area + offset, sizeof value);
    return value;
}

void fpu_init(void *area)
{
    uint16_t control = CONTROL_START;
    uint32_t mxcsr = MXCSR_START;

    __asm__ volatile("fninit; fldcw %0" : : "m"(control));
    memset(area, 0, FPU_FXSAVE);
    fpu_save(area);
    mxcsr_mask = word32(area, MXCSR_MASK);
    if (!mxcsr_mask)
        mxcsr_mask = MXCSR_DEFAULT;
    /* FNINIT leaves the SSE part alone: what it held belongs to somebody else. */
    memset((uint8_t *)area + MXCSR + 8, 0, FPU_FXSAVE - MXCSR - 8);
    memcpy((uint8_t *)area + MXCSR, &mxcsr, sizeof mxcsr);
}

void fpu_export(const void *area, void *classic, void *extended)
{
    memcpy(extended, area, FPU_FXSAVE);
    fpu_load(area);
    __asm__ volatile("fnsave (%0)" : : "r"(classic) : "memory");
}

void fpu_import_classic(void *area, const void *classic)
{
    fpu_load(area); /* the SSE part stays */
    __asm__ volatile("fnclex; frstor (%0)" : : "r"(classic) : "memory");
    fpu_save(area);
}

void fpu_import_extended(void *area, const void *extended)
{
    uint32_t words[2] = {word32(extended, MXCSR) & mxcsr_mask, mxcsr_mask};

    memcpy(area, extended, FPU_FXSAVE);
    memcpy((uint8_t *)area + MXCSR, words, sizeof words);
}

uint32_t fpu_status_word(const void *area)
{
    return word16(area, STATUS);
}

uint32_t fpu_control_word(const void *area)
{
    return word16(area, CONTROL);
}
