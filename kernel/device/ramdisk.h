/* ramdisk.h - a block device that is a range of RAM outside of the frame database: the default
 * place of the paging file.
 */
#pragma once
#include "mm/mm.h"

struct ramdisk {
    struct block_device device;
    pfn_t first;
};

/* A device of `blocks` pages whose first is the frame `first`. */
void ramdisk_init(struct ramdisk *disk, const char *name, pfn_t first, uint32_t blocks);
