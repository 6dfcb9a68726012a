/* usercopy.h - the only way the kernel touches a program's memory.
 *
 * The range is checked against the user partition and then simply copied; a page that is not there
 * is brought in by the page-fault handler, and a page that may not be touched makes the
 * copy end where it is (struct usercopy_place) and return the fault's own status: a guard
 * page gives STATUS_GUARD_PAGE_VIOLATION and is consumed (W89), everything else
 * STATUS_ACCESS_VIOLATION or STATUS_IN_PAGE_ERROR (W106).  Never raises an exception in the program.
 * Where the CPU has SMAP this is also the only place that lifts it.
 */
#pragma once
#include "kernel/cpu/cpu.h"
#include "mm/mm.h"

struct trap_frame;

status_t usercopy_read(void *to, va_t from, size_t size);
status_t usercopy_write(va_t to, const void *from, size_t size);

/* A zero-terminated string of at most `limit` bytes with its zero.  Longer:
 * STATUS_OBJECT_NAME_INVALID. */
status_t usercopy_string(char *to, va_t from, size_t limit);

/* Between two pages of a long range, or two steps of a long call: lets interrupts in.
 * STATUS_PROCESS_IS_TERMINATING: the thread is to die. */
extern status_t (*usercopy_rest)(void);

/* Could [to, to + size) be written now?  Touches every page of it and changes no byte. */
status_t usercopy_probe(va_t to, size_t size);

/* Instructions that touch a program's memory.  After a fault in [begin, end) that is refused the CPU continues at
 * `end` with the status in EAX, which is 0 otherwise. */
struct usercopy_place {
    uintptr_t begin, end;
};
#define USERCOPY(status, text, ...)                                                                \
    __asm__ volatile inline(CPU_ACCESS_ON                                                          \
                            "1: " text "\n2:\n" CPU_ACCESS_OFF                                     \
                            ".pushsection .usercopy, \"a\"\n.long 1b, 2b\n.popsection\n"           \
                            : "+a"(status)__VA_ARGS__                                              \
                            : "memory")

static inline bool usercopy_in_page(va_t va, size_t size)
{
    return va < LAYOUT_USER_END && size <= PAGE_SIZE - (va & PAGE_MASK);
}

/* What lies in one page, and the other part in the kernel. */
static inline status_t usercopy_part(va_t to, va_t from, size_t size)
{
    status_t status = STATUS_SUCCESS;
    size_t words = size / 4;

    USERCOPY(status, "rep movsl; movl %4, %%ecx; rep movsb", , "+D"(to), "+S"(from), "+c"(words)
             : "r"(size % 4));
    return status;
}

/* The same as usercopy_read() and usercopy_write(), quick in one page. */
static inline status_t usercopy_fetch(void *to, va_t from, size_t size)
{
    return usercopy_in_page(from, size) ? usercopy_part((va_t)to, from, size)
                                        : usercopy_read(to, from, size);
}

static inline status_t usercopy_store(va_t to, const void *from, size_t size)
{
    return usercopy_in_page(to, size) ? usercopy_part(to, (va_t)from, size)
                                      : usercopy_write(to, from, size);
}

/* Single words: what most arguments and results are. */
static inline bool usercopy_is_word(va_t va)
{
    return va < LAYOUT_USER_END && va % sizeof(uint32_t) == 0;
}

static inline status_t usercopy_get(uint32_t *to, va_t from)
{
    status_t status = STATUS_SUCCESS;

    if (!usercopy_is_word(from))
        return usercopy_read(to, from, sizeof *to);
    USERCOPY(status, "movl (%2), %1", , "=r"(*to) : "r"(from));
    return status;
}

static inline status_t usercopy_put(va_t to, uint32_t value)
{
    status_t status = STATUS_SUCCESS;

    if (!usercopy_is_word(to))
        return usercopy_write(to, &value, sizeof value);
    USERCOPY(status, "movl %1, (%2)", : "r"(value), "r"(to));
    return status;
}

/* A word that will be overwritten with a result: read, and found to be writable. */
static inline status_t usercopy_take(uint32_t *to, va_t from)
{
    status_t status = STATUS_SUCCESS;

    if (!usercopy_is_word(from))
        return usercopy_probe(from, sizeof *to) ?: usercopy_read(to, from, sizeof *to);
    USERCOPY(status, "movl (%2), %1; movl %1, (%2)", , "=&r"(*to) : "r"(from));
    return status;
}

/* A result that the program need not want: `to` 0 is fine. */
status_t usercopy_probe_wish(va_t to, size_t size);
status_t usercopy_put_wish(va_t to, uint32_t value);

/* The end of such a place, or 0: `at` is in none. */
uintptr_t usercopy_end(uintptr_t at);

/* Was the fault at such a place?  Then let it end there with `status`. */
bool usercopy_recover(struct trap_frame *frame, status_t status);
