/* heap.c - malloc() and its family: the C face of the process heap.
 *
 * Nothing is managed here.  The CRT layer of the picture calls the heap layer, which reserves and
 * commits pages; so malloc(n) is HeapAlloc(GetProcessHeap(), 0, n) and what the C standard asks on
 * top of it: errno (W205, W206), free(NULL) (W203), realloc to nothing (W204).  _get_heap_handle()
 * says which heap it is (W209).
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

static HANDLE heap; /* GetProcessHeap(), asked once */

void crt_heap_init(void)
{
    heap = GetProcessHeap();
}

intptr_t _get_heap_handle(void)
{
    return (intptr_t)heap;
}

/* Out of line, so that malloc() has nothing to keep across its call. */
static __attribute__((noinline, cold)) void *no_memory(void)
{
    crt_fail(ENOMEM);
    return NULL;
}

static void *or_no_memory(void *block)
{
    return block ? block : no_memory();
}

/* A size of 0 gives a block of its own: the heap keeps even empty blocks apart (W203). */
void *malloc(size_t size)
{
    return or_no_memory(HeapAlloc(heap, 0, size));
}

/* A pointer that the heap does not know is refused by the heap (W188): nothing is damaged, and errno
 * becomes EINVAL.  The C standard calls this undefined; a lesson needs it defined. */
void free(void *block)
{
    if (!HeapFree(heap, 0, block)) /* of NULL: true (W187) */
        crt_fail(EINVAL);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return or_no_memory(NULL);
    return or_no_memory(HeapAlloc(heap, HEAP_ZERO_MEMORY, bytes));
}

void *realloc(void *block, size_t size)
{
    if (!block)
        return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    return or_no_memory(HeapReAlloc(heap, 0, block, size));
}

/* Exactly the size that was asked for (W207); (size_t)-1 and EINVAL for what is not a block. */
size_t _msize(void *block)
{
    SIZE_T size = block ? HeapSize(heap, 0, block) : (SIZE_T)-1;

    if (size == (SIZE_T)-1)
        crt_fail(EINVAL);
    return size;
}

/* Resizes without moving, or returns NULL and leaves the block as it is (W208). */
void *_expand(void *block, size_t size)
{
    if (!block) {
        crt_fail(EINVAL);
        return NULL;
    }
    return or_no_memory(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, size));
}

int _heapchk(void)
{
    return HeapValidate(heap, 0, NULL) ? _HEAPOK : _HEAPBADNODE;
}

/* Filling free blocks with a byte is the debug heap's business: this only checks, as Windows does. */
int _heapset(unsigned fill)
{
    (void)fill;
    return _heapchk();
}

int _heapmin(void)
{
    return HeapCompact(heap, 0) ? 0 : crt_fail_os();
}

static bool is_block(const PROCESS_HEAP_ENTRY *entry)
{
    return !(entry->wFlags & (PROCESS_HEAP_REGION | PROCESS_HEAP_UNCOMMITTED_RANGE));
}

/* One step over the blocks, free and used.  HeapWalk() goes on from the entry it is given, so each
 * step walks from the start until it is past the block that the caller saw last. */
int _heapwalk(_HEAPINFO *info)
{
    PROCESS_HEAP_ENTRY entry = {0};
    bool past = !info->_pentry;
    int result = _HEAPEND;

    HeapLock(heap);
    while (HeapWalk(heap, &entry)) {
        if (past && is_block(&entry)) {
            info->_pentry = entry.lpData;
            info->_size = entry.cbData;
            info->_useflag = entry.wFlags & PROCESS_HEAP_ENTRY_BUSY ? _USEDENTRY : _FREEENTRY;
            result = _HEAPOK;
            break;
        }
        if (is_block(&entry) && entry.lpData == (void *)info->_pentry)
            past = true;
    }
    if (result == _HEAPEND && !past)
        result = _HEAPBADPTR;
    HeapUnlock(heap);
    return result;
}

/* New bytes are zero. */
void *_recalloc(void *old, size_t count, size_t size)
{
    size_t bytes, before = old ? _msize(old) : 0;
    char *fresh;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        crt_fail(ENOMEM);
        return NULL;
    }
    fresh = realloc(old, bytes);
    if (fresh && bytes > before)
        memset(fresh + before, 0, bytes - before);
    return fresh;
}

/* Memory of the program's own was the heap's once; since Windows 95 this says ENOSYS. */
int _heapadd(void *block, size_t size)
{
    (void)block;
    (void)size;
    return crt_fail(ENOSYS);
}

size_t _heapused(size_t *used, size_t *committed)
{
    PROCESS_HEAP_ENTRY entry = {0};
    size_t busy = 0, all = 0;

    HeapLock(heap);
    while (HeapWalk(heap, &entry)) {
        all += is_block(&entry) ? entry.cbData + entry.cbOverhead : 0;
        busy += entry.wFlags & PROCESS_HEAP_ENTRY_BUSY ? entry.cbData : 0;
    }
    HeapUnlock(heap);
    if (used)
        *used = busy;
    if (committed)
        *committed = all;
    return busy;
}
