/* ramdisk.c - a block device that is a range of RAM outside of the frame database.
 *
 * Synchronous and without errors, which is what lets the fault path do without a "being read" state.
 */
#include "kernel/device/ramdisk.h"

static status_t read(struct block_device *device, uint32_t block, pfn_t into)
{
    const struct ramdisk *disk = (const struct ramdisk *)device;

    MM_ASSERT(block < device->blocks);
    machine_copy(into, disk->first + block);
    return STATUS_SUCCESS;
}

static status_t write(struct block_device *device, uint32_t block, pfn_t from)
{
    const struct ramdisk *disk = (const struct ramdisk *)device;

    MM_ASSERT(block < device->blocks);
    machine_copy(disk->first + block, from);
    return STATUS_SUCCESS;
}

static void flip(struct block_device *device, uint32_t block, uint32_t bit)
{
    const struct ramdisk *disk = (const struct ramdisk *)device;
    uint32_t *words = machine_frame(disk->first + block);

    words[bit / 32 % (PAGE_SIZE / 4)] ^= 1u << bit % 32;
}

void ramdisk_init(struct ramdisk *disk, const char *name, pfn_t first, uint32_t blocks)
{
    *disk = (struct ramdisk){
        .device = {.name = name, .blocks = blocks, .read = read, .write = write, .flip = flip},
        .first = first,
    };
}
