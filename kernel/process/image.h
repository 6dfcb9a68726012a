/* image.h - PE32 executables: checked, and made into image sections.
 *
 * The file is hostile: every offset, size and count in it is checked before use, and one sentence
 * says what is wrong.  While an image is in use, whoever opens the same file again gets the
 * same image, so processes that run one program share its frames.
 */
#pragma once
#include "mm/mm.h"

struct file;

/* What is no image has a status of its own. */
#define STATUS_INVALID_IMAGE_NE_FORMAT     0xC000011Bu
#define STATUS_INVALID_IMAGE_LE_FORMAT     0xC000012Eu
#define STATUS_INVALID_IMAGE_NOT_MZ        0xC000012Fu
#define STATUS_INVALID_IMAGE_PROTECT       0xC0000130u
#define STATUS_INVALID_IMAGE_WIN_16        0xC0000131u
#define STATUS_IMAGE_SUBSYSTEM_NOT_PRESENT 0xC00001A3u
#define STATUS_INVALID_IMAGE_WIN_64        0xC000035Au

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
    bool dll;
    uint16_t subsystem, characteristics, dll_characteristics;
    uint32_t subsystem_version; /* major in the upper half */
    uint32_t checksum;          /* as the file says */
    char name[IMAGE_NAME];
    uint32_t parts, section_table; /* file offset */
    struct image_part headers;     /* the first part; see image_part() */
    struct image *next, *prev;     /* all images in use */
};

/* image_check.c: Fills in the image of image->file, all but its section.  Status and `reason` as image_open(). */
status_t image_check(struct image *image, char *reason);

/* Part `index` of image->parts, which ascend: 0 is the headers (or all of an image whose sections are smaller than a page),
 * then come the sections.  Looked up in the file: an image may have 65,535 of them.  STATUS as file_read(). */
status_t image_part(const struct image *image, uint32_t index, struct image_part *part);

/* The image of an open file, with a reference that image_release() gives back.
 * Otherwise `reason` (IMAGE_REASON bytes) holds one sentence without a full stop, starting with the
 * file's name.  STATUS_INVALID_IMAGE_FORMAT, _NOT_MZ (no "MZ"), _PROTECT (a DOS program), _NE_FORMAT, _WIN_16,
 * _LE_FORMAT (older systems), _WIN_64; STATUS_INVALID_FILE_FOR_SECTION (empty, or no file), STATUS_NO_MEMORY,
 * STATUS_COMMITMENT_LIMIT.  W310 to W319. */
status_t image_open(struct file *file, struct image **image, char *reason);
void image_release(struct image *image);

/* Map it at its preferred base or, if that is taken or no place for programs, anywhere: the status is
 * STATUS_IMAGE_NOT_AT_BASE then, whether the image can be relocated or not.  STATUS as view_map(). */
status_t image_map(const struct image *image, struct space *space, va_t *base, uint32_t *size);
