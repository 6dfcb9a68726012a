/* cpu.h - the CPU's instructions and registers that C has no words for. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Control register bits (Intel SDM vol. 3, 2.5) and flags (vol. 1, 3.4.3). */
#define CR0_MP         0x00000002u
#define CR0_EM         0x00000004u
#define CR0_TS         0x00000008u
#define CR0_NE         0x00000020u
#define CR0_WP         0x00010000u
#define CR0_AM         0x00040000u
#define CR0_PG         0x80000000u
#define CR4_PGE        0x00000080u
#define CR4_OSFXSR     0x00000200u
#define CR4_OSXMMEXCPT 0x00000400u
#define CR4_SMEP       0x00100000u
#define CR4_SMAP       0x00200000u

#define EFLAGS_ONE 0x00000002u /* always set */
#define EFLAGS_TF  0x00000100u
#define EFLAGS_IF  0x00000200u
#define EFLAGS_DF  0x00000400u
#define EFLAGS_AC  0x00040000u
/* What a program may choose for itself: arithmetic flags, TF, DF, RF, AC, ID. */
#define EFLAGS_USER 0x00250DD5u

struct cpu_features {
    uint32_t edx, ebx7; /* CPUID.1:EDX; CPUID.7.0:EBX or 0 */
    bool pge;           /* global pages: kernel translations survive a directory switch */
    bool sse2;          /* boot.asm has made sure of SSE and FXSAVE */
    bool smep, smap;    /* the kernel may not execute, or read and write, user pages by accident */
    char vendor[13];
};
extern struct cpu_features cpu_features;

/* Find out what the CPU can do and switch it on, except global pages.  => called once, early;
 * kernel text is still writable, because the places of STAC and CLAC are patched. */
void cpu_init(void);

/* Global pages may be used from now on: the final directory is loaded. */
void cpu_use_global_pages(void);

/* Fill or copy 4,096 bytes, 16-byte aligned (cpu.asm).  Uses SSE and leaves its registers as they
 * were.  => CR0.TS is never set: floating-point state is switched eagerly. */
void cpu_zero_page(void *page);
void cpu_copy_page(void *to, const void *from);

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t cpu_tsc(void)
{
    uint64_t value;
    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

/* cpu_cr0(), cpu_set_cr0(), ...: control registers. */
#define CPU_CR(n)                                                                                  \
    static inline uint32_t cpu_cr##n(void)                                                         \
    {                                                                                              \
        uint32_t value;                                                                            \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(value));                                      \
        return value;                                                                              \
    }                                                                                              \
    static inline void cpu_set_cr##n(uint32_t value)                                               \
    {                                                                                              \
        __asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory");                             \
    }
CPU_CR(0)
CPU_CR(2)
CPU_CR(3)
CPU_CR(4)

static inline void cpu_invlpg(uint32_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline uint32_t cpu_eflags(void)
{
    uint32_t value;
    __asm__ volatile("pushf; pop %0" : "=r"(value));
    return value;
}

static inline void cpu_irq_off(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* Interrupts off; the result says whether they were on and goes to cpu_irq_restore(). */
static inline bool cpu_irq_save(void)
{
    bool on = cpu_eflags() & EFLAGS_IF;
    cpu_irq_off();
    return on;
}

static inline void cpu_irq_restore(bool on)
{
    if (on)
        __asm__ volatile("sti" : : : "memory");
}

/* Sleep until the next interrupt, which is taken before this returns; interrupts are on then.
 * STI takes effect after the next instruction, so no interrupt slips in before HLT. */
static inline void cpu_wait(void)
{
    __asm__ volatile("sti; hlt" : : : "memory");
}

/* Take the interrupts that wait; then they are off again.  STI alone lets none in before CLI. */
static inline void cpu_irq_gap(void)
{
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

/* STAC and CLAC, as in trap.asm: a NOP of three bytes where the CPU has no SMAP. */
#define CPU_SMAP_PLACE(last_byte)                                                                  \
    "9: .byte 0x0F, 0x1F, 0x00\n"                                                                  \
    ".pushsection .smap, \"a\"\n.long 9b, " last_byte "\n.popsection\n"
#define CPU_ACCESS_ON  CPU_SMAP_PLACE("0xCB")
#define CPU_ACCESS_OFF CPU_SMAP_PLACE("0xCA")

/* Between these two the kernel may touch user pages. */
static inline void cpu_user_access_on(void)
{
    __asm__ volatile(CPU_ACCESS_ON : : : "memory");
}

static inline void cpu_user_access_off(void)
{
    __asm__ volatile(CPU_ACCESS_OFF : : : "memory");
}
