/* probe.c - the probing kernel: the ordinary kernel's objects, linked so that some calls pass through here.
 *
 * `ld --wrap=f` sends every call of f() from another file to __wrap_f(), which may do what it likes before
 * it goes on with __real_f().  So nothing of this is in the ordinary kernel, and still the very same object
 * files are tested.  Three things are done here:
 *
 *   Injection   the k-th allocation fails, whoever asks; each place that was refused is reported
 *   Poison      before a system call the unused part of the kernel stack is filled with a byte that
 *               changes from call to call, and a freed frame with another: what leaks can be seen
 *   Depth       a kernel stack is filled when it is made, so its deepest use can be measured
 */
#include "tests/probe/probe.h"

#include "kernel/cpu/frame.h"
#include "kernel/cpu/machine.h"
#include "kernel/cpu/stack.h"
#include "kernel/device/console.h"
#include "kernel/device/kpages.h"
#include "kernel/object/thread.h"
#include "kernel/service/audit.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"
#include "mm/mm.h"

enum { SITES = 128, FREED = 0x96 };

#define WRAPPED(name) __typeof__(name) __wrap_##name, __real_##name

WRAPPED(pfn_alloc);
WRAPPED(pool_alloc);
WRAPPED(pagefile_alloc);
WRAPPED(stack_create);
WRAPPED(kpages_alloc);
WRAPPED(commit_charge);
WRAPPED(pfn_free);
WRAPPED(stack_free);
WRAPPED(audit);
WRAPPED(syscall_dispatch);
WRAPPED(sys_NtPagodaControl);

/* --- injection --- */

static uint32_t countdown, failed;
static bool persistent;
static const void *site[SITES]; /* places that were refused: return addresses */

static void remember(const void *place)
{
    unsigned i = 0;

    while (i < SITES && site[i] && site[i] != place)
        i++;
    MM_ASSERT(i < SITES);
    if (!site[i])
        console_printf("refused at %08X\n", (uintptr_t)place);
    site[i] = place;
}

/* Is this the allocation that must fail? */
static bool refuse(const void *place)
{
    if (!countdown || --countdown)
        return false;
    countdown = persistent;
    failed++;
    remember(place);
    return true;
}

#define CALLER __builtin_return_address(0)

pfn_t __wrap_pfn_alloc(enum pfn_use use, unsigned want)
{
    return refuse(CALLER) ? PFN_NONE : __real_pfn_alloc(use, want);
}

void *__wrap_pool_alloc(size_t size, const char tag[4])
{
    return refuse(CALLER) ? NULL : __real_pool_alloc(size, tag);
}

uint32_t __wrap_pagefile_alloc(void)
{
    return refuse(CALLER) ? 0 : __real_pagefile_alloc();
}

void *__wrap_kpages_alloc(size_t size)
{
    return refuse(CALLER) ? NULL : __real_kpages_alloc(size);
}

status_t __wrap_commit_charge(uint32_t pages)
{
    return refuse(CALLER) ? (status_t)STATUS_COMMITMENT_LIMIT : __real_commit_charge(pages);
}

/* --- stacks: the unused part holds one byte everywhere, whose value is found at the very bottom --- */

static uint32_t deepest;

static uint32_t depth(va_t stack)
{
    const uint8_t *bytes = (const uint8_t *)stack;
    uint32_t untouched = 0;

    while (untouched < STACK_SIZE && bytes[untouched] == bytes[0])
        untouched++;
    return STACK_SIZE - untouched;
}

static void measure(va_t stack)
{
    uint32_t used = depth(stack);

    deepest = used > deepest ? used : deepest;
}

va_t __wrap_stack_create(void)
{
    va_t stack = refuse(CALLER) ? 0 : __real_stack_create();

    if (stack)
        memset((void *)stack, FREED, STACK_SIZE);
    return stack;
}

void __wrap_stack_free(va_t stack)
{
    measure(stack);
    __real_stack_free(stack);
}

/* Checks of the system say how deep the stacks have been, when that is news. */
void __wrap_audit(void)
{
    static uint32_t said;

    for (struct thread *t = thread_all; t; t = t->next)
        if (t->stack)
            measure(t->stack);
    if (deepest > said)
        console_printf("kernel stacks: %u of %u bytes were ever used\n", deepest, STACK_SIZE);
    said = deepest;
    __real_audit();
}

/* --- poison --- */

static bool poisoning;

/* All bytes from `from` up to the stack pointer.  Inline, for a function would return through them. */
static inline __attribute__((always_inline)) void fill_unused(va_t from, uint8_t byte)
{
    __asm__ volatile("mov %%esp, %%ecx; sub %%edi, %%ecx; rep stosb"
                     : "+D"(from)
                     : "a"(byte)
                     : "ecx", "memory");
}

void __wrap_syscall_dispatch(struct trap_frame *frame)
{
    static const uint8_t patterns[] = PROBE_PATTERNS;
    static unsigned call;

    if (poisoning) {
        measure(thread_current()->stack);
        fill_unused(thread_current()->stack, patterns[call++ % sizeof patterns]);
    }
    __real_syscall_dispatch(frame);
}

void __wrap_pfn_free(pfn_t frame, bool zeroed)
{
    const uint32_t *words = machine_frame(frame);

    for (uint32_t i = 0; zeroed && i < PAGE_SIZE / sizeof *words; i++)
        MM_ASSERT(words[i] == 0);
    if (!zeroed)
        memset(machine_frame(frame), FREED, PAGE_SIZE);
    __real_pfn_free(frame, zeroed);
}

/* --- what programs see of it --- */

static uint32_t disarm(void)
{
    uint32_t count = failed;

    countdown = failed = 0;
    return count;
}

status_t __wrap_sys_NtPagodaControl(const uint32_t *a)
{
    switch (a[0]) {
    case PROBE_PRESENT:
        return 1;
    case PROBE_ARM:
        failed = 0;
        countdown = a[1];
        persistent = a[2] == 2;
        return STATUS_SUCCESS;
    case PROBE_DISARM:
        return disarm();
    case PROBE_POISON:
        poisoning = a[1];
        return STATUS_SUCCESS;
    case PROBE_OBJECTS:
        return pool_counters.objects;
    case PROBE_KERNEL_COMMIT:
        return space_kernel.commit;
    default:
        return __real_sys_NtPagodaControl(a);
    }
}
