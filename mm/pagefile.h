/* pagefile.h - the paging file: page-sized slots over a block device.
 *
 * The default device is a RAM disk and therefore synchronous: a page is never "being read"
 * while something else runs, which is why the fault path has no busy state.
 */
#ifndef MM_PAGEFILE_H
#define MM_PAGEFILE_H

#include "mm/status.h"
#include "mm/types.h"

/* A device of page-sized blocks.  Both return STATUS_SUCCESS or the device's error. */
struct block_device {
    const char *name;
    uint32_t blocks;
    status_t (*read)(struct block_device *device, uint32_t block, pfn_t into);
    status_t (*write)(struct block_device *device, uint32_t block, pfn_t from);
    void (*discard)(struct block_device *device,
                    uint32_t block); /* not needed any more; may be 0 */
};

#define PAGEFILE_NONE 0u /* no slot: slot 0 is never handed out */

struct pagefile_counters {
    uint32_t slots; /* usable slots */
    uint32_t used;  /* slots that hold a page */
    uint32_t peak;  /* most ever used */
    uint32_t reads, writes;
    uint32_t errors; /* reads or writes that the device refused */
};
extern struct pagefile_counters pagefile_counters;

/* Use `device`; `bitmap` is zeroed memory of (device->blocks + 31) / 32 words.  No device: 0, 0. */
void pagefile_init(struct block_device *device, uint32_t *bitmap);

/* Slots that hold nothing. */
static inline uint32_t pagefile_free_slots(void)
{
    return pagefile_counters.slots - pagefile_counters.used;
}

/* Hardly a slot is free: then a page that comes back gives its slot up, so that another can go. */
static inline bool pagefile_is_tight(void)
{
    return pagefile_free_slots() < pagefile_counters.slots / 8;
}

/* The device refused the last page that was to be written. */
extern bool pagefile_refuses;

/* A free slot, or PAGEFILE_NONE when the file is full. */
uint32_t pagefile_alloc(void);
void pagefile_free(uint32_t slot);
bool pagefile_is_used(uint32_t slot);

/* Move one page.  => slot is allocated.  Returns the device's status. */
status_t pagefile_read(uint32_t slot, pfn_t into);
status_t pagefile_write(uint32_t slot, pfn_t from);

#endif
