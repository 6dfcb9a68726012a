/* heap.c - the Heap* calls: facts W161 to W199 and W228.  Runs on Windows,
 * too, where the system's debugging options for heaps must be off.
 */
#include "tests/conformance/fact.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PAGE = 0x1000, UNIT = 0x10000, LARGE = 0x80000, LARGE_INDEX = 64 };
enum { TAIL_CHECKING = 0x20, FREE_CHECKING = 0x40, NO_MERGING = 0x80, ALIGN_16 = 0x10000 };
#define MISUSE ((HANDLE)(uintptr_t)0x12340000)

static MEMORY_BASIC_INFORMATION query(const void *address)
{
    MEMORY_BASIC_INFORMATION info = {0};

    VirtualQuery(address, &info, sizeof info);
    return info;
}

/* Bytes of the reservation at `base` that are in `state`, or in any with 0. */
static SIZE_T reserved(const void *base, DWORD state)
{
    const char *at = base;
    SIZE_T sum = 0;

    for (MEMORY_BASIC_INFORMATION i = query(at); i.State != MEM_FREE && i.AllocationBase == base;
         i = query(at)) {
        sum += state == 0 || i.State == state ? i.RegionSize : 0;
        at += i.RegionSize;
    }
    return sum;
}

/* What a walk over a heap adds up. */
struct walk {
    unsigned entries, regions, live, free, unheld, large;
    SIZE_T committed, largest_free;
    BOOL found;                     /* the block looked for is live ... */
    PROCESS_HEAP_ENTRY block, next; /* ... here, and this comes next */
    DWORD error;
};

static struct walk walk(HANDLE heap, const void *block)
{
    PROCESS_HEAP_ENTRY entry = {.lpData = NULL};
    struct walk w = {0};
    BOOL was_it = FALSE;

    while (HeapWalk(heap, &entry)) {
        w.entries++;
        if (was_it) {
            w.next = entry;
        }
        was_it = FALSE;
        if (entry.wFlags & PROCESS_HEAP_REGION) {
            w.regions++;
            w.committed += entry.Region.dwCommittedSize;
        } else if (entry.wFlags & PROCESS_HEAP_UNCOMMITTED_RANGE) {
            w.unheld++;
        } else if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) {
            w.live++;
            w.large += entry.iRegionIndex == LARGE_INDEX;
            was_it = block != NULL && entry.lpData == block;
        } else {
            w.free++;
            w.largest_free = entry.cbData > w.largest_free ? entry.cbData : w.largest_free;
        }
        if (was_it) {
            w.found = TRUE;
            w.block = entry;
        }
    }
    w.error = GetLastError();
    return w;
}

static BOOL is_filled(const void *bytes, int with, SIZE_T count)
{
    const unsigned char *byte = bytes;

    while (count > 0 && *byte == with) {
        byte++;
        count--;
    }
    return count == 0;
}

/* --- exceptions that a heap was asked for --- */

static jmp_buf back;
static BOOL expecting;
static EXCEPTION_RECORD raised;

static LONG WINAPI catch (EXCEPTION_POINTERS *pointers)
{
    if (!expecting)
        return EXCEPTION_CONTINUE_SEARCH;
    expecting = FALSE;
    raised = *pointers->ExceptionRecord;
    longjmp(back, 1);
}

/* The code of the exception that HeapAlloc raises; 0: none. */
static DWORD exception_of_alloc(HANDLE heap, DWORD flags, SIZE_T size)
{
    raised.ExceptionCode = 0;
    expecting = TRUE;
    if (setjmp(back) == 0) {
        HeapAlloc(heap, flags, size);
    }
    expecting = FALSE;
    return raised.ExceptionCode;
}

static DWORD exception_of_free(HANDLE heap, DWORD flags, void *block)
{
    raised.ExceptionCode = 0;
    expecting = TRUE;
    if (setjmp(back) == 0) {
        HeapFree(heap, flags, block);
    }
    expecting = FALSE;
    return raised.ExceptionCode;
}

/* --- creation and lifetime --- */

static void test_process_heap(void)
{
    HANDLE heap = GetProcessHeap();

    fact_number("W161", "the default heap reserves 1 MB, as the program's header says", 0x100000,
                (long long)reserved(heap, 0));
    fact("W161", "it has less memory than address space", reserved(heap, MEM_COMMIT) < 0x100000);
    SetLastError(0);
    fact("W161", "HeapDestroy of the default heap: FALSE, error 6",
         !HeapDestroy(heap) && GetLastError() == ERROR_INVALID_HANDLE);
    fact("W161", "it lives on", HeapValidate(heap, 0, NULL) && GetProcessHeap() == heap);
    HeapDestroy(NULL);
    fact("W167", "HeapDestroy(NULL) harms no heap", HeapValidate(heap, 0, NULL));
}

static void test_create(void)
{
    HANDLE growable = HeapCreate(0, 0, 0), fixed = HeapCreate(0, 0x1234, 0x12345),
           strange = HeapCreate(0, 0x8000, 0x4000);

    fact("W162", "a handle is an address, a multiple of 64 KB", (uintptr_t)growable % UNIT == 0);
    fact("W162", "there is readable memory",
         query(growable).State == MEM_COMMIT && query(growable).AllocationBase == growable &&
             *(volatile DWORD *)growable != 0);
    fact_number("W163", "a maximum is rounded up to pages", 0x13000, (long long)reserved(fixed, 0));
    fact_number("W163", "an initial size, too", 0x2000, (long long)reserved(fixed, MEM_COMMIT));
    fact("W163", "initial above maximum: the larger counts",
         strange != NULL && reserved(strange, 0) >= 0x8000);
    fact_number("W164", "HeapCreate(0, 0, 0) reserves", UNIT, (long long)reserved(growable, 0));
    fact_number("W164", "and commits", PAGE, (long long)reserved(growable, MEM_COMMIT));
    HeapAlloc(growable, 0, 5000);
    fact("W164", "5000 bytes take as many pages as they need: two or three",
         reserved(growable, MEM_COMMIT) >= 2 * PAGE && reserved(growable, MEM_COMMIT) <= 3 * PAGE);
    for (int i = 0; i < 20; i++) {
        HeapAlloc(growable, 0, 5000);
    }
    fact_number("W164", "growing on, it reserves a second segment", 2,
                walk(growable, NULL).regions);
    HeapDestroy(growable);
    HeapDestroy(fixed);
    HeapDestroy(strange);
}

static void test_list(void)
{
    HANDLE heaps[32], heap;
    DWORD before = GetProcessHeaps(32, heaps);

    fact("W165", "the list has the default heap first",
         before >= 1 && heaps[0] == GetProcessHeap());
    heap = HeapCreate(0, 0, 0);
    fact_number("W165", "a new heap is in it", before + 1, GetProcessHeaps(32, heaps));
    fact("W165", "as the last", heaps[before] == heap);
    heaps[0] = MISUSE;
    fact("W165", "too small an array: the number that is needed",
         GetProcessHeaps(before, heaps) == before + 1 && GetProcessHeaps(0, NULL) == before + 1);
    HeapDestroy(heap);
    fact_number("W165", "destroyed, it isn't in it", before, GetProcessHeaps(32, heaps));
}

static void test_destroy(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    char *small = HeapAlloc(heap, 0, 100), *large = HeapAlloc(heap, 0, LARGE), *distant = NULL;

    for (int i = 0; i < 100; i++) {
        distant = HeapAlloc(heap, 0, 10000);
    }
    fact("W166", "a heap of two segments and a large block",
         query(distant).AllocationBase != heap && query(large).AllocationBase != heap);
    fact("W166", "is destroyed", HeapDestroy(heap));
    fact("W166", "all of it is free address space",
         query(heap).State == MEM_FREE && query(small).State == MEM_FREE &&
             query(distant).State == MEM_FREE && query(large).State == MEM_FREE);
}

/* --- allocation --- */

static void test_pointers(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    uintptr_t together = 0;
    char *none = HeapAlloc(heap, 0, 0), *other = HeapAlloc(heap, 0, 0);

    for (SIZE_T size = 0; size < 200; size++) {
        together |= (uintptr_t)HeapAlloc(heap, 0, size);
    }
    fact_number("W168", "addresses are multiples of 8, and not of 16", 8, together & 15);
    fact("W169", "blocks of no bytes: each has an address of its own",
         none != NULL && other != NULL && none != other);
    fact_number("W169", "their size", 0, (long long)HeapSize(heap, 0, none));
    for (SIZE_T size = 1; size <= 0x100000; size = size * 3 + 2) {
        void *block = HeapAlloc(heap, 0, size);
        if (HeapSize(heap, 0, block) != size) {
            fact_number("W170", "HeapSize", (long long)size, (long long)HeapSize(heap, 0, block));
        }
        HeapFree(heap, 0, block);
    }
    fact_number("W170", "HeapSize is the size asked for", 17,
                (long long)HeapSize(heap, 0, HeapAlloc(heap, 0, 17)));
    HeapDestroy(heap);
}

static void test_spacing(void)
{
    static const SIZE_T sizes[] = {0, 1, 8, 9, 16, 17, 100, 1000};

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        HANDLE heap = HeapCreate(0, UNIT, 0);
        SIZE_T payload = sizes[i] < 8 ? 8 : sizes[i];
        char *first = HeapAlloc(heap, 0, sizes[i]), *second = HeapAlloc(heap, 0, sizes[i]);
        char what[60];

        snprintf(what, sizeof what, "from one block of %u bytes to the next", (unsigned)sizes[i]);
        fact_number("W171", what, (long long)((payload + 8 + 7) & ~7u), second - first);
        HeapDestroy(heap);
    }
}

static void test_large(void)
{
    HANDLE heap = HeapCreate(TAIL_CHECKING, 0, 0);
    char *small = HeapAlloc(heap, 0, 0x7D000), *large = HeapAlloc(heap, 0, 0x7F000);

    fact("W172", "0x7D000 bytes lie in a segment", walk(heap, small).block.iRegionIndex < 64);
    fact_number("W172", "0x7F000 bytes have a region of their own", LARGE_INDEX,
                walk(heap, large).block.iRegionIndex);
    fact_number("W173", "they begin 32 bytes into a page", 0x20, (uintptr_t)large % PAGE);
    fact("W173", "the page begins their allocation",
         query(large).AllocationBase == (void *)(large - 0x20));
    fact("W173", "no bytes are checked behind them, even with tail checking",
         large[0x7F000] == 0 && HeapValidate(heap, 0, NULL));
    HeapFree(heap, 0, large);
    fact_number("W173", "freed, they are free address space", MEM_FREE, query(large).State);
    HeapDestroy(heap);
}

static void test_fixed(void)
{
    HANDLE small = HeapCreate(0, 0, UNIT), fixed = HeapCreate(0, 0, 0x100000);
    int count = 0;
    SIZE_T sum = 0;

    SetLastError(0);
    fact("W174", "a fixed heap has no large block: error 8",
         HeapAlloc(fixed, 0, 0x7FFF8) == NULL && GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    while (HeapAlloc(fixed, 0, 50000) != NULL) {
        sum += 50000;
    }
    fact("W174", "it is used up before its maximum", sum > 0xC0000 && sum < 0x100000);
    fact("W174", "and does not grow",
         walk(fixed, NULL).regions == 1 && walk(fixed, NULL).large == 0);
    while (count < 17 && HeapAlloc(small, 0, 4096) != NULL) {
        count++;
    }
    fact_number("W175", "blocks of 4 KB in a fixed heap of 64 KB", 15, count);
    fact_number("W175", "then error 8", ERROR_NOT_ENOUGH_MEMORY, GetLastError());
    HeapDestroy(small);
    HeapDestroy(fixed);
}

static void test_zero(void)
{
    static const SIZE_T sizes[] = {40, 501, 20000, 0x90000};
    HANDLE heap = HeapCreate(0, 0, 0);

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char what[60], *block = HeapAlloc(heap, 0, sizes[i]);

        memset(block, 0x5A, sizes[i]);
        HeapFree(heap, 0, block);
        block = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizes[i]);
        snprintf(what, sizeof what, "%u bytes are zero where asked", (unsigned)sizes[i]);
        fact("W176", what, is_filled(block, 0, sizes[i]));
    }
    HeapDestroy(heap);
}

static void test_impossible(void)
{
    static const SIZE_T sizes[] = {0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFF0, 0x80000000};
    HANDLE heap = HeapCreate(0, 0, 0);

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char what[60];

        SetLastError(0);
        snprintf(what, sizeof what, "%08X bytes: none, error 8", (unsigned)sizes[i]);
        fact("W177", what,
             HeapAlloc(heap, 0, sizes[i]) == NULL && GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    }
    fact("W177", "the heap is sound", HeapValidate(heap, 0, NULL));
    HeapDestroy(heap);
}

static void test_exceptions(void)
{
    HANDLE heap = HeapCreate(0, 0, UNIT), raising = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 0, UNIT);
    void *block = HeapAlloc(raising, 0, 100);

    fact_number("W178", "no exception unless asked for", 0, exception_of_alloc(heap, 0, LARGE));
    fact_number("W178", "asked for with the call", STATUS_NO_MEMORY,
                (DWORD)exception_of_alloc(heap, HEAP_GENERATE_EXCEPTIONS, LARGE));
    fact("W178", "not continuable, without parameters",
         raised.ExceptionFlags == EXCEPTION_NONCONTINUABLE && raised.NumberParameters == 0);
    fact_number("W178", "asked for when the heap was made", STATUS_NO_MEMORY,
                (DWORD)exception_of_alloc(raising, 0, LARGE));
    HeapFree(raising, 0, block);
    fact_number("W178", "corruption is an access violation", (DWORD)STATUS_ACCESS_VIOLATION,
                (DWORD)exception_of_free(raising, 0, block));
    fact("W178", "the heap can be used on", HeapAlloc(raising, 0, 100) != NULL);
    HeapDestroy(heap);
    HeapDestroy(raising);
}

/* Many live blocks with a byte pattern each: none may overlap another. */
static void test_reuse(void)
{
    static unsigned char *block[256];
    HANDLE heap = HeapCreate(0, 0, 0);
    BOOL kept = TRUE;
    unsigned random = 1;

    for (int i = 0; i < 20000; i++) {
        unsigned which = random % 256;
        SIZE_T size = 1 + random / 256 % 600;

        random = random * 1103515245 + 12345;
        random ^= random >> 16;
        if (block[which] != NULL) {
            kept = kept && is_filled(block[which], (int)which, HeapSize(heap, 0, block[which]));
            kept = kept && HeapFree(heap, 0, block[which]);
        }
        block[which] = HeapAlloc(heap, 0, size);
        memset(block[which], (int)which, size);
    }
    fact("W179", "20,000 random blocks, 256 of them alive: no two overlap", kept);
    fact("W179", "and the heap is sound", HeapValidate(heap, 0, NULL));
    HeapDestroy(heap);
}

static void test_merging(DWORD options, BOOL merged)
{
    HANDLE heap = HeapCreate(options, UNIT, 0);
    char *first = HeapAlloc(heap, 0, 1000), *second = HeapAlloc(heap, 0, 1000), *both;

    HeapAlloc(heap, 0, 1000);
    HeapFree(heap, 0, first);
    HeapFree(heap, 0, second);
    both = HeapAlloc(heap, 0, 2000);
    fact("W180",
         merged ? "two free neighbours make room for a block of twice the size"
                : "with HEAP_DISABLE_COALESCE_ON_FREE they don't",
         (both == first) == merged);
    HeapDestroy(heap);
}

static void test_decommit(void)
{
    static void *block[1000];
    HANDLE heap = HeapCreate(0, 0, 0x200000);

    for (int i = 0; i < 1000; i++) {
        block[i] = HeapAlloc(heap, 0, 1000);
    }
    fact("W180", "a heap full of blocks", reserved(heap, MEM_COMMIT) > 1000000);
    for (int i = 0; i < 1000; i++) {
        HeapFree(heap, 0, block[i]);
    }
    fact("W180", "emptied, gives its pages back down to about 64 KB",
         reserved(heap, MEM_COMMIT) <= 0x20000);
    HeapDestroy(heap);
}

/* --- reallocation --- */

static void test_realloc(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, 0, 100);

    SetLastError(0);
    fact("W181", "HeapReAlloc(NULL) is not malloc(): NULL, no error",
         HeapReAlloc(heap, 0, NULL, 10) == NULL && GetLastError() == ERROR_SUCCESS);
    strcpy(block, "old bytes");
    block = HeapReAlloc(heap, 0, block, 10000);
    fact("W183", "growing keeps the bytes", strcmp(block, "old bytes") == 0);
    fact_number("W183", "and has the new size", 10000, (long long)HeapSize(heap, 0, block));
    block = HeapReAlloc(heap, 0, block, 0);
    fact("W182", "HeapReAlloc to 0 is not free(): a block of no bytes",
         block != NULL && HeapSize(heap, 0, block) == 0 && HeapValidate(heap, 0, block));
    block = HeapReAlloc(heap, 0, block, 50);
    memset(block, 0x5A, 50);
    block = HeapReAlloc(heap, 0, block, 20);
    block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 2000);
    fact("W183", "with HEAP_ZERO_MEMORY all behind the old size is zero, after a shrink, too",
         is_filled(block, 0x5A, 20) && is_filled(block + 20, 0, 1980));
    SetLastError(0);
    fact("W186", "an impossible HeapReAlloc: NULL, error 8",
         HeapReAlloc(heap, 0, block, 0xFFFFFFF0) == NULL &&
             GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    fact("W186", "the block is as it was",
         HeapSize(heap, 0, block) == 2000 && HeapValidate(heap, 0, block) &&
             is_filled(block, 0x5A, 20) && HeapFree(heap, 0, block));
    HeapDestroy(heap);
}

static void test_in_place(void)
{
    const DWORD here = HEAP_REALLOC_IN_PLACE_ONLY;
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, 0, 3000), *large = HeapAlloc(heap, 0, 0x100000);

    HeapAlloc(heap, 0, 3000);
    block[0] = 'x';
    fact("W184", "shrinking is done in place", HeapReAlloc(heap, here, block, 1000) == block);
    fact("W185", "and growing back, too", HeapReAlloc(heap, here, block, 3000) == block);
    SetLastError(0);
    fact("W184", "no room follows: NULL, error 8",
         HeapReAlloc(heap, here, block, 4000) == NULL && GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    fact("W184", "the block is as it was",
         block[0] == 'x' && HeapSize(heap, 0, block) == 3000 && HeapValidate(heap, 0, block));
    fact("W185", "a large block shrinks in place",
         HeapReAlloc(heap, here, large, 0x90000) == large && HeapSize(heap, 0, large) == 0x90000);
    fact_number("W185", "its pages behind are no memory", MEM_RESERVE,
                query(large + 0x92000).State);
    SetLastError(0);
    fact("W185", "it doesn't grow back in place: error 8",
         HeapReAlloc(heap, here, large, 0x100000) == NULL &&
             GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    HeapDestroy(heap);
}

/* --- free, sizes and checks --- */

static BOOL refuses(HANDLE heap, void *block)
{
    SetLastError(0);
    return !HeapFree(heap, 0, block) && GetLastError() == ERROR_INVALID_PARAMETER;
}

static void test_free(void)
{
    static int foreign[16];
    HANDLE heap = HeapCreate(0, 0, 0), other = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, 0, 100), *stays = HeapAlloc(heap, 0, 100);

    fact("W187", "HeapFree(heap, NULL) is TRUE", HeapFree(heap, 0, NULL));
    fact("W187", "without a heap, too", HeapFree(NULL, 0, NULL));
    fact("W188", "an address of no heap: FALSE, error 87", refuses(heap, &foreign[4]));
    fact("W188", "an address inside a block: FALSE, error 87", refuses(heap, block + 8));
    fact("W188", "an odd address: FALSE, error 87", refuses(heap, block + 1));
    fact("W199", "another heap's block: FALSE, error 87", refuses(other, block));
    fact("W188", "a block", HeapFree(heap, 0, block));
    fact("W188", "twice: FALSE, error 87", refuses(heap, block));
    SetLastError(0);
    fact_number("W189", "HeapSize of a freed block", 0xFFFFFFFF,
                (long long)HeapSize(heap, 0, block));
    fact_number("W189", "its error", ERROR_INVALID_PARAMETER, GetLastError());
    fact_number("W189", "HeapSize of a foreign address", 0xFFFFFFFF,
                (long long)HeapSize(heap, 0, &foreign[4]));
    fact("W188", "nothing is damaged", HeapValidate(heap, 0, NULL) && HeapValidate(heap, 0, stays));
    block = malloc(50);
    fact("W199", "malloc() does not use a private heap",
         !HeapValidate(heap, 0, block) && !HeapValidate(other, 0, block));
    free(block);
    HeapDestroy(heap);
    HeapDestroy(other);
}

static void test_validate(void)
{
    static int foreign[16];
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, 0, 100), *next = HeapAlloc(heap, 0, 100), kept;

    SetLastError(12345);
    fact("W190", "HeapValidate of a sound heap, of its blocks",
         HeapValidate(heap, 0, NULL) && HeapValidate(heap, 0, block) &&
             HeapValidate(heap, 0, next));
    fact_number("W190", "leaves the last error", 12345, GetLastError());
    fact("W190", "foreign memory: FALSE", !HeapValidate(heap, 0, &foreign[4]));
    kept = next[-8];
    next[-8] ^= 1;
    fact("W190", "a damaged header: FALSE for the heap and the block",
         !HeapValidate(heap, 0, NULL) && !HeapValidate(heap, 0, next));
    next[-8] = kept;
    fact("W190", "repaired: TRUE", HeapValidate(heap, 0, NULL));
    HeapFree(heap, 0, block);
    fact("W190", "a freed block: FALSE", !HeapValidate(heap, 0, block));
    HeapDestroy(heap);
}

/* --- walks --- */

static void test_walk_fresh(void)
{
    PROCESS_HEAP_ENTRY region = {.lpData = NULL}, block, behind;
    HANDLE heap = HeapCreate(0, 0, 0);

    HeapWalk(heap, &region);
    block = region;
    HeapWalk(heap, &block);
    behind = block;
    HeapWalk(heap, &behind);
    fact_number("W191", "a fresh heap is a region,", PROCESS_HEAP_REGION, region.wFlags);
    fact("W191", "one free block", block.wFlags == 0 && block.cbOverhead == 16);
    fact_number("W191", "and a range without memory", PROCESS_HEAP_UNCOMMITTED_RANGE,
                behind.wFlags);
    fact_number("W191", "three entries in all", 3, walk(heap, NULL).entries);
    fact_number("W191", "the end is error 259", ERROR_NO_MORE_ITEMS, walk(heap, NULL).error);
    fact("W192", "the region is the heap's",
         region.lpData == heap && region.Region.dwCommittedSize == PAGE &&
             region.Region.dwUnCommittedSize == UNIT - PAGE);
    fact("W192", "its first block is the one",
         (char *)block.lpData > (char *)heap &&
             (char *)region.Region.lpFirstBlock <= (char *)block.lpData &&
             (char *)region.Region.lpFirstBlock >= (char *)block.lpData - 16);
    fact("W192", "no memory behind what is committed", behind.lpData == (char *)heap + PAGE);
    fact("W193", "that begins 32 bytes behind the free block's data",
         behind.lpData == (char *)block.lpData + block.cbData + 32);
    fact("W193", "and ends where the region's last block is",
         region.Region.lpLastBlock == (char *)behind.lpData + behind.cbData);
    HeapDestroy(heap);
}

static void test_walk_blocks(void)
{
    HANDLE heap = HeapCreate(0, UNIT, 0);
    char *block = HeapAlloc(heap, 0, 77), *next = HeapAlloc(heap, 0, 5), *large;
    struct walk w = walk(heap, block);

    fact("W191", "a live block has flag 4 and the size asked",
         w.found && w.block.wFlags == PROCESS_HEAP_ENTRY_BUSY && w.block.cbData == 77);
    fact("W193", "the next one's data lie behind its bytes, its overhead and a header of 8",
         w.next.lpData == next && next == block + w.block.cbData + w.block.cbOverhead + 8);
    large = HeapAlloc(heap, 0, LARGE);
    w = walk(heap, large);
    fact("W191", "a large block comes last, with region index 64",
         w.found && w.block.iRegionIndex == LARGE_INDEX && w.next.lpData == NULL);
    fact_number("W191", "three live blocks", 3, w.live);
    w = walk(heap, NULL);
    fact("W194", "HeapCompact is about the largest free block",
         HeapCompact(heap, 0) >= w.largest_free && HeapCompact(heap, 0) <= w.largest_free + 16);
    HeapDestroy(heap);
}

/* --- HeapLock --- */

static struct {
    HANDLE heap;
    DWORD flags;
    volatile LONG done;
} worker;

static SIZE_T worker_size = 50;

static DWORD WINAPI work(void *unused)
{
    (void)unused;
    HeapFree(worker.heap, worker.flags, HeapAlloc(worker.heap, worker.flags, worker_size));
    worker.done = 1;
    return 0;
}

/* From then on the front end keeps blocks of that size. */
static void use_often(HANDLE heap, SIZE_T size)
{
    void *blocks[18];

    for (int i = 0; i < 18; i++) {
        blocks[i] = HeapAlloc(heap, 0, size);
    }
    for (int i = 0; i < 18; i++) {
        HeapFree(heap, 0, blocks[i]);
    }
}

/* Can another thread use the heap within `ms` while this one holds its lock? */
static BOOL passes(HANDLE heap, DWORD flags, DWORD ms)
{
    HANDLE thread;
    BOOL passed;

    worker.heap = heap;
    worker.flags = flags;
    worker.done = 0;
    HeapLock(heap);
    thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
    passed = WaitForSingleObject(thread, ms) == WAIT_OBJECT_0;
    HeapUnlock(heap);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return passed;
}

static void test_lock(void)
{
    HANDLE heap = HeapCreate(0, 0, 0), unlocked = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);

    fact("W195", "HeapLock and HeapUnlock nest",
         HeapLock(heap) && HeapLock(heap) && HeapUnlock(heap) && HeapUnlock(heap));
    fact("W195", "another thread waits for HeapUnlock", !passes(heap, 0, 100));
    fact("W195", "and has had its block then", worker.done);
    use_often(heap, 50);
    fact("X10", "not for a size that the front end has at hand", passes(heap, 0, PATIENCE_MS));
    worker_size = 30000;
    fact("X10", "but for others", !passes(heap, 0, 100));
    worker_size = 50;
    fact("W195", "not with HEAP_NO_SERIALIZE in the call",
         passes(heap, HEAP_NO_SERIALIZE, PATIENCE_MS));
    fact("W195", "nor if the heap was made with it", passes(unlocked, 0, PATIENCE_MS));
    HeapDestroy(heap);
    HeapDestroy(unlocked);
}

/* --- modes --- */

static ULONG front_end(HANDLE heap)
{
    ULONG mode = 99;

    HeapQueryInformation(heap, HeapCompatibilityInformation, &mode, sizeof mode, NULL);
    return mode;
}

static BOOL front_end_on(HANDLE heap)
{
    ULONG mode = 2;

    return HeapSetInformation(heap, HeapCompatibilityInformation, &mode, sizeof mode);
}

static void test_front_end(void)
{
    HANDLE heap = HeapCreate(0, 0, 0), fixed = HeapCreate(0, 0, UNIT),
           single = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);

    fact_number("W196", "a new heap has no front end", 0, front_end(heap));
    for (int i = 0; i < 17; i++) {
        HeapAlloc(heap, 0, 40);
    }
    fact_number("W196", "nor after 17 allocations of one size", 0, front_end(heap));
    for (int i = 0; i < 2; i++) {
        HeapAlloc(heap, 0, 40);
    }
    fact_number("W196", "it has after 18 and one more", 2, front_end(heap));
    HeapDestroy(heap);
    heap = HeapCreate(0, 0, 0);
    fact("W196", "it can be asked for", front_end_on(heap) && front_end(heap) == 2);
    fact("W196", "not for a fixed heap", !front_end_on(fixed) && front_end(fixed) == 0);
    fact("W196", "nor one without a lock", !front_end_on(single) && front_end(single) == 0);
    HeapDestroy(heap);
    HeapDestroy(fixed);
    HeapDestroy(single);
}

static void test_tail_checking(void)
{
    HANDLE heap = HeapCreate(TAIL_CHECKING, 0, 0);
    unsigned char *block = HeapAlloc(heap, 0, 21);

    fact("W198", "tail checking puts 8 bytes AB behind the size asked",
         is_filled(block + 21, 0xAB, 8));
    fact("W198", "all is well", HeapValidate(heap, 0, NULL) && HeapValidate(heap, 0, block));
    block[21] = 0;
    fact("W198", "one byte written too far: HeapValidate says FALSE",
         !HeapValidate(heap, 0, block));
    block[21] = 0xAB;
    fact("W198", "and TRUE when it is as it was", HeapValidate(heap, 0, block));
    HeapDestroy(heap);
}

static void test_free_checking(void)
{
    HANDLE heap = HeapCreate(FREE_CHECKING, 0, 0);
    DWORD *block = HeapAlloc(heap, 0, 100), filled = 0;

    fact("W198", "with free checking, fresh memory reads BAADF00D",
         block[0] == 0xBAADF00D && block[24] == 0xBAADF00D);
    HeapAlloc(heap, 0, 100);
    HeapFree(heap, 0, block);
    while (4 + filled < 25 && block[4 + filled] == 0xFEEEFEEE) {
        filled++;
    }
    fact_number("W198", "freed memory reads FEEEFEEE behind its first 16 bytes", 21, filled);
    fact("W198", "all is well", HeapValidate(heap, 0, NULL));
    block[10] = 5;
    fact("W198", "a write to freed memory: HeapValidate says FALSE", !HeapValidate(heap, 0, NULL));
    HeapDestroy(heap);
}

static void test_alignment(void)
{
    HANDLE heap = HeapCreate(ALIGN_16, 0, 0), plain = HeapCreate(0, 0, 0);
    uintptr_t together = 0, call = 0;

    for (SIZE_T size = 0; size < 700; size += 3) {
        together |= (uintptr_t)HeapAlloc(heap, 0, size);
        call |= (uintptr_t)HeapAlloc(plain, ALIGN_16, size);
    }
    together |= (uintptr_t)HeapAlloc(heap, 0, LARGE);
    fact_number("W228", "a heap made with option 0x10000: multiples of 16", 0, together & 15);
    fact_number("W228", "in a call it has no effect", 8, call & 15);
    HeapDestroy(heap);
    HeapDestroy(plain);
}

int main(void)
{
    AddVectoredExceptionHandler(1, catch);
    test_process_heap();
    test_create();
    test_list();
    test_destroy();
    test_pointers();
    test_spacing();
    test_large();
    test_fixed();
    test_zero();
    test_impossible();
    test_exceptions();
    test_reuse();
    test_merging(0, TRUE);
    test_merging(NO_MERGING, FALSE);
    test_decommit();
    test_realloc();
    test_in_place();
    test_free();
    test_validate();
    test_walk_fresh();
    test_walk_blocks();
    test_lock();
    test_front_end();
    test_tail_checking();
    test_free_checking();
    test_alignment();
    fact("W197", "HeapEnableTerminationOnCorruption can be asked for without a heap",
         HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0));
    return facts_end();
}
