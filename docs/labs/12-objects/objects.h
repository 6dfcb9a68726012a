/* objects.h - what `malloc`, `new[]` and `delete[]` do, by hand, over the process heap.
 *
 * An array of objects that have something to do at their end is preceded by the number of its elements, because
 * array_delete() is given nothing but a pointer:
 *
 *   block_take()'s address          the program's pointer
 *   | (filling) | count (4 bytes) | element 0 | element 1 | ...
 */
#ifndef DOCS_LABS_OBJECTS_H
#define DOCS_LABS_OBJECTS_H

#include <cstdint>
#include <new>
#include <type_traits>
#include <windows.h>

/* `bytes` bytes of the process heap, or 0. */
static inline void *block_take(size_t bytes)
{
    return HeapAlloc(GetProcessHeap(), 0, bytes);
}

/* Gives a block of block_take() back; false: it is none. */
static inline bool block_give(void *block)
{
    return HeapFree(GetProcessHeap(), 0, block) != 0;
}

/* Bytes in front of element 0: none if nobody needs the count, else at least the count's, and as many as
 * keep the type's alignment. */
template <typename T> static inline size_t count_size()
{
    if (std::is_trivially_destructible<T>::value)
        return 0;
    return alignof(T) > sizeof(uint32_t) ? alignof(T) : sizeof(uint32_t);
}

/* An array of `count` elements, constructed in ascending order; 0 if there is no memory for it. */
template <typename T> static inline T *array_new(size_t count)
{
    size_t front = count_size<T>();

    if (count > (SIZE_MAX - front) / sizeof(T))
        return nullptr;
    char *block = static_cast<char *>(block_take(front + count * sizeof(T)));
    if (!block)
        return nullptr;
    T *array = reinterpret_cast<T *>(block + front);
    if (front)
        reinterpret_cast<uint32_t *>(array)[-1] = static_cast<uint32_t>(count);
    for (size_t i = 0; i < count; i++)
        new (array + i) T();
    return array;
}

/* Destroys the elements in descending order and gives the memory back; 0 is no array.  false: the heap refused. */
template <typename T> static inline bool array_delete(T *array)
{
    size_t front = count_size<T>();

    if (!array)
        return true;
    if (front)
        for (size_t i = reinterpret_cast<uint32_t *>(array)[-1]; i > 0; i--)
            array[i - 1].~T();
    return block_give(reinterpret_cast<char *>(array) - front);
}

#endif
