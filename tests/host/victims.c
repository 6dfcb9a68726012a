/* victims.c - one working set of the kernel, followed from outside: victims POLICY <EVENTS
 *
 * The policies are the kernel's own files.  A line of EVENTS is one of
 *
 *     in F       frame F came into the ring; its page has just been used
 *     out F      frame F left it
 *     used F     its page was used: the CPU has set its A bit
 *     hidden F   nobody outside knows when this page is used
 *     victim F   the kernel asked its policy and got F: the answer of the policy here is printed
 *
 * Once the policy has cleared the A bit of a hidden page, it can only be inferred: it is 0 in the
 * frame that the kernel chose and 1 in all that it passed over.
 */
#include "tests/host/machine.h"

#include "mm/replace.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 1 << 16 };

static uint8_t a_bit[FRAMES], hidden[FRAMES];
static pfn_t kernels_choice;

static bool accessed(pfn_t frame)
{
    return a_bit[frame] || (hidden[frame] && frame != kernels_choice);
}

static void clear_accessed(pfn_t frame)
{
    a_bit[frame] = 0;
}

static bool dirty(pfn_t frame)
{
    (void)frame;
    return false;
}

static const struct replace_view view = {accessed, clear_accessed, dirty};

static void come(struct working_set *ws, pfn_t frame)
{
    if (pfn_record(frame)->state != PFN_ACTIVE)
        pfn_move(frame, PFN_ACTIVE);
    hidden[frame] = 0;
    a_bit[frame] = 1;
    replace_insert(ws, frame);
}

/* false: the line makes no sense. */
static bool follow(struct working_set *ws, const char *event, pfn_t frame)
{
    bool inside = pfn_record(frame)->ws;

    if (strcmp(event, "in") == 0 ? inside : !inside)
        return false;
    kernels_choice = frame;
    if (strcmp(event, "in") == 0)
        come(ws, frame);
    else if (strcmp(event, "out") == 0)
        replace_remove(frame);
    else if (strcmp(event, "used") == 0)
        a_bit[frame] = 1;
    else if (strcmp(event, "hidden") == 0)
        hidden[frame] = 1;
    else if (strcmp(event, "victim") == 0)
        printf("%u\n", replace_victim(ws));
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    const struct replace_policy *policy = argc == 2 ? replace_find(argv[1]) : NULL;
    struct working_set ws = {.maximum = FRAMES};
    char line[64], event[16];
    unsigned frame, number = 0;

    if (!policy) {
        fprintf(stderr, "usage: victims POLICY <EVENTS   (a policy of the kernel)\n");
        return 2;
    }
    pfn_init(calloc(FRAMES, sizeof(struct pfn)), FRAMES);
    pfn_add(1, FRAMES);
    replace_init(&ws, policy, &view);
    while (fgets(line, sizeof line, stdin)) {
        number++;
        if (sscanf(line, "%15s %u", event, &frame) != 2 || frame < 1 || frame >= FRAMES ||
            !follow(&ws, event, frame)) {
            fprintf(stderr, "victims: line %u makes no sense: %s", number, line);
            return 1;
        }
    }
    return 0;
}
