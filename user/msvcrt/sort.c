/* sort.c - qsort(), bsearch() and the linear searches.
 *
 * Quicksort with the median of three as pivot: it walks the array from both ends, so a sort of an
 * array larger than memory touches each page once a level.  Its quadratic worst case is cut off: after
 * 2 log2(n) levels the rest is sorted with heapsort, which jumps about but never takes longer than
 * n log n.  The shorter half is sorted by recursion, the longer one by the loop: the depth is at most
 * log2(n).
 */
#include "user/msvcrt/crt.h"
#include <search.h>
#include <string.h>
#include <stdlib.h>

enum { FEW = 12 }; /* so few elements are sorted by insertion */

typedef int(__cdecl *comparison)(const void *, const void *);

struct sort {
    size_t size; /* of one element */
    comparison compare;
};

static void exchange(char *a, char *b, size_t size)
{
    if (a == b)
        return;
    for (; size >= sizeof(uint32_t); size -= sizeof(uint32_t)) {
        uint32_t word = *(uint32_t *)a;

        *(uint32_t *)a = *(uint32_t *)b;
        *(uint32_t *)b = word;
        a += sizeof word;
        b += sizeof word;
    }
    for (; size > 0; size--) {
        char c = *a;

        *a++ = *b;
        *b++ = c;
    }
}

static void insertion_sort(char *base, size_t count, const struct sort *sort)
{
    char *end = base + count * sort->size;

    for (char *next = base + sort->size; next < end; next += sort->size)
        for (char *p = next; p > base && sort->compare(p - sort->size, p) > 0; p -= sort->size)
            exchange(p - sort->size, p, sort->size);
}

/* Element `root` sinks to its place in the heap of the first `count` elements. */
static void sift_down(char *base, size_t root, size_t count, const struct sort *sort)
{
    for (;;) {
        size_t child = 2 * root + 1;

        if (child >= count)
            return;
        if (child + 1 < count &&
            sort->compare(base + child * sort->size, base + (child + 1) * sort->size) < 0)
            child++;
        if (sort->compare(base + root * sort->size, base + child * sort->size) >= 0)
            return;
        exchange(base + root * sort->size, base + child * sort->size, sort->size);
        root = child;
    }
}

static void heap_sort(char *base, size_t count, const struct sort *sort)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(base, i, count, sort);
    for (size_t i = count; i-- > 1;) {
        exchange(base, base + i * sort->size, sort->size);
        sift_down(base, 0, i, sort);
    }
}

/* Puts the median of first, middle and last into the first place. */
static void choose_pivot(char *first, char *middle, char *last, const struct sort *sort)
{
    if (sort->compare(middle, last) > 0)
        exchange(middle, last, sort->size);
    if (sort->compare(first, last) > 0)
        exchange(first, last, sort->size);
    if (sort->compare(first, middle) < 0)
        exchange(first, middle, sort->size);
}

/* Afterwards: elements before the result are <= it, elements behind it are >= it. */
static char *partition(char *base, size_t count, const struct sort *sort)
{
    char *low = base;
    char *high = base + count * sort->size;

    choose_pivot(base, base + count / 2 * sort->size, high - sort->size, sort);
    for (;;) {
        do
            low += sort->size;
        while (low < high && sort->compare(low, base) < 0);
        do
            high -= sort->size;
        while (high > base && sort->compare(high, base) > 0);
        if (low >= high)
            break;
        exchange(low, high, sort->size);
    }
    exchange(base, high, sort->size);
    return high;
}

static void sort_range(char *base, size_t count, unsigned levels, const struct sort *sort)
{
    while (count > FEW) {
        char *pivot;
        size_t left, right;

        if (levels-- == 0) {
            heap_sort(base, count, sort);
            return;
        }
        pivot = partition(base, count, sort);
        left = (size_t)(pivot - base) / sort->size;
        right = count - left - 1;
        if (left < right) {
            sort_range(base, left, levels, sort);
            base = pivot + sort->size;
            count = right;
        } else {
            sort_range(pivot + sort->size, right, levels, sort);
            count = left;
        }
    }
    insertion_sort(base, count, sort);
}

void qsort(void *base, size_t count, size_t size, comparison compare)
{
    struct sort sort = {.size = size, .compare = compare};
    unsigned levels = 0;

    if (!base || size == 0 || count < 2)
        return;
    for (size_t n = count; n > 1; n /= 2)
        levels += 2;
    sort_range(base, count, levels, &sort);
}

void *bsearch(const void *key, const void *base, size_t count, size_t size, comparison compare)
{
    const char *start = base;

    while (count > 0) {
        const char *middle = start + count / 2 * size;
        int order = compare(key, middle);

        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            start = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}

void *_lfind(const void *key, const void *base, unsigned *count, unsigned size, comparison compare)
{
    const char *p = base;

    for (unsigned i = 0; i < *count; i++, p += size)
        if (compare(key, p) == 0)
            return (void *)p;
    return NULL;
}

/* As _lfind(), but adds the key behind the last element when it is not there. */
void *_lsearch(const void *key, void *base, unsigned *count, unsigned size, comparison compare)
{
    char *found = _lfind(key, base, count, size, compare);

    if (!found) {
        found = (char *)base + *count * size;
        memcpy(found, key, size);
        (*count)++;
    }
    return found;
}
