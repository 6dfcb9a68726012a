/* heap_large.c - blocks with a region of their own: 0x7D001 bytes and more.
 *
 * They cost a reservation each and go back to the system when they are freed (W173).  The heap finds
 * them through a list: there are at most 4,096 in the 2 GB of a program, and a walk along
 * the list costs less than committing one of their pages.
 */
#include "user/ntdll/heap_large.h"

_Static_assert(offsetof(struct large, header) + HEADER == LARGE_HEADER,
               "the data begin 0x20 bytes into the region");

static uint32_t record_check(const struct heap *heap, const struct large *large)
{
    uint32_t sum = heap->key ^ address_of(large);

    sum = sum * 33 + large->asked;
    sum = sum * 33 + large->committed;
    return sum * 33 + large->reserved;
}

bool heap_large_sound(const struct heap *heap, const struct large *large)
{
    return block_plain(heap, &large->header) == BLOCK_LARGE &&
           large->check == record_check(heap, large);
}

void *heap_large_alloc(struct heap *heap, size_t size)
{
    const struct heap_provider *provider = heap->provider;

    if (size > 0x7FFF0000u - LARGE_HEADER)
        return 0;
    uint32_t memory = round_up((uint32_t)size + LARGE_HEADER, HEAP_PAGE);
    struct large *large = provider->reserve(provider->context, memory);
    if (!large)
        return 0;
    if (!provider->commit(provider->context, large, memory)) {
        provider->release(provider->context, large, memory);
        return 0;
    }
    large->asked = (uint32_t)size;
    large->committed = large->reserved = memory;
    large->check = record_check(heap, large);
    block_write(heap, &large->header, 0, 0, BLOCK_LARGE);
    large->previous = 0;
    large->next = heap->large;
    if (heap->large)
        heap->large->previous = large;
    heap->large = large;
    return block_data(&large->header);
}

struct large *heap_large_find(const struct heap *heap, const void *data)
{
    struct large *large = heap->large;

    while (large && block_data(&large->header) != data)
        large = large->next;
    return large;
}

enum heap_damage heap_large_check(const struct heap *heap, const void *data)
{
    const struct large *large = heap_large_find(heap, data);

    if (!large)
        return HEAP_FOREIGN_FREE;
    return heap_large_sound(heap, large) ? HEAP_SOUND : HEAP_BAD_HEADER;
}

void heap_large_free(struct heap *heap, void *data)
{
    struct large *large = heap_large_find(heap, data);

    if (large->previous)
        large->previous->next = large->next;
    else
        heap->large = large->next;
    if (large->next)
        large->next->previous = large->previous;
    heap->provider->release(heap->provider->context, large, large->reserved);
}

bool heap_large_resize(struct heap *heap, struct large *large, size_t size)
{
    if (size > large->committed - LARGE_HEADER)
        return false;
    uint32_t memory = round_up((uint32_t)size + LARGE_HEADER, HEAP_PAGE);
    if (memory < large->committed) {
        heap->provider->decommit(heap->provider->context, at_address(address_of(large) + memory),
                                 large->committed - memory);
        large->committed = memory;
    }
    large->asked = (uint32_t)size;
    large->check = record_check(heap, large);
    return true;
}

void heap_large_free_all(struct heap *heap)
{
    while (heap->large)
        heap_large_free(heap, block_data(&heap->large->header));
}
