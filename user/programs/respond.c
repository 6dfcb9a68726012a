/* respond.c - an interactive program: wakes every 50 ms, touches its own few pages, and answers.
 *
 * What a person notices is the delay between the time to wake and the answer: the CPU was busy, or
 * pages had to come back first.  So it counts its faults and its worst delay, while others thrash.
 */
#include "user/programs/bare.h"

#include "kernel/abi.h"
#include "lib/parse.h"

enum { PAGE = 4096, PAGES = 32, EVERY_MS = 50, REPORT = 20, MOST = 10000 };

typedef LONG(WINAPI *control_function)(ULONG, void *, ULONG, ULONG *);

struct sum {
    uint32_t answers, wrong;
    uint32_t worst, total; /* delays, ms */
};

/* Faults so far that had to read or create a page, and those that found it in RAM; 0 elsewhere. */
static void faults(uint32_t *hard, uint32_t *soft)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    control_function control =
        ntdll ? (control_function)(void *)GetProcAddress(ntdll, "NtPagodaControl") : NULL;
    struct abi_counters counters = {0};

    if (control)
        control(ABI_CONTROL_COUNTERS, &counters, sizeof counters, NULL);
    *hard = counters.hard;
    *soft = counters.soft;
}

/* The answer: every page is read, checked and written. */
static void answer(volatile uint32_t *memory, struct sum *sum)
{
    for (uint32_t page = 0; page < PAGES; page++) {
        volatile uint32_t *word = memory + page * (PAGE / sizeof *memory);

        sum->wrong += *word != page + sum->answers;
        *word = page + sum->answers + 1;
    }
    sum->answers++;
}

static void wait_and_answer(volatile uint32_t *memory, struct sum *sum)
{
    DWORD due = GetTickCount() + EVERY_MS, late;

    Sleep(EVERY_MS);
    answer(memory, sum);
    late = GetTickCount() - due;
    late = (int32_t)late > 0 ? late : 0;
    sum->total += late;
    sum->worst = late > sum->worst ? late : sum->worst;
}

int bare_main(int argc, char **argv)
{
    volatile uint32_t *memory =
        VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    uint32_t answers, hard, soft, hard_before, soft_before;
    struct sum sum = {0};

    if (argc != 2 || !parse_u32(argv[1], &answers) || !answers || answers > MOST) {
        bare_print("Usage: respond N   (answers N times, every %u ms; at most %u)\n", EVERY_MS,
                   MOST);
        return 2;
    }
    if (!memory) {
        bare_print("respond: VirtualAlloc failed with error %u\n", (unsigned)GetLastError());
        return 1;
    }
    for (uint32_t page = 0; page < PAGES; page++)
        memory[page * (PAGE / sizeof *memory)] = page;
    faults(&hard_before, &soft_before);
    while (sum.answers < answers) {
        wait_and_answer(memory, &sum);
        if (sum.answers % REPORT == 0) {
            faults(&hard, &soft);
            bare_print("respond: %u answers, %u hard and %u soft faults, worst delay %u ms\n",
                       sum.answers, hard - hard_before, soft - soft_before, sum.worst);
        }
    }
    faults(&hard, &soft);
    bare_print(
        "respond: all %u answers given; of 1000 touches of a page %u were hard faults, %u soft; "
        "delay %u ms, at worst %u ms; %u wrong words\n",
        sum.answers, (hard - hard_before) * 1000 / (answers * PAGES),
        (soft - soft_before) * 1000 / (answers * PAGES), sum.total / answers, sum.worst, sum.wrong);
    return sum.wrong ? 1 : 0;
}
