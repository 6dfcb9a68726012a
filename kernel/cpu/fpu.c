/* fpu.c - the floating-point registers of the programs.
 *
 * They are saved and loaded at every switch between programs, not lazily on first use: two
 * instructions a switch cost less than the trap that laziness needs, and nothing can leak.
 */
#include "kernel/cpu/fpu.h"

#include "kernel/cpu/usercopy.h"
#include "lib/string.h"

#include <stddef.h>

/* Of the FXSAVE image (Intel SDM vol. 1, table 10-2). */
struct image {
    uint16_t control, status;
    uint32_t addresses[5];
    uint32_t mxcsr, mxcsr_mask;
    uint32_t registers[120];
} __attribute__((may_alias));
_Static_assert(sizeof(struct image) == FPU_FXSAVE, "the CPU's layout");

#define MXCSR_START   0x1F80u     /* all exceptions masked */
#define MXCSR_DEFAULT 0x0000FFBFu /* the mask of a CPU that stores 0 (Intel SDM vol. 1, 11.6.6) */
#define CONTROL_START 0x027Fu     /* 53-bit precision, as Windows starts programs */

/* The bits of MXCSR that this CPU has, as it said at boot.  Never taken from an area that a program had
 * a hand in: FXRSTOR of any other bit is a protection fault in the kernel. */
static uint32_t mxcsr_mask;

void fpu_init(void *area)
{
    uint16_t control = CONTROL_START;
    struct image *image = area;

    __asm__ volatile("fninit; fldcw %0" : : "m"(control));
    memset(area, 0, FPU_FXSAVE);
    fpu_save(area);
    mxcsr_mask = image->mxcsr_mask ?: MXCSR_DEFAULT;
    /* FNINIT leaves the SSE part alone: what it held belongs to somebody else. */
    memset(image->registers, 0, sizeof image->registers);
    image->mxcsr = MXCSR_START;
}

void fpu_export(const void *area, void *classic)
{
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
    struct image *image = area;

    memcpy(area, extended, FPU_FXSAVE);
    image->mxcsr &= mxcsr_mask;
    image->mxcsr_mask = mxcsr_mask;
}

/* FXSAVE and FXRSTOR want 16-byte alignment, and no access may span two of a program's pages (usercopy.c). */
static bool is_good_place(va_t va)
{
    return va % 16 == 0 && usercopy_in_page(va, FPU_FXSAVE);
}

status_t fpu_save_user(va_t to, const void *area)
{
    status_t status = STATUS_SUCCESS;

    if (!is_good_place(to))
        return usercopy_write(to, area, FPU_FXSAVE);
    USERCOPY(status, "fxsave (%1)", : "r"(to));
    return status;
}

/* Once MXCSR was read its page is there, and interrupts are off: FXRSTOR finds what was looked at. */
bool fpu_load_user(va_t from)
{
    status_t status = STATUS_SUCCESS;
    uint32_t mxcsr;

    if (!is_good_place(from) || usercopy_get(&mxcsr, from + offsetof(struct image, mxcsr)) ||
        mxcsr & ~mxcsr_mask)
        return false;
    USERCOPY(status, "fxrstor (%1)", : "r"(from));
    return !status;
}

uint32_t fpu_exceptions(const void *area)
{
    const struct image *image = area;

    return image->status & ~(image->control & 0x3Fu);
}
