/* kmap.c - builds the kernel's half of the address space.
 *
 *   80000000  RAM from physical address 0 on, up to 1 GB.  The 4 MB (or more) that hold the kernel
 *             image have page tables, so that its text and constants are read-only, frame 0 is absent
 *             and the boot stack has a guard page; all the rest is 4 MB pages
 *   C0000000  the directory itself, as its own page table: the self-map
 *   C0400000  one page table for the windows on RAM above 1 GB (machine.c)
 *   F8000000  page tables for the kernel stacks (stack.c), as many as RAM could ever fill
 *
 * All of it is the same in every address space except for the self-map, so everything else is
 * global (Intel SDM vol. 3, 4.10.2.4).
 */
#include "kernel/cpu/kmap.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/machine.h"
#include "kernel/cpu/stack.h"

enum {
    TABLE = PTE_P | PTE_W,
    DATA = PTE_P | PTE_W | PTE_A | PTE_D | PTE_G, /* A and D set: nobody looks for them here */
    CONSTANT = PTE_P | PTE_A | PTE_G,
    STACK_TABLES = (LAYOUT_STACKS_TOP - LAYOUT_STACKS) / TABLE_SPAN,
};

static uint32_t physical(const void *address)
{
    return (uint32_t)address - LAYOUT_KERNEL;
}

static uint32_t tables_for(uint32_t bytes)
{
    return (bytes + TABLE_SPAN - 1) / TABLE_SPAN;
}

void kmap_plan(struct kmap *map, uint32_t ram_end, uint32_t ram_frames)
{
    uint32_t stacks = ram_frames / STACK_PAGES;

    map->ram_end = ram_end < LAYOUT_DIRECT_SIZE ? ram_end : LAYOUT_DIRECT_SIZE;
    map->low_tables = tables_for(physical(kernel_end));
    map->stack_tables = stacks / (TABLE_SPAN / STACK_SLOT) + 1;
    if (map->stack_tables > STACK_TABLES)
        map->stack_tables = STACK_TABLES;
}

uint32_t kmap_frames(const struct kmap *map)
{
    return 1 + map->low_tables + 1 + map->stack_tables;
}

/* Read-only from the start of the text to the start of the data. */
static pte_t low_page(uint32_t pa)
{
    va_t va = LAYOUT_KERNEL + pa;

    if (pa == 0 || va == (va_t)boot_stack_guard)
        return 0;
    if (va >= (va_t)kernel_text_start && va < (va_t)kernel_data_start)
        return pa | CONSTANT;
    return pa | DATA;
}

static void map_ram(const struct kmap *map)
{
    pte_t *entry = map->directory + directory_index(LAYOUT_KERNEL);
    uint32_t pages = map->low_tables * TABLE_PTES;

    for (uint32_t i = 0; i < pages; i++)
        map->low[i] = low_page(i << PAGE_SHIFT);
    for (uint32_t i = 0; i < map->low_tables; i++)
        entry[i] = physical(map->low + i * TABLE_PTES) | TABLE;
    for (uint32_t i = map->low_tables; i < tables_for(map->ram_end); i++)
        entry[i] = i * TABLE_SPAN | DATA | PTE_LARGE;
}

static void map_tables(const struct kmap *map)
{
    pte_t *stacks = map->directory + directory_index(LAYOUT_STACKS);

    map->directory[directory_index(LAYOUT_TABLES)] = physical(map->directory) | TABLE;
    map->directory[directory_index(LAYOUT_HYPERSPACE)] = physical(map->hyperspace) | TABLE;
    for (uint32_t i = 0; i < map->stack_tables; i++)
        stacks[i] = physical(map->stacks + i * TABLE_PTES) | TABLE;
}

pfn_t kmap_build(struct kmap *map, void *memory)
{
    map->directory = memory;
    map->low = map->directory + TABLE_PTES;
    map->hyperspace = map->low + map->low_tables * TABLE_PTES;
    map->stacks = map->hyperspace + TABLE_PTES;
    map_ram(map);
    map_tables(map);
    cpu_set_cr3(physical(map->directory));
    cpu_use_global_pages();
    gdt_set_fault_directory(physical(map->directory));
    machine_init(map->hyperspace);
    stack_init(map->stack_tables);
    return physical(map->directory) >> PAGE_SHIFT;
}
