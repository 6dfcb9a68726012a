/* section.h - memory that can be shared: page-file backed, file backed, or an image.
 *
 * A section has a directory and tables of its own, exactly like a process, but they are never
 * given to the CPU: their words are the master (prototype) PTEs of its pages, found by byte offset
 * in the section.  While any PTE maps the page the master is VALID; when the last one goes the
 * master turns TRANSITION, and so on, as for a private page.
 */
#ifndef MM_SECTION_H
#define MM_SECTION_H

#include "mm/space.h"

/* Where a section's pages come from when they are in no frame and no slot. */
struct section_file {
    /* Fill `into` with page `index`; bytes past the end are zero. */
    status_t (*read)(struct section_file *file, uint32_t index, pfn_t into);
    /* Keep page `index`; 0 for files that are never written. */
    status_t (*write)(struct section_file *file, uint32_t index, pfn_t from);
    /* The last user of the section is gone. */
    void (*release)(struct section_file *file);
};

struct section {
    pfn_t dir;     /* of the master PTEs */
    uint32_t size; /* bytes */
    uint32_t pages;
    prot_t prot;               /* the most a view may ask for */
    bool image, reserve;       /* SEC_IMAGE; SEC_RESERVE: pages start EMPTY */
    bool of_file;              /* its bytes are a file's, so nothing can be committed (W156) */
    struct section_file *file; /* 0: the paging file */
    uint32_t commit;           /* pages charged */
    uint32_t tables;
    uint32_t references; /* handles, views, the kernel's own use */
    struct vad *views;   /* every view of it */
    uint32_t view_count;
    char name[24];
    struct section *next; /* all sections */
};

extern struct section *section_all;

/* A section of `size` bytes with one reference.  `file` and `image` as in the struct; an image's
 * pages are given their protection with section_set_page() afterwards.
 * STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT, STATUS_SECTION_TOO_BIG; nothing is left behind. */
status_t section_create(struct section **section, uint32_t size, prot_t prot,
                        struct section_file *file, bool image, bool reserve);
void section_reference(struct section *section);
void section_release(struct section *section);

/* Image sections: pages [first, first + count) have protection `prot`; `zero`: not in the file. */
void section_set_pages(struct section *section, uint32_t first, uint32_t count, prot_t prot,
                       bool zero);

/* Make a page-file backed section larger (never smaller).  STATUS as section_create(). */
status_t section_extend(struct section *section, uint32_t size);

/* Commit pages of a SEC_RESERVE section for all its views (W155). */
status_t section_commit(struct section *section, uint32_t first, uint32_t count, prot_t prot);

/* The master PTE of page `index`, or 0. */
pte_t *section_master(const struct section *section, uint32_t index);

#endif
