/* heap_page.c - page-heap mode: every block ends at the end of a page, and no page follows.
 *
 * An overrun faults at the very instruction that does it.  A freed block loses its pages and
 * its place is used again as late as possible, so use after free faults, too.  The price is a page or
 * more and a gap of one page for each block, which is why this is a mode for debugging.
 *
 * Blocks live in chunks.  The first page of a chunk is its record, with the asked size and the place
 * of the data for each page where a block begins.
 */
#include "user/ntdll/heap_page.h"

#include "lib/string.h"
#include "user/ntdll/heap_fill.h"

enum {
    CHUNK_PAGES = 256, /* 1 MB; a block that doesn't fit gets a chunk of its own */
    CHUNK_BLOCKS = CHUNK_PAGES - 2,
};

struct page_chunk {
    struct page_chunk *next;
    uint32_t pages;              /* reserved, this record's included */
    uint32_t first;              /* the search begins here: behind the last block taken */
    uint32_t signature;          /* mixed with the heap's key */
    uint32_t asked[CHUNK_PAGES]; /* bytes of the block that begins in this page, or FREE ... */
    uint16_t data_offset[CHUNK_PAGES]; /* of its data in the page */
};

_Static_assert(sizeof(struct page_chunk) <= HEAP_PAGE, "the record is one page");

/* Values of asked[] that are no size. */
#define FREE      0xFFFFFFFFu
#define FREED     0xFFFFFFFEu /* free, and a block began here: a second free can be named */
#define PART      0xFFFFFFFDu /* a further page of a block, or the gap behind it */
#define SIZE_MOST (0x7FFF0000u - 3 * HEAP_PAGE)
#define SIGNATURE 0x50414745u

static uint32_t pages_for(size_t size)
{
    /* A block of no bytes has a page of its own, too; it lies at the end of it. */
    return size == 0 ? 1 : ((uint32_t)size + HEAP_PAGE - 1) / HEAP_PAGE;
}

static uint32_t page_address(const struct page_chunk *chunk, uint32_t page)
{
    return address_of(chunk) + page * HEAP_PAGE;
}

static bool is_block(const struct page_chunk *chunk, uint32_t page)
{
    return chunk->asked[page] <= SIZE_MOST;
}

static void *data_of(const struct page_chunk *chunk, uint32_t page)
{
    return at_address(page_address(chunk, page) + chunk->data_offset[page]);
}

/* Pages that the record can speak of. */
static uint32_t noted_pages(const struct page_chunk *chunk)
{
    return least(chunk->pages, CHUNK_PAGES);
}

static uint32_t signature(const struct heap *heap, const struct page_chunk *chunk)
{
    return SIGNATURE ^ heap->key ^ address_of(chunk);
}

static struct page_chunk *add_chunk(struct heap *heap, uint32_t pages)
{
    const struct heap_provider *provider = heap->provider;
    uint32_t size = pages * HEAP_PAGE;
    struct page_chunk *chunk = provider->reserve(provider->context, size);

    if (!chunk) {
        return 0;
    }
    if (!provider->commit(provider->context, chunk, HEAP_PAGE)) {
        provider->release(provider->context, chunk, size);
        return 0;
    }
    chunk->pages = pages;
    chunk->first = 1;
    chunk->signature = signature(heap, chunk);
    for (uint32_t page = 0; page < CHUNK_PAGES; page++) {
        chunk->asked[page] = FREE;
    }
    chunk->next = heap->chunks;
    heap->chunks = chunk;
    return chunk;
}

/* The first of `pages` free pages in [from, to), or 0. */
static uint32_t free_run(const struct page_chunk *chunk, uint32_t from, uint32_t to, uint32_t pages)
{
    uint32_t run = 0;

    for (uint32_t page = from; page < to; page++) {
        run = chunk->asked[page] >= FREED ? run + 1 : 0;
        if (run == pages) {
            return page + 1 - pages;
        }
    }
    return 0;
}

/* A place for `pages` pages and the gap behind them: in turn, so that a freed one rests long. */
static struct page_chunk *find_place(struct heap *heap, uint32_t pages, uint32_t *place)
{
    for (struct page_chunk *chunk = heap->chunks; chunk; chunk = chunk->next) {
        if (chunk->pages != CHUNK_PAGES) {
            continue;
        }
        *place = free_run(chunk, chunk->first, CHUNK_PAGES, pages + 1);
        if (!*place) {
            *place = free_run(chunk, 1, CHUNK_PAGES, pages + 1);
        }
        if (*place) {
            return chunk;
        }
    }
    *place = 1;
    return add_chunk(heap, pages > CHUNK_BLOCKS ? pages + 2 : CHUNK_PAGES);
}

static void mark(struct page_chunk *chunk, uint32_t place, uint32_t pages, uint32_t first,
                 uint32_t others)
{
    uint32_t end = least(place + pages + 1, noted_pages(chunk));

    for (uint32_t page = place; page < end; page++) {
        chunk->asked[page] = page == place ? first : others;
    }
}

static void release_chunk(struct heap *heap, struct page_chunk *chunk)
{
    struct page_chunk **at = &heap->chunks;

    while (*at != chunk) {
        at = &(*at)->next;
    }
    *at = chunk->next;
    heap->provider->release(heap->provider->context, chunk, chunk->pages * HEAP_PAGE);
}

/* Data begin at a multiple of 8 (16), so up to 7 (15) bytes lie between their end and the page's:
 * those are filled, and checked when the block is freed.  A block of no bytes gets such a gap, too. */
static void *place_data(const struct heap *heap, struct page_chunk *chunk, uint32_t place,
                        uint32_t size)
{
    uint32_t align = heap->options & HEAP_OPTION_ALIGN_16 ? 16 : GRANULE;
    uint32_t end = page_address(chunk, place + pages_for(size));
    uint32_t data = end - most(round_up(size, align), align);

    chunk->data_offset[place] = (uint16_t)(data - page_address(chunk, place));
    memset(at_address(data + size), TAIL_FILL, end - data - size);
    return at_address(data);
}

static void *alloc(struct heap *heap, uint32_t flags, size_t size)
{
    uint32_t place;

    if (size > SIZE_MOST) {
        return 0;
    }
    uint32_t pages = pages_for(size);
    struct page_chunk *chunk = find_place(heap, pages, &place);
    if (!chunk) {
        return 0;
    }
    uint32_t start = page_address(chunk, place);
    if (!heap->provider->commit(heap->provider->context, at_address(start), pages * HEAP_PAGE)) {
        if (chunk->pages != CHUNK_PAGES) {
            release_chunk(heap, chunk);
        }
        return 0;
    }
    mark(chunk, place, pages, (uint32_t)size, PART);
    chunk->first = place + pages + 1;
    if (!(flags & HEAP_OPTION_ZERO_MEMORY)) {
        heap_fill_words(start, start + pages * HEAP_PAGE, NEW_FILL);
    }
    return place_data(heap, chunk, place, (uint32_t)size);
}

/* The chunk and page where a block with that data begins, or began (FREED); 0 if none did. */
static struct page_chunk *find_data(const struct heap *heap, const void *data, uint32_t *place)
{
    struct page_chunk *chunk = heap->chunks;

    while (chunk && address_of(data) - address_of(chunk) >= chunk->pages * HEAP_PAGE) {
        chunk = chunk->next;
    }
    if (!chunk) {
        return 0;
    }
    *place = (address_of(data) - address_of(chunk)) / HEAP_PAGE;
    if (*place == 0 || *place >= noted_pages(chunk) || data_of(chunk, *place) != data ||
        (!is_block(chunk, *place) && chunk->asked[*place] != FREED)) {
        return 0;
    }
    return chunk;
}

static bool tail_sound(const struct page_chunk *chunk, uint32_t place)
{
    uint32_t size = chunk->asked[place];
    const uint8_t *byte = (const uint8_t *)data_of(chunk, place) + size;
    /* After a shrink in place the block keeps the pages of its old size. */
    uint32_t end = round_up(address_of(byte) + (size == 0), HEAP_PAGE);

    for (; address_of(byte) < end; byte++) {
        if (*byte != TAIL_FILL) {
            return false;
        }
    }
    return true;
}

/* As heap_check_data() of ordinary heaps. */
static enum heap_damage check_data(const struct heap *heap, const void *data,
                                   struct page_chunk **chunk, uint32_t *place)
{
    *chunk = find_data(heap, data, place);
    if (!*chunk) {
        return HEAP_FOREIGN_FREE;
    }
    if ((*chunk)->asked[*place] == FREED) {
        return HEAP_DOUBLE_FREE;
    }
    return tail_sound(*chunk, *place) ? HEAP_SOUND : HEAP_BAD_TAIL;
}

/* How many pages a block has: up to the gap behind it. */
static uint32_t pages_of(const struct page_chunk *chunk, uint32_t place)
{
    uint32_t page = place + 1;

    while (page < CHUNK_PAGES && chunk->asked[page] == PART) {
        page++;
    }
    return page - place - 1;
}

static bool give_back(struct heap *heap, void *data)
{
    struct page_chunk *chunk;
    uint32_t place;
    enum heap_damage damage = check_data(heap, data, &chunk, &place);

    if (damage != HEAP_SOUND) {
        heap_note(heap, damage, data);
        return false;
    }
    if (chunk->pages != CHUNK_PAGES) {
        release_chunk(heap, chunk);
        return true;
    }
    uint32_t pages = pages_of(chunk, place);
    heap->provider->decommit(heap->provider->context, at_address(page_address(chunk, place)),
                             pages * HEAP_PAGE);
    mark(chunk, place, pages, FREED, FREE);
    return true;
}

static size_t size_of(const struct heap *heap, const void *data)
{
    struct page_chunk *chunk;
    uint32_t place;

    return check_data(heap, data, &chunk, &place) == HEAP_SOUND ? chunk->asked[place] : (size_t)-1;
}

/* The pages stay; what no longer belongs to the block becomes tail. */
static void *shrink(struct page_chunk *chunk, uint32_t place, void *data, uint32_t size)
{
    uint32_t old = chunk->asked[place];
    uint32_t end = round_up(address_of(data) + old + (old == 0), HEAP_PAGE);

    memset((char *)data + size, TAIL_FILL, end - address_of(data) - size);
    chunk->asked[place] = size;
    return data;
}

static void *resize(struct heap *heap, uint32_t flags, void *data, size_t size)
{
    struct page_chunk *chunk;
    uint32_t place;
    enum heap_damage damage = check_data(heap, data, &chunk, &place);

    if (damage != HEAP_SOUND) {
        heap_note(heap, damage, data);
        return 0;
    }
    uint32_t old = chunk->asked[place];
    if (flags & HEAP_OPTION_IN_PLACE_ONLY) {
        return size <= old ? shrink(chunk, place, data, (uint32_t)size) : 0;
    }
    /* The end of the data is tied to the end of a page, so a new size means a new place. */
    char *copy = alloc(heap, flags, size);
    if (copy) {
        memcpy(copy, data, least(old, (uint32_t)size));
        give_back(heap, data);
    }
    return copy;
}

enum heap_damage heap_page_check(const struct heap *heap, const void **at)
{
    for (const struct page_chunk *chunk = heap->chunks; chunk; chunk = chunk->next) {
        *at = chunk;
        if (chunk->signature != signature(heap, chunk)) {
            return HEAP_BAD_SEGMENT;
        }
        for (uint32_t page = 1; page < noted_pages(chunk); page++) {
            if (is_block(chunk, page) && !tail_sound(chunk, page)) {
                *at = data_of(chunk, page);
                return HEAP_BAD_TAIL;
            }
        }
    }
    *at = 0;
    return HEAP_SOUND;
}

/* Blocks only, chunk by chunk: the gaps between them are what this mode is about. */
enum heap_walk_result heap_page_walk(const struct heap *heap, struct heap_entry *entry)
{
    const struct page_chunk *chunk = heap->chunks;
    uint32_t page = 0;

    if (entry->data) {
        chunk = find_data(heap, entry->data, &page);
        if (!chunk) {
            return HEAP_WALK_BAD;
        }
    }
    for (; chunk; chunk = chunk->next, page = 0) {
        while (++page < noted_pages(chunk)) {
            if (is_block(chunk, page)) {
                *entry = (struct heap_entry){
                    .data = data_of(chunk, page),
                    .size = chunk->asked[page],
                    .flags = HEAP_ENTRY_BUSY,
                };
                return HEAP_WALK_NEXT;
            }
        }
    }
    return HEAP_WALK_END;
}

static void free_all(struct heap *heap)
{
    while (heap->chunks) {
        release_chunk(heap, heap->chunks);
    }
}

const struct heap_keeping heap_page_keeping = {alloc, resize, give_back, size_of, free_all};
