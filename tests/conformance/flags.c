/* flags.c - the matrix of Global and Local memory (X11): what a block is, what it is asked to become, and which size it is
 * asked for, all combinations; and what the two families say of handles that are none.
 *
 * The rules: LMEM_MODIFY changes what a block is and leaves its size; only GlobalReAlloc makes fixed memory moveable by
 * it.  Without LMEM_MODIFY a block can't be asked to become discardable.  Else the size changes: a fixed block moves
 * only with LMEM_MOVEABLE; a moveable one unless it is locked, then only with LMEM_MOVEABLE; and size 0
 * discards a moveable block with LMEM_MOVEABLE if it isn't locked, and is refused otherwise.  Blocks are large here, so that
 * no front end of the heap plays a part.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

enum { OLD = 0x20000, LESS = 512, MORE = 0x30000 };
static const SIZE_T sizes[] = {LESS, MORE, 0};

enum state { OF_FIXED, OF_MOVEABLE, OF_LOCKED, STATES };
static const char *const states[] = {"fixed", "moveable", "locked"};
static const UINT state_flags[] = {GMEM_FIXED, GMEM_MOVEABLE, GMEM_MOVEABLE};

/* Every subset of these is tried. */
static const UINT bits[] = {GMEM_MODIFY, GMEM_MOVEABLE, GMEM_DISCARDABLE, GMEM_ZEROINIT};
enum { SUBSETS = 1 << 4 };

struct family {
    const char *name;
    HGLOBAL(WINAPI *alloc)(UINT, SIZE_T);
    HGLOBAL(WINAPI *realloc)(HGLOBAL, SIZE_T, UINT);
    SIZE_T(WINAPI *size)(HGLOBAL);
    UINT(WINAPI *flags)(HGLOBAL);
    LPVOID(WINAPI *lock)(HGLOBAL);
    BOOL(WINAPI *unlock)(HGLOBAL);
    HGLOBAL(WINAPI *free)(HGLOBAL);
    UINT discardable; /* what flags() says */
    int global;
};
static const struct family families[] = {
    {"Global", GlobalAlloc, GlobalReAlloc, GlobalSize, GlobalFlags, GlobalLock, GlobalUnlock,
     GlobalFree, GMEM_DISCARDABLE, 1},
    {"Local", LocalAlloc, LocalReAlloc, LocalSize, LocalFlags, LocalLock, LocalUnlock, LocalFree,
     LMEM_DISCARDABLE, 0},
};

static int is_handle(HGLOBAL memory)
{
    return ((uintptr_t)memory & 7) == 4;
}

struct expectation {
    int refused, converted;
    SIZE_T size;
    UINT flags; /* of GlobalFlags(), without the lock count */
};

/* The rules above.  A fixed block that would have to move to grow is not tried without LMEM_MOVEABLE: whether there is
 * room behind it is the heap's affair. */
static struct expectation expect(const struct family *f, enum state state, SIZE_T size, UINT flags)
{
    struct expectation e = {.size = OLD};
    int moveable = (flags & GMEM_MOVEABLE) != 0;

    if (flags & GMEM_MODIFY) {
        e.converted = f->global && state == OF_FIXED && moveable;
        if (flags & GMEM_DISCARDABLE && (state != OF_FIXED || e.converted))
            e.flags = f->discardable;
        return e;
    }
    if (flags & GMEM_DISCARDABLE) {
        e.refused = 1;
    } else if (size == 0 && state != OF_FIXED) {
        e.refused = !moveable || state == OF_LOCKED;
        if (!e.refused) {
            e.size = 0;
            e.flags = GMEM_DISCARDED;
        }
    } else {
        e.size = size;
    }
    return e;
}

/* 1 if the cell is not as expected. */
static int wrong(const struct family *f, enum state state, SIZE_T size, UINT flags)
{
    HGLOBAL memory = f->alloc(state_flags[state], OLD), result, now;
    struct expectation e = expect(f, state, size, flags);
    unsigned char *data = f->lock(memory);
    int good;

    memset(data, 0x5A, OLD);
    if (state == OF_MOVEABLE)
        f->unlock(memory);
    SetLastError(0);
    result = f->realloc(memory, size, flags);
    now = result ? result : memory;
    good = (result == NULL) == e.refused &&
           (result == NULL || !is_handle(memory) || result == memory) &&
           (state != OF_FIXED || is_handle(now) == e.converted) && f->size(now) == e.size &&
           (f->flags(now) & ~(UINT)GMEM_LOCKCOUNT) == e.flags &&
           (!e.refused || GetLastError() != 0);
    if (good && e.size) {
        data = f->lock(now);
        good =
            data[0] == 0x5A && (e.size <= OLD || !(flags & GMEM_ZEROINIT) || data[e.size - 1] == 0);
        f->unlock(now);
    }
    if (!good)
        printf("  %sReAlloc(%s, %lX, flags %X): %p, size %lX, flags %X, error %lu\n", f->name,
               states[state], (unsigned long)size, flags, (void *)result,
               (unsigned long)f->size(now), f->flags(now), (unsigned long)GetLastError());
    if (state == OF_LOCKED)
        f->unlock(now);
    f->free(now);
    return !good;
}

static void test_matrix(const struct family *f)
{
    int cells = 0, bad = 0;
    char what[80];

    for (enum state state = OF_FIXED; state < STATES; state++)
        for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (unsigned subset = 0; subset < SUBSETS; subset++) {
                UINT flags = 0;

                for (unsigned i = 0; i < 4; i++)
                    flags |= subset >> i & 1 ? bits[i] : 0;
                if (sizes[s] == MORE && state != OF_MOVEABLE && !(flags & GMEM_MOVEABLE))
                    continue; /* as there is room */
                cells++;
                bad += wrong(f, state, sizes[s], flags);
            }
    printf("# matrix: %sReAlloc, %d cells, %d wrong\n", f->name, cells, bad);
    snprintf(what, sizeof what, "cells of %sReAlloc that differ from the rules", f->name);
    fact_number("X11", what, 0, bad);
}

/* --- all flags of an allocation --- */

static void test_allocation(const struct family *f)
{
    static const UINT more[] = {GMEM_NOCOMPACT,  GMEM_NODISCARD, GMEM_ZEROINIT, GMEM_DISCARDABLE,
                                GMEM_NOT_BANKED, GMEM_DDESHARE,  GMEM_NOTIFY};
    int bad = 0, cells = 0;
    char what[80];

    for (unsigned a = 0; a < 7; a++)
        for (unsigned b = 0; b < 7; b++)
            for (UINT kind = GMEM_FIXED; kind <= GMEM_MOVEABLE; kind += GMEM_MOVEABLE) {
                UINT flags = kind | more[a] | more[b], wanted = 0;
                HGLOBAL memory = f->alloc(flags, 4);

                if (kind == GMEM_MOVEABLE && flags & GMEM_DISCARDABLE)
                    wanted |= f->discardable;
                if (kind == GMEM_MOVEABLE && flags & GMEM_DDESHARE && f->global)
                    wanted |= GMEM_DDESHARE;
                cells++;
                bad += memory == NULL || f->flags(memory) != wanted ||
                       is_handle(memory) != (kind == GMEM_MOVEABLE);
                f->free(memory);
            }
    printf("# matrix: %sAlloc, %d pairs of flags, %d wrong\n", f->name, cells, bad);
    snprintf(what, sizeof what, "pairs of flags of %sAlloc that are remembered wrongly", f->name);
    fact_number("X11", what, 0, bad);
}

static void test_small(void)
{
    HGLOBAL fixed = GlobalAlloc(GMEM_FIXED, 0), local = LocalAlloc(LMEM_FIXED, 0), memory;

    fact_number("X11", "GlobalAlloc(GMEM_FIXED, 0): one byte", 1, GlobalSize(fixed));
    fact_number("X11", "LocalAlloc(LMEM_FIXED, 0): none", 0, LocalSize(local));
    fact_number("X11", "GlobalUnlock of fixed memory", TRUE, GlobalUnlock(fixed));
    SetLastError(0);
    fact("X11", "LocalUnlock of fixed memory: FALSE, error 158",
         !LocalUnlock(local) && GetLastError() == 158);
    GlobalFree(fixed);
    LocalFree(local);
    memory = GlobalAlloc(GMEM_MOVEABLE, 8);
    for (int i = 0; i < 300; i++)
        GlobalLock(memory);
    fact_number("X11", "at most 255 locks are counted", 255, GlobalFlags(memory) & GMEM_LOCKCOUNT);
    GlobalFree(memory);
}

/* --- handles that are none: a freed one, one that never was, an address where nothing is --- */

struct answer {
    DWORD value, error; /* error 77: untouched */
};

static void say(const char *what, struct answer wanted, DWORD value)
{
    DWORD error = GetLastError();

    if (value != wanted.value || error != wanted.error)
        printf("  got %lX, error %lu; wanted %lX, error %lu\n", (unsigned long)value,
               (unsigned long)error, (unsigned long)wanted.value, (unsigned long)wanted.error);
    fact("X11", what, value == wanted.value && error == wanted.error);
    SetLastError(77);
}

static void test_strangers(void)
{
    HGLOBAL freed = GlobalAlloc(GMEM_MOVEABLE, 16), never = (HGLOBAL)0xDEADBEE4u,
            nowhere = (HGLOBAL)0xDEADBEE0u;

    GlobalFree(freed);
    SetLastError(77);
    say("GlobalFree of a freed handle", (struct answer){(DWORD)freed, 6}, (DWORD)GlobalFree(freed));
    say("GlobalFlags of a freed handle", (struct answer){GMEM_INVALID_HANDLE, 6},
        GlobalFlags(freed));
    say("GlobalSize of a freed handle", (struct answer){0, 6}, GlobalSize(freed));
    say("GlobalLock of a freed handle", (struct answer){0, 6}, (DWORD)GlobalLock(freed));
    say("GlobalUnlock of a freed handle", (struct answer){TRUE, 6}, (DWORD)GlobalUnlock(freed));
    say("LocalUnlock of a freed handle", (struct answer){FALSE, 6}, (DWORD)LocalUnlock(freed));
    say("GlobalReAlloc of a freed handle", (struct answer){0, 6},
        (DWORD)GlobalReAlloc(freed, 0, GMEM_MOVEABLE));
    say("GlobalFree of no handle", (struct answer){(DWORD)never, 6}, (DWORD)GlobalFree(never));
    say("GlobalUnlock of no handle", (struct answer){TRUE, 6}, (DWORD)GlobalUnlock(never));
    say("LocalUnlock of no handle", (struct answer){FALSE, 6}, (DWORD)LocalUnlock(never));
    say("LocalFlags of no handle", (struct answer){LMEM_INVALID_HANDLE, 6}, LocalFlags(never));
    say("GlobalFree of no address", (struct answer){(DWORD)nowhere, 998},
        (DWORD)GlobalFree(nowhere));
    say("GlobalFlags of no address", (struct answer){GMEM_INVALID_HANDLE, 6}, GlobalFlags(nowhere));
    say("LocalFlags of no address", (struct answer){LMEM_INVALID_HANDLE, 998}, LocalFlags(nowhere));
    say("GlobalSize of no address", (struct answer){0, 6}, GlobalSize(nowhere));
    say("GlobalLock of no address", (struct answer){0, 6}, (DWORD)GlobalLock(nowhere));
    say("LocalLock of no address says nothing", (struct answer){0, 77}, (DWORD)LocalLock(nowhere));
    say("GlobalUnlock of no address says nothing", (struct answer){TRUE, 77},
        (DWORD)GlobalUnlock(nowhere));
    say("LocalUnlock of no address", (struct answer){FALSE, 158}, (DWORD)LocalUnlock(nowhere));
    say("GlobalReAlloc of no address", (struct answer){0, 998},
        (DWORD)GlobalReAlloc(nowhere, 0, GMEM_MOVEABLE));
    say("GlobalHandle of no address", (struct answer){0, 6}, (DWORD)GlobalHandle(nowhere));
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    for (unsigned i = 0; i < 2; i++) {
        test_matrix(&families[i]);
        test_allocation(&families[i]);
    }
    test_small();
    test_strangers();
    return facts_end();
}
