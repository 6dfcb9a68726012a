/* kmap.h - builds the kernel's half of the address space. */
#pragma once
#include "boot/boot_info.h"
#include "mm/mm.h"

/* Where things lie; from linker.ld and boot.asm. */
extern char kernel_text_start[], kernel_text_end[], kernel_data_start[], kernel_end[];
extern char boot_stack_guard[], boot_stack_top[];

/* What is built, and in which memory. */
struct kmap {
    uint32_t ram_end;                             /* highest physical address to show, bytes */
    uint32_t low_tables, stack_tables;            /* page tables */
    pte_t *directory, *low, *hyperspace, *stacks; /* their addresses in the direct map */
};

/* Decide the sizes for a machine whose RAM (with disc and paging file) ends at `ram_end` and which
 * may use `ram_frames` frames. */
void kmap_plan(struct kmap *map, uint32_t ram_end, uint32_t ram_frames);

/* Page frames that kmap_build() needs. */
uint32_t kmap_frames(const struct kmap *map);

/* Build the directory in `memory`, zeroed and page aligned, and use it from now on.  Returns its frame. */
pfn_t kmap_build(struct kmap *map, void *memory);
