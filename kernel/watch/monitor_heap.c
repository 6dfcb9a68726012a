/* monitor_heap.c - heap: the heaps of an address space, read from outside.
 *
 * A heap is found by its signature in the first word of a region, so no DLL needs to tell where its
 * heaps are.  Its records are then read like any memory of a program: copied first, and trusted in
 * nothing, for a program may have overwritten them; every loop has a limit.
 */
#include "kernel/device/console.h"
#include "kernel/process/remote.h"
#include "kernel/watch/monitor_command.h"
#include "lib/heap_record.h"
#include "lib/string.h"

enum { SEGMENTS = 64, LARGES = 4096, BLOCKS = 1 << 20, MAP = 64, LINE = 160 };

struct tally {
    uint32_t busy, asked, cached, free, free_bytes, largest;
    va_t damaged; /* the first block whose header is not sound, or 0 */
};

/* Pages come in as if the space's own code touched them; false if it may not. */
static bool fetch(struct space *space, va_t va, void *to, uint32_t size)
{
    return remote_read(space, to, va, size, NULL) == STATUS_SUCCESS;
}

/* The state of a block that lies at `va` in another space; 0: its header was overwritten. */
static uint32_t state_at(const struct heap *heap, const struct block *block, va_t va)
{
    return block->size ? state_of_plain(block_plain_at(heap, block, va), block) : 0;
}

/* => it is sound */
static char count_block(struct tally *tally, const struct heap *heap, const struct block *block,
                        va_t va)
{
    uint32_t bytes = block_bytes(block), state = state_at(heap, block, va);

    if (state == BLOCK_BUSY) {
        tally->busy++;
        tally->asked += bytes - HEADER - plain_unused(block_plain_at(heap, block, va));
        return 'B';
    }
    if (state == BLOCK_CACHED) {
        tally->cached++;
        return 'c';
    }
    tally->free++;
    tally->free_bytes += bytes;
    if (bytes > tally->largest)
        tally->largest = bytes;
    return state == BLOCK_HOLE ? 'h' : 'f';
}

/* Draw [from, to) of `reserved` bytes; what is in use covers what is not. */
static void draw(char *map, uint32_t reserved, uint32_t from, uint32_t to, char letter)
{
    uint32_t last = (uint32_t)((uint64_t)(to - 1) * MAP / reserved);

    for (uint32_t i = (uint32_t)((uint64_t)from * MAP / reserved); i <= last && i < MAP; i++)
        if (map[i] == '.' || letter == 'B')
            map[i] = letter;
}

/* Walk the blocks of one segment. */
static void walk_segment(struct space *space, const struct heap *heap, const struct segment *s,
                         struct tally *tally)
{
    va_t va = s->first, end = s->first + s->span;
    char map[MAP + 1];

    memset(map, '.', MAP);
    map[MAP] = 0;
    if (s->first - s->base < s->reserved)
        draw(map, s->reserved, 0, s->first - s->base, 'r');
    for (uint32_t i = 0; i < BLOCKS && va < end && !tally->damaged; i++) {
        struct block block = {0};
        uint32_t bytes;

        if (!fetch(space, va, &block, sizeof block) || !state_at(heap, &block, va)) {
            tally->damaged = va;
            break;
        }
        bytes = block_bytes(&block);
        if (s->reserved && va - s->base < s->reserved)
            draw(map, s->reserved, va - s->base, va - s->base + bytes,
                 count_block(tally, heap, &block, va));
        va += bytes;
    }
    console_printf("  segment %08X-%08X, %u KB committed\n  [%s]\n", s->base,
                   s->base + s->reserved - 1, s->committed >> 10, map);
}

static void walk_segments(struct space *space, const struct heap *heap, struct tally *tally)
{
    va_t at = address_of(heap->segments);

    for (unsigned i = 0; i < SEGMENTS && at; i++) {
        struct segment segment;

        if (!fetch(space, at, &segment, sizeof segment)) {
            console_printf("  the record of a segment at %08X can't be read\n", at);
            return;
        }
        walk_segment(space, heap, &segment, tally);
        at = address_of(segment.next);
    }
}

static void walk_large(struct space *space, const struct heap *heap)
{
    va_t at = address_of(heap->large);
    uint32_t count = 0, bytes = 0;
    struct large large;

    for (; at && count < LARGES && fetch(space, at, &large, sizeof large); count++) {
        bytes += large.committed;
        at = address_of(large.next);
    }
    if (count)
        console_printf("  %u large blocks with regions of their own, %u KB\n", count, bytes >> 10);
}

static uint32_t percent(uint32_t part, uint32_t whole)
{
    return whole ? (uint32_t)((uint64_t)part * 100 / whole) : 0;
}

/* How many sizes are kept whole when they are freed, and how much of the limit they take. */
static void show_front(const struct heap *heap, uint32_t blocks)
{
    uint32_t sizes = 0, room = heap->front_room < 0 ? 0 : (uint32_t)heap->front_room;

    if (heap->slow & NO_FRONT) {
        console_printf("  front end: off\n");
        return;
    }
    for (unsigned size = BLOCK_LEAST; size <= FRONT_MOST; size++)
        sizes += !heap->warm[size];
    console_printf("  front end: keeps %u of %u sizes, %u blocks, %u of at most %u bytes\n", sizes,
                   FRONT_MOST - BLOCK_LEAST + 1, blocks, (heap->front_limit - room) * GRANULE,
                   heap->front_limit * GRANULE);
}

static void show_heap(struct space *space, va_t base)
{
    static struct heap heap; /* too large for a kernel stack */
    struct tally tally = {0};

    if (!fetch(space, base, &heap, sizeof heap))
        return;
    console_printf("%08X: %s, %u KB of %u KB committed%s\n", base,
                   heap.options & HEAP_OPTION_GROWABLE ? "growable" : "of fixed size",
                   heap.committed >> 10, heap.reserved >> 10,
                   heap.options & HEAP_OPTION_PAGE_BLOCKS ? ", each block at the end of its pages"
                                                          : "");
    if (heap.options & HEAP_OPTION_PAGE_BLOCKS)
        return;
    walk_segments(space, &heap, &tally);
    console_printf("  %u busy blocks, %u bytes asked for: %u %% of the memory\n", tally.busy,
                   tally.asked, percent(tally.asked, heap.committed));
    console_printf("  %u free blocks, %u bytes; the largest has %u bytes: %u %% of that\n",
                   tally.free, tally.free_bytes, tally.largest,
                   percent(tally.largest, tally.free_bytes));
    show_front(&heap, tally.cached);
    walk_large(space, &heap);
    if (tally.damaged)
        console_printf("  DAMAGED: the block header at %08X was overwritten, or its owner was "
                       "stopped while changing it\n",
                       tally.damaged);
}

/* Can the region's first page be read without consequences: is it committed, and no guard page? */
static bool harmless(struct space *space, const struct vad *region)
{
    const pte_t *pte = paging_find(space->dir, region->start);

    return region->type == VAD_PRIVATE && pte && pte_kind(*pte) != PTE_EMPTY &&
           prot_accessible(pte_prot(*pte));
}

static bool heap(int, char **words)
{
    struct space *space = monitor_space(words[1]);
    struct text text = TEXT(LINE);
    uint32_t heaps = 0;

    if (!space)
        return false;
    words_owner(&text, space);
    for (const struct vad *v = vad_first(&space->regions); v; v = vad_next(v)) {
        uint32_t signature = 0;

        if (!harmless(space, v) || !fetch(space, v->start, &signature, sizeof signature) ||
            signature != HEAP_SIGNATURE)
            continue;
        if (!heaps++)
            console_printf("Heaps of %s:\n", text.buffer);
        show_heap(space, v->start);
    }
    if (heaps)
        console_printf("r record  B busy  c cached  f free  h free, no memory  . not committed\n");
    else
        console_printf("There is no heap in the address space of %s.\n", text.buffer);
    return true;
}

const struct monitor_command monitor_heap_commands[] = {
    {"heap", "!heap", "[PID]", "heaps, their segments and blocks\nrun share.exe &; heap", 0, 1,
     heap},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
