/* section.h - memory that can be shared: page-file backed, file backed, or an image.
 *
 * A section has a directory and tables of its own, exactly like a process, but they are never
 * given to the CPU: their words are the master (prototype) PTEs of its pages, found by byte offset
 * in the section.  While any PTE maps the page the master is VALID; when the last one goes the
 * master turns TRANSITION, and so on, as for a private page.
 */
#pragma once
#include "mm/space.h"

/* Where a section's pages come from when they are in no frame and no slot. */
struct section_file {
    /* Fill `into` with page `index`; bytes past the end are zero.  It is never written back: a page
     * that was changed is the section's own from then on, and is kept by the paging file. */
    status_t (*read)(struct section_file *file, uint32_t index, pfn_t into);
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
    uint32_t commit;           /* pages charged; see section_owns() */
    uint32_t tables;
    uint32_t references; /* handles, views, the kernel's own use */
    struct vad *views;   /* every view of it */
    uint32_t view_count;
    char name[24];
    struct section *next, *prev; /* all sections */
};

extern struct section *section_all;

/* A section of `size` bytes with one reference.  `file` and `image` as in the struct; an image's
 * pages are given their protection with section_set_pages() afterwards.
 * => takes frames for its tables without reclaiming; see mm_section_create().  STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT, STATUS_SECTION_TOO_BIG; nothing is left behind. */
status_t section_create(struct section **section, uint32_t size, prot_t prot,
                        struct section_file *file, bool image, bool reserve);
void section_reference(struct section *section);
void section_release(struct section *section);

/* Is the content of this page, if it is ever touched, in a frame or a slot and nowhere else?  Then it
 * is promised, and charged to the section: all committed pages without a file, those that views
 * write in place, and those that were changed (section_make_own()). */
bool section_owns(const struct section *section, pte_t master);

/* The page is about to be changed: charge it, unless it is the section's own already.
 * STATUS_COMMITMENT_LIMIT. */
status_t section_make_own(struct section *section, pte_t master);

/* Image sections: pages [first, first + count) have protection `prot`; `zero`: not in the file.
 * => none of them could be written before.  STATUS_COMMITMENT_LIMIT: nothing changed. */
status_t section_set_pages(struct section *section, uint32_t first, uint32_t count, prot_t prot,
                           bool zero);

/* Make a page-file backed section larger (never smaller).  STATUS as section_create(). */
status_t section_extend(struct section *section, uint32_t size);

/* Commit pages of a SEC_RESERVE section for all its views (W155). */
status_t section_commit(struct section *section, uint32_t first, uint32_t count, prot_t prot);

/* The master PTE of page `index`, or 0. */
pte_t *section_master(const struct section *section, uint32_t index);
