/* image.c - PE32 executables: checked, and made into image sections.
 *
 * The layout of the file is that of the "PE Format" specification that Microsoft publishes.  Only what
 * the kernel needs is understood here: where bytes go and how they are protected.  Imports,
 * relocations and thread-local storage are the business of ntdll.dll, in user mode, where a
 * malicious table can hurt nobody but its own process.
 *
 * Pages come from the boot disc when they are first touched: reading it is a memory copy, so the fault
 * handler never waits and never faults again.  A RAM file's bytes are pages themselves, so they
 * are copied into the section at once, which charges for them: they are its own then.
 */
#include "kernel/process/image.h"

#include "kernel/file/file.h"
#include "lib/format.h"
#include "lib/string.h"

enum {
    DOS_HEADER = 64, /* bytes */
    DOS_PE_OFFSET = 0x3C,
    SIGNATURE = 4,
    MAX_SECTIONS = 96, /* as in Windows */
    MACHINE_I386 = 0x014C,
    MACHINE_AMD64 = 0x8664,
    MACHINE_ARM64 = 0xAA64,
    MAGIC_PE32 = 0x010B,
    FLAG_RELOCS_STRIPPED = 0x0001,
    FLAG_EXECUTABLE = 0x0002,
    FLAG_DLL = 0x2000,
    DIRECTORIES = 16,
    EXPORT_NAME = 64, /* longest name that image_export() looks for */
};
#define SECTION_SHARED  0x10000000u
#define SECTION_EXECUTE 0x20000000u
#define SECTION_READ    0x40000000u
#define SECTION_WRITE   0x80000000u

struct file_header {
    uint16_t machine, sections;
    uint32_t time, symbols, symbol_count;
    uint16_t optional_size, characteristics;
};

struct directory {
    uint32_t rva, size;
};

struct optional_header {
    uint16_t magic, linker;
    uint32_t code, data, bss, entry, code_base, data_base;
    uint32_t base, section_alignment, file_alignment;
    uint16_t versions[6];
    uint32_t reserved, image_size, header_size, checksum;
    uint16_t subsystem, dll_characteristics;
    uint32_t stack_reserve, stack_commit, heap_reserve, heap_commit, loader_flags;
    uint32_t directories;
    struct directory directory[DIRECTORIES];
};
enum { OPTIONAL_FIXED = offsetof(struct optional_header, directory) };

struct section_header {
    char name[8];
    uint32_t virtual_size, rva, raw_size, raw_offset;
    uint32_t relocations, lines;
    uint16_t relocation_count, line_count;
    uint32_t flags;
};

struct export_directory {
    uint32_t characteristics, time, version, name, ordinal_base;
    uint32_t functions, names, function_rva, name_rva, ordinal_rva;
};

_Static_assert(sizeof(struct file_header) == 20 && OPTIONAL_FIXED == 96, "PE specification");
_Static_assert(sizeof(struct section_header) == 40, "PE specification");

static struct image *images; /* in use */

/* What is known while a file is being checked. */
struct check {
    struct file *file;
    struct image *image;
    char *reason;
    uint32_t section_table; /* file offset */
    uint32_t sections;
    struct file_header header;
    struct optional_header optional;
};

static status_t __attribute__((format(printf, 2, 3))) refuse(struct check *c, const char *text, ...)
{
    va_list arguments;
    int used = format(c->reason, IMAGE_REASON, "%s ", file_name(c->file));

    va_start(arguments, text);
    format_v(c->reason + used, IMAGE_REASON - (size_t)used, text, arguments);
    va_end(arguments);
    return STATUS_INVALID_IMAGE_FORMAT;
}

/* Copy bytes of the file; it is too short if they are not all there. */
static status_t read(struct check *c, const char *what, uint32_t offset, void *to, uint32_t size)
{
    uint32_t have = file_size(c->file), done = 0;
    status_t status;

    if (offset > have || size > have - offset)
        return refuse(c, "is cut short: its %s would end at byte %u, but the file has %u bytes",
                      what, offset + size, have);
    status = size ? file_read(c->file, offset, to, size, &done) : STATUS_SUCCESS;
    if (status || done != size)
        return refuse(c, "can't be read (status %08X)", status);
    return STATUS_SUCCESS;
}

static const char *machine_name(uint16_t machine)
{
    switch (machine) {
    case MACHINE_AMD64:
        return "64-bit x86";
    case MACHINE_ARM64:
        return "64-bit ARM";
    default:
        return "unknown";
    }
}

static bool is_power_of_two(uint32_t value)
{
    return value && !(value & (value - 1));
}

/* The DOS header and the COFF header.  *at: file offset of the optional header. */
static status_t check_file_header(struct check *c, uint32_t *at)
{
    uint8_t dos[DOS_HEADER] = {0};
    uint32_t pe;
    char signature[SIGNATURE];
    status_t status;

    if (file_size(c->file) < DOS_HEADER)
        return refuse(c, "is no program: it has only %u bytes", file_size(c->file));
    status = read(c, "DOS header", 0, dos, sizeof dos);
    if (status)
        return status;
    if (dos[0] != 'M' || dos[1] != 'Z')
        return refuse(c, "is no Windows program: it does not begin with \"MZ\"");
    memcpy(&pe, dos + DOS_PE_OFFSET, sizeof pe);
    if (pe > file_size(c->file))
        return refuse(c, "is no Windows program: its PE header would lie at byte %u of %u", pe,
                      file_size(c->file));
    status = read(c, "PE signature", pe, signature, SIGNATURE);
    if (status)
        return status;
    if (memcmp(signature, "PE\0", SIGNATURE) != 0)
        return refuse(c, "is no Windows program: there is no PE signature at byte %u", pe);
    *at = pe + SIGNATURE + (uint32_t)sizeof c->header;
    return read(c, "file header", pe + SIGNATURE, &c->header, sizeof c->header);
}

static status_t check_kind(struct check *c, uint32_t at)
{
    uint32_t size = c->header.optional_size;
    status_t status;

    if (c->header.machine != MACHINE_I386)
        return refuse(c, "is a program for another machine (%04X, %s); this one runs 32-bit x86",
                      c->header.machine, machine_name(c->header.machine));
    if (!(c->header.characteristics & FLAG_EXECUTABLE))
        return refuse(c, "is not linked: its header does not say that it can run");
    if (size < OPTIONAL_FIXED)
        return refuse(c, "has an optional header of %u bytes; at least %u are needed", size,
                      OPTIONAL_FIXED);
    c->section_table = at + size;
    if (size > sizeof c->optional)
        size = sizeof c->optional;
    status = read(c, "optional header", at, &c->optional, size);
    if (!status && c->optional.magic != MAGIC_PE32)
        status = refuse(c, "has an optional header of kind %04X; PE32 is %04X", c->optional.magic,
                        MAGIC_PE32);
    return status;
}

static status_t check_layout(struct check *c)
{
    const struct optional_header *o = &c->optional;
    uint32_t table_end;

    c->sections = c->header.sections;
    if (c->sections == 0 || c->sections > MAX_SECTIONS)
        return refuse(c, "has %u sections; 1 to %u are possible", c->sections, MAX_SECTIONS);
    if (!is_power_of_two(o->section_alignment) || o->section_alignment < PAGE_SIZE ||
        !is_power_of_two(o->file_alignment) || o->file_alignment > o->section_alignment)
        return refuse(c, "has an alignment that is not possible (%u in memory, %u in the file)",
                      o->section_alignment, o->file_alignment);
    if (o->base % UNIT_SIZE)
        return refuse(c, "wants to lie at %08X, which is no multiple of 64 KB", o->base);
    if (o->image_size == 0 || o->image_size > LAYOUT_USER_TOP - LAYOUT_USER_LOW)
        return refuse(c, "says that it has %u bytes in memory, which is not possible",
                      o->image_size);
    table_end = c->section_table + c->sections * (uint32_t)sizeof(struct section_header);
    if (o->header_size < table_end || o->header_size > o->image_size)
        return refuse(c, "says that its headers have %u bytes; they have %u", o->header_size,
                      table_end);
    if (o->header_size > file_size(c->file))
        return refuse(c, "is cut short: its headers have %u bytes, but the file has %u",
                      o->header_size, file_size(c->file));
    if (o->entry >= o->image_size)
        return refuse(c, "has its entry point at %08X, outside the image", o->entry);
    return STATUS_SUCCESS;
}

/* Which protection the pages of a section start with (W71). */
static prot_t section_prot(uint32_t flags)
{
    bool shared = flags & SECTION_SHARED;

    if (flags & SECTION_WRITE) {
        if (flags & SECTION_EXECUTE)
            return shared ? PROT_EXECUTE_READWRITE : PROT_EXECUTE_WRITECOPY;
        return shared ? PROT_READWRITE : PROT_WRITECOPY;
    }
    if (flags & SECTION_EXECUTE)
        return flags & SECTION_READ ? PROT_EXECUTE_READ : PROT_EXECUTE;
    return flags & SECTION_READ ? PROT_READONLY : PROT_NOACCESS;
}

static status_t check_section(struct check *c, uint32_t number, uint32_t *end)
{
    struct image_part *part = &c->image->part[c->image->parts];
    struct section_header h;
    uint32_t used, limit = page_up(c->optional.image_size);
    status_t status =
        read(c, "section table", c->section_table + number * (uint32_t)sizeof h, &h, sizeof h);

    if (status)
        return status;
    used = h.virtual_size ? h.virtual_size : h.raw_size;
    if (h.rva % c->optional.section_alignment || h.rva < *end)
        return refuse(
            c, "has section %u (%.8s) at %08X, which is not aligned or overlaps the one before",
            number + 1, h.name, h.rva);
    if (h.rva > limit || used > limit - h.rva)
        return refuse(c,
                      "has section %u (%.8s) at %08X with %u bytes, outside the image of %u bytes",
                      number + 1, h.name, h.rva, used, limit);
    part->rva = h.rva;
    part->size = page_up(used);
    part->prot = section_prot(h.flags);
    if (h.raw_size && h.raw_offset) {
        part->offset = h.raw_offset;
        part->raw_size = h.raw_size < part->size ? h.raw_size : part->size;
    }
    if (part->offset > file_size(c->file) || part->raw_size > file_size(c->file) - part->offset)
        return refuse(
            c, "is cut short: section %u (%.8s) needs bytes %u to %u, but the file has %u",
            number + 1, h.name, part->offset, (part->offset + part->raw_size), file_size(c->file));
    *end = h.rva + part->size;
    c->image->parts += part->size > 0;
    return STATUS_SUCCESS;
}

static status_t check_sections(struct check *c)
{
    struct image *image = c->image;
    uint32_t end = page_up(c->optional.header_size);
    status_t status = STATUS_SUCCESS;

    image->part = pool_alloc((c->sections + 1) * sizeof *image->part, "ImgP");
    if (!image->part) {
        refuse(c, "can't be run: the kernel has no memory left for it");
        return STATUS_NO_MEMORY;
    }
    image->part[image->parts++] =
        (struct image_part){0, end, 0, c->optional.header_size, PROT_READONLY};
    for (uint32_t i = 0; i < c->sections && !status; i++)
        status = check_section(c, i, &end);
    return status;
}

static void keep_facts(struct check *c)
{
    const struct optional_header *o = &c->optional;
    struct image *image = c->image;

    image->base = o->base;
    image->size = page_up(o->image_size);
    image->entry = o->entry;
    image->stack_reserve = o->stack_reserve;
    image->stack_commit = o->stack_commit;
    image->subsystem = o->subsystem;
    image->characteristics = c->header.characteristics;
    image->dll_characteristics = o->dll_characteristics;
    image->relocatable = !(c->header.characteristics & FLAG_RELOCS_STRIPPED);
    image->dll = c->header.characteristics & FLAG_DLL;
    if (o->directories > 0 && c->header.optional_size >= OPTIONAL_FIXED + sizeof o->directory[0]) {
        image->export_rva = o->directory[0].rva;
        image->export_size = o->directory[0].size;
    }
    string_copy(image->name, file_name(c->file), sizeof image->name);
}

static status_t check_all(struct check *c)
{
    uint32_t at = 0;
    status_t status = check_file_header(c, &at)
        ?: check_kind(c, at)
        ?: check_layout(c)
        ?: check_sections(c);

    if (!status)
        keep_facts(c);
    return status;
}

/* --- the section --- */

/* The bytes [rva, rva + size) of the image, which lie in one page, from the file. */
static status_t fill(const struct image *image, uint32_t rva, uint8_t *to, uint32_t size)
{
    const struct image_part *part = image->part;
    uint32_t skip, done, count = image->parts;

    memset(to, 0, size);
    while (count > 0 && rva - part->rva >= part->size) {
        part++;
        count--;
    }
    if (count == 0)
        return STATUS_SUCCESS; /* between two sections */
    skip = rva - part->rva;
    if (skip >= part->raw_size)
        return STATUS_SUCCESS;
    if (size > part->raw_size - skip)
        size = part->raw_size - skip;
    return file_read(image->file, part->offset + skip, to, size, &done);
}

static status_t read_page(struct section_file *source, uint32_t index, pfn_t into)
{
    struct image *image = (struct image *)source;

    return fill(image, index << PAGE_SHIFT, machine_frame(into), PAGE_SIZE);
}

static void free_image(struct image *image)
{
    file_close(image->file);
    pool_free(image->part);
    pool_free(image);
}

static void release(struct section_file *source)
{
    struct image *image = (struct image *)source, **link = &images;

    while (*link && *link != image)
        link = &(*link)->next;
    if (*link)
        *link = image->next;
    free_image(image);
}

/* RAM files: copy every page that has bytes of the file. */
static status_t copy_part(struct image *image, const struct image_part *part)
{
    static uint8_t page[PAGE_SIZE]; /* nothing here waits, and interrupts are off */
    status_t status = STATUS_SUCCESS;

    for (uint32_t rva = part->rva; rva < part->rva + part->raw_size && !status; rva += PAGE_SIZE) {
        status = fill(image, rva, page, PAGE_SIZE)
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
        const struct image_part *part = &image->part[i];
        uint32_t first = part->rva >> PAGE_SHIFT, count = part->size >> PAGE_SHIFT;
        uint32_t raw = image->copied ? 0 : page_up(part->raw_size) >> PAGE_SHIFT;

        status =
            section_set_pages(image->section, first, raw, part->prot, false)
                ?: section_set_pages(image->section, first + raw, count - raw, part->prot, true);
        if (!status && image->copied)
            status = copy_part(image, part);
    }
    return status;
}

static status_t make_section(struct image *image)
{
    status_t status;

    image->source = (struct section_file){.read = read_page, .release = release};
    image->copied = file_kind(image->file) != FILE_IS_DISC;
    status = mm_section_create(&image->section, image->size, PROT_EXECUTE_WRITECOPY, &image->source,
                               true, false);
    if (status) {
        free_image(image);
        return status;
    }
    string_copy(image->section->name, image->name, sizeof image->section->name);
    status = make_pages(image);
    if (status)
        section_release(image->section); /* frees the image, too */
    return status;
}

static status_t make_image(struct file *file, struct image **out, char *reason)
{
    struct check c = {.file = file, .reason = reason};
    status_t status;

    c.image = pool_alloc(sizeof *c.image, "Imag");
    if (!c.image) {
        refuse(&c, "can't be run: the kernel has no memory left for it");
        return STATUS_NO_MEMORY;
    }
    c.image->file = file;
    file_reference(file);
    status = check_all(&c);
    if (status) {
        free_image(c.image);
        return status;
    }
    status = make_section(c.image);
    if (status) {
        refuse(&c, "can't be run: there is not enough memory left to map it (status %08X)", status);
        return status;
    }
    c.image->next = images;
    images = c.image;
    *out = c.image;
    return STATUS_SUCCESS;
}

status_t image_open(struct file *file, struct image **out, char *reason)
{
    if (file_kind(file) != FILE_IS_DISC && file_kind(file) != FILE_IS_RAM) {
        format(reason, IMAGE_REASON, "%s is not a file", file_name(file));
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
    if (status != STATUS_CONFLICTING_ADDRESSES || !image->relocatable)
        return status;
    *base = 0;
    *size = 0;
    return view_map(image->section, space, base, 0, size, PROT_EXECUTE_WRITECOPY, false)
               ?: STATUS_IMAGE_NOT_AT_BASE;
}

/* --- looking into it --- */

/* Copy bytes as they would lie in memory, from the file. */
static status_t read_bytes(const struct image *image, uint32_t rva, void *to, uint32_t size)
{
    uint8_t *at = to;

    if (rva > image->size || size > image->size - rva)
        return STATUS_INVALID_IMAGE_FORMAT;
    while (size > 0) {
        uint32_t left = PAGE_SIZE - (rva & PAGE_MASK), part = size < left ? size : left;
        status_t status = fill(image, rva, at, part);

        if (status)
            return status;
        at += part;
        rva += part;
        size -= part;
    }
    return STATUS_SUCCESS;
}

/* Is the text at `rva` exactly `name`? */
static bool text_is(const struct image *image, uint32_t rva, const char *name)
{
    char text[EXPORT_NAME];
    uint32_t size = (uint32_t)strlen(name) + 1;

    return size <= sizeof text && !read_bytes(image, rva, text, size) &&
           memcmp(text, name, size) == 0;
}

uint32_t image_export(const struct image *image, const char *name)
{
    struct export_directory d;

    if (image->export_size < sizeof d || read_bytes(image, image->export_rva, &d, sizeof d))
        return 0;
    for (uint32_t i = 0; i < d.names && i < image->size / 4; i++) {
        uint32_t name_rva, rva;
        uint16_t ordinal;

        if (read_bytes(image, d.name_rva + i * 4, &name_rva, sizeof name_rva))
            return 0;
        if (!text_is(image, name_rva, name))
            continue;
        if (read_bytes(image, d.ordinal_rva + i * 2, &ordinal, sizeof ordinal) ||
            read_bytes(image, d.function_rva + ordinal * 4u, &rva, sizeof rva))
            return 0;
        return ordinal < d.functions && rva < image->size ? rva : 0;
    }
    return 0;
}
