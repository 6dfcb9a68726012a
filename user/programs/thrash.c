/* thrash.c - uses more memory than the machine has, and looks whether it all comes back.
 *
 * Writes every word of N megabytes, page by page in a given order, then reads every word again in the
 * same order.  What a page must hold depends on its number only, so nothing has to be
 * remembered.  When N is larger than RAM, each page goes to the paging file and comes back at
 * least once; a single wrong byte anywhere on the way is a mismatch.
 */
#include "user/programs/bare.h"

#include "kernel/abi.h"
#include "lib/chance.h"
#include "lib/parse.h"
#include "lib/string.h"

#include <psapi.h>

enum { PAGE = 4096, WORDS = PAGE / 4, PAGES_PER_MB = 256, MOST_MB = 2000 };

/* --- in which order the pages are used --- */

enum order { SEQUENTIAL, RANDOM, STRIDED };
static const char *const order_names[] = {"sequential", "random", "strided"};

struct walk {
    enum order order;
    uint32_t pages;
    uint32_t at, done;
    uint32_t mask; /* random: the power of two above `pages`, less one */
};

/* The pages as a table with so many columns, read column by column: neighbours in time are never
 * neighbours in space. */
enum { STRIDE = 61 };

static struct walk walk_start(enum order order, uint32_t pages)
{
    struct walk walk = {.order = order, .pages = pages, .mask = 1};

    while (walk.mask < pages)
        walk.mask = walk.mask * 2 + 1;
    return walk;
}

/* The next page number; each comes once in `pages` calls. */
static uint32_t walk_next(struct walk *walk)
{
    uint32_t page = walk->at;

    walk->done++;
    switch (walk->order) {
    case SEQUENTIAL:
        walk->at = walk->done;
        break;
    case STRIDED:
        walk->at += STRIDE;
        if (walk->at >= walk->pages) {
            walk->at = walk->at % STRIDE + 1; /* the next column */
            walk->at = walk->at < STRIDE ? walk->at : 0;
        }
        break;
    case RANDOM: /* a linear congruential generator visits every number below a power of two once */
        do {
            walk->at = (walk->at * 1664525u + 1013904223u) & walk->mask;
        } while (walk->at >= walk->pages);
        break;
    }
    return page;
}

/* --- what a page holds --- */

/* Words that look random and depend on the page's number; the last one is their sum. */
static uint32_t first_word(uint32_t page)
{
    return page * 2654435761u + 0x9E3779B9u;
}

static void write_page(uint32_t *words, uint32_t page)
{
    uint32_t word = first_word(page);
    uint32_t sum = 0;

    for (int i = 0; i < WORDS - 1; i++) {
        words[i] = word;
        sum += word;
        word = chance_next(word);
    }
    words[WORDS - 1] = sum;
}

/* The number of wrong words. */
static uint32_t check_page(const uint32_t *words, uint32_t page)
{
    uint32_t word = first_word(page);
    uint32_t sum = 0;
    uint32_t wrong = 0;

    for (int i = 0; i < WORDS - 1; i++) {
        wrong += words[i] != word;
        sum += word;
        word = chance_next(word);
    }
    return wrong + (words[WORDS - 1] != sum);
}

/* --- the two rounds --- */

static uint32_t run_round(char *memory, struct walk walk, const char *verb, bool writing)
{
    uint32_t quarter = walk.pages / 4;
    uint32_t wrong = 0;

    while (walk.done < walk.pages) {
        uint32_t page = walk_next(&walk);
        uint32_t *words = (uint32_t *)(memory + (size_t)page * PAGE);

        if (writing) {
            write_page(words, page);
        } else {
            uint32_t here = check_page(words, page);

            if (here != 0 && wrong < 10) {
                bare_print("thrash: page %u at %08X has %u wrong words\n", page,
                           (unsigned)(uintptr_t)words, here);
            }
            wrong += here;
        }
        if (walk.done % quarter == 0 && walk.done < walk.pages)
            bare_print("thrash: %u of %u pages %s\n", walk.done, walk.pages, verb);
    }
    return wrong;
}

/* --- counters --- */

typedef BOOL(WINAPI *memory_info_function)(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD);
typedef LONG(WINAPI *control_function)(enum abi_control, void *, ULONG, ULONG *);

static FARPROC look_up(const char *dll, const char *name)
{
    HMODULE module = LoadLibraryA(dll);

    return module == NULL ? NULL : GetProcAddress(module, name);
}

/* What this process has done up to one moment: what every Windows counts, and where it is Pagoda, what that
 * counts besides.  Everything is asked for first and printed then, since printing costs faults. */
static void print_counters(void)
{
    memory_info_function info =
        (memory_info_function)(void *)look_up("psapi.dll", "GetProcessMemoryInfo");
    control_function control = (control_function)(void *)look_up("ntdll.dll", "NtPagodaControl");
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    struct abi_counters more = {0};
    BOOL known = info != NULL && info(GetCurrentProcess(), &counters, sizeof counters);
    BOOL detailed = control != NULL && control(ABI_CONTROL_COUNTERS, &more, sizeof more, NULL) >= 0;

    if (detailed)
        counters.PageFaultCount = more.faults;
    if (known) {
        bare_print("thrash: page faults %u, working set %u KB, at its peak %u KB\n",
                   (unsigned)counters.PageFaultCount, (unsigned)(counters.WorkingSetSize / 1024),
                   (unsigned)(counters.PeakWorkingSetSize / 1024));
    }
    if (detailed) {
        bare_print("thrash: hard faults %u (read), soft faults %u, %u of them demand-zero\n"
                   "thrash: page-ins %u, page-outs %u\n",
                   more.hard, more.soft, more.demand_zero, more.page_ins, more.page_outs);
    }
}

/* --- the program --- */

static int usage(void)
{
    bare_print("usage: thrash N [sequential|random|strided]\n"
               "Writes N megabytes (1..%d), reads all of it back and says what was wrong.\n",
               MOST_MB);
    return 2;
}

static int refused(uint32_t megabytes)
{
    DWORD error = GetLastError();
    MEMORYSTATUSEX status = {.dwLength = sizeof status};

    GlobalMemoryStatusEx(&status);
    bare_print("thrash: VirtualAlloc refused %u MB with error %u; RAM and paging file can promise "
               "%u MB more, and %u MB of addresses are free.\n",
               megabytes, (unsigned)error, (unsigned)(status.ullAvailPageFile >> 20),
               (unsigned)(status.ullAvailVirtual >> 20));
    return 1;
}

int bare_main(int argc, char **argv)
{
    uint32_t megabytes, pages, wrong;
    enum order order = SEQUENTIAL;
    char *memory;

    if (argc < 2 || argc > 3 || !parse_u32(argv[1], &megabytes) || megabytes == 0 ||
        megabytes > MOST_MB)
        return usage();
    if (argc == 3) {
        while (order <= STRIDED && !string_equal_nocase(argv[2], order_names[order]))
            order++;
        if (order > STRIDED)
            return usage();
    }
    pages = megabytes * PAGES_PER_MB;
    memory = VirtualAlloc(NULL, (SIZE_T)pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (memory == NULL)
        return refused(megabytes);
    bare_print("thrash: %u MB at %08X, %s\n", megabytes, (unsigned)(uintptr_t)memory,
               order_names[order]);
    run_round(memory, walk_start(order, pages), "written", true);
    wrong = run_round(memory, walk_start(order, pages), "checked", false);
    print_counters();
    bare_print("thrash: %u pages written and read back: %u mismatches\n", pages, wrong);
    return wrong == 0 ? 0 : 1;
}
