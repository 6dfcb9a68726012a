/* simulate.c - what each policy makes of a trace: simulate TRACE FRAMES...
 *
 * One line for each policy of the kernel, alone and with a standby list, and for LRU and OPT, at each
 * size:
 * trace, policy, frames, references, pages, hard faults, soft faults, write-backs.
 */
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <stdlib.h>

static void print_line(const char *trace, const char *policy, uint32_t frames,
                       const struct reference_string *string)
{
    struct simulation s;

    if (!simulate(string, frames, policy, &s))
        return;
    printf("%s\t%s\t%u\t%u\t%u\t%u\t%u\t%u\n", trace, policy, frames, string->count, string->pages,
           s.hard, s.soft, s.writes);
}

int main(int argc, char **argv)
{
    struct reference_string string;
    const char *why;

    if (argc < 3) {
        fprintf(stderr, "usage: simulate TRACE FRAMES...   (TRACE: NAME.u16[.xz], or text[.gz])\n");
        return 2;
    }
    if (!simulator_read(argv[1], &string, &why)) {
        fprintf(stderr, "simulate: %s: %s\n", argv[1], why);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        uint32_t frames = (uint32_t)strtoul(argv[i], NULL, 10);

        if (!frames) {
            fprintf(stderr, "simulate: \"%s\" is no number of frames\n", argv[i]);
            return 2;
        }
        for (const struct replace_policy *const *p = replace_policies; *p; p++) {
            char standby[64];

            snprintf(standby, sizeof standby, "%s+standby", (*p)->name);
            print_line(argv[1], (*p)->name, frames, &string);
            print_line(argv[1], standby, frames, &string);
        }
        print_line(argv[1], "lru", frames, &string);
        print_line(argv[1], "opt", frames, &string);
    }
    simulator_free(&string);
    return 0;
}
