/* zstore.c - a compressed store: RAM in front of a slow device.
 *
 * Pages of all sizes would leave gaps of all sizes.  So the store is cut into cells of 256 bytes, and a
 * page takes as many as it needs, wherever they are: a chain, as in a FAT file system.  Two tables of
 * words: for each block its first cell (0: it is not here), for each cell the next one.
 */
#include "kernel/device/zstore.h"

#include "lib/compress.h"
#include "lib/string.h"

enum { CELL_WORDS = ZSTORE_CELL / 4, CELLS_A_FRAME = PAGE_SIZE / ZSTORE_CELL };
enum { MOST_WORDS = 3 * COMPRESS_WORDS / 4 }; /* a page that saves less than a quarter goes on */
enum { WORDS_A_FRAME = PAGE_SIZE / 4 };

static uint32_t packed[COMPRESS_WORDS]; /* the page under way: interrupts are off */

/* Word `index` of the tables that begin at a frame. */
static uint32_t *word(pfn_t first, uint32_t index)
{
    return (uint32_t *)machine_frame(first + index / WORDS_A_FRAME) + index % WORDS_A_FRAME;
}

static uint32_t block_frames(const struct zstore *s)
{
    return (s->device.blocks + WORDS_A_FRAME - 1) / WORDS_A_FRAME;
}

static uint32_t *cell_of_block(const struct zstore *s, uint32_t block)
{
    return word(s->first, block);
}

static uint32_t *next_of_cell(const struct zstore *s, uint32_t cell)
{
    return word(s->first + block_frames(s), cell);
}

static uint32_t *cell_bytes(const struct zstore *s, uint32_t cell)
{
    return (uint32_t *)machine_frame(s->first_cell + cell / CELLS_A_FRAME) +
           cell % CELLS_A_FRAME * CELL_WORDS;
}

/* The block's cells are free again, if it has any. */
static void discard(struct block_device *device, uint32_t block)
{
    struct zstore *s = (struct zstore *)device;
    uint32_t cell = *cell_of_block(s, block);

    if (!cell)
        return;
    *cell_of_block(s, block) = 0;
    s->counters.pages--;
    while (cell) {
        uint32_t next = *next_of_cell(s, cell);

        *next_of_cell(s, cell) = s->free;
        s->free = cell;
        s->counters.used--;
        cell = next;
    }
}

/* Keep `count` words of packed[] for the block.  => enough cells are free, the block has none. */
static void keep(struct zstore *s, uint32_t block, uint32_t count)
{
    uint32_t last = 0;

    for (uint32_t at = 0; at < count; at += CELL_WORDS) {
        uint32_t cell = s->free;

        s->free = *next_of_cell(s, cell);
        memcpy(cell_bytes(s, cell), packed + at, ZSTORE_CELL);
        *next_of_cell(s, cell) = 0;
        if (last)
            *next_of_cell(s, last) = cell;
        else
            *cell_of_block(s, block) = cell;
        last = cell;
        s->counters.used++;
    }
    s->counters.pages++;
    if (s->counters.used > s->counters.most_used) {
        s->counters.most_used = s->counters.used;
        s->counters.most_pages = s->counters.pages;
    }
}

static status_t write(struct block_device *device, uint32_t block, pfn_t from)
{
    struct zstore *s = (struct zstore *)device;
    uint32_t count = compress_page(machine_frame(from), packed + 1, MOST_WORDS - 1);
    uint32_t cells = (count + 1 + CELL_WORDS - 1) / CELL_WORDS;

    discard(device, block);
    if (count && cells <= s->counters.cells - s->counters.used) {
        packed[0] = count;
        keep(s, block, count + 1);
        s->counters.writes++;
        return STATUS_SUCCESS;
    }
    if (count)
        s->counters.full++;
    else
        s->counters.too_large++;
    return s->behind->write(s->behind, block, from);
}

static status_t read(struct block_device *device, uint32_t block, pfn_t into)
{
    struct zstore *s = (struct zstore *)device;
    uint32_t cell = *cell_of_block(s, block), at = 0;

    if (!cell)
        return s->behind->read(s->behind, block, into);
    for (; cell && at < MOST_WORDS; at += CELL_WORDS) {
        memcpy(packed + at, cell_bytes(s, cell), ZSTORE_CELL);
        cell = *next_of_cell(s, cell);
    }
    if (packed[0] >= at || !compress_expand(packed + 1, packed[0], machine_frame(into)))
        return STATUS_UNSUCCESSFUL; /* somebody has written over the store */
    s->counters.reads++;
    return STATUS_SUCCESS;
}

/* One bit of the words that are kept, of which the first says how many follow. */
static void flip(struct block_device *device, uint32_t block, uint32_t bit)
{
    struct zstore *s = (struct zstore *)device;
    uint32_t cell = *cell_of_block(s, block), at;

    if (!cell) {
        s->behind->flip(s->behind, block, bit);
        return;
    }
    at = 1 + bit / 32 % *cell_bytes(s, cell);
    for (; at >= CELL_WORDS; at -= CELL_WORDS)
        cell = *next_of_cell(s, cell);
    cell_bytes(s, cell)[at] ^= 1u << bit % 32;
}

void zstore_init(struct zstore *s, pfn_t first, uint32_t frames, struct block_device *behind)
{
    uint32_t tables, cells;

    *s = (struct zstore){
        .device = {.name = "compressed store",
                   .read = read,
                   .write = write,
                   .discard = discard,
                   .flip = flip},
        .behind = behind,
        .first = first,
    };
    s->device.blocks = behind->blocks;
    tables = block_frames(s) + frames / (WORDS_A_FRAME / CELLS_A_FRAME) + 1;
    MM_ASSERT(frames > tables);
    s->first_cell = first + tables;
    cells = (frames - tables) * CELLS_A_FRAME;
    for (uint32_t i = 0; i < tables; i++)
        machine_zero(first + i);
    for (uint32_t cell = cells - 1; cell > 0; cell--) { /* cell 0 means "none" */
        *next_of_cell(s, cell) = s->free;
        s->free = cell;
    }
    s->counters.cells = cells - 1;
}
