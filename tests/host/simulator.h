/* simulator.h - the replacement policies of mm/ without a machine, and the two that no MMU can run.
 *
 * The policies are the kernel's own files; here A and D bits are bytes of an array.  The rules are
 * those of docs/replacement.md: a page enters with A = 1, a victim's frame is reused in place.
 */
#ifndef TESTS_HOST_SIMULATOR_H
#define TESTS_HOST_SIMULATOR_H

#include "mm/replace.h"

struct reference_string {
    uint32_t count; /* references */
    uint32_t pages; /* distinct pages, numbered from 0 */
    uint32_t *page;
    uint8_t *write;
};

struct simulation {
    uint32_t hard, soft, writes;
};

/* Read a trace: NAME.u16 or NAME.u16.xz (little-endian words, page << 1 | written), or
 * NAME, NAME.gz (one block number a line; all are read, with a w behind it written).  false: *why says what is wrong. */
bool simulator_read(const char *path, struct reference_string *string, const char **why);
void simulator_free(struct reference_string *string);

/* Total faults with `frames` frames, from cold. */
struct simulation simulate_policy(const struct reference_string *string, uint32_t frames,
                                  const struct replace_policy *policy);
/* The same in the Windows manner: half of the frames are the working set, the other half a standby
 * list in which evicted pages wait, written if they were dirty; the oldest makes room. */
struct simulation simulate_standby(const struct reference_string *string, uint32_t frames,
                                   const struct replace_policy *policy);
struct simulation simulate_lru(const struct reference_string *string, uint32_t frames);
/* OPT's faults are one number; its write-backs depend on which of the pages that are never needed
 * again goes first: a clean one (the fewest), or with `dirty_first` a dirty one (the most). */
struct simulation simulate_opt(const struct reference_string *string, uint32_t frames,
                               bool dirty_first);

/* By name, "lru" and "opt" included, and "NAME+standby"; false: no such policy. */
bool simulate(const struct reference_string *string, uint32_t frames, const char *policy,
              struct simulation *result);

#endif
