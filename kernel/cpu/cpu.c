/* cpu.c - finds out what the CPU can do and switches it on.
 *
 * boot.asm has made sure that CPUID, CMOV, the TSC, 4 MB pages and SSE exist.
 */
#include "kernel/cpu/cpu.h"

#include "lib/string.h"

/* CPUID bits (Intel SDM vol. 2, CPUID). */
enum { EDX_SSE2 = 1 << 26, EDX_PGE = 1 << 13 };
enum { EBX7_SMEP = 1 << 7, EBX7_SMAP = 1 << 20 };

struct cpu_features cpu_features;

/* The table that trap.asm and cpu.h fill; its bounds come from linker.ld. */
struct smap_place {
    uint8_t *at;
    uint32_t last_byte;
};
extern const struct smap_place kernel_smap_start[], kernel_smap_end[];

static void cpuid(uint32_t leaf, uint32_t out[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "a"(leaf), "c"(0));
}

static void read_features(void)
{
    uint32_t r[4], highest;

    cpuid(0, r);
    highest = r[0];
    memcpy(cpu_features.vendor, &r[1], 4);
    memcpy(cpu_features.vendor + 4, &r[3], 4);
    memcpy(cpu_features.vendor + 8, &r[2], 4);
    cpuid(1, r);
    cpu_features.edx = r[3];
    if (highest >= 7) {
        cpuid(7, r);
        cpu_features.ebx7 = r[1];
    }
    cpu_features.pge = cpu_features.edx & EDX_PGE;
    cpu_features.sse2 = cpu_features.edx & EDX_SSE2;
    cpu_features.smep = cpu_features.ebx7 & EBX7_SMEP;
    cpu_features.smap = cpu_features.ebx7 & EBX7_SMAP;
}

/* Turn the NOPs into STAC and CLAC (0F 01 CB, 0F 01 CA). */
static void patch_smap(void)
{
    for (const struct smap_place *p = kernel_smap_start; p < kernel_smap_end; p++) {
        p->at[1] = 0x01;
        p->at[2] = (uint8_t)p->last_byte;
    }
}

void cpu_init(void)
{
    uint32_t cr4 = cpu_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

    read_features();
    cpu_set_cr0((cpu_cr0() & ~(CR0_EM | CR0_TS | CR0_AM)) | CR0_MP | CR0_NE | CR0_WP);
    if (cpu_features.smep)
        cr4 |= CR4_SMEP;
    if (cpu_features.smap) {
        patch_smap();
        cr4 |= CR4_SMAP;
    }
    cpu_set_cr4(cr4);
    __asm__ volatile("fninit");
}

void cpu_use_global_pages(void)
{
    if (cpu_features.pge)
        cpu_set_cr4(cpu_cr4() | CR4_PGE);
}
