/* aligned.c - blocks at addresses with more alignment than the heap's 8 bytes.
 *
 * The block is taken larger, and the pointer that free() needs is kept in the word just below the
 * aligned address (W211):
 *
 *     block            word below            aligned + offset is a multiple of alignment
 *     |.... slack .....|block|aligned ........ size bytes ........|
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void **word_below(void *aligned)
{
    uintptr_t address = (uintptr_t)aligned & ~(uintptr_t)(sizeof(void *) - 1);

    return (void **)address - 1;
}

/* Alignment must be a power of two (or 0: that of a pointer, X18), and the offset must lie in the block: else NULL
 * and EINVAL. */
void *_aligned_offset_malloc(size_t size, size_t alignment, size_t offset)
{
    size_t room;
    uintptr_t aligned;
    void *block;

    if (alignment & (alignment - 1) || (offset && offset >= size)) {
        crt_fail(EINVAL);
        return NULL;
    }
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    if (__builtin_add_overflow(size, alignment - 1 + 2 * sizeof(void *), &room)) {
        crt_fail(ENOMEM);
        return NULL;
    }
    block = malloc(room);
    if (!block)
        return NULL;
    aligned = (uintptr_t)block + 2 * sizeof(void *) + offset;
    aligned = ((aligned + alignment - 1) & ~(alignment - 1)) - offset;
    *word_below((void *)aligned) = block;
    return (void *)aligned;
}

void *_aligned_malloc(size_t size, size_t alignment)
{
    return _aligned_offset_malloc(size, alignment, 0);
}

void _aligned_free(void *aligned)
{
    if (aligned)
        free(*word_below(aligned));
}

/* Bytes behind the aligned address. */
static size_t available(const void *aligned)
{
    const char *block = *word_below((void *)aligned);

    return _msize((void *)block) - (size_t)((const char *)aligned - block);
}

size_t _aligned_msize(void *aligned, size_t alignment, size_t offset); /* not in every malloc.h */

/* The size that was asked for: what the block has more than that is always the same. */
size_t _aligned_msize(void *aligned, size_t alignment, size_t offset)
{
    size_t more;

    (void)offset;
    if (!aligned) {
        crt_fail(EINVAL);
        return (size_t)-1;
    }
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    more = alignment - 1 + 2 * sizeof(void *);
    return _msize(*word_below(aligned)) - more;
}

/* Always moves: growing in place could break the alignment of what follows an offset. */
void *_aligned_offset_realloc(void *old, size_t size, size_t alignment, size_t offset)
{
    size_t had;
    void *fresh;

    if (!old)
        return _aligned_offset_malloc(size, alignment, offset);
    if (size == 0) {
        _aligned_free(old);
        return NULL;
    }
    fresh = _aligned_offset_malloc(size, alignment, offset);
    if (!fresh)
        return NULL;
    had = available(old);
    memcpy(fresh, old, size < had ? size : had);
    _aligned_free(old);
    return fresh;
}

void *_aligned_realloc(void *old, size_t size, size_t alignment)
{
    return _aligned_offset_realloc(old, size, alignment, 0);
}

/* ---- arrays: count * size bytes, and what is new is zero ---- */

void *_aligned_offset_recalloc(void *old, size_t count, size_t size, size_t alignment,
                               size_t offset)
{
    size_t bytes, had = old ? _aligned_msize(old, alignment, offset) : 0;
    char *fresh;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        crt_fail(ENOMEM);
        return NULL;
    }
    fresh = _aligned_offset_realloc(old, bytes, alignment, offset);
    if (fresh && bytes > had)
        memset(fresh + had, 0, bytes - had);
    return fresh;
}

void *_aligned_recalloc(void *old, size_t count, size_t size, size_t alignment)
{
    return _aligned_offset_recalloc(old, count, size, alignment, 0);
}
