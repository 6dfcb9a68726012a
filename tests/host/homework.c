/* homework.c - answers of tools/homework, computed by the files that the kernel runs.
 *
 * homework NAME, with the question's numbers on standard input; prints one JSON value.
 */
#include "tests/host/homework.h"

#include "kernel/service/walk.h"
#include "tests/host/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/machine.h"

uint32_t homework_number(void)
{
    unsigned number;

    if (scanf("%u", &number) != 1) {
        fprintf(stderr, "the question ends too early\n");
        exit(2);
    }
    return number;
}

const char *homework_word(void)
{
    static char word[32];

    if (scanf("%31s", word) != 1)
        exit(2);
    return word;
}

/* va, access, cr3, count, then address and word of each entry. */
static void answer_walk(void)
{
    uint32_t va = homework_number(), access = homework_number(), cr3 = homework_number(),
             count = homework_number();
    pa_t pa;
    bool found;

    machine_start(128, 16, NULL);
    memset(machine_frame(cr3 >> PAGE_SHIFT), 0, PAGE_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = homework_number();

        ((uint32_t *)machine_frame(at >> PAGE_SHIFT))[(at & PAGE_MASK) / 4] = homework_number();
    }
    found = walk(cr3, va, access, &pa);
    printf("{\"directory\": %u, \"table\": %u, \"offset\": %u, \"found\": %u, \"value\": %u}\n",
           va >> 22, va >> PAGE_SHIFT & (TABLE_PTES - 1), va & PAGE_MASK, found, pa);
}

static enum fault_kind kind_of_touch(enum pte_kind kind)
{
    switch (kind) {
    case PTE_VALID:
        return FAULT_NONE;
    case PTE_DEMAND_ZERO:
        return FAULT_DEMAND_ZERO;
    case PTE_TRANSITION:
        return FAULT_TRANSITION;
    case PTE_PAGEFILE:
        return FAULT_PAGEFILE;
    case PTE_PROTOTYPE:
        return FAULT_PROTOTYPE;
    default:
        return FAULT_VIOLATION;
    }
}

/* word */
static void answer_ptebits(void)
{
    static const char *const names[] = {
        [PTE_EMPTY] = "empty",           [PTE_DEMAND_ZERO] = "demand-zero",
        [PTE_TRANSITION] = "transition", [PTE_PAGEFILE] = "pagefile",
        [PTE_PROTOTYPE] = "prototype",   [PTE_VALID] = "valid"};
    pte_t pte = homework_number();
    enum pte_kind kind = pte_kind(pte);

    printf("{\"P\": %u, \"RW\": %u, \"US\": %u, \"A\": %u, \"D\": %u, \"number\": %u, \"kind\": "
           "\"%s\", \"touch\": \"%s\"}\n",
           pte & PTE_P, pte / PTE_W & 1, pte / PTE_U & 1, pte / PTE_A & 1, pte / PTE_D & 1,
           pte_frame(pte), names[kind], fault_kind_name(kind_of_touch(kind)));
}

static struct reference_string read_string(uint32_t count)
{
    struct reference_string string = {.count = count,
                                      .page = calloc(count + 1, sizeof *string.page),
                                      .write = calloc(count + 1, 1)};

    for (uint32_t i = 0; i < count; i++) {
        string.page[i] = homework_number();
        if (string.page[i] >= string.pages)
            string.pages = string.page[i] + 1;
    }
    return string;
}

static uint32_t faults(const struct reference_string *string, uint32_t count, uint32_t frames,
                       const char *policy)
{
    struct reference_string prefix = *string;
    struct simulation result = {0};

    prefix.count = count;
    if (!simulate(&prefix, frames, policy, &result))
        exit(3);
    return result.hard;
}

static uint32_t victims[64], victim_count;

static void note_victim(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    (void)ws;
    if (event == REPLACE_VICTIM && victim_count < 64)
        victims[victim_count++] = pfn_record(frame)->va >> PAGE_SHIFT;
}

static void print_list(const char *name, const uint32_t *list, uint32_t count)
{
    printf("\"%s\": [", name);
    for (uint32_t i = 0; i < count; i++)
        printf("%s%u", i ? ", " : "", list[i]);
    printf("]");
}

/* policy, frames, count, pages: at which references there is a fault, who goes, and one frame more. */
static void answer_replace(void)
{
    char policy[32];
    uint32_t frames, count, at[64], found = 0, before = 0;
    struct reference_string string;

    strcpy(policy, homework_word());
    frames = homework_number();
    count = homework_number();
    string = read_string(count);
    for (uint32_t i = 1; i <= count && i < 64; i++) {
        uint32_t now = faults(&string, i, frames, policy);

        if (now > before)
            at[found++] = i;
        before = now;
    }
    replace_watcher = note_victim;
    printf("{\"faults\": %u, ", faults(&string, count, frames, policy));
    replace_watcher = NULL;
    print_list("at", at, found);
    printf(", ");
    print_list("victims", victims, victim_count);
    printf(", \"more\": %u}\n", faults(&string, count, frames + 1, policy));
}

/* policy (lru, fifo), entries, references of one round, pages: misses of each of two rounds. */
static void answer_tlb(void)
{
    char policy[32];
    uint32_t entries, count, once, twice;
    struct reference_string string;

    strcpy(policy, homework_word());
    entries = homework_number();
    count = homework_number();
    string = read_string(count);
    string.page = realloc(string.page, 2 * (count + 1) * sizeof *string.page);
    string.write = calloc(2 * (count + 1), 1);
    memcpy(string.page + count, string.page, count * sizeof *string.page);
    once = faults(&string, count, entries, policy);
    string.count = 2 * count;
    twice = faults(&string, 2 * count, entries, policy);
    printf("{\"accesses\": %u, \"first\": %u, \"second\": %u}\n", count, once, twice - once);
}

static bool a_bit[32], d_bit[32];
static uint32_t cleared;

static bool accessed(pfn_t frame)
{
    return a_bit[frame];
}

static void clear_accessed(pfn_t frame)
{
    cleared += a_bit[frame];
    a_bit[frame] = false;
}

static bool dirty(pfn_t frame)
{
    return d_bit[frame];
}

/* policy, count, then page, A, D from the hand on, the wanted page */
static void answer_clockbits(void)
{
    static const struct replace_view view = {accessed, clear_accessed, dirty};
    static struct pfn database[32];
    const struct replace_policy *policy = replace_find(homework_word());
    uint32_t count = homework_number(), ring[32], bits[32];
    struct working_set ws = {.maximum = count};
    pfn_t frame;

    pfn_init(database, 32);
    pfn_add(1, 32);
    replace_init(&ws, &replace_fifo, &view); /* nothing looks at the bits while the ring is made */
    for (uint32_t i = 1; i <= count; i++) {
        pfn_move(i, PFN_ACTIVE);
        pfn_record(i)->va = homework_number();
        replace_insert(&ws, i);
        a_bit[i] = homework_number();
        d_bit[i] = homework_number();
    }
    ws.policy = policy;
    frame = replace_victim(&ws);
    printf("{\"victim\": %u, \"cleared\": %u, \"write\": %u, ", pfn_record(frame)->va, cleared,
           d_bit[frame]);
    replace_remove(frame);
    pfn_record(frame)->va = homework_number();
    ws.policy = &replace_fifo;
    replace_insert(&ws, frame);
    a_bit[frame] = true;
    frame = ws.hand;
    for (uint32_t i = 0; i < count; i++, frame = pfn_record(frame)->next) {
        ring[i] = pfn_record(frame)->va;
        bits[i] = a_bit[frame];
    }
    print_list("ring", ring, count);
    printf(", ");
    print_list("bits", bits, count);
    printf("}\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*answer)(void);
    } kinds[] = {{"walk", answer_walk},
                 {"ptebits", answer_ptebits},
                 {"replace", answer_replace},
                 {"tlb", answer_tlb},
                 {"clockbits", answer_clockbits},
                 {"faultkind", homework_faultkind},
                 {"regions", homework_regions},
                 {"stack", homework_stack},
                 {"tablesize", homework_tablesize},
                 {"fragment", homework_fragment},
                 {"heapmap", homework_heapmap}};

    for (unsigned i = 0; argc == 2 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].answer();
            return 0;
        }
    fprintf(stderr, "homework: which answer?\n");
    return 2;
}
