/* global.c - Local* and Global*: the memory functions of 16-bit Windows, over the process heap.
 *
 * Fixed memory is a heap block and its handle is its address.  Moveable memory has a handle of its own:
 * an entry of a table of at most 65,536 (W202), which holds the block's address, so that the block
 * can move while nobody has locked it.  The handle is the address of the entry's second word: such
 * an address ends with 4 (W200), and a heap block's ends with 0, so a handle says what it is.
 *
 * The two families are one but for what they say of handles that are none, and of what is written at the
 * function (X11).
 */
#include "user/kernel32/kernel32.h"

/* Windows' own record. */
struct entry {
    uint32_t flags; /* of an unused entry: the next unused one */
    void *block;    /* the handle is the address of this word; 0: discarded, or of size 0 */
};
_Static_assert(sizeof(struct entry) == 8 && offsetof(struct entry, block) == 4, "W200");

enum {
    USED = 3,
    DISCARDABLE = 4,
    DISCARDED = 8,
    SHARED = 0x8000,    /* GMEM_DDESHARE */
    LOCK_ONE = 0x10000, /* the count of locks is a byte */
    LOCK_MOST = 0xFF0000,
    ENTRIES = 0x10000,
};

static RTL_CRITICAL_SECTION lock = {.LockCount = -1};
static struct entry *table;  /* reserved as a whole, committed page by page */
static uint32_t used_below;  /* all entries from here on were never used */
static struct entry *unused; /* entries below that which are free again */

static void *heap(void)
{
    return peb()->heap;
}

/* --- the table.  => the lock is held --- */

static struct entry *fresh_entry(void)
{
    struct entry *entry;

    if (table == NULL)
        table = VirtualAlloc(NULL, ENTRIES * sizeof *table, MEM_RESERVE, PAGE_READWRITE);
    if (table == NULL || used_below == ENTRIES)
        return NULL;
    entry = &table[used_below];
    if (((ULONG_PTR)entry & (PAGE_BYTES - 1)) == 0 &&
        VirtualAlloc(entry, PAGE_BYTES, MEM_COMMIT, PAGE_READWRITE) == NULL)
        return NULL;
    used_below++;
    return entry;
}

/* The list ends with a pointer behind the table, so that the flags of an unused entry are never 0. */
static struct entry *take_entry(void)
{
    struct entry *entry = unused;

    if (entry == NULL || entry == table + ENTRIES)
        return fresh_entry();
    unused = (struct entry *)entry->flags;
    return entry;
}

static void give_entry(struct entry *entry)
{
    *entry = (struct entry){.flags = (uint32_t)(unused != NULL ? unused : table + ENTRIES)};
    unused = entry;
}

static bool is_moveable(const void *handle)
{
    return ((ULONG_PTR)handle & 7) == 4;
}

/* The entry behind a moveable handle, 0 if there is none. */
static struct entry *entry_of(const void *handle)
{
    ULONG_PTR distance = (ULONG_PTR)handle - 4 - (ULONG_PTR)table;
    uint32_t index = distance / sizeof *table;

    return table != NULL && is_moveable(handle) && index < used_below &&
                   (table[index].flags & USED) == USED
               ? &table[index]
               : NULL;
}

/* A live block of fixed memory?  The last error stays. */
static bool is_fixed(const void *handle)
{
    DWORD error = RtlGetLastWin32Error();
    bool fixed = handle != NULL && !is_moveable(handle) && RtlValidateHeap(heap(), 0, handle);

    RtlSetLastWin32Error(error);
    return fixed;
}

/* What the calls say that look behind a pointer: 998 where nothing can be read. */
static DWORD error_of(const void *handle)
{
    return !is_moveable(handle) && IsBadReadPtr(handle, 1) ? ERROR_NOACCESS : ERROR_INVALID_HANDLE;
}

/* --- allocate, free --- */

static void *allocate_moveable(UINT flags, SIZE_T size)
{
    DWORD zero = (flags & GMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0;
    struct entry *entry;
    void *block = size == 0 ? NULL : RtlAllocateHeap(heap(), zero, size);

    if (size != 0 && block == NULL)
        return NULL;
    RtlEnterCriticalSection(&lock);
    entry = take_entry();
    if (entry != NULL)
        *entry = (struct entry){.flags = USED | (size == 0 ? DISCARDED : 0u) |
                                         ((flags & LMEM_DISCARDABLE) != 0 ? DISCARDABLE : 0u),
                                .block = block};
    RtlLeaveCriticalSection(&lock);
    if (entry == NULL) {
        text_free(block);
        error_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return &entry->block;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size)
{
    if ((flags & LMEM_MOVEABLE) != 0)
        return allocate_moveable(flags, size);
    return RtlAllocateHeap(heap(), (flags & LMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0, size);
}

/* A fixed block of no bytes has one. */
HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
    void *handle = LocalAlloc(flags, size == 0 && (flags & GMEM_MOVEABLE) == 0 ? 1 : size);

    if (handle != NULL && is_moveable(handle) && (flags & GMEM_DDESHARE) != 0)
        ((uint32_t *)handle)[-1] |= SHARED;
    return handle;
}

/* Returns 0, or the handle if it is none. */
HGLOBAL WINAPI GlobalFree(HGLOBAL handle)
{
    struct entry *entry;
    void *block = handle;

    if (handle == NULL)
        return NULL;
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry != NULL) {
        block = entry->block;
        give_entry(entry);
    }
    RtlLeaveCriticalSection(&lock);
    if (entry == NULL && !is_fixed(handle)) {
        error_fail(error_of(handle));
        return handle;
    }
    text_free(block);
    return NULL;
}

/* --- lock, unlock --- */

/* Of a pointer that is no block this says nothing in the last error. */
LPVOID WINAPI LocalLock(HLOCAL handle)
{
    struct entry *entry;
    void *block = NULL;

    if (!is_moveable(handle))
        return is_fixed(handle) ? handle : NULL;
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL) {
        error_fail(ERROR_INVALID_HANDLE);
    } else if (entry->block == NULL) {
        error_fail(ERROR_DISCARDED);
    } else {
        block = entry->block;
        if ((entry->flags & LOCK_MOST) < LOCK_MOST)
            entry->flags += LOCK_ONE;
    }
    RtlLeaveCriticalSection(&lock);
    return block;
}

LPVOID WINAPI GlobalLock(HGLOBAL handle)
{
    if (!is_moveable(handle) && !is_fixed(handle))
        return error_null(ERROR_INVALID_HANDLE);
    return LocalLock(handle);
}

/* TRUE while it is still locked.  FALSE with error 0: now it isn't (W201). */
BOOL WINAPI LocalUnlock(HLOCAL handle)
{
    struct entry *entry;
    BOOL still = FALSE;

    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL) {
        error_fail(is_moveable(handle) ? ERROR_INVALID_HANDLE : ERROR_NOT_LOCKED);
    } else if ((entry->flags & LOCK_MOST) == 0) {
        error_fail(ERROR_NOT_LOCKED);
    } else {
        entry->flags -= LOCK_ONE;
        still = (entry->flags & LOCK_MOST) != 0;
        RtlSetLastWin32Error(ERROR_SUCCESS);
    }
    RtlLeaveCriticalSection(&lock);
    return still;
}

/* What was never locked can't be unlocked wrongly: TRUE for every pointer, and for handles that are none. */
BOOL WINAPI GlobalUnlock(HGLOBAL handle)
{
    if (!is_moveable(handle))
        return TRUE;
    if (entry_of(handle) == NULL) {
        RtlSetLastWin32Error(ERROR_INVALID_HANDLE);
        return TRUE;
    }
    return LocalUnlock(handle);
}

/* --- facts --- */

SIZE_T WINAPI GlobalSize(HGLOBAL handle)
{
    struct entry *entry;
    SIZE_T size = 0;

    if (is_fixed(handle))
        return RtlSizeHeap(heap(), 0, handle);
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL)
        error_fail(ERROR_INVALID_HANDLE);
    else if (entry->block != NULL)
        size = RtlSizeHeap(heap(), 0, entry->block);
    RtlLeaveCriticalSection(&lock);
    return size;
}

/* The lock count in the low byte, the other facts above; `discardable` is how the family writes that one. */
static UINT flags_of(const void *handle, UINT discardable)
{
    struct entry *entry;
    UINT flags = GMEM_INVALID_HANDLE;

    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry != NULL)
        flags = (entry->flags & LOCK_MOST) / LOCK_ONE |
                ((entry->flags & DISCARDED) != 0 ? GMEM_DISCARDED : 0u) |
                ((entry->flags & DISCARDABLE) != 0 ? discardable : 0u) |
                ((entry->flags & SHARED) != 0 ? GMEM_DDESHARE : 0u);
    RtlLeaveCriticalSection(&lock);
    return flags;
}

UINT WINAPI GlobalFlags(HGLOBAL handle)
{
    UINT flags = is_fixed(handle) ? 0 : flags_of(handle, GMEM_DISCARDABLE);

    if (flags == GMEM_INVALID_HANDLE)
        error_fail(ERROR_INVALID_HANDLE);
    return flags;
}

UINT WINAPI LocalFlags(HLOCAL handle)
{
    UINT flags = is_fixed(handle) ? 0 : flags_of(handle, LMEM_DISCARDABLE);

    if (flags == LMEM_INVALID_HANDLE)
        error_fail(error_of(handle));
    else
        flags &= ~(UINT)GMEM_DDESHARE;
    return flags;
}

/* The handle of the block at `address`. */
HGLOBAL WINAPI GlobalHandle(LPCVOID address)
{
    void *handle = NULL;

    RtlEnterCriticalSection(&lock);
    for (uint32_t i = 0; i < used_below && handle == NULL; i++)
        if ((table[i].flags & USED) == USED && table[i].block == address && address != NULL)
            handle = &table[i].block;
    RtlLeaveCriticalSection(&lock);
    if (handle == NULL && is_fixed(address))
        handle = (void *)address;
    return handle != NULL ? handle : error_null(ERROR_INVALID_HANDLE);
}

/* --- reallocate.  => the lock is held.  LMEM_MODIFY changes what a block is and leaves its size; else it may
 * not be asked to become discardable, and its size changes --- */

static void *resize(void *block, UINT flags, SIZE_T size, bool may_move)
{
    DWORD how = ((flags & LMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0u) |
                (may_move ? 0u : HEAP_REALLOC_IN_PLACE_ONLY);

    block = block == NULL ? RtlAllocateHeap(heap(), how, size)
                          : RtlReAllocateHeap(heap(), how, block, size);
    return block != NULL ? block : error_null(ERROR_NOT_ENOUGH_MEMORY);
}

/* Size 0 discards the block, if that is allowed and nobody has it locked. */
static void *resize_moveable(struct entry *entry, UINT flags, SIZE_T size)
{
    bool moveable = (flags & LMEM_MOVEABLE) != 0, locked = (entry->flags & LOCK_MOST) != 0;
    void *block;

    if (size == 0) {
        if (!moveable || locked)
            return error_null(ERROR_INVALID_PARAMETER);
        text_free(entry->block);
        entry->block = NULL;
        entry->flags |= DISCARDED;
        return &entry->block;
    }
    block = resize(entry->block, flags, size, moveable || !locked);
    if (block == NULL)
        return NULL;
    entry->block = block;
    entry->flags &= ~(uint32_t)DISCARDED;
    return &entry->block;
}

static void *reallocate(void *handle, SIZE_T size, UINT flags)
{
    struct entry *entry = entry_of(handle);

    if (entry == NULL && !is_fixed(handle))
        return error_null(error_of(handle));
    if ((flags & LMEM_MODIFY) != 0) {
        if (entry != NULL && (flags & LMEM_DISCARDABLE) != 0)
            entry->flags |= DISCARDABLE;
        return handle;
    }
    if ((flags & LMEM_DISCARDABLE) != 0)
        return error_null(ERROR_INVALID_PARAMETER);
    return entry != NULL ? resize_moveable(entry, flags, size)
                         : resize(handle, flags, size, (flags & LMEM_MOVEABLE) != 0);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL handle, SIZE_T size, UINT flags)
{
    void *result;

    RtlEnterCriticalSection(&lock);
    result = reallocate(handle, size, flags);
    RtlLeaveCriticalSection(&lock);
    return result;
}

/* A fixed block gets an entry, and with it a handle that is no pointer. */
static void *make_moveable(void *block, UINT flags)
{
    struct entry *entry = take_entry();

    if (entry == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    *entry = (struct entry){.flags = USED | ((flags & GMEM_DISCARDABLE) != 0 ? DISCARDABLE : 0u),
                            .block = block};
    return &entry->block;
}

/* Only this one of the two makes fixed memory moveable. */
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL handle, SIZE_T size, UINT flags)
{
    enum { CONVERT = GMEM_MODIFY | GMEM_MOVEABLE };
    void *result;

    RtlEnterCriticalSection(&lock);
    if ((flags & CONVERT) == CONVERT && is_fixed(handle))
        result = make_moveable(handle, flags);
    else
        result = reallocate(handle, size, flags);
    RtlLeaveCriticalSection(&lock);
    return result;
}

/* --- what had a meaning when memory was moved to make room --- */

VOID WINAPI GlobalFix(HGLOBAL handle)
{
    if (handle != INVALID_HANDLE_VALUE)
        GlobalLock(handle);
}

VOID WINAPI GlobalUnfix(HGLOBAL handle)
{
    if (handle != INVALID_HANDLE_VALUE)
        GlobalUnlock(handle);
}

LPVOID WINAPI GlobalWire(HGLOBAL handle)
{
    return GlobalLock(handle);
}

BOOL WINAPI GlobalUnWire(HGLOBAL handle)
{
    return GlobalUnlock(handle);
}

SIZE_T WINAPI LocalShrink(HLOCAL handle, UINT size)
{
    (void)handle;
    (void)size;
    return RtlCompactHeap(heap(), 0);
}

SIZE_T WINAPI LocalCompact(UINT wanted)
{
    return LocalShrink(NULL, wanted);
}

SIZE_T WINAPI GlobalCompact(DWORD wanted)
{
    return LocalShrink(NULL, wanted);
}

/* The functions that differ in nothing are the same one under two names (kernel32.def). */
_Static_assert(LMEM_MOVEABLE == GMEM_MOVEABLE && LMEM_ZEROINIT == GMEM_ZEROINIT &&
                   LMEM_MODIFY == GMEM_MODIFY && LMEM_DISCARDED == GMEM_DISCARDED &&
                   LMEM_INVALID_HANDLE == GMEM_INVALID_HANDLE &&
                   (LMEM_DISCARDABLE & GMEM_DISCARDABLE) == GMEM_DISCARDABLE,
               "one set of flags");
