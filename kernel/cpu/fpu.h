/* fpu.h - the floating-point registers of the programs; the kernel itself never uses them. */
#pragma once
#include "mm/status.h"
#include "mm/types.h"

#include <stdint.h>

/* Sizes of the two images (Intel SDM vol. 1, 8.1.10 and 10.5.1): areas here are FXSAVE's. */
enum { FPU_FNSAVE = 108, FPU_FXSAVE = 512 };

/* An area of FPU_FXSAVE bytes, 16-byte aligned. */
void fpu_init(void *area); /* as after FNINIT, all exceptions masked */

static inline void fpu_save(void *area)
{
    __asm__ volatile("fxsave (%0)" : : "r"(area) : "memory");
}

static inline void fpu_load(const void *area)
{
    __asm__ volatile("fxrstor (%0)" : : "r"(area) : "memory");
}

/* Exchange with the two formats that CONTEXT has.  `area` must not be the one in the registers: fpu_save() first. */
void fpu_export(const void *area, void *classic);
void fpu_import_classic(void *area, const void *classic);
/* Bits of MXCSR that the CPU does not have are cleared, by what it said itself in fpu_init(), whatever mask
 * `extended` claims. */
void fpu_import_extended(void *area, const void *extended);

/* The registers, which `area` has, too, straight to a program's memory; and from there, if what lies there is for
 * FXRSTOR, else false, and nothing has changed: copy it to an area. */
status_t fpu_save_user(va_t to, const void *area);
bool fpu_load_user(va_t from);

/* The status word of a saved area without the exceptions that are masked: why one came. */
uint32_t fpu_exceptions(const void *area);
