/* overrun.c - lesson: one byte too many.
 *
 * A loop with `<=` instead of `<` writes one byte behind its block.  What comes of it depends on the
 * heap's mode, which is chosen outside the program (docs/heap.md):
 *
 *   run overrun.exe                                 the byte lands in the next block's header
 *   set PAGODA_HEAP=check; run overrun.exe          ... in 8 guard bytes that are checked
 *   set PAGODA_HEAP=page; run overrun.exe           ... nowhere: the instruction faults
 *
 * The exit status is 0 if the mistake was found by a check; the fault ends the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { BYTES = 24 };

static volatile char *block;

/* The mistake. */
static void __attribute__((noinline)) fill(volatile char *at, int size)
{
    for (int i = 0; i <= size; i++)
        at[i] = '#';
}

static LONG WINAPI explain(EXCEPTION_POINTERS *pointers)
{
    const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    const char *at = (const char *)record->ExceptionInformation[1];
    const char *instruction = record->ExceptionAddress, *function = (const char *)fill;

    if (record->ExceptionCode != (DWORD)EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    printf(
        "Caught in the act: the instruction at fill()+%d writes to %p, which is %d bytes behind\n"
        "the beginning of a block of %d bytes.  No other byte was touched.\n",
        (int)(instruction - function), (const void *)at, (int)(at - (const char *)block), BYTES);
    return EXCEPTION_CONTINUE_SEARCH; /* nobody repairs it: the program ends here */
}

int main(void)
{
    HANDLE heap = GetProcessHeap();
    char *next;
    int found = 0;

    block = HeapAlloc(heap, 0, BYTES);
    next = HeapAlloc(heap, 0, BYTES);
    strcpy(next, "my neighbour");
    AddVectoredExceptionHandler(1, explain);
    printf("A block of %d bytes at %p, its neighbour at %p.\n", BYTES, (void *)block, (void *)next);
    fill(block, BYTES);
    puts("The loop wrote 25 bytes into it, and the program runs on as if nothing had happened.");
    if (!HeapValidate(heap, 0, NULL)) {
        puts("HeapValidate: the heap is damaged.  Nobody knows who did it.");
        found = 1;
    }
    SetLastError(0);
    if (!HeapFree(heap, 0, (void *)block)) {
        printf("HeapFree of the block is refused with error %u.\n", (unsigned)GetLastError());
        found++;
    }
    if (!HeapFree(heap, 0, next)) {
        printf("HeapFree of its neighbour (\"%s\"), who did nothing wrong, is refused.\n", next);
        found++;
    }
    return found >= 2 ? 0 : 1;
}
