/* kheap.c - the kernel heap: lib/heap over the kernel's own reserved and committed memory.
 *
 * Its pages never leave RAM: one that could not be read back would end not a program but the kernel.
 */
#include "kernel/device/kheap.h"
#include "kernel/cpu/cpu.h"
#include "lib/heap.h"
#include "mm/mm.h"

enum { RESERVE = 1 << 20, COMMIT = PAGE_SIZE, READWRITE = 4 };

static struct heap *heap;

static va_t address_of(void *memory)
{
    return (va_t)(uintptr_t)memory;
}

static void *reserve(void *, size_t size)
{
    va_t base = 0;
    uint32_t bytes = size;

    if (virtual_allocate(&space_kernel, &base, &bytes, VIRTUAL_RESERVE, READWRITE))
        return NULL;
    virtual_tag(&space_kernel, base, "kernel heap");
    virtual_flag(&space_kernel, base, VAD_RESIDENT);
    return (void *)base;
}

static bool commit(void *, void *at, size_t size)
{
    va_t base = address_of(at);
    uint32_t bytes = size;

    if (!pfn_may_pin((size + PAGE_MASK) >> PAGE_SHIFT) ||
        virtual_allocate(&space_kernel, &base, &bytes, VIRTUAL_COMMIT, READWRITE))
        return false;
    if (mm_touch(&space_kernel, base, bytes, true) == STATUS_SUCCESS)
        return true;
    virtual_free(&space_kernel, &base, &bytes, VIRTUAL_DECOMMIT);
    return false;
}

static void decommit(void *, void *at, size_t size)
{
    va_t base = address_of(at);
    uint32_t bytes = size;

    virtual_free(&space_kernel, &base, &bytes, VIRTUAL_DECOMMIT);
}

static void release(void *, void *at, size_t)
{
    va_t base = address_of(at);
    uint32_t whole = 0;

    virtual_free(&space_kernel, &base, &whole, VIRTUAL_RELEASE);
}

static void corruption(void *, struct heap *, enum heap_damage what, const void *at)
{
    machine_panic("the kernel heap is damaged (%d) at %08X", (int)what, (va_t)(uintptr_t)at);
}

void kheap_init(void)
{
    static struct heap_provider provider = {.reserve = reserve,
                                            .commit = commit,
                                            .decommit = decommit,
                                            .release = release,
                                            .corruption = corruption};

    provider.secret = (uint32_t)cpu_tsc();
    /* Nothing interrupts the kernel inside the heap. */
    heap = heap_create(&provider, HEAP_OPTION_GROWABLE | HEAP_OPTION_NO_SERIALIZE, RESERVE, COMMIT);
    if (!heap)
        machine_panic("there is no memory for the kernel heap");
}

void *kheap_alloc(size_t size)
{
    return heap_take(heap, size);
}

void kheap_free(void *memory)
{
    if (memory && !heap_give(heap, memory))
        machine_panic("%08X is no live block of the kernel heap", address_of(memory));
}
