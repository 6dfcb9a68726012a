/* laboratory.h - a region whose pages live in a given number of frames under a given policy, and
 * reference strings to run through it: what lab.exe, replay.exe and compare.exe have in common.
 *
 * The cap counts the region's pages only.  Every page holds its number and its version, so a page
 * that comes back wrong is noticed at its next reference.
 */
#ifndef USER_PROGRAMS_LABORATORY_H
#define USER_PROGRAMS_LABORATORY_H

#include "user/programs/bare.h"
#include "kernel/abi.h"

enum { LABORATORY_PAGES = 32768, LABORATORY_PAGE = 4096 };

struct laboratory {
    volatile uint32_t *pages; /* the region */
    uint32_t count;           /* its pages */
    uint32_t *version;        /* of each page, as it must be */
    uint32_t mismatches;
};

struct reference_string {
    uint16_t *reference; /* page << 1 | written */
    uint32_t count, pages;
};

/* Is the kernel one that has a laboratory?  If not, says so. */
bool laboratory_exists(void);

/* Behind a policy's name: half of the frames are the working set, and evicted pages stand by in the
 * other half, as in Windows.  Without it a page that goes is gone. */
#define LABORATORY_STANDBY "+standby"

/* Open with `pages` pages, none resident, at most `frames` at a time.  Each false comes with a
 * sentence on the console. */
bool laboratory_open(struct laboratory *lab, uint32_t pages, uint32_t frames, const char *policy);
void laboratory_close(struct laboratory *lab);

/* One reference: exactly one access to the page. */
void laboratory_touch(struct laboratory *lab, uint32_t page, bool write);

/* Read every page again and compare; returns all mismatches so far. */
uint32_t laboratory_verify(struct laboratory *lab);

struct abi_region_counters laboratory_counters(const struct laboratory *lab);
void laboratory_ring(const struct laboratory *lab, struct abi_region_ring *ring);

/* The name of policy number n, or false. */
bool laboratory_policy(uint32_t n, char name[24]);

/* Read a trace: a file of 16-bit little-endian words, page << 1 | written. */
bool laboratory_read(const char *file, struct reference_string *string);

#endif
