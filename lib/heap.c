/* heap.c - a plain heap: made, a block taken from it, a block given back. */
#include "lib/heap.h"

#include "lib/heap_bins.h"
#include "lib/heap_blocks.h"
#include "lib/heap_check.h"
#include "lib/heap_segment.h"
#include "lib/string.h"

/* Every heap has its own key, so no header of one passes for one of another. */
static uint32_t make_key(uint32_t secret, const struct heap *heap)
{
    uint32_t key = secret ^ address_of(heap) * 0x9E3779B1u;

    key = (key ^ key >> 15) * 0x85EBCA6Bu;
    return key ^ key >> 13;
}

static void init(struct heap *heap, const struct heap_provider *provider, uint32_t options)
{
    uint32_t align = options & HEAP_OPTION_ALIGN_16 ? 16 : GRANULE;

    heap->provider = provider;
    heap->options = options;
    heap->keeping = options & HEAP_OPTION_PAGE_BLOCKS ? provider->page_blocks : 0;
    heap->slow = (options & SLOW) | HEAP_OPTION_SHARED;
    if (!(options & HEAP_OPTION_GROWABLE))
        heap->slow |= HEAP_OPTION_NO_FRONT;
    heap->key = make_key(provider->secret, heap);
    heap->round = HEADER + align - 1;
    heap->round += options & HEAP_OPTION_TAIL_CHECKING ? TAIL_BYTES : 0;
    heap->mask = ~(align / GRANULE - 1);
    heap_bins_init(heap);
    memset(heap->warm, FRONT_AFTER, sizeof heap->warm);
    heap->signature = HEAP_SIGNATURE;
}

struct heap *heap_create(const struct heap_provider *provider, uint32_t options, size_t reserve,
                         size_t commit)
{
    const size_t most_bytes = 0x7FFF0000u;

    if (reserve > most_bytes || commit > most_bytes)
        return 0;
    uint32_t committed = round_up((uint32_t)commit, HEAP_PAGE);
    uint32_t reserved = round_up((uint32_t)reserve, HEAP_PAGE);
    reserved = most(reserved ? reserved : HEAP_UNIT, most(committed, HEAP_PAGE));
    uint32_t record = (uint32_t)sizeof(struct heap) + heap_segment_map_bytes(reserved);
    committed = most(committed, round_up(record + 2 * END_BYTES, HEAP_PAGE));

    struct heap *heap = provider->reserve(provider->context, reserved);
    if (!heap)
        return 0;
    if (!provider->commit(provider->context, heap, committed)) {
        provider->release(provider->context, heap, reserved);
        return 0;
    }
    init(heap, provider, options);
    heap_segment_open(heap, &heap->own, address_of(heap), reserved, committed);
    return heap;
}

void heap_report(struct heap *heap)
{
    const struct heap_provider *provider = heap->provider;
    enum heap_damage what = heap->damage;

    heap->damage = HEAP_SOUND;
    if (what != HEAP_SOUND && provider->corruption)
        provider->corruption(provider->context, heap, what, heap->damaged);
}

void *heap_take(struct heap *heap, size_t size)
{
    struct block *block = 0;

    if (size <= REQUEST_MOST)
        block = heap_blocks_take(heap, request_granules(heap, size), size);
    heap_report(heap);
    return block ? memset(block_data(block), 0, size) : 0;
}

bool heap_give(struct heap *heap, void *data)
{
    enum heap_damage damage = heap_check_data(heap, data);

    if (damage == HEAP_SOUND)
        heap_blocks_give(heap, block_of_data(data));
    else
        heap_note(heap, damage, data);
    heap_report(heap);
    return damage == HEAP_SOUND;
}
