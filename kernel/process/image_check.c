/* image_check.c - which files are PE32 executables, and where their bytes go.
 *
 * The layout is that of the "PE Format" specification that Microsoft publishes; what Windows makes of files that don't
 * keep to it is W310 to W319, and docs/images.md shows it file by file.  Every offset, size and count is checked before
 * use, and one sentence says what is wrong.
 */
#include "kernel/process/image.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/file.h"
#include "lib/format.h"
#include "lib/string.h"

enum {
    DOS_HEADER = 64, /* bytes */
    DOS_PE_OFFSET = 0x3C,
    SIGNATURE = 4,
    NE_KIND = 0x36, /* where a 16-bit program says for which system it is, behind "NE" */
    SECTOR = 512,   /* sections are read from the file in whole sectors */
    MACHINE_I386 = 0x014C,
    MACHINE_AMD64 = 0x8664,
    MACHINE_ARM64 = 0xAA64,
    MAGIC_PE32 = 0x010B,
    MAGIC_PE32_PLUS = 0x020B,
    FLAG_EXECUTABLE = 0x0002,
    FLAG_DLL = 0x2000,
    DIRECTORIES = 16,
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

struct optional_header {
    uint16_t magic, linker;
    uint32_t code, data, bss, entry, code_base, data_base;
    uint32_t base, section_alignment, file_alignment;
    uint16_t versions[6];
    uint32_t reserved, image_size, header_size, checksum;
    uint16_t subsystem, dll_characteristics;
    uint32_t stack_reserve, stack_commit, heap_reserve, heap_commit, loader_flags;
    uint32_t directories, directory[DIRECTORIES][2];
};

struct section_header {
    char name[8];
    uint32_t virtual_size, rva, raw_size, raw_offset;
    uint32_t relocations, lines;
    uint16_t relocation_count, line_count;
    uint32_t flags;
};

_Static_assert(sizeof(struct file_header) == 20 && sizeof(struct optional_header) == 224,
               "PE specification");
_Static_assert(sizeof(struct section_header) == 40, "PE specification");

/* What is known while a file is being checked. */
struct check {
    struct file *file;
    struct image *image;
    char *reason;
    uint32_t headers_end; /* file offset behind the optional header */
    uint64_t next;        /* where the next section must lie */
    struct file_header header;
    struct optional_header optional;
};

/* What Windows gives for a file that is damaged is C000007B; others have statuses of their own. */
static status_t __attribute__((format(printf, 2, 3))) refuse(struct check *c, const char *text, ...)
{
    va_list arguments;
    int used = format(c->reason, IMAGE_REASON, "%s ", c->file->node->name);

    va_start(arguments, text);
    format_v(c->reason + used, IMAGE_REASON - (size_t)used, text, arguments);
    va_end(arguments);
    return STATUS_INVALID_IMAGE_FORMAT;
}

/* Copy bytes of the file; it is too short if they are not all there. */
static status_t read(struct check *c, const char *what, uint32_t offset, void *to, uint32_t size)
{
    uint32_t have = file_node_size(c->file->node), done = 0;
    status_t status;

    if (offset > have || size > have - offset)
        return refuse(c, "is cut short: its %s would end at byte %u, but the file has %u bytes",
                      what, (unsigned)offset + size, (unsigned)have);
    status = size ? file_read(c->file, offset, to, size, &done) : STATUS_SUCCESS;
    if (status || done != size)
        return refuse(c, "can't be read (status %08X)", (unsigned)status);
    return STATUS_SUCCESS;
}

static const char *machine_name(uint16_t machine)
{
    switch (machine) {
    case MACHINE_I386:
        return "32-bit x86, but with a 64-bit header";
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

/* A file that begins with "MZ" and has no PE header: what else can it be? */
static status_t check_old_kinds(struct check *c, uint32_t pe, const char *signature)
{
    uint8_t kind = 0;
    bool ne = signature[0] == 'N' && signature[1] == 'E',
         le = signature[0] == 'L' && signature[1] == 'E';

    if (ne)
        (void)read(c, "NE header", pe + NE_KIND, &kind, sizeof kind);
    refuse(c, "is no Windows program: there is no PE signature at byte %u%s", (unsigned)pe,
           ne   ? ", it is a 16-bit program"
           : le ? ", it is a driver of Windows 3"
                : "");
    if (ne && kind != 5)
        return kind == 2 ? STATUS_INVALID_IMAGE_WIN_16 : STATUS_INVALID_IMAGE_NE_FORMAT;
    return le ? STATUS_INVALID_IMAGE_LE_FORMAT : STATUS_INVALID_IMAGE_PROTECT;
}

/* *pe: file offset of the PE header.  It may overlap the DOS header. */
static status_t check_dos_header(struct check *c, uint32_t *pe)
{
    uint32_t size = file_node_size(c->file->node);
    char dos[DOS_HEADER] = {0}, signature[SIGNATURE];
    status_t status;

    if (size < DOS_HEADER) {
        refuse(c, "is no program: it has only %u bytes", (unsigned)size);
        return size ? STATUS_INVALID_IMAGE_NOT_MZ : STATUS_INVALID_FILE_FOR_SECTION;
    }
    status = read(c, "DOS header", 0, dos, sizeof dos);
    if (status)
        return status;
    if (dos[0] != 'M' || dos[1] != 'Z') {
        refuse(c, "is no Windows program: it does not begin with \"MZ\"");
        return STATUS_INVALID_IMAGE_NOT_MZ;
    }
    memcpy(pe, dos + DOS_PE_OFFSET, sizeof *pe);
    if (*pe % SIGNATURE || *pe > size - SIGNATURE) {
        refuse(c, "is no Windows program: its PE header would lie at byte %u of %u%s",
               (unsigned)*pe, (unsigned)size, *pe % SIGNATURE ? ", no multiple of 4" : "");
        return STATUS_INVALID_IMAGE_PROTECT;
    }
    status = read(c, "PE signature", *pe, signature, SIGNATURE);
    return !status && memcmp(signature, "PE\0", SIGNATURE) != 0 ? check_old_kinds(c, *pe, signature)
                                                                : status;
}

/* Whatever the headers say about their own sizes, the file must have room for all of them. */
static status_t check_kind(struct check *c, uint32_t pe)
{
    uint32_t at = pe + SIGNATURE;
    status_t status = read(c, "file header", at, &c->header, sizeof c->header)
                          ?: read(c, "optional header", at + (uint32_t)sizeof c->header,
                                  &c->optional, sizeof c->optional);

    if (status)
        return status;
    c->headers_end = at + (uint32_t)(sizeof c->header + sizeof c->optional);
    if (c->optional.magic != MAGIC_PE32 && c->optional.magic != MAGIC_PE32_PLUS)
        return refuse(c, "has an optional header of kind %04X; PE32 is %04X", c->optional.magic,
                      (unsigned)MAGIC_PE32);
    if (c->header.machine != MACHINE_I386 || c->optional.magic != MAGIC_PE32) {
        refuse(c, "is a program for another machine (%04X, %s); this one runs 32-bit x86",
               c->header.machine, machine_name(c->header.machine));
        return c->optional.magic == MAGIC_PE32 ? STATUS_INVALID_IMAGE_FORMAT
                                               : STATUS_INVALID_IMAGE_WIN_64;
    }
    if (!(c->header.characteristics & FLAG_EXECUTABLE))
        return refuse(c, "is not linked: its header does not say that it can run");
    return STATUS_SUCCESS;
}

/* Sections smaller than a page: the file is mapped as it is, in one piece. */
static bool is_flat(const struct check *c)
{
    return c->optional.section_alignment < PAGE_SIZE;
}

static uint64_t align_up(const struct check *c, uint64_t value)
{
    return (value + c->optional.section_alignment - 1) &
           ~(uint64_t)(c->optional.section_alignment - 1);
}

static status_t check_layout(struct check *c)
{
    const struct optional_header *o = &c->optional;
    bool same = o->file_alignment == o->section_alignment;

    if (!is_power_of_two(o->section_alignment) || !is_power_of_two(o->file_alignment) ||
        o->file_alignment > o->section_alignment ||
        (!same && (is_flat(c) || o->file_alignment % SECTOR)))
        return refuse(c, "has an alignment that is not possible (%u in memory, %u in the file)",
                      (unsigned)o->section_alignment, (unsigned)o->file_alignment);
    if (o->base % UNIT_SIZE || !o->base)
        return refuse(c, "wants to lie at %08X, which is no multiple of 64 KB above 0",
                      (unsigned)o->base);
    if (o->image_size == 0 || o->image_size > LAYOUT_USER_TOP - LAYOUT_USER_LOW)
        return refuse(c, "says that it has %u bytes in memory, which is not possible",
                      (unsigned)o->image_size);
    if (o->header_size >= o->image_size)
        return refuse(c, "says that %u of its %u bytes are headers", (unsigned)o->header_size,
                      (unsigned)o->image_size);
    if (!is_flat(c) && (!o->header_size || !c->header.sections))
        return refuse(c, "has %s, which goes only with sections that are smaller than a page",
                      c->header.sections ? "headers of 0 bytes" : "no sections");
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

/* A part of the image, from bytes of the file as far as it has them. */
static struct image_part make_part(const struct image *image, uint32_t rva, uint32_t size,
                                   uint32_t offset, uint64_t bytes, prot_t prot)
{
    uint32_t have = file_node_size(image->file->node);

    have = offset < have ? have - offset : 0;
    if (bytes > page_up(size))
        bytes = page_up(size);
    return (struct image_part){rva, page_up(size), offset, bytes < have ? (uint32_t)bytes : have,
                               prot};
}

static uint32_t size_in_memory(const struct section_header *h)
{
    return h->virtual_size ? h->virtual_size : h->raw_size;
}

static struct image_part part_of(const struct image *image, const struct section_header *h)
{
    uint32_t offset = h->raw_offset & ~(uint32_t)(SECTOR - 1);
    uint64_t end = (h->raw_offset + (uint64_t)h->raw_size + SECTOR - 1) & ~(uint64_t)(SECTOR - 1);

    return make_part(image, h->rva, size_in_memory(h), offset,
                     h->raw_offset && h->raw_size ? end - offset : 0, section_prot(h->flags));
}

status_t image_part(const struct image *image, uint32_t index, struct image_part *part)
{
    struct section_header h;
    uint32_t done;
    status_t status;

    if (index == 0) {
        *part = image->headers;
        return STATUS_SUCCESS;
    }
    status = file_read(image->file, image->section_table + (index - 1) * (uint32_t)sizeof h, &h,
                       sizeof h, &done);
    if (!status && done == sizeof h)
        *part = part_of(image, &h);
    return status;
}

/* In an image that is mapped as it is, a section only says what is there anyway. */
static status_t check_flat_section(struct check *c, uint32_t number, const struct section_header *h)
{
    if (h->rva != h->raw_offset || h->virtual_size > h->raw_size)
        return refuse(c,
                      "has section %u (%.8s) at byte %u of the file and %u in memory, but sections "
                      "smaller than a page are mapped as they are",
                      (unsigned)number, h->name, (unsigned)h->raw_offset, (unsigned)h->rva);
    return STATUS_SUCCESS;
}

static status_t check_section(struct check *c, uint32_t number, const struct section_header *h)
{
    uint32_t size = size_in_memory(h), limit = page_up(c->optional.image_size);

    if (size == 0)
        return refuse(c, "has section %u (%.8s) with nothing in it", (unsigned)number, h->name);
    if (h->rva != c->next)
        return refuse(c, "has section %u (%.8s) at %08X; the next place in its image is %08X",
                      (unsigned)number, h->name, (unsigned)h->rva, (unsigned)c->next);
    if (h->rva > limit || size > limit - h->rva)
        return refuse(c,
                      "has section %u (%.8s) at %08X with %u bytes, outside the image of %u bytes",
                      (unsigned)number, h->name, (unsigned)h->rva, (unsigned)size, (unsigned)limit);
    c->next = align_up(c, (uint64_t)h->rva + size);
    return STATUS_SUCCESS;
}

static status_t check_sections(struct check *c)
{
    struct section_header h;
    uint64_t bytes_end = 0; /* file offset behind the bytes of the last section that has some */
    status_t status = STATUS_SUCCESS;

    c->next = align_up(c, c->optional.header_size);
    for (uint32_t i = 0; i < c->header.sections && !status; i++) {
        status = usercopy_rest()
                     ?: read(c, "section table", c->image->section_table + i * (uint32_t)sizeof h,
                             &h, sizeof h);
        if (!status)
            status = is_flat(c) ? check_flat_section(c, i + 1, &h) : check_section(c, i + 1, &h);
        if (!status && h.raw_offset && h.raw_size)
            bytes_end = (uint64_t)h.raw_offset + h.raw_size;
    }
    if (!status && bytes_end > file_node_size(c->file->node))
        return refuse(c, "is cut short: its last section would end at byte %u, but the file has %u",
                      (unsigned)bytes_end, (unsigned)file_node_size(c->file->node));
    return status;
}

static void keep_facts(struct check *c)
{
    const struct optional_header *o = &c->optional;
    struct image *image = c->image;
    uint32_t headers = o->header_size < c->headers_end ? c->headers_end : o->header_size;

    image->parts = is_flat(c) ? 1 : c->header.sections + 1u;
    image->section_table = c->headers_end - (uint32_t)sizeof *o + c->header.optional_size;
    if (is_flat(c))
        image->headers =
            make_part(image, 0, o->image_size, 0, o->image_size, PROT_EXECUTE_WRITECOPY);
    else
        image->headers = make_part(image, 0, o->header_size, 0, headers, PROT_READONLY);
    image->base = o->base;
    image->size = page_up(o->image_size);
    image->entry = o->entry;
    image->stack_reserve = o->stack_reserve;
    image->stack_commit = o->stack_commit;
    image->subsystem = o->subsystem;
    image->subsystem_version = (uint32_t)o->versions[4] << 16 | o->versions[5];
    image->checksum = o->checksum;
    image->characteristics = c->header.characteristics;
    image->dll_characteristics = o->dll_characteristics;
    image->dll = c->header.characteristics & FLAG_DLL;
    string_copy(image->name, c->file->node->name, sizeof image->name);
}

status_t image_check(struct image *image, char *reason)
{
    struct check c = {.file = image->file, .image = image, .reason = reason};
    uint32_t pe = 0;
    status_t status = check_dos_header(&c, &pe) ?: check_kind(&c, pe) ?: check_layout(&c);

    if (status)
        return status;
    keep_facts(&c);
    return check_sections(&c);
}
