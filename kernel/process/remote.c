/* remote.c - the memory of a process that is not the current one.
 *
 * Loading the other directory would be an alternative, but then the page-fault handler would have to
 * know that the current process is not the one whose page is missing.  Instead each page is
 * brought in first and then copied through the kernel's own mapping of its frame: interrupts are off, so
 * the frame stays.
 */
#include "kernel/process/remote.h"

#include "lib/string.h"

/* Copy inside one page, which is resident and may be used. */
static void copy_in_page(struct space *space, va_t va, void *buffer, uint32_t size, bool write)
{
    pte_t *pte = paging_word(space->dir, va);
    char *bytes = (char *)machine_frame(pte_frame(*pte)) + (va & PAGE_MASK);

    if (write) {
        memcpy(bytes, buffer, size);
        *pte |= PTE_A | PTE_D; /* what the CPU would have done */
    } else {
        memcpy(buffer, bytes, size);
    }
}

static status_t copy(struct space *space, va_t va, void *buffer, uint32_t size, bool write,
                     uint32_t *done)
{
    status_t status = STATUS_SUCCESS;
    uint32_t count = 0;

    if (size && (va >= LAYOUT_USER_END || size > LAYOUT_USER_END - va))
        status = STATUS_ACCESS_VIOLATION;
    while (count < size && !status) {
        uint32_t left = PAGE_SIZE - ((va + count) & PAGE_MASK);
        uint32_t part = size - count < left ? size - count : left;

        status = mm_touch(space, va + count, part, write);
        if (!status) {
            copy_in_page(space, va + count, (char *)buffer + count, part, write);
            count += part;
        }
    }
    if (done)
        *done = count;
    return status;
}

status_t remote_read(struct space *space, void *to, va_t from, uint32_t size, uint32_t *done)
{
    return copy(space, from, to, size, false, done);
}

status_t remote_write(struct space *space, va_t to, const void *from, uint32_t size, uint32_t *done)
{
    return copy(space, to, (void *)(uintptr_t)from, size, true, done);
}
