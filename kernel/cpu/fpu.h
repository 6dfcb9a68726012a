/* fpu.h - the floating-point registers of the programs; the kernel itself never uses them. */
#pragma once
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
void fpu_export(const void *area, void *classic, void *extended);
void fpu_import_classic(void *area, const void *classic);
/* Bits of MXCSR that the CPU does not have are cleared, by what it said itself in fpu_init(), whatever mask
 * `extended` claims. */
void fpu_import_extended(void *area, const void *extended);

/* The words that tell why an x87 or SSE exception came, from a saved area. */
uint32_t fpu_status_word(const void *area);
uint32_t fpu_control_word(const void *area);
