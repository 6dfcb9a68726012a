/* image.h - PE32 executables: checked, and made into image sections.
 *
 * The file is hostile: every offset, size and count in it is checked before use, and one sentence
 * says what is wrong.  While an image is in use, whoever opens the same file again gets the
 * same image, so processes that run one program share its frames.
 */
#pragma once
#include "mm/mm.h"

struct file;

enum { IMAGE_REASON = 200, IMAGE_NAME = 24 };

/* One part of the image: its headers or a section of the file. */
struct image_part {
    uint32_t rva, size;        /* where in memory; whole pages */
    uint32_t offset, raw_size; /* where in the file; the rest is zero */
    prot_t prot;
};

struct image {
    struct section_file source; /* first: section->file is its address */
    struct section *section;    /* lives as long as the image */
    struct file *file;
    bool copied;                /* all bytes are in the section: the file is not read again */
    uint32_t base, size, entry; /* preferred base; bytes; entry point relative to the base, or 0 */
    uint32_t stack_reserve, stack_commit;
    bool relocatable, dll;
    uint16_t subsystem, characteristics, dll_characteristics;
    uint32_t export_rva, export_size;
    char name[IMAGE_NAME];
    uint32_t parts;
    struct image_part *part; /* ascending; the first one is the headers */
    struct image *next;      /* all images in use */
};

/* The image of an open file, with a reference that image_release() gives back.
 * Otherwise `reason` (IMAGE_REASON bytes) holds one sentence without a full stop, starting with the
 * file's name.  STATUS_INVALID_IMAGE_FORMAT, STATUS_INVALID_FILE_FOR_SECTION, STATUS_NO_MEMORY,
 * STATUS_COMMITMENT_LIMIT. */
status_t image_open(struct file *file, struct image **image, char *reason);
void image_release(struct image *image);

/* Map it at its preferred base or, if that is taken, anywhere: the status is
 * STATUS_IMAGE_NOT_AT_BASE then.  STATUS_CONFLICTING_ADDRESSES: it can't be moved. */
status_t image_map(const struct image *image, struct space *space, va_t *base, uint32_t *size);

/* Where an exported function lies, relative to the base, or 0. */
uint32_t image_export(const struct image *image, const char *name);
