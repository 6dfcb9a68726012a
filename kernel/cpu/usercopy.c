/* usercopy.c - checks ranges and recovers from faults; the copying itself is in usercopy.h. */
#include "kernel/cpu/usercopy.h"

#include "kernel/cpu/frame.h"
#include "mm/mm.h"

extern const struct usercopy_place usercopy_places[], usercopy_places_end[]; /* linker.ld */

status_t (*usercopy_rest)(void);

/* Everything below LAYOUT_USER_END may be tried: the page tables say the rest.  No bytes may lie anywhere. */
static status_t check_range(va_t va, size_t size)
{
    bool fits = va < LAYOUT_USER_END && size <= LAYOUT_USER_END - va;

    return fits || size == 0 ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* Page by page: no single access then spans two of the program's pages.  Where a region's cap lets only one of them
 * be in RAM (region_set.h), such an access would fault for ever, and here with interrupts off. */
static status_t move(va_t to, va_t from, size_t size, va_t user)
{
    status_t status = check_range(user, size);

    for (size_t part; size && !status; to += part, from += part, user += part, size -= part) {
        part = PAGE_SIZE - (user & PAGE_MASK);
        part = part < size ? part : size;
        status = usercopy_part(to, from, part);
    }
    return status;
}

status_t usercopy_read(void *to, va_t from, size_t size)
{
    return move((va_t)to, from, size, from);
}

status_t usercopy_write(va_t to, const void *from, size_t size)
{
    return move(to, (va_t)from, size, to);
}

/* Page by page, so that a string right below a page that may not be read is fine. */
status_t usercopy_string(char *to, va_t from, size_t limit)
{
    size_t done = 0;

    while (done < limit) {
        size_t in_page = PAGE_SIZE - ((from + done) & PAGE_MASK);
        size_t part = limit - done < in_page ? limit - done : in_page;
        status_t status = usercopy_read(to + done, from + done, part);

        if (status)
            return status;
        for (; part > 0; part--)
            if (!to[done++])
                return STATUS_SUCCESS;
    }
    return STATUS_OBJECT_NAME_INVALID;
}

status_t usercopy_probe(va_t to, size_t size)
{
    status_t status = check_range(to, size);

    for (va_t at = to; at < to + size && !status; at = page_down(at) + PAGE_SIZE)
        if (at == to || !(status = usercopy_rest()))
            USERCOPY(status, "addb $0, (%1)", : "r"(at));
    return status;
}

uintptr_t usercopy_end(uintptr_t at)
{
    for (const struct usercopy_place *p = usercopy_places; p < usercopy_places_end; p++)
        if (at >= p->begin && at < p->end)
            return p->end;
    return 0;
}

bool usercopy_recover(struct trap_frame *frame, status_t status)
{
    uintptr_t end = usercopy_end(frame->eip);

    if (!end)
        return false;
    if (status != STATUS_GUARD_PAGE_VIOLATION && status != STATUS_IN_PAGE_ERROR)
        status = STATUS_ACCESS_VIOLATION;
    frame->eip = end;
    frame->eax = status;
    return true;
}

status_t usercopy_probe_wish(va_t to, size_t size)
{
    return to ? usercopy_probe(to, size) : STATUS_SUCCESS;
}

status_t usercopy_put_wish(va_t to, uint32_t value)
{
    return to ? usercopy_put(to, value) : STATUS_SUCCESS;
}
