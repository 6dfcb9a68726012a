/* ramfile.h - a writable file in memory: its data *is* a section.
 *
 * There is no second copy of a file's bytes: ReadFile, WriteFile and every view work on the pages
 * of one page-file backed section, so they agree by construction, and what doesn't fit into
 * RAM goes to the paging file like any other page.  Every page is charged to the commit limit when
 * the file grows, so a write that was accepted can always be kept.
 */
#pragma once
#include "mm/mm.h"

/* Zeroed memory is an empty file. */
struct ramfile {
    struct section *section; /* 0 while the file has no pages */
    uint32_t size;           /* bytes */
};

/* The largest size: the section that holds it must have fewer than 2^32 bytes. */
#define RAMFILE_MAX 0xFFFF0000u

/* Copy [offset, offset + size) to or from `buffer`.  => the range lies inside the file. */
status_t ramfile_read(struct ramfile *file, uint32_t offset, void *buffer, uint32_t size);
status_t ramfile_write(struct ramfile *file, uint32_t offset, const void *buffer, uint32_t size);

/* Make the file `size` bytes long; new bytes are zero.  STATUS_DISK_FULL: it would pass the commit
 * limit.  STATUS_USER_MAPPED_FILE: pages that would go are mapped.  Nothing changes then. */
status_t ramfile_set_size(struct ramfile *file, uint32_t size);

/* Does anybody but the file itself use its pages: a view, a section handle? */
bool ramfile_is_mapped(const struct ramfile *file);

/* Give everything back; views that are left keep their pages. */
void ramfile_destroy(struct ramfile *file);
