/* homework_heap.c - homework about the heap: answered by ntdll's heap on the host. */
#include "tests/host/homework.h"
#include "tests/host/heap_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 32, FULL = 0xFFFFFFFF };

/* Bytes lost in whole pages of so many bytes. */
static uint32_t lost_in_pages(const uint32_t *sizes, uint32_t count, uint32_t page)
{
    uint32_t lost = 0;

    for (uint32_t i = 0; i < count; i++)
        lost += (page - sizes[i] % page) % page;
    return lost;
}

/* The same in a heap: how far apart the blocks lie. */
static uint32_t lost_in_heap(const uint32_t *sizes, uint32_t count)
{
    struct heap *heap = heap_create(&world_provider, 0, 0x100000, 0x20000);
    char *block[MOST + 1];
    uint32_t sum = 0;

    for (uint32_t i = 0; i <= count; i++) {
        block[i] = heap_alloc(heap, 0, i < count ? sizes[i] : 1);
        sum += i < count ? sizes[i] : 0;
    }
    return (uint32_t)(block[count] - block[0]) - sum;
}

/* The first request that no free block can hold, from 1; 0: none. */
static uint32_t first_failure(const uint32_t *blocks, uint32_t count, const uint32_t *requests,
                              uint32_t wanted, bool best)
{
    uint32_t left[MOST];

    memcpy(left, blocks, count * sizeof *left);
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t at = FULL;

        for (uint32_t j = 0; j < count; j++)
            if (left[j] >= requests[i] && (at == FULL || (best && left[j] < left[at])))
                at = j;
        if (at == FULL)
            return i + 1;
        left[at] -= requests[i];
    }
    return 0;
}

static uint32_t read_list(uint32_t *list)
{
    uint32_t count = homework_number();

    for (uint32_t i = 0; i < count && i < MOST; i++)
        list[i] = homework_number();
    return count;
}

/* sizes; free blocks; requests for them */
void homework_fragment(void)
{
    uint32_t sizes[MOST], blocks[MOST], requests[MOST];
    uint32_t count = read_list(sizes), holes = read_list(blocks), wanted = read_list(requests);

    printf("{\"lost\": [%u, %u, %u, %u], ", lost_in_pages(sizes, count, 1024),
           lost_in_pages(sizes, count, 4096), lost_in_pages(sizes, count, 16384),
           lost_in_heap(sizes, count));
    printf("\"first\": %u, \"best\": %u}\n", first_failure(blocks, holes, requests, wanted, false),
           first_failure(blocks, holes, requests, wanted, true));
}

/* Blocks from the first one on: offset of what the program gets, whole size, busy. */
static void print_map(struct heap *heap, const char *first)
{
    struct heap_entry entry = {0};
    bool any = false;

    printf("\"map\": [");
    while (heap_walk(heap, &entry) == HEAP_WALK_NEXT) {
        char *data = entry.data;

        if (entry.flags & HEAP_ENTRY_REGION || entry.flags & HEAP_ENTRY_UNCOMMITTED || data < first)
            continue;
        bool busy = entry.flags & HEAP_ENTRY_BUSY;
        printf("%s[%u, %u, %u]", any ? ", " : "", (unsigned)(data - first),
               entry.size + 8 + (busy ? entry.overhead : 0), busy);
        any = true;
    }
    printf("]");
}

/* steps: a NAME SIZE, f NAME; then the map, and the largest request that needs no more memory. */
void homework_heapmap(void)
{
    struct heap *heap = heap_create(&world_provider, 0, 0x100000, 0x1000);
    uint32_t steps = homework_number();
    char *block[MOST] = {0}, *first = NULL;

    for (uint32_t i = 0; i < steps; i++) {
        bool allocate = *homework_word() == 'a';
        uint32_t name = homework_number();

        if (allocate)
            block[name] = heap_alloc(heap, 0, homework_number());
        else
            heap_free(heap, 0, block[name]);
        if (!first)
            first = block[name];
    }
    printf("{");
    print_map(heap, first);
    printf(", \"bad\": %d, \"largest\": %u}\n", heap_free(heap, 0, block[0] + 8),
           (unsigned)heap_compact(heap, 0));
}
