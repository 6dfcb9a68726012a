/* test_compress.c - pages made small come back as they were, in the store, too.
 *
 * sources: lib/compress.c kernel/device/zstore.c tests/host/machine.c mm/[a-z]*.c lib/string.c
 */
#include "tests/host/machine.h"

#include "kernel/device/zstore.h"
#include "lib/compress.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = COMPRESS_WORDS, BLOCKS = 200, STORE_FRAMES = 40, FIRST = 64, SCRATCH = 40 };
enum { ZEROS, SMALL, POINTERS, SAME, MIXED, RANDOM, KINDS };

/* A page of a kind; the same words for the same seed of `salt`. */
static void fill(uint32_t *page, unsigned kind, uint32_t salt)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t noise = (i + salt) * 2654435761u ^ salt << 7;

        switch (kind) {
        case ZEROS:
            page[i] = 0;
            break;
        case SMALL:
            page[i] = noise % 100;
            break;
        case POINTERS:
            page[i] = i % 4 ? 0x00410000u + noise % 4096 : 0;
            break;
        case SAME:
            page[i] = salt;
            break;
        case MIXED:
            page[i] = i % 8 ? i : noise ^ noise >> 13;
            break;
        default:
            page[i] = noise ^ noise >> 11 ^ noise << 9;
        }
    }
}

static void test_round_trip(void)
{
    uint32_t page[WORDS], out[WORDS * 2], back[WORDS], good = 0, tries = 3000;
    uint32_t largest[KINDS] = {0};

    for (uint32_t i = 0; i < tries; i++) {
        unsigned kind = i % KINDS;
        uint32_t count;

        fill(page, kind, test_random());
        count = compress_page(page, out, WORDS * 2);
        memset(back, 0xEE, sizeof back);
        good += count && compress_expand(out, count, back) && !memcmp(page, back, sizeof page);
        largest[kind] = count > largest[kind] ? count : largest[kind];
    }
    test_ok(good == tries, "%u of %u pages come back as they were", good, tries);
    test_ok(largest[ZEROS] == 64, "a page of zeros takes %u words", largest[ZEROS]);
    memset(page, 0, sizeof page);
    page[7] = 5;
    test_ok(compress_page(page, out, WORDS * 2) == 65, "one small number more takes a word more");
    test_ok(largest[SMALL] <= WORDS / 2 + 64, "small numbers take %u words", largest[SMALL]);
    test_ok(largest[POINTERS] <= 3 * WORDS / 4, "near pointers take %u words", largest[POINTERS]);
    test_ok(largest[RANDOM] > WORDS, "noise takes %u words: more than it was", largest[RANDOM]);
}

static void test_limit(void)
{
    uint32_t page[WORDS], out[WORDS * 2], good = 0, tries = 500;

    for (uint32_t i = 0; i < tries; i++) {
        uint32_t count, limit = 1 + test_below(WORDS), got;

        fill(page, i % KINDS, test_random());
        count = compress_page(page, out, WORDS * 2);
        out[limit] = 0xABCDEF01;
        got = compress_page(page, out, limit);
        good += got == (count <= limit ? count : 0) && out[limit] == 0xABCDEF01;
    }
    test_ok(good == tries, "the limit is kept, and nothing is written past it");
}

/* Whatever the words are, nothing is read or written outside, and a cut page is refused. */
static void test_garbage(void)
{
    uint32_t page[WORDS], out[WORDS * 2], good = 0, tries = 2000;

    for (uint32_t i = 0; i < tries; i++) {
        uint32_t count = 1 + test_below(WORDS), *exact = malloc(count * sizeof *exact);

        for (uint32_t w = 0; w < count; w++)
            exact[w] = test_random();
        compress_expand(exact, count, page);
        free(exact);
        fill(page, i % KINDS, i);
        count = compress_page(page, out, WORDS * 2);
        good += !compress_expand(out, count - 1, page);
    }
    test_ok(good == tries, "a page that was cut is refused");
}

/* --- the store --- */

static uint32_t behind_content[BLOCKS][WORDS], behind_writes, behind_reads;

static status_t behind_write(struct block_device *device, uint32_t block, pfn_t from)
{
    (void)device;
    behind_writes++;
    memcpy(behind_content[block], machine_frame(from), PAGE_SIZE);
    return STATUS_SUCCESS;
}

static status_t behind_read(struct block_device *device, uint32_t block, pfn_t into)
{
    (void)device;
    behind_reads++;
    memcpy(machine_frame(into), behind_content[block], PAGE_SIZE);
    return STATUS_SUCCESS;
}

static bool reads_back(struct block_device *device, uint32_t block, unsigned kind, uint32_t salt)
{
    uint32_t page[WORDS];

    fill(page, kind, salt);
    memset(machine_frame(SCRATCH), 0xDD, PAGE_SIZE);
    return !device->read(device, block, SCRATCH) &&
           !memcmp(machine_frame(SCRATCH), page, PAGE_SIZE);
}

/* Random writes, reads and discards against a list of what each block must hold. */
static void test_store(void)
{
    static struct block_device behind = {
        .name = "behind", .blocks = BLOCKS, .read = behind_read, .write = behind_write};
    static struct zstore store;
    struct block_device *device = &store.device;
    uint32_t salt[BLOCKS] = {0}, bad = 0;
    unsigned kind[BLOCKS] = {0};

    machine_start(200, 10, NULL);
    zstore_init(&store, FIRST, STORE_FRAMES, &behind);
    for (int i = 0; i < 20000; i++) {
        uint32_t block = test_below(BLOCKS);

        if (test_below(10) == 0) {
            device->discard(device, block);
            salt[block] = 0;
        } else if (test_below(2) || !salt[block]) {
            kind[block] = test_below(KINDS);
            salt[block] = test_random() | 1;
            fill(machine_frame(SCRATCH), kind[block], salt[block]);
            bad += device->write(device, block, SCRATCH) != STATUS_SUCCESS;
        } else {
            bad += !reads_back(device, block, kind[block], salt[block]);
        }
    }
    test_ok(bad == 0, "every block of the store reads as it was last written");
    test_ok(store.counters.full && store.counters.too_large && behind_writes && behind_reads,
            "some did not fit, some do not get small: those are on the device");
    test_ok(store.counters.most_pages * 16 > store.counters.most_used,
            "%u KB held %u pages = %u KB", store.counters.most_used / 4, store.counters.most_pages,
            store.counters.most_pages * 4);
    for (uint32_t block = 0; block < BLOCKS; block++)
        device->discard(device, block);
    test_ok(!store.counters.used && !store.counters.pages, "all discarded: all cells are free");
    fill(machine_frame(SCRATCH), POINTERS, 1);
    device->write(device, 7, SCRATCH);
    for (pfn_t frame = store.first_cell; frame < FIRST + STORE_FRAMES; frame++)
        memset(machine_frame(frame), 0xFF, PAGE_SIZE);
    test_ok(device->read(device, 7, SCRATCH) != STATUS_SUCCESS, "a store overwritten is noticed");
}

int main(void)
{
    test_seed();
    test_round_trip();
    test_limit();
    test_garbage();
    test_store();
    return test_end();
}
