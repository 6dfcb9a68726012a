/* image.c - PE32 executables made into image sections.
 *
 * Only what the kernel needs is understood here: where bytes go and how they are protected (image_check.c).  Imports,
 * relocations and thread-local storage are the business of ntdll.dll, in user mode, where a
 * malicious table can hurt nobody but its own process.
 *
 * Pages come from the boot disc when they are first touched: reading it is a memory copy, so the fault
 * handler never waits and never faults again.  A RAM file's bytes are pages themselves, so they
 * are copied into the section at once, which charges for them: they are its own then.
 */
#include "kernel/process/image.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/file.h"
#include "kernel/process/words.h"
#include "lib/format.h"
#include "lib/list.h"
#include "lib/string.h"

static struct image *images; /* in use */

/* --- the section --- */

/* The part that begins at `rva` or, of those in front of it, the last.  Status as image_part(). */
static status_t find_part(const struct image *image, uint32_t rva, struct image_part *part)
{
    uint32_t low = 0, high = image->parts;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        status_t status = image_part(image, middle, part);

        if (status)
            return status;
        *(part->rva <= rva ? &low : &high) = middle;
    }
    return image_part(image, low, part);
}

/* The bytes [rva, rva + size) of the image, which lie in one page, from the file. */
static status_t fill(const struct image *image, uint32_t rva, uint8_t *to, uint32_t size)
{
    struct image_part part;
    uint32_t skip, done;
    status_t status = find_part(image, rva, &part);

    memset(to, 0, size);
    if (status)
        return status;
    skip = rva - part.rva;
    if (skip >= part.raw_size)
        return STATUS_SUCCESS; /* not in the file, or between two sections */
    if (size > part.raw_size - skip)
        size = part.raw_size - skip;
    return file_read(image->file, part.offset + skip, to, size, &done);
}

static status_t read_page(struct section_file *source, uint32_t index, pfn_t into)
{
    struct image *image = (struct image *)source;

    return fill(image, index << PAGE_SHIFT, machine_frame(into), PAGE_SIZE);
}

static void free_image(struct image *image)
{
    file_close(image->file);
    pool_free(image);
}

static void release(struct section_file *source)
{
    struct image *image = (struct image *)source;

    LIST_TAKE(images, image, next, prev);
    free_image(image);
}

/* RAM files: copy every page that has bytes of the file. */
static status_t copy_part(struct image *image, const struct image_part *part)
{
    static uint8_t page[PAGE_SIZE]; /* nothing here waits, and interrupts are off */
    status_t status = STATUS_SUCCESS;

    for (uint32_t rva = part->rva; rva < part->rva + part->raw_size && !status; rva += PAGE_SIZE) {
        status = usercopy_rest()
            ?: fill(image, rva, page, PAGE_SIZE)
            ?: mm_section_copy(image->section, rva, page, PAGE_SIZE, true);
    }
    return status;
}

/* Give each part's pages their protection; what no part covers can't be touched. */
static status_t make_pages(struct image *image)
{
    status_t status =
        section_set_pages(image->section, 0, image->section->pages, PROT_NOACCESS, true);

    for (uint32_t i = 0; i < image->parts && !status; i++) {
        struct image_part part;
        uint32_t first, count, raw;

        status = usercopy_rest() ?: image_part(image, i, &part);
        if (status)
            break;
        first = part.rva >> PAGE_SHIFT;
        count = part.size >> PAGE_SHIFT;
        raw = image->copied ? 0 : page_up(part.raw_size) >> PAGE_SHIFT;
        status =
            section_set_pages(image->section, first, raw, part.prot, false)
                ?: section_set_pages(image->section, first + raw, count - raw, part.prot, true);
        if (!status && image->copied)
            status = copy_part(image, &part);
    }
    return status;
}

static status_t make_section(struct image *image)
{
    status_t status;

    image->source = (struct section_file){.read = read_page, .release = release};
    image->copied = image->file->node->kind != FILE_IS_DISC;
    status = mm_section_create(&image->section, image->size, PROT_EXECUTE_WRITECOPY, &image->source,
                               true, false);
    if (status) {
        free_image(image);
        return status;
    }
    LIST_PUSH(images, image, next, prev);
    string_copy(image->section->name, image->name, sizeof image->section->name);
    status = make_pages(image);
    if (status)
        section_release(image->section); /* frees the image, too */
    return status;
}

static status_t make_image(struct file *file, struct image **out, char *reason)
{
    struct image *image = pool_alloc(sizeof *image, "Imag");
    status_t status = STATUS_NO_MEMORY;

    *reason = 0;
    if (image) {
        image->file = file;
        object_reference(&file->object);
        status = image_check(image, reason);
        if (status)
            free_image(image);
        else
            status = make_section(image); /* frees it when it fails */
    }
    if (status && !*reason)
        words_refusal(reason, IMAGE_REASON, status, "%s can't be run", file->node->name);
    if (status)
        return status;
    *out = image;
    return STATUS_SUCCESS;
}

status_t image_open(struct file *file, struct image **out, char *reason)
{
    if (file->node->kind != FILE_IS_DISC && file->node->kind != FILE_IS_RAM) {
        format(reason, IMAGE_REASON, "%s is not a file", file->node->name);
        return STATUS_INVALID_FILE_FOR_SECTION;
    }
    for (struct image *image = images; image; image = image->next) {
        if (image->file->node == file->node) {
            section_reference(image->section);
            *out = image;
            return STATUS_SUCCESS;
        }
    }
    return make_image(file, out, reason);
}

void image_release(struct image *image)
{
    section_release(image->section);
}

status_t image_map(const struct image *image, struct space *space, va_t *base, uint32_t *size)
{
    status_t status = STATUS_CONFLICTING_ADDRESSES;

    *base = image->base;
    *size = 0;
    if (image->base >= LAYOUT_USER_LOW && image->base < LAYOUT_USER_TOP &&
        image->size <= LAYOUT_USER_TOP - image->base)
        status = view_map(image->section, space, base, 0, size, PROT_EXECUTE_WRITECOPY, false);
    if (status != STATUS_CONFLICTING_ADDRESSES)
        return status;
    *base = 0;
    *size = 0;
    return view_map(image->section, space, base, 0, size, PROT_EXECUTE_WRITECOPY, false)
               ?: STATUS_IMAGE_NOT_AT_BASE;
}
