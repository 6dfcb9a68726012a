/* simulate.c - what each policy makes of a trace: simulate TRACE FRAMES... [POLICY...]
 *
 * One line for each policy at each size; without a POLICY for all of the kernel, alone and with a standby
 * list, and for LRU and OPT:
 * trace, policy, frames, references, pages, hard faults, soft faults, write-backs.
 */
#include "tests/host/machine.h"
#include "tests/host/simulator.h"

#include <stdlib.h>

static bool print_line(const char *trace, const char *policy, uint32_t frames,
                       const struct reference_string *string)
{
    struct simulation s;

    if (!simulate(string, frames, policy, &s)) {
        fprintf(stderr, "simulate: there is no policy \"%s\" in mm/replace.c\n", policy);
        return false;
    }
    printf("%s\t%s\t%u\t%u\t%u\t%u\t%u\t%u\n", trace, policy, frames, string->count, string->pages,
           s.hard, s.soft, s.writes);
    return true;
}

static void print_all(const char *trace, uint32_t frames, const struct reference_string *string)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++) {
        char standby[64];

        snprintf(standby, sizeof standby, "%s+standby", (*p)->name);
        print_line(trace, (*p)->name, frames, string);
        print_line(trace, standby, frames, string);
    }
    print_line(trace, "lru", frames, string);
    print_line(trace, "opt", frames, string);
}

int main(int argc, char **argv)
{
    struct reference_string string;
    const char *why;
    int sizes = 2;
    bool good = true;

    while (sizes < argc && strtoul(argv[sizes], NULL, 10))
        sizes++;
    if (sizes == 2) {
        fprintf(stderr, "usage: simulate TRACE FRAMES... [POLICY...]   (TRACE: NAME.u16[.xz], or "
                        "text[.gz])\n");
        return 2;
    }
    if (!simulator_read(argv[1], &string, &why)) {
        fprintf(stderr, "simulate: %s: %s\n", argv[1], why);
        return 1;
    }
    for (int i = 2; i < sizes; i++) {
        uint32_t frames = (uint32_t)strtoul(argv[i], NULL, 10);

        for (int p = sizes; p < argc && good; p++)
            good = print_line(argv[1], argv[p], frames, &string);
        if (sizes == argc)
            print_all(argv[1], frames, &string);
    }
    simulator_free(&string);
    return good ? 0 : 1;
}
