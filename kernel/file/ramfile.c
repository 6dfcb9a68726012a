/* ramfile.c - a writable file in memory: its data *is* a section.
 *
 * The section always has exactly the pages that the size needs (an empty file has no section at
 * all).  A section can grow in place but never shrink, because views may be looking at it;
 * so a file that loses pages, which is only allowed while nobody looks, moves to a smaller one.
 *
 * Invariant: bytes of the last page behind the end may hold anything (a view can write there), so
 * they are zeroed when the file grows over them.
 */
#include "kernel/file/ramfile.h"

#include "kernel/cpu/usercopy.h"

/* A view of any protection may be asked for: which of them an opening may have is decided by its
 * access rights, not by the bytes. */
enum { RAMFILE_PROT = PROT_EXECUTE_READWRITE };

bool ramfile_is_mapped(const struct ramfile *file)
{
    return file->section && file->section->references > 1;
}

static status_t make_section(struct section **section, uint32_t size)
{
    status_t status = mm_section_create(section, size, RAMFILE_PROT, NULL, false, false);

    if (!status)
        (*section)->of_file = true;
    return status;
}

status_t ramfile_read(struct ramfile *file, uint32_t offset, void *buffer, uint32_t size)
{
    MM_ASSERT(offset <= file->size && size <= file->size - offset);
    return size ? mm_section_copy(file->section, offset, buffer, size, false) : STATUS_SUCCESS;
}

status_t ramfile_write(struct ramfile *file, uint32_t offset, const void *buffer, uint32_t size)
{
    MM_ASSERT(offset <= file->size && size <= file->size - offset);
    return size ? mm_section_copy(file->section, offset, (void *)(uintptr_t)buffer, size, true)
                : STATUS_SUCCESS;
}

/* Zero the bytes [from, to) of a section. */
static status_t zero(struct section *section, uint32_t from, uint32_t to)
{
    static uint8_t zeros[512];
    status_t status = STATUS_SUCCESS;

    while (from < to && !status) {
        uint32_t part = to - from < sizeof zeros ? to - from : sizeof zeros;
        status = mm_section_copy(section, from, zeros, part, true);
        from += part;
        (void)usercopy_rest(); /* what is behind the end is zeroed in any case */
    }
    return status;
}

/* The first `size` bytes of one section to another.  The buffer is shared by all calls: nothing
 * here waits, and interrupts are off. */
static status_t copy(struct section *to, struct section *from, uint32_t size)
{
    static uint8_t page[PAGE_SIZE];
    status_t status = STATUS_SUCCESS;

    for (uint32_t at = 0; at < size && !status; at += PAGE_SIZE) {
        uint32_t part = size - at < PAGE_SIZE ? size - at : PAGE_SIZE;
        status = usercopy_rest()
            ?: mm_section_copy(from, at, page, part, false)
            ?: mm_section_copy(to, at, page, part, true);
    }
    return status;
}

/* Move to a section that has only the pages that `size` needs. */
static status_t move(struct ramfile *file, uint32_t size)
{
    struct section *smaller;
    status_t status = make_section(&smaller, size);

    if (!status) {
        status = copy(smaller, file->section, size);
        section_release(status ? smaller : file->section);
    }
    if (!status)
        file->section = smaller;
    return status;
}

/* Losing bytes must not fail for want of memory: when there is no room for a second section the
 * file keeps its pages and pays for them until it goes or grows again. */
static status_t shrink(struct ramfile *file, uint32_t size)
{
    if (ramfile_is_mapped(file))
        return STATUS_USER_MAPPED_FILE;
    if (size == 0)
        ramfile_destroy(file);
    else if (page_up(size) >> PAGE_SHIFT == file->section->pages || move(file, size))
        (void)zero(file->section, size, page_up(size)); /* new views show what is behind */
    file->size = size;
    return STATUS_SUCCESS;
}

static status_t grow(struct ramfile *file, uint32_t size)
{
    status_t status = STATUS_SUCCESS;
    uint32_t dirty_end; /* pages that the file had before may hold anything up to here */

    if (size > RAMFILE_MAX)
        return STATUS_DISK_FULL;
    dirty_end = file->section ? file->section->pages << PAGE_SHIFT : 0;
    if (!file->section)
        status = make_section(&file->section, size);
    else if (size > file->section->size)
        status = mm_section_extend(file->section, size);
    if (status)
        return STATUS_DISK_FULL;
    status = zero(file->section, file->size, size < dirty_end ? size : dirty_end);
    if (!status)
        file->size = size;
    return status;
}

status_t ramfile_set_size(struct ramfile *file, uint32_t size)
{
    if (size == file->size)
        return STATUS_SUCCESS;
    return size < file->size ? shrink(file, size) : grow(file, size);
}

void ramfile_destroy(struct ramfile *file)
{
    if (file->section)
        section_release(file->section);
    *file = (struct ramfile){0};
}
