/* heapflags.c - the matrix of heaps: each kind of heap, each set of flags of a call, sizes from none to impossible, for
 * HeapAlloc, HeapReAlloc, HeapSize, HeapValidate, HeapFree and HeapWalk (W168 to W191).
 *
 * The rules: a call's flags are joined with the heap's.  What can't be had is NULL and error 8, or C0000017 where exceptions
 * were asked for; the old block is as it was.  HEAP_ZERO_MEMORY clears what is new, HEAP_REALLOC_IN_PLACE_ONLY never
 * moves a block and always lets it shrink.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <setjmp.h>
#include <string.h>
#include <windows.h>

enum { OLD = 1000, FIXED_SIZE = 0x40000 };
static const SIZE_T sizes[] = {0,    1,       24,       512,        999,       1001,
                               5000, 0x10000, 0x100000, 0x7FFFFFFF, 0xFFFFFFFF};
enum { SIZES = sizeof sizes / sizeof *sizes };

static const DWORD bits[] = {HEAP_NO_SERIALIZE, HEAP_GENERATE_EXCEPTIONS, HEAP_ZERO_MEMORY,
                             HEAP_REALLOC_IN_PLACE_ONLY};
enum { SUBSETS = 1 << 4, KINDS = 8 };

static DWORD flags_of(int subset)
{
    DWORD flags = 0;

    for (int i = 0; i < 4; i++)
        flags |= subset >> i & 1 ? bits[i] : 0;
    return flags;
}

/* Kinds of heaps: not serialised, with exceptions, of fixed size. */
static DWORD options_of(int kind)
{
    return (kind & 1 ? HEAP_NO_SERIALIZE : 0) | (kind & 2 ? HEAP_GENERATE_EXCEPTIONS : 0);
}

static HANDLE make_heap(int kind)
{
    return HeapCreate(options_of(kind), 0, kind & 4 ? FIXED_SIZE : 0);
}

/* --- a call, reduced to a block and an exception --- */

static jmp_buf way_out;
static DWORD raised;

static LONG CALLBACK leave(EXCEPTION_POINTERS *exception)
{
    raised = exception->ExceptionRecord->ExceptionCode;
    longjmp(way_out, 1);
}

static unsigned char *call(HANDLE heap, DWORD flags, void *old, SIZE_T size)
{
    void *cookie = AddVectoredExceptionHandler(1, leave);
    unsigned char *volatile block = NULL;

    raised = 0;
    SetLastError(77);
    if (setjmp(way_out) == 0)
        block = old == NULL ? HeapAlloc(heap, flags, size) : HeapReAlloc(heap, flags, old, size);
    RemoveVectoredExceptionHandler(cookie);
    return block;
}

static int all_are(const unsigned char *bytes, SIZE_T from, SIZE_T to, int value)
{
    for (SIZE_T i = from; i < to; i++)
        if (bytes[i] != value)
            return 0;
    return 1;
}

static int live_blocks(HANDLE heap)
{
    PROCESS_HEAP_ENTRY entry = {.lpData = NULL};
    int count = 0;

    while (HeapWalk(heap, &entry))
        count += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0;
    return count;
}

/* --- the cells --- */

static int cells, wrong;

static void cell(int holds, const char *what, int kind, DWORD flags, SIZE_T size)
{
    cells++;
    wrong += !holds;
    if (!holds && wrong <= 20)
        printf("  %s, heap %d, flags %lx, size %lx\n", what, kind, flags, (unsigned long)size);
}

/* Was the refusal told as it should be? */
static int told(int kind, DWORD flags)
{
    int exceptions = ((options_of(kind) | flags) & HEAP_GENERATE_EXCEPTIONS) != 0;

    return exceptions ? raised == (DWORD)STATUS_NO_MEMORY : raised == 0 && GetLastError() == 8;
}

static int is_possible(int kind, SIZE_T size)
{
    return size < (kind & 4 ? FIXED_SIZE : 0x7FFFFFFF);
}

static void try_alloc(HANDLE heap, int kind, DWORD flags, SIZE_T size)
{
    unsigned char *block = call(heap, flags, NULL, size);

    cell((block != NULL) == is_possible(kind, size), "alloc", kind, flags, size);
    if (block == NULL) {
        cell(told(kind, flags), "alloc refused", kind, flags, size);
        return;
    }
    cell(HeapSize(heap, flags, block) == size, "size", kind, flags, size);
    cell(HeapValidate(heap, flags, block), "validate", kind, flags, size);
    cell(live_blocks(heap) == 1, "walk", kind, flags, size);
    if (flags & HEAP_ZERO_MEMORY)
        cell(all_are(block, 0, size, 0), "zero", kind, flags, size);
    memset(block, 0x5A, size);
    cell(HeapFree(heap, flags, block), "free", kind, flags, size);
    cell(live_blocks(heap) == 0, "walk after free", kind, flags, size);
}

static void try_realloc(HANDLE heap, int kind, DWORD flags, SIZE_T size)
{
    unsigned char *old = HeapAlloc(heap, 0, OLD), *block;
    int in_place = (flags & HEAP_REALLOC_IN_PLACE_ONLY) != 0;
    SIZE_T kept = size < OLD ? size : OLD;

    memset(old, 0x5A, OLD);
    block = call(heap, flags, old, size);
    if (block == NULL) {
        cell(size > OLD && (in_place || !is_possible(kind, size)), "realloc", kind, flags, size);
        cell(told(kind, flags), "realloc refused", kind, flags, size);
        cell(HeapSize(heap, 0, old) == OLD && all_are(old, 0, OLD, 0x5A), "old block", kind, flags,
             size);
        block = old;
    } else {
        cell(is_possible(kind, size), "realloc", kind, flags, size);
        cell(!in_place || block == old, "in place", kind, flags, size);
        cell(HeapSize(heap, flags, block) == size, "new size", kind, flags, size);
        cell(all_are(block, 0, kept, 0x5A), "bytes kept", kind, flags, size);
        if (flags & HEAP_ZERO_MEMORY)
            cell(all_are(block, kept, size, 0), "zero behind", kind, flags, size);
    }
    cell(HeapValidate(heap, 0, NULL), "whole heap", kind, flags, size);
    cell(HeapFree(heap, flags & HEAP_NO_SERIALIZE, block), "free", kind, flags, size);
}

/* What is no block, for each call. */
static void try_strangers(HANDLE heap, int kind, DWORD flags)
{
    DWORD quiet = flags & ~HEAP_GENERATE_EXCEPTIONS;
    char *block = HeapAlloc(heap, 0, OLD);

    cell(HeapFree(heap, flags, NULL), "free nothing", kind, flags, 0);
    cell(!HeapValidate(heap, quiet, block + 8), "validate inside", kind, flags, 0);
    cell(HeapSize(heap, quiet, block + 8) == (SIZE_T)-1, "size inside", kind, flags, 0);
    cell(HeapReAlloc(heap, quiet, NULL, 10) == NULL, "realloc of nothing", kind, flags, 0);
    cell(HeapValidate(heap, flags, block) && HeapFree(heap, quiet, block), "the block", kind, flags,
         0);
    cell(!HeapValidate(heap, quiet, block), "validate freed", kind, flags, 0);
}

int main(void)
{
    static const char *const kinds[] = {
        "plain",        "not serialised",        "with exceptions",        "both",
        "plain, fixed", "not serialised, fixed", "with exceptions, fixed", "both, fixed"};

    for (int kind = 0; kind < KINDS; kind++) {
        cells = wrong = 0;
        for (int subset = 0; subset < SUBSETS; subset++) {
            HANDLE heap = make_heap(kind);

            for (int s = 0; s < SIZES; s++) {
                try_alloc(heap, kind, flags_of(subset), sizes[s]);
                try_realloc(heap, kind, flags_of(subset), sizes[s]);
            }
            try_strangers(heap, kind, flags_of(subset));
            cell(HeapDestroy(heap), "destroy", kind, flags_of(subset), 0);
        }
        printf("  heap %s: %d sets of flags, %d sizes, %d cells\n", kinds[kind], SUBSETS, SIZES,
               cells);
        fact_number("X10", "cells of the heap calls that differ from the rules", 0, wrong);
    }
    return facts_end();
}
