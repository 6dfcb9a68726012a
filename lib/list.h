/* list.h - lists whose members carry their own links.
 *
 * `first` and `last` are the list's own pointers, `next` and `prev` fields of its members; an empty list is zero.
 * So a thing can be in several lists, and a debugger shows what it is.  Every argument but the fields is an lvalue or a
 * pointer that may be evaluated more than once.
 */
#pragma once
#include <stddef.h>

/* At the end; at the beginning; out of it. */
#define LIST_APPEND(first, last, item, next, prev)                                                 \
    do {                                                                                           \
        (item)->next = NULL;                                                                       \
        (item)->prev = (last);                                                                     \
        if (last)                                                                                  \
            (last)->next = (item);                                                                 \
        else                                                                                       \
            (first) = (item);                                                                      \
        (last) = (item);                                                                           \
    } while (0)
#define LIST_PREPEND(first, last, item, next, prev) LIST_APPEND(last, first, item, prev, next)
#define LIST_REMOVE(first, last, item, next, prev)                                                 \
    do {                                                                                           \
        *((item)->prev ? &(item)->prev->next : &(first)) = (item)->next;                           \
        *((item)->next ? &(item)->next->prev : &(last)) = (item)->prev;                            \
    } while (0)
/* The first one out of it.  => `first` is not 0 */
#define LIST_SHIFT(first, last, next, prev)                                                        \
    do {                                                                                           \
        (first) = (first)->next;                                                                   \
        if (first)                                                                                 \
            (first)->prev = NULL;                                                                  \
        else                                                                                       \
            (last) = NULL;                                                                         \
    } while (0)

/* Of a list that knows its first member only: behind `before` (0: at the beginning); at the beginning; out of it. */
#define LIST_INSERT(first, before, item, next, prev)                                               \
    do {                                                                                           \
        (item)->prev = (before);                                                                   \
        (item)->next = (before) ? (before)->next : (first);                                        \
        *((before) ? &(before)->next : &(first)) = (item);                                         \
        if ((item)->next)                                                                          \
            (item)->next->prev = (item);                                                           \
    } while (0)
#define LIST_PUSH(first, item, next, prev)                                                         \
    do {                                                                                           \
        (item)->prev = NULL;                                                                       \
        (item)->next = (first);                                                                    \
        if (first)                                                                                 \
            (first)->prev = (item);                                                                \
        (first) = (item);                                                                          \
    } while (0)
#define LIST_TAKE(first, item, next, prev)                                                         \
    do {                                                                                           \
        *((item)->prev ? &(item)->prev->next : &(first)) = (item)->next;                           \
        if ((item)->next)                                                                          \
            (item)->next->prev = (item)->prev;                                                     \
    } while (0)

/* Out of a list in one direction. */
#define LIST_UNLINK(first, item, next)                                                             \
    do {                                                                                           \
        __typeof__(first) *at_ = &(first);                                                         \
                                                                                                   \
        while (*at_ != (item))                                                                     \
            at_ = &(*at_)->next;                                                                   \
        *at_ = (item)->next;                                                                       \
    } while (0)
