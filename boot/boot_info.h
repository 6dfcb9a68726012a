/* boot_info.h - what the boot loader told us, in our own words.
 *
 * boot/ translates multiboot1 or multiboot2 data, which may lie or be cut short,
 * into this one structure.  Nothing else of the loader's data is read later.
 */
#pragma once
#include <stdint.h>

enum { BOOT_RANGES = 64, BOOT_MODULES = 4, BOOT_TEXT = 1024 };

/* Usable RAM below 4 GB: [start, end), physical byte addresses, page aligned, ascending, disjoint.
 */
struct boot_range {
    uint32_t start, end;
};

/* A file that the loader put into memory: [start, end), physical byte addresses. */
struct boot_module {
    uint32_t start, end;
    char name[64];
};

struct boot_info {
    uint32_t ranges, modules;
    struct boot_range range[BOOT_RANGES];
    struct boot_module module[BOOT_MODULES];
    char command_line[BOOT_TEXT];
    char loader[64];
    uint32_t kernel_start, kernel_end; /* physical extent of the kernel image, page aligned */
    const char *error;                 /* one sentence when the data could not be used, else 0 */
};

/* Translate what a multiboot loader left behind.  `magic` and `address` are what it put into EAX and
 * EBX; physical memory [0, size) can be read at `memory`.  Whatever the data says, nothing
 * outside of that is touched.
 * => info->kernel_start and kernel_end are set; everything else is filled in here. */
void boot_parse(uint32_t magic, uint32_t address, const void *memory, uint32_t size,
                struct boot_info *info);
