/* kpages.c - kernel memory by the page, in the kernel's own part of the address space. */
#include "kernel/device/kpages.h"

#include "mm/mm.h"

enum { READWRITE = 4 };

void *kpages_alloc(size_t size)
{
    va_t base = 0;
    uint32_t bytes = size;

    if (!pfn_may_pin((size + PAGE_MASK) >> PAGE_SHIFT) ||
        virtual_allocate(&space_kernel, &base, &bytes, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE))
        return NULL;
    virtual_mark(&space_kernel, base, VAD_RESIDENT, "kernel pages");
    if (mm_touch(&space_kernel, base, bytes, true)) {
        kpages_free((void *)base);
        return NULL;
    }
    return (void *)base;
}

void kpages_free(void *memory)
{
    va_t base = (va_t)(uintptr_t)memory;
    uint32_t whole = 0;

    if (memory && virtual_free(&space_kernel, &base, &whole, VIRTUAL_RELEASE))
        machine_panic("%08X is no memory of kpages_alloc()", base);
}
