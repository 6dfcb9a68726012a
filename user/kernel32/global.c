/* global.c - Local* and Global*: the memory functions of 16-bit Windows, over the process heap.
 *
 * Fixed memory is a heap block and its handle is its address.  Moveable memory has a handle of its own:
 * an entry of a table of at most 65,536 (W202), which holds the block's address, so that the block
 * can move while nobody has locked it.  The handle is the address of the entry's second word: such
 * an address ends with 4 (W200), and a heap block's ends with 0, so a handle says what it is.
 */
#include "user/kernel32/kernel32.h"

struct entry {
    uint8_t used, discarded, locks, spare;
    void *block; /* the handle is the address of this word; 0: discarded, or of size 0 */
                 /* of an unused entry: the next unused one */
};
_Static_assert(sizeof(struct entry) == 8 && offsetof(struct entry, block) == 4, "W200");

enum { ENTRIES = 0x10000, MAX_LOCKS = 0xFF };

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

static struct entry *take_entry(void)
{
    struct entry *entry = unused;

    if (entry == NULL)
        return fresh_entry();
    unused = entry->block;
    return entry;
}

static void give_entry(struct entry *entry)
{
    *entry = (struct entry){.used = 0, .block = unused};
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

    return table != NULL && is_moveable(handle) && index < used_below && table[index].used
               ? &table[index]
               : NULL;
}

/* A live block of fixed memory? */
static bool is_fixed(const void *handle)
{
    return handle != NULL && !is_moveable(handle) && RtlValidateHeap(heap(), 0, handle);
}

/* --- allocate, free --- */

static void *allocate_moveable(DWORD zero, SIZE_T size)
{
    struct entry *entry;
    void *block = size == 0 ? NULL : RtlAllocateHeap(heap(), zero, size);

    if (size != 0 && block == NULL)
        return NULL;
    RtlEnterCriticalSection(&lock);
    entry = take_entry();
    if (entry != NULL)
        *entry = (struct entry){.used = 1, .discarded = size == 0, .block = block};
    RtlLeaveCriticalSection(&lock);
    if (entry == NULL) {
        text_free(block);
        error_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return &entry->block;
}

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
    DWORD zero = (flags & GMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0;

    return (flags & GMEM_MOVEABLE) != 0 ? allocate_moveable(zero, size)
                                        : RtlAllocateHeap(heap(), zero, size);
}

/* Returns 0, or the handle if it is none. */
HGLOBAL WINAPI GlobalFree(HGLOBAL handle)
{
    struct entry *entry;
    void *block = handle;

    if (handle == NULL)
        return NULL;
    if (!is_moveable(handle)) {
        if (!is_fixed(handle)) {
            error_fail(ERROR_INVALID_HANDLE);
            return handle;
        }
        text_free(block);
        return NULL;
    }
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry != NULL) {
        block = entry->block;
        give_entry(entry);
    }
    RtlLeaveCriticalSection(&lock);
    if (entry == NULL) {
        error_fail(ERROR_INVALID_HANDLE);
        return handle;
    }
    text_free(block);
    return NULL;
}

/* --- lock, unlock --- */

LPVOID WINAPI GlobalLock(HGLOBAL handle)
{
    struct entry *entry;
    void *block = NULL;

    if (!is_moveable(handle))
        return is_fixed(handle) ? handle : error_null(ERROR_INVALID_HANDLE);
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL) {
        error_fail(ERROR_INVALID_HANDLE);
    } else if (entry->block == NULL) {
        error_fail(ERROR_DISCARDED);
    } else {
        block = entry->block;
        entry->locks = (uint8_t)(entry->locks + (entry->locks < MAX_LOCKS));
    }
    RtlLeaveCriticalSection(&lock);
    return block;
}

/* TRUE while it is still locked.  FALSE with error 0: now it isn't (W201). */
BOOL WINAPI GlobalUnlock(HGLOBAL handle)
{
    struct entry *entry;
    BOOL still = FALSE;

    if (!is_moveable(handle))
        return is_fixed(handle) ? TRUE : error_fail(ERROR_INVALID_HANDLE);
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL) {
        error_fail(ERROR_INVALID_HANDLE);
    } else if (entry->locks == 0) {
        error_fail(ERROR_NOT_LOCKED);
    } else {
        entry->locks--;
        still = entry->locks != 0;
        RtlSetLastWin32Error(ERROR_SUCCESS);
    }
    RtlLeaveCriticalSection(&lock);
    return still;
}

/* --- facts --- */

SIZE_T WINAPI GlobalSize(HGLOBAL handle)
{
    struct entry *entry;
    SIZE_T size = 0;

    if (!is_moveable(handle)) {
        if (is_fixed(handle))
            return RtlSizeHeap(heap(), 0, handle);
        error_fail(ERROR_INVALID_HANDLE);
        return 0;
    }
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry == NULL)
        error_fail(ERROR_INVALID_HANDLE);
    else if (entry->block != NULL)
        size = RtlSizeHeap(heap(), 0, entry->block);
    RtlLeaveCriticalSection(&lock);
    return size;
}

/* Lock count in the low byte, GMEM_DISCARDED above. */
UINT WINAPI GlobalFlags(HGLOBAL handle)
{
    struct entry *entry;
    UINT flags = GMEM_INVALID_HANDLE;

    if (is_fixed(handle))
        return 0;
    RtlEnterCriticalSection(&lock);
    entry = entry_of(handle);
    if (entry != NULL)
        flags = entry->locks | (entry->discarded ? GMEM_DISCARDED : 0u);
    else
        error_fail(ERROR_INVALID_HANDLE);
    RtlLeaveCriticalSection(&lock);
    return flags;
}

/* The handle of the block at `address`. */
HGLOBAL WINAPI GlobalHandle(LPCVOID address)
{
    void *handle = NULL;

    RtlEnterCriticalSection(&lock);
    for (uint32_t i = 0; i < used_below && handle == NULL; i++)
        if (table[i].used && table[i].block == address && address != NULL)
            handle = &table[i].block;
    RtlLeaveCriticalSection(&lock);
    if (handle == NULL && is_fixed(address))
        handle = (void *)address;
    return handle != NULL ? handle : error_null(ERROR_INVALID_HANDLE);
}

/* --- reallocate --- */

/* => the lock is held.  Size 0 discards the block if nobody has it locked. */
static void *reallocate_moveable(struct entry *entry, DWORD zero, SIZE_T size)
{
    void *block;

    if (size == 0) {
        if (entry->locks != 0)
            return error_null(ERROR_INVALID_HANDLE);
        text_free(entry->block);
        entry->block = NULL;
        entry->discarded = 1;
        return &entry->block;
    }
    if (entry->block == NULL) {
        block = RtlAllocateHeap(heap(), zero, size);
    } else { /* locked memory stays where it is */
        block = RtlReAllocateHeap(heap(), zero | (entry->locks ? HEAP_REALLOC_IN_PLACE_ONLY : 0u),
                                  entry->block, size);
    }
    if (block == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    entry->block = block;
    entry->discarded = 0;
    return &entry->block;
}

/* GMEM_MODIFY turns a fixed block into a moveable one; the other flags it may change are kept by no
 * memory of ours. */
static void *modify(void *handle, UINT flags)
{
    struct entry *entry;

    if (is_moveable(handle))
        return entry_of(handle) != NULL ? handle : error_null(ERROR_INVALID_HANDLE);
    if (!is_fixed(handle))
        return error_null(ERROR_INVALID_HANDLE);
    if ((flags & GMEM_MOVEABLE) == 0)
        return handle;
    entry = take_entry();
    if (entry == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    *entry = (struct entry){.used = 1, .block = handle};
    return &entry->block;
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL handle, SIZE_T size, UINT flags)
{
    DWORD zero = (flags & GMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0;
    void *result;

    RtlEnterCriticalSection(&lock);
    if ((flags & GMEM_MODIFY) != 0) {
        result = modify(handle, flags);
    } else if (is_moveable(handle)) {
        struct entry *entry = entry_of(handle);

        result = entry == NULL ? error_null(ERROR_INVALID_HANDLE)
                               : reallocate_moveable(entry, zero, size);
    } else if (is_fixed(handle)) { /* moves only with permission */
        DWORD in_place = (flags & GMEM_MOVEABLE) != 0 ? 0 : HEAP_REALLOC_IN_PLACE_ONLY;

        result = RtlReAllocateHeap(heap(), zero | in_place, handle, size);
    } else {
        result = error_null(ERROR_INVALID_HANDLE);
    }
    RtlLeaveCriticalSection(&lock);
    return result;
}

/* The Local functions are the same ones under another name (kernel32.def). */
_Static_assert(LMEM_MOVEABLE == GMEM_MOVEABLE && LMEM_ZEROINIT == GMEM_ZEROINIT &&
                   LMEM_MODIFY == GMEM_MODIFY && LMEM_DISCARDED == GMEM_DISCARDED &&
                   LMEM_INVALID_HANDLE == GMEM_INVALID_HANDLE,
               "one set of flags");
