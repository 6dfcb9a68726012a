/* test_pagefile.c - what a device gives back is believed only if it is what was written.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c kernel/device/zstore.c lib/compress.c lib/string.c
 *
 * Bits of stored pages turn, on the plain disk and in the compressed store in front of it.  Every damaged
 * page must be refused; what is not damaged must come back.
 */
#include "kernel/device/zstore.h"
#include "kernel/device/checksum.h"
#include "tests/host/machine.h"

#include <string.h>

enum { FRAMES = 400, SLOTS = 300, FLIPS = 100000, READWRITE = 4, WORDS = PAGE_SIZE / 4 };
enum { SCRATCH = 300, FIRST = 310, STORE_FRAMES = 40, BLOCKS = 64 };

/* Pages of programs: mostly zeros, small numbers, text, pointers, noise. */
static void fill(uint32_t *page, unsigned kind)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t random = test_random();
        const uint32_t word[] = {random % 4 ? 0 : random, i, 0x61620000 | (random & 0x1F1F),
                                 0x00400000 + random % 8 * 64, random};

        page[i] = word[kind];
    }
}

/* Flip 1 to 4 bits of one page, once each, and read it: refused?  Then they are put back. */
static uint32_t caught(uint32_t slot, unsigned bits)
{
    uint32_t bit[4], refused;

    for (unsigned i = 0; i < bits; i++) {
        bool again;

        do {
            bit[i] = test_below(PAGE_SIZE * 8);
            again = false;
            for (unsigned k = 0; k < i; k++)
                again |= bit[k] == bit[i];
        } while (again);
        pagefile_flip(slot, bit[i]);
    }
    refused = pagefile_read(slot, SCRATCH) != STATUS_SUCCESS;
    for (unsigned i = 0; i < bits; i++)
        pagefile_flip(slot, bit[i]);
    return refused;
}

static uint32_t store(unsigned kind)
{
    uint32_t slot = pagefile_alloc();

    fill(machine_frame(SCRATCH), kind);
    pagefile_write(slot, SCRATCH);
    return slot;
}

static void test_flips(const char *device, unsigned most)
{
    uint32_t slot[5], refused = 0, wrong = 0, damaged = pagefile_counters.damaged;

    for (unsigned kind = 0; kind < 5; kind++)
        slot[kind] = store(kind);
    for (uint32_t i = 0; i < FLIPS; i++)
        refused += caught(slot[i % 5], 1 + i / 5 % most);
    test_ok(refused == FLIPS, "%s: %u of %u damaged pages are refused", device, refused, FLIPS);
    test_ok(pagefile_counters.damaged > damaged, "%s: and counted (%u)", device,
            pagefile_counters.damaged - damaged);
    for (unsigned kind = 0; kind < 5; kind++) {
        wrong += pagefile_read(slot[kind], SCRATCH) != STATUS_SUCCESS;
        pagefile_free(slot[kind]);
    }
    test_ok(!wrong, "%s: put back, they are what they were", device);
}

/* Both ways to copy and to compute the sums agree, and any single bit changes them. */
static void test_ways(void)
{
    static uint32_t copy[PAGE_SIZE / 4] __attribute__((aligned(16)));
    uint32_t *page = machine_frame(SCRATCH), differ = 0, missed = 0;

    for (unsigned kind = 0; kind < 5; kind++) {
        fill(page, kind);
        differ += checksum_copy(page, page, false) != checksum_copy(page, page, true);
        differ += checksum_copy(copy, page, true) != checksum_copy(page, page, true);
        differ += memcmp(copy, page, PAGE_SIZE) != 0;
        memset(copy, 0, PAGE_SIZE);
        differ += checksum_copy(copy, page, false) != checksum_copy(page, page, true);
        differ += memcmp(copy, page, PAGE_SIZE) != 0;
    }
    memset(page, 0x80, PAGE_SIZE);
    differ += checksum_copy(page, page, false) != checksum_copy(page, page, true);
    for (uint32_t bit = 0; bit < PAGE_SIZE * 8; bit++) {
        uint32_t before[CHECKSUM_COLUMNS] = {0}, after[CHECKSUM_COLUMNS] = {0};

        checksum_sse2(page, page, before);
        page[bit / 32] ^= 1u << bit % 32;
        checksum_sse2(page, page, after);
        missed += memcmp(before, after, sizeof before) == 0;
    }
    test_ok(!differ && !missed, "with SSE2 and without: %u differences; %u single bits missed",
            differ, missed);
}

/* The same bit of two words that are added to the same sum. */
static void test_column(void)
{
    uint32_t slot = store(4), refused = 0;
    enum { TRIES = 4096 };

    for (uint32_t i = 0; i < TRIES; i++) {
        uint32_t first = test_below(PAGE_SIZE * 8),
                 second = (first + 128 * (1 + i % 255)) % (PAGE_SIZE * 8);

        pagefile_flip(slot, first);
        pagefile_flip(slot, second);
        refused += pagefile_read(slot, SCRATCH) == STATUS_CRC_ERROR;
        pagefile_flip(slot, first);
        pagefile_flip(slot, second);
    }
    test_ok(refused == TRIES, "the same bit of two words in a column: %u of %u", refused, TRIES);
    pagefile_free(slot);
}

/* Neighbours in one step of the checksum. */
static void test_neighbours(void)
{
    uint32_t slot = store(4), refused = 0, tries = 0;

    for (uint32_t first = 0; first < 32; first++)
        for (uint32_t second = 0; second < 32; second++, tries++) {
            uint32_t word = test_below(WORDS - 1) * 32;

            pagefile_flip(slot, word + first);
            pagefile_flip(slot, word + 32 + second);
            refused += pagefile_read(slot, SCRATCH) == STATUS_CRC_ERROR;
            pagefile_flip(slot, word + first);
            pagefile_flip(slot, word + 32 + second);
        }
    test_ok(refused == tries, "two bits in neighbouring words: %u of %u pairs", refused, tries);
    pagefile_free(slot);
}

static struct block_device *plain;
static uint32_t off_by;

static status_t read_elsewhere(struct block_device *device, uint32_t block, pfn_t into)
{
    (void)device;
    return plain->read(plain, block + off_by, into);
}

/* The device reads another block than it was asked for. */
static void test_misdirected(struct block_device *device)
{
    struct block_device wrong = *device;
    uint32_t words[2 * SLOTS] = {0}, slot;

    plain = device;
    wrong.read = read_elsewhere;
    pagefile_init(&wrong, words, machine_sum);
    slot = store(1);
    store(4);
    off_by = 0;
    test_ok(!pagefile_read(slot, SCRATCH), "the right block is believed");
    off_by = 1;
    test_ok(pagefile_read(slot, SCRATCH) == STATUS_CRC_ERROR, "that of another slot is not");
}

static struct block_device memory_disk;
static uint32_t content[BLOCKS][WORDS];

static status_t memory_read(struct block_device *device, uint32_t block, pfn_t into)
{
    (void)device;
    memcpy(machine_frame(into), content[block], PAGE_SIZE);
    return STATUS_SUCCESS;
}

static status_t memory_write(struct block_device *device, uint32_t block, pfn_t from)
{
    (void)device;
    memcpy(content[block], machine_frame(from), PAGE_SIZE);
    return STATUS_SUCCESS;
}

static void memory_flip(struct block_device *device, uint32_t block, uint32_t bit)
{
    (void)device;
    content[block][bit / 32] ^= 1u << bit % 32;
}

static void test_store_flips(void)
{
    static struct zstore zstore;
    static uint32_t words[2 * BLOCKS];

    memory_disk = (struct block_device){.name = "memory",
                                        .blocks = BLOCKS,
                                        .read = memory_read,
                                        .write = memory_write,
                                        .flip = memory_flip};
    zstore_init(&zstore, FIRST, STORE_FRAMES, &memory_disk);
    memset(words, 0, sizeof words);
    pagefile_init(&zstore.device, words, machine_sum);
    test_flips("compressed store", 1);
    test_ok(zstore.counters.writes >= 4 && zstore.counters.too_large >= 1,
            "some pages were compressed (%u), and one was not", zstore.counters.writes);
    memset(words, 0, sizeof words);
    pagefile_init(&memory_disk, words, machine_sum);
    test_misdirected(&memory_disk);
}

/* The owner of a damaged page is told so; the other program reads all of its own. */
static void test_owner(void)
{
    uint32_t size = SLOTS / 2 * PAGE_SIZE, refused = 0, wrong = 0, word;
    struct space *owner, *other;
    va_t mine = 0, theirs = 0;
    pte_t *pte;

    machine_start(200, SLOTS, NULL);
    test_ok(
        !mm_space_create(&owner, 4, "owner") && !mm_space_create(&other, 8, "other") &&
            !virtual_allocate(owner, &mine, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE) &&
            !virtual_allocate(other, &theirs, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE),
        "two programs with more pages than frames");
    for (uint32_t i = 0; i < size / PAGE_SIZE; i++)
        if (machine_write32(owner, mine + i * PAGE_SIZE, i) ||
            machine_write32(other, theirs + i * PAGE_SIZE, i))
            machine_panic("page %u was refused", i);
    pte = paging_find(owner->dir, mine);
    if (pte_kind(*pte) != PTE_PAGEFILE)
        machine_panic("the first page is still in RAM");
    pagefile_flip(pte_slot(*pte), test_below(PAGE_SIZE * 8));
    for (uint32_t i = 0; i < size / PAGE_SIZE; i++) {
        status_t status = machine_read32(owner, mine + i * PAGE_SIZE, &word);

        refused += status == STATUS_IN_PAGE_ERROR;
        wrong += !status && word != i;
        wrong += machine_read32(other, theirs + i * PAGE_SIZE, &word) || word != i;
    }
    test_ok(refused == 1 && !wrong, "one page is refused, the others are what they were (%u, %u)",
            refused, wrong);
    mm_check();
    mm_space_delete(owner);
    mm_space_delete(other);
    mm_check();
}

int main(void)
{
    test_seed();
    machine_start(FRAMES, SLOTS, NULL);
    test_ways();
    test_flips("disk", 4);
    test_neighbours();
    test_column();
    test_store_flips();
    test_owner();
    return test_end();
}
