/* pagefile.c - the paging file: page-sized slots over a block device.
 *
 * One bit a slot, searched from where the last search ended, so that pages written together
 * lie together; and one for each word of these bits, so that a full file is not searched for long.  And one checksum a slot, kept in RAM: what a device gives back is believed only if it is
 * what the slot was given last, so neither flipped bits nor another slot's page reach a program.
 */
#include "mm/pagefile.h"
#include "mm/machine.h"
#include "lib/string.h"

struct pagefile_counters pagefile_counters;
bool pagefile_refuses;

static struct block_device *disk;
static uint32_t *used; /* bit set: slot holds a page */
static uint32_t *full; /* bit set: the word of `used` is full */
static uint32_t *sums; /* of each slot's page */
static uint32_t next_word;
static pagefile_sum *sum_of;

void pagefile_init(struct block_device *device, uint32_t *memory, pagefile_sum *sum)
{
    uint32_t blocks = device ? device->blocks : 0;

    disk = device;
    sum_of = sum;
    used = memory;
    full = used + (blocks + 31) / 32;
    sums = full + (blocks + 1023) / 1024;
    next_word = 0;
    pagefile_refuses = false;
    memset(&pagefile_counters, 0, sizeof pagefile_counters);
    if (!blocks)
        return;
    pagefile_counters.slots = blocks - 1;
    used[0] = 1; /* slot 0 means "no slot" */
    if (blocks % 32)
        used[blocks / 32] |= ~0u << blocks % 32;
    for (uint32_t word = 0; word < (blocks + 1023) / 1024 * 32; word++)
        if (word * 32 >= blocks || used[word] == ~0u)
            full[word / 32] |= 1u << word % 32;
}

/* The next word of `used` that has a free bit, from `next_word` on and round.  => there is one. */
static uint32_t next_free_word(void)
{
    uint32_t count = (disk->blocks + 1023) / 1024, i = next_word / 32;
    uint32_t free = ~full[i] & ~0u << next_word % 32;

    while (!free) {
        i = (i + 1) % count;
        free = ~full[i];
    }
    return i * 32 + (uint32_t)__builtin_ctz(free);
}

uint32_t pagefile_alloc(void)
{
    unsigned bit;

    if (!pagefile_free_slots())
        return PAGEFILE_NONE;
    next_word = next_free_word();
    bit = (unsigned)__builtin_ctz(~used[next_word]);
    used[next_word] |= 1u << bit;
    if (used[next_word] == ~0u)
        full[next_word / 32] |= 1u << next_word % 32;
    if (++pagefile_counters.used > pagefile_counters.peak)
        pagefile_counters.peak = pagefile_counters.used;
    return next_word * 32 + bit;
}

bool pagefile_is_used(uint32_t slot)
{
    return slot != PAGEFILE_NONE && slot <= pagefile_counters.slots &&
           (used[slot / 32] >> slot % 32 & 1);
}

void pagefile_free(uint32_t slot)
{
    MM_ASSERT(pagefile_is_used(slot));
    used[slot / 32] &= ~(1u << slot % 32);
    full[slot / 1024] &= ~(1u << slot / 32 % 32);
    pagefile_counters.used--;
    if (disk->discard)
        disk->discard(disk, slot);
}

/* Of the page in `frame`, which the device has just moved. */
static uint32_t sum_moved(pfn_t frame)
{
    return disk->sums ? disk->sum : sum_of(machine_frame(frame));
}

status_t pagefile_read(uint32_t slot, pfn_t into)
{
    status_t status;

    MM_ASSERT(pagefile_is_used(slot));
    status = disk->read(disk, slot, into);
    pagefile_counters.reads++;
    if (status)
        pagefile_counters.errors++;
    else if (sum_moved(into) != sums[slot])
        status = STATUS_CRC_ERROR;
    pagefile_counters.damaged += status == STATUS_CRC_ERROR;
    return status;
}

status_t pagefile_write(uint32_t slot, pfn_t from)
{
    status_t status;

    MM_ASSERT(pagefile_is_used(slot));
    status = disk->write(disk, slot, from);
    pagefile_counters.writes++;
    pagefile_refuses = status != STATUS_SUCCESS;
    if (status)
        pagefile_counters.errors++;
    else
        sums[slot] = sum_moved(from);
    return status;
}

void pagefile_flip(uint32_t slot, uint32_t bit)
{
    MM_ASSERT(pagefile_is_used(slot));
    if (disk->flip)
        disk->flip(disk, slot, bit);
}
