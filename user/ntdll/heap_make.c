/* heap_make.c - a heap: made, and damage told. */
#include "user/ntdll/heap_make.h"

#include "lib/string.h"
#include "user/ntdll/heap_bins.h"
#include "user/ntdll/heap_segment.h"

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
