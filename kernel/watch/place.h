/* place.h - what lies at an address: regions, the two-level walk, and the whole story. */
#pragma once
#include "kernel/process/words.h"

/* "private", "view", "image" */
const char *place_type(const struct vad *region);
/* What it is, for people: "stack", "heap", a file's name; "" if nobody knows. */
const char *place_name(struct space *space, const struct vad *region);
/* One region in one line: "00400000-0040FFFF   64 KB  private  read-write  heap". */
void place_region(struct text *text, struct space *space, const struct vad *region);
/* Its pages as letters (words_pte_letter), at most `width`; *per is how many pages a letter stands
 * for.  A letter for several pages is that of the first one that isn't empty. */
void place_bar(struct text *text, struct space *space, const struct vad *region, unsigned width,
               uint32_t *per);

/* The space of the newest running program, or the kernel's own if none runs. */
struct space *place_newest(void);

/* The walk's first two lines: where the directory is, and what its entry for `va` says. */
void place_directory(struct text *text, struct space *space, va_t va);

/* The last line: the PTE of `va` "is" or "was" that word. */
void place_entry(struct text *text, va_t va, const char *verb, pte_t pte);

/* The two-level walk of `va`, a line a level, as it is now. */
void place_walk(struct text *text, struct space *space, va_t va);

/* Is there a page, and is the address valid?  Two questions, and the CPU knows the first only. */
void place_promise(struct text *text, struct space *space, va_t va);

/* What is behind the walk: the frame's record and, in a view or an image, the section's own word for
 * the page (its prototype PTE).  Adds nothing where there is neither. */
void place_backing(struct text *text, struct space *space, va_t va);

/* What lies at `va`, in sentences, a line each. */
void place_address(struct text *text, struct space *space, va_t va);
