/* disc.h - finds the files of the boot disc, a ustar archive in memory.
 *
 * The archive is a POSIX.1 pax/ustar stream of 512-byte records: a header record, then the file's
 * bytes, padded.  It may be cut short or lie about anything, so every header is checked
 * once, in disc_check(), and files are served only from the part that was found sound.  Nothing
 * here knows the machine: the same file runs in the kernel and in a host test.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DISC_NAME = 64,     /* bytes of a file name, the closing zero included */
    DISC_MESSAGE = 160, /* bytes of the longest sentence of disc_check(), likewise */
};

struct disc {
    const uint8_t *start; /* of the archive */
    uint32_t size;        /* bytes that are sound; the rest is never looked at again */
    uint32_t files;
};

struct disc_file {
    char name[DISC_NAME];
    const uint8_t *data;
    uint32_t size;
    uint32_t time; /* seconds since 1970 */
};

/* Check the archive [module, module + size) and set up `disc`.  True if all of it is sound.
 * Otherwise `message` says in one sentence what is wrong and where; the files in front of the
 * damage can be used. */
bool disc_check(struct disc *disc, const void *module, uint32_t size, char message[DISC_MESSAGE]);

/* The file at *position (0: the first one); *position moves on to the next.  False at the end.
 * => disc_check() has set up `disc`. */
bool disc_next(const struct disc *disc, uint32_t *position, struct disc_file *file);
