/* ram.h - decides which RAM is for what.
 *
 * The paging file and the boot disc are devices that happen to be made of RAM.  They are set
 * aside first; what is left, up to mem=, is the machine's RAM: kernel image, frame database and all.
 */
#pragma once
#include "boot/boot_info.h"
#include "kernel/options.h"
#include "mm/mm.h"

#define RAM_MINIMUM 0x1000000u /* 16 MB: the smallest mem= */
#define RAM_LEAST   0x800000u  /* 8 MB must be left of a machine that was started without mem= */

enum { RAM_RANGES = BOOT_RANGES + BOOT_MODULES + 1, RAM_ERROR = 200 };

struct ram_plan {
    uint32_t ranges;
    struct boot_range range[RAM_RANGES]; /* the RAM that is ours, ascending, the kernel included */
    uint32_t frames;                     /* in them */
    pfn_t limit;                         /* one more than the highest of them */
    pfn_t pagefile_first;
    uint32_t pagefile_blocks; /* 0: no paging file */
    char error[RAM_ERROR];    /* one sentence, or "" */
};

/* Make the plan.  Pure arithmetic on what the loader and the command line say. */
void ram_plan_make(struct ram_plan *plan, const struct boot_info *info, const struct options *wish);

/* A piece of `size` bytes of the plan's RAM in the direct map, above 1 MB and clear of the kernel
 * image, page aligned: its physical address, or 0. */
pa_t ram_piece(const struct ram_plan *plan, const struct boot_info *info, uint32_t size);
