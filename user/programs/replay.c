/* replay.c - a program's reference string by real touches: replay TRACE FRAMES POLICY.
 *
 * Prints the kernel's own counters for the region: faults (pages of zeros, pages read back, pages that
 * were still in RAM) and write-backs.  POLICY
 * `all`: each in turn; NAME+standby or all+standby: evicted pages stand by in half of the frames.
 */
#include "user/programs/laboratory.h"

#include "lib/parse.h"
#include "lib/string.h"

/* false: it could not be run, or a page came back wrong. */
static bool replay(const char *trace, const struct reference_string *string, uint32_t frames,
                   const char *policy)
{
    struct abi_region_counters counters;
    struct laboratory lab;
    uint32_t wrong;

    if (!laboratory_open(&lab, string->pages, frames, policy))
        return false;
    for (uint32_t i = 0; i < string->count; i++)
        laboratory_touch(&lab, string->reference[i] >> 1, string->reference[i] & 1);
    counters = laboratory_counters(&lab);
    bare_print(
        "replay: %s %s %u frames: %u references, %u pages, %u faults: %u demand-zero, %u hard, "
        "%u transition; %u written back\n",
        trace, policy, frames, string->count, string->pages, counters.faults,
        counters.faults - counters.hard - counters.transition, counters.hard, counters.transition,
        counters.writes);
    wrong = laboratory_verify(&lab);
    bare_print("replay: every page read back: %u mismatches\n", wrong);
    laboratory_close(&lab);
    return wrong == 0;
}

int bare_main(int argc, char **argv)
{
    struct reference_string string;
    char policy[24 + sizeof LABORATORY_STANDBY];
    const char *more = "";
    uint32_t frames;

    if (argc != 4 || !parse_u32(argv[2], &frames) || !frames) {
        bare_print("Usage: replay TRACE FRAMES POLICY   (replay sort.u16 64 clock)\n"
                   "POLICY all: every one; NAME+standby or all+standby: with a standby list\n");
        return 2;
    }
    if (!laboratory_exists() || !laboratory_read(argv[1], &string))
        return 1;
    if (strcmp(argv[3], "all" LABORATORY_STANDBY) == 0)
        more = LABORATORY_STANDBY;
    else if (strcmp(argv[3], "all") != 0)
        return replay(argv[1], &string, frames, argv[3]) ? 0 : 1;
    for (uint32_t n = 0; laboratory_policy(n, policy); n++) {
        string_copy(policy + strlen(policy), more, sizeof LABORATORY_STANDBY);
        if (!replay(argv[1], &string, frames, policy))
            return 1;
    }
    return 0;
}
