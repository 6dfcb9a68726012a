/* pagefile.h - the paging file: page-sized slots over a block device.
 *
 * The default device is a RAM disk and therefore synchronous: a page is never "being read"
 * while something else runs, which is why the fault path has no busy state.
 */
#pragma once
#include "mm/status.h"
#include "mm/types.h"

/* A device of page-sized blocks.  Both return STATUS_SUCCESS or the device's error. */
struct block_device {
    const char *name;
    uint32_t blocks;
    status_t (*read)(struct block_device *device, uint32_t block, pfn_t into);
    status_t (*write)(struct block_device *device, uint32_t block, pfn_t from);
    /* The block is not needed any more; may be 0. */
    void (*discard)(struct block_device *device, uint32_t block);
    /* The checksum of the page that was moved last, if the device computes it while it copies (`sums`). */
    uint32_t sum;
    bool sums;
    /* Turn one bit of what is stored of the block, to see what comes of it; may be 0. */
    void (*flip)(struct block_device *device, uint32_t block, uint32_t bit);
};

#define PAGEFILE_NONE 0u /* no slot: slot 0 is never handed out */

struct pagefile_counters {
    uint32_t slots; /* usable slots */
    uint32_t used;  /* slots that hold a page */
    uint32_t peak;  /* most ever used */
    uint32_t reads, writes;
    uint32_t errors;  /* reads or writes that the device refused */
    uint32_t damaged; /* pages that came back other than they were written */
};
extern struct pagefile_counters pagefile_counters;

/* Words of memory that a paging file of so many blocks needs: two bits and a checksum for each. */
static inline uint32_t pagefile_words(uint32_t blocks)
{
    return (blocks + 31) / 32 + (blocks + 1023) / 1024 + blocks;
}

/* The checksum of the 4,096 bytes at `page`: whatever bit of them turns, it changes. */
typedef uint32_t pagefile_sum(void *page);

/* Use `device`; `words` is zeroed memory of pagefile_words(device->blocks) words.  No device: 0, 0. */
void pagefile_init(struct block_device *device, uint32_t *words, pagefile_sum *sum);

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

/* Move one page.  => slot is allocated.  Returns the device's status; STATUS_CRC_ERROR: the page is not
 * what was written to the slot. */
status_t pagefile_read(uint32_t slot, pfn_t into);
status_t pagefile_write(uint32_t slot, pfn_t from);

/* Damage a page that is stored: bit 0..32767 of it turns.  (A compressed one has fewer bits.) */
void pagefile_flip(uint32_t slot, uint32_t bit);
