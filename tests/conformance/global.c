/* global.c - Local* and Global* memory: facts W200 to W202.  Runs on Windows, too. */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

static void test_fixed(void)
{
    char *block = GlobalAlloc(GMEM_FIXED | GMEM_ZEROINIT, 100);

    fact("W200", "fixed memory is a heap block",
         ((uintptr_t)block & 7) == 0 && HeapValidate(GetProcessHeap(), 0, block));
    fact("W200", "zeroed where asked", block[0] == 0 && block[99] == 0);
    fact_number("W200", "its size", 100, GlobalSize(block));
    fact("W200", "its handle is its address", GlobalHandle(block) == block);
    fact("W200", "locking gives the address", GlobalLock(block) == block);
    fact_number("W201", "fixed memory has no lock count", 0, GlobalFlags(block));
    fact("W202", "GlobalFree", GlobalFree(block) == NULL);
    fact("W202", "GlobalFree(0)", GlobalFree(NULL) == NULL);
}

static void test_moveable(void)
{
    HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 50), empty = GlobalAlloc(GMEM_MOVEABLE, 0);
    char *block;

    fact_number("W200", "a moveable handle ends with 4", 4, (uintptr_t)handle & 7);
    fact_number("W200", "size of the block", 50, GlobalSize(handle));
    fact_number("W200", "size of an empty block", 0, GlobalSize(empty));
    fact_number("W200", "an empty block is discarded", GMEM_DISCARDED,
                GlobalFlags(empty) & GMEM_DISCARDED);
    block = GlobalLock(handle);
    memcpy(block, "kept", 5);
    fact("W201", "a lock gives the address again", GlobalLock(handle) == block);
    fact("W201", "the address has a handle", GlobalHandle(block) == handle);
    fact_number("W201", "the lock count", 2, GlobalFlags(handle) & GMEM_LOCKCOUNT);
    fact("W201", "unlock: still locked", GlobalUnlock(handle));
    SetLastError(5);
    fact("W201", "unlock to zero: FALSE, error 0", !GlobalUnlock(handle) && GetLastError() == 0);
    fact("W201", "once more: FALSE, error 158",
         !GlobalUnlock(handle) && GetLastError() == ERROR_NOT_LOCKED);
    fact("W200", "reallocation keeps handle and bytes",
         GlobalReAlloc(handle, 100000, GMEM_MOVEABLE) == handle &&
             strcmp(GlobalLock(handle), "kept") == 0 && GlobalSize(handle) == 100000);
    GlobalUnlock(handle);
    GlobalFree(handle);
    GlobalFree(empty);
    fact("W202", "a freed handle is none: error 6",
         GlobalLock(handle) == NULL && GetLastError() == ERROR_INVALID_HANDLE);
}

/* Names that once moved memory; they lock, unlock and tidy. */
static void test_old(void)
{
    HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 10);
    void *address = GlobalWire(handle);

    GlobalFix(handle);
    fact_number("W201", "GlobalWire and GlobalFix lock", 2, GlobalFlags(handle) & GMEM_LOCKCOUNT);
    GlobalUnfix(handle);
    fact("W201", "GlobalUnfix and GlobalUnWire unlock",
         address != NULL && !GlobalUnWire(handle) && GlobalFlags(handle) == 0);
    GlobalFree(handle);
    fact("W200", "compacting and shrinking change nothing",
         (GlobalCompact(0), LocalCompact(0), LocalShrink(NULL, 0),
          HeapValidate(GetProcessHeap(), 0, NULL)));
}

static void test_limit(void)
{
    static HLOCAL handles[0x10001];
    int count = 0;

    while (count < 0x10001 && (handles[count] = LocalAlloc(LMEM_MOVEABLE, 0)) != NULL)
        count++;
    fact("W202", "at most 65,536 moveable handles, a few are in use",
         count > 0xFF00 && count <= 0x10000);
    fact_number("W202", "then error 8", ERROR_NOT_ENOUGH_MEMORY, GetLastError());
    while (count > 0)
        LocalFree(handles[--count]);
    handles[0] = LocalAlloc(LMEM_MOVEABLE, 5);
    fact("W202", "freed handles can be had again", handles[0] != NULL);
    LocalFree(handles[0]);
}

int main(void)
{
    test_fixed();
    test_moveable();
    test_old();
    test_limit();
    return facts_end();
}
