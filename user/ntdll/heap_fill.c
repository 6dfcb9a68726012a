/* heap_fill.c - the fills of the debugging options (W198): written here, and looked at again. */
#include "user/ntdll/heap_fill.h"

#include "lib/string.h"

void heap_fill_words(uint32_t from, uint32_t to, uint32_t pattern)
{
    /* Blocks begin and end at multiples of 8, so only whole words occur. */
    for (uint32_t *word = at_address(from); address_of(word) < to; word++)
        *word = pattern;
}

static bool filled(uint32_t from, uint32_t to, uint32_t pattern)
{
    for (const uint32_t *word = at_address(from); address_of(word) < to; word++)
        if (*word != pattern)
            return false;
    return true;
}

/* The two parts of a free block that carry the fill: [part[0], part[1]) and [part[2], part[3]). */
static void fill_parts(const struct heap *heap, const struct block *block, uint32_t part[4])
{
    part[0] = address_of(block) + FREE_KEEP;
    part[1] = part[2] = part[3] = address_of(block) + block_bytes(block);
    if (block_state(heap, block) == BLOCK_HOLE)
        segment_hole(segment_of(heap, block_data(block)), block, &part[1], &part[2]);
}

void heap_fill_free(const struct heap *heap, struct block *block)
{
    uint32_t part[4];

    fill_parts(heap, block, part);
    heap_fill_words(part[0], part[1], FREE_FILL);
    heap_fill_words(part[2], part[3], FREE_FILL);
}

bool heap_fill_free_sound(const struct heap *heap, const struct block *block)
{
    uint32_t part[4];

    fill_parts(heap, block, part);
    return filled(part[0], part[1], FREE_FILL) && filled(part[2], part[3], FREE_FILL);
}

void heap_fill_tail(const struct heap *heap, struct block *block)
{
    uint32_t asked = block_asked(heap, block);

    memset((char *)block_data(block) + asked, TAIL_FILL, block_bytes(block) - HEADER - asked);
}

void heap_fill_busy(struct heap *heap, uint32_t flags, struct block *block)
{
    if (heap->options & HEAP_OPTION_FREE_CHECKING && !(flags & HEAP_OPTION_ZERO_MEMORY)) {
        uint32_t data = address_of(block) + HEADER;
        heap_fill_words(data, data + (block_asked(heap, block) & ~3u), NEW_FILL);
    }
    if (heap->options & HEAP_OPTION_TAIL_CHECKING)
        heap_fill_tail(heap, block);
}

bool heap_fill_tail_sound(const struct heap *heap, const struct block *block)
{
    const uint8_t *tail = (const uint8_t *)block_data(block) + block_asked(heap, block);

    for (; address_of(tail) < address_of(block_next(block)); tail++)
        if (*tail != TAIL_FILL)
            return false;
    return true;
}
