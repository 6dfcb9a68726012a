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

/* Alignment must be a power of two, and the offset must lie in the block: else NULL and EINVAL. */
void *_aligned_offset_malloc(size_t size, size_t alignment, size_t offset)
{
    size_t room;
    uintptr_t aligned;
    void *block;

    if (alignment == 0 || (alignment & (alignment - 1)) || (offset && offset >= size)) {
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

/* Always moves: growing in place could break the alignment of what follows an offset. */
void *_aligned_offset_realloc(void *old, size_t size, size_t alignment, size_t offset)
{
    size_t available;
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
    available = _msize(*word_below(old)) - (size_t)((char *)old - (char *)*word_below(old));
    memcpy(fresh, old, size < available ? size : available);
    _aligned_free(old);
    return fresh;
}

void *_aligned_realloc(void *old, size_t size, size_t alignment)
{
    return _aligned_offset_realloc(old, size, alignment, 0);
}

/* What was asked for, as far as the block still tells: its size without what lies below. */
size_t _aligned_msize(void *aligned, size_t alignment, size_t offset);
size_t _aligned_msize(void *aligned, size_t alignment, size_t offset)
{
    char *block = aligned ? *word_below(aligned) : NULL;

    (void)alignment;
    (void)offset;
    if (!block) {
        crt_fail(EINVAL);
        return (size_t)-1;
    }
    return _msize(block) - (size_t)((char *)aligned - block);
}

/* New bytes are zero. */
void *_aligned_recalloc(void *old, size_t count, size_t size, size_t alignment)
{
    size_t bytes, before = old ? _aligned_msize(old, alignment, 0) : 0;
    char *fresh;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        crt_fail(ENOMEM);
        return NULL;
    }
    fresh = _aligned_realloc(old, bytes, alignment);
    if (fresh && bytes > before)
        memset(fresh + before, 0, bytes - before);
    return fresh;
}
