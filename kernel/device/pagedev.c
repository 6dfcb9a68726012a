/* pagedev.c - what the paging file lies on: a range of RAM outside of the frame database.
 *
 * It is synchronous, which is what lets the fault path do without a "being read" state.  It makes a hard fault hardly dearer than a soft one, which no real machine does.  So each
 * transfer may be given the time that a disk would take.  The CPU waits for it with interrupts
 * off, as the fault path wants it; ticks that fall into a long wait are lost.  And no RAM disk
 * breaks, so what a broken one does to programs is seen by asking this one to refuse.
 */
#include "kernel/device/pagedev.h"

#include "kernel/cpu/cpu.h"
#include "kernel/device/checksum.h"
#include "kernel/device/clock.h"
#include "lib/chance.h"

enum { LEAST_TO_SPLIT = 256 }; /* blocks: a smaller paging file is not worth a store */

uint32_t pagedev_latency;
uint64_t pagedev_waited;
uint32_t pagedev_fails_read, pagedev_fails_write;

static struct block_device disk;
static pfn_t disk_first;
static struct zstore store;
static bool has_store;

static void pay(void)
{
    if (!pagedev_latency)
        return;
    clock_delay(pagedev_latency);
    pagedev_waited += pagedev_latency;
}

uint32_t pagedev_chance(void)
{
    static uint32_t random = 1;

    return random = chance_next(random);
}

static bool fails(uint32_t one_in)
{
    return one_in && pagedev_chance() % one_in == 0;
}

static void copy(struct block_device *device, pfn_t to, pfn_t from)
{
    device->sum = checksum_copy(machine_frame(to), machine_frame(from), cpu_features.sse2);
}

static status_t read(struct block_device *device, uint32_t block, pfn_t into)
{
    MM_ASSERT(block < device->blocks);
    pay();
    if (fails(pagedev_fails_read))
        return STATUS_DEVICE_DATA_ERROR;
    copy(device, into, disk_first + block);
    return STATUS_SUCCESS;
}

static status_t write(struct block_device *device, uint32_t block, pfn_t from)
{
    MM_ASSERT(block < device->blocks);
    pay();
    if (fails(pagedev_fails_write))
        return STATUS_DEVICE_DATA_ERROR;
    copy(device, disk_first + block, from);
    return STATUS_SUCCESS;
}

static void flip(struct block_device *, uint32_t block, uint32_t bit)
{
    uint32_t *words = machine_frame(disk_first + block);

    words[bit / 32 % (PAGE_SIZE / 4)] ^= 1u << bit % 32;
}

struct block_device *pagedev_start(pfn_t first, uint32_t blocks, bool compress)
{
    uint32_t part = compress && blocks >= LEAST_TO_SPLIT ? blocks / 4 : 0;

    if (!blocks)
        return NULL;
    disk_first = first + part;
    disk = (struct block_device){.name = "RAM disk",
                                 .blocks = blocks - part,
                                 .read = read,
                                 .write = write,
                                 .flip = flip,
                                 .sums = true};
    has_store = part > 0;
    if (!has_store)
        return &disk;
    zstore_init(&store, first, part, &disk);
    return &store.device;
}

uint32_t pagedev_sum(void *page)
{
    return checksum_copy(page, page, cpu_features.sse2);
}

const struct zstore *pagedev_store(void)
{
    return has_store ? &store : NULL;
}
