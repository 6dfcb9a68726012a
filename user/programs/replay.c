/* replay.c - a program's reference string by real touches: replay TRACE FRAMES POLICY.
 *
 * Prints the kernel's own counters for the region: hard and soft faults and write-backs.
 */
#include "user/programs/laboratory.h"

#include "lib/parse.h"

int bare_main(int argc, char **argv)
{
    struct reference_string string;
    struct abi_region_counters counters;
    struct laboratory lab;
    uint32_t frames;

    if (argc != 4 || !parse_u32(argv[2], &frames) || !frames) {
        bare_print("Usage: replay TRACE FRAMES POLICY   (replay sort.u16 64 clock)\n");
        return 2;
    }
    if (!laboratory_exists() || !laboratory_read(argv[1], &string) ||
        !laboratory_open(&lab, string.pages, frames, argv[3])) {
        return 1;
    }
    for (uint32_t i = 0; i < string.count; i++) {
        laboratory_touch(&lab, string.reference[i] >> 1, string.reference[i] & 1);
    }
    counters = laboratory_counters(&lab);
    bare_print(
        "replay: %s %s %u frames: %u references, %u pages, %u hard, %u soft, %u written back\n",
        argv[1], argv[3], frames, string.count, string.pages, counters.hard, counters.soft,
        counters.writes);
    bare_print("replay: every page read back: %u mismatches\n", laboratory_verify(&lab));
    return lab.mismatches ? 1 : 0;
}
