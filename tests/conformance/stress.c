/* stress.c - random calls of the whole Virtual* family against a model of 1,024 pages.
 *
 *     stress.exe [operations] [seed]        100,000 operations; the seed is printed
 *
 * The model knows of each page its region, whether it is committed, its protection and its content.
 * It predicts success or failure of every call (W11 to W57, W74 to W79), and whatever the call does,
 * these must hold: what was written is what is read, through any mix of calls, trimming and paging
 * (W225); fresh pages are zero (W227); a failed call leaves the map as it was (W226); the map tiles
 * the address space without equal neighbours (W222), in allocations of whole 64 KB units (W223); and
 * its private committed pages are what the process is charged for (W224).
 */
#include "tests/conformance/memory.h"
#include "tests/conformance/random.h"

#include <psapi.h>

enum { PAGES = 1024, UNIT_PAGES = 16, SPAN = PAGES * PAGE, WALK_EVERY = 512 };
enum { USER_END = 0x7FFF0000 };

struct model {
    int region;    /* first page of its region; -1: free */
    DWORD protect; /* 0: reserved */
    uint32_t word; /* what its words at `slot` hold; 0: as fresh */
};
static struct model model[PAGES];

static uint32_t seed;
static unsigned long operation, failures_wanted, walks;
static const char *step = "start";

static void fail(const char *name, const char *what)
{
    printf("not ok %s %s, at operation %lu (%s) of seed %lu\n", name, what, operation, step,
           (unsigned long)seed);
    ExitProcess(1);
}

static void hold(int condition, const char *name, const char *what)
{
    if (!condition)
        fail(name, what);
}

static volatile unsigned char *page_at(unsigned page)
{
    return at(PLACE + page * PAGE);
}

/* --- the map --- */

/* The arena's part of the map as one number. */
static uint32_t arena_sum(void)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t sum = 2166136261u;

    for (uintptr_t va = PLACE; va < PLACE + SPAN; va += info.RegionSize) {
        hold(VirtualQuery(at(va), &info, sizeof info) == sizeof info, "W222", "a query failed");
        for (unsigned i = 0; i < sizeof info / sizeof(uint32_t); i++)
            sum = (sum ^ ((const uint32_t *)&info)[i]) * 16777619u;
    }
    return sum;
}

static int same_kind(const MEMORY_BASIC_INFORMATION *a, const MEMORY_BASIC_INFORMATION *b)
{
    return a->AllocationBase == b->AllocationBase && a->State == b->State &&
           a->Protect == b->Protect && a->Type == b->Type;
}

/* The map agrees with the model at this region of the arena. */
static void compare(const MEMORY_BASIC_INFORMATION *info)
{
    uintptr_t first = (uintptr_t)info->BaseAddress, end = first + info->RegionSize;

    for (uintptr_t va = first; va < end; va += PAGE) {
        const struct model *m = &model[(va - PLACE) / PAGE];

        if (va < PLACE || va >= PLACE + SPAN)
            continue;
        hold((m->region < 0) == (info->State == MEM_FREE), "model", "free or not");
        hold(m->region < 0 || (m->protect != 0) == (info->State == MEM_COMMIT), "model",
             "committed or not");
        hold(m->protect == 0 || m->protect == info->Protect, "model", "the protection");
        hold(m->region < 0 || info->AllocationBase == page_at((unsigned)m->region), "model",
             "the allocation");
    }
}

/* One walk through all of it.  *charged: private committed pages. */
static void walk(unsigned long *charged)
{
    MEMORY_BASIC_INFORMATION info, last = {0};
    uintptr_t va = 0, unit_end = 0;

    for (*charged = 0; va < USER_END; va += info.RegionSize) {
        hold(VirtualQuery(at(va), &info, sizeof info) == sizeof info, "W222", "a query failed");
        hold(info.BaseAddress == at(va) && info.RegionSize > 0 && info.RegionSize % PAGE == 0,
             "W222", "a region begins elsewhere or has no size");
        hold(va == 0 || !same_kind(&info, &last), "W222", "two neighbours are the same");
        if (info.State != MEM_FREE && info.AllocationBase != last.AllocationBase) {
            hold((uintptr_t)info.AllocationBase % UNIT == 0, "W223", "a base is no unit's");
            hold((uintptr_t)info.AllocationBase >= unit_end, "W223", "a unit has two owners");
        }
        if (info.State != MEM_FREE)
            unit_end = (va + info.RegionSize + UNIT - 1) / UNIT * UNIT;
        if (info.State == MEM_COMMIT && info.Type == MEM_PRIVATE)
            *charged += info.RegionSize / PAGE;
        compare(&info);
        last = info;
    }
    hold(va == USER_END, "W222", "the map doesn't end at 7FFF0000");
    walks++;
}

static void check_map(void)
{
    PROCESS_MEMORY_COUNTERS counters;
    unsigned long charged;

    walk(&charged);
    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    if (counters.PagefileUsage / PAGE != charged)
        printf("charge %lu pages, map %lu pages\n", (unsigned long)counters.PagefileUsage / PAGE,
               charged);
    hold(counters.PagefileUsage / PAGE == charged, "W224", "the charge is another");
}

/* --- the model's predictions --- */

static void forget(unsigned page)
{
    model[page].protect = 0;
    model[page].word = 0;
}

/* Is any unit of [first, end) in use? */
static int taken(unsigned first, unsigned end)
{
    for (unsigned p = first / UNIT_PAGES * UNIT_PAGES; p < (end + 15) / UNIT_PAGES * UNIT_PAGES;
         p++)
        if (p < PAGES && model[p].region >= 0)
            return 1;
    return 0;
}

static int one_region(unsigned first, unsigned end)
{
    if (end > PAGES || model[first].region < 0)
        return 0;
    for (unsigned p = first; p < end; p++)
        if (model[p].region != model[first].region)
            return 0;
    return 1;
}

static int all_committed(unsigned first, unsigned end)
{
    for (unsigned p = first; p < end; p++)
        if (model[p].protect == 0)
            return 0;
    return 1;
}

/* --- operations --- */

static DWORD random_protect(void)
{
    static const DWORD some[] = {PAGE_READWRITE,         PAGE_READWRITE,    PAGE_READWRITE,
                                 PAGE_READONLY,          PAGE_NOACCESS,     PAGE_EXECUTE_READ,
                                 PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_READ, PAGE_READWRITE};

    return some[random_below(sizeof some / sizeof *some)];
}

/* A range in bytes: a page, an odd start, a size; and the pages it covers. */
struct range {
    uintptr_t base;
    SIZE_T size;
    unsigned first, end;
};

static struct range random_range(unsigned limit)
{
    struct range r;

    r.first = random_below(PAGES);
    r.base = PLACE + r.first * PAGE + (random_below(3) ? 0 : random_below(PAGE));
    r.size = random_below(limit * PAGE) + 1;
    if (r.base + r.size > PLACE + SPAN)
        r.size = PLACE + SPAN - r.base;
    r.end = (unsigned)((r.base + r.size - PLACE + PAGE - 1) / PAGE);
    return r;
}

static void reserve(void)
{
    struct range r = random_range(64);
    DWORD type = random_below(2) ? MEM_RESERVE : RESERVE_COMMIT, protect = random_protect();
    unsigned first = r.first / UNIT_PAGES * UNIT_PAGES;
    int refused = taken(first, r.end);
    void *got = VirtualAlloc(at(r.base), r.size, type, protect);

    hold((got == NULL) == refused, "W13", "reserve: success or failure");
    failures_wanted += (unsigned)refused;
    hold(refused || got == page_at(first), "W13", "reserve: the address");
    for (unsigned p = first; p < r.end && !refused; p++) {
        forget(p);
        model[p].region = (int)first;
        model[p].protect = type == MEM_RESERVE ? 0 : protect;
    }
}

static void commit(void)
{
    struct range r = random_range(24);
    DWORD protect = random_protect();
    int allowed = one_region(r.first, r.end);
    void *got = VirtualAlloc(at(r.base), r.size, MEM_COMMIT, protect);

    hold((got != NULL) == allowed, "W21", "commit: success or failure");
    failures_wanted += !allowed;
    for (unsigned p = r.first; p < r.end && allowed; p++)
        model[p].protect = protect;
}

static void decommit(void)
{
    struct range r = random_range(24);
    int allowed = one_region(r.first, r.end);

    hold(VirtualFree(at(r.base), r.size, MEM_DECOMMIT) == allowed, "W50",
         "decommit: success or failure");
    failures_wanted += !allowed;
    for (unsigned p = r.first; p < r.end && allowed; p++)
        forget(p);
}

static void release_one(void)
{
    unsigned page = random_below(PAGES);
    int region = model[page].region;
    int allowed;

    if (region >= 0 && random_below(2))
        page = (unsigned)region;
    allowed = region == (int)page;
    hold(VirtualFree((char *)page_at(page) + random_below(PAGE), 0, MEM_RELEASE) == allowed, "W46",
         "release: success or failure");
    failures_wanted += !allowed;
    for (unsigned p = page; p < PAGES && allowed && model[p].region == region; p++) {
        forget(p);
        model[p].region = -1;
    }
}

static void protect(void)
{
    struct range r = random_range(16);
    DWORD wanted = random_protect(), old = 0;
    int allowed = one_region(r.first, r.end) && all_committed(r.first, r.end);

    hold(VirtualProtect(at(r.base), r.size, wanted, &old) == allowed, "W76",
         "protect: success or failure");
    failures_wanted += !allowed;
    hold(!allowed || old == model[r.first].protect, "W74", "protect: the old protection");
    for (unsigned p = r.first; p < r.end && allowed; p++)
        model[p].protect = wanted;
}

static int writable(DWORD value)
{
    return value == PAGE_READWRITE || value == PAGE_EXECUTE_READWRITE;
}

/* The word of a page that carries its content lies at a place that depends on the page. */
static volatile uint32_t *word_of(unsigned page)
{
    return (volatile uint32_t *)page_at(page) + page * 37 % (PAGE / 4);
}

static void write_page(void)
{
    unsigned page = random_below(PAGES);

    if (!writable(model[page].protect))
        return;
    model[page].word = random_below(0xFFFFFFFF) + 1;
    *word_of(page) = model[page].word;
}

static void read_page(void)
{
    unsigned page = random_below(PAGES);

    if (model[page].protect == 0 || model[page].protect == PAGE_NOACCESS)
        return;
    hold(*word_of(page) == model[page].word, model[page].word ? "W225" : "W227",
         "the content is another");
}

/* Lock and unlock a few pages: the content is brought in, the map stays. */
static void lock(void)
{
    struct range r = random_range(4);
    uint32_t sum = arena_sum();

    if (VirtualLock(at(r.base), r.size)) {
        hold(all_committed(r.first, r.end), "W122", "locked what is not committed");
        hold(VirtualUnlock(at(r.base), r.size), "W123", "unlock failed");
    }
    hold(arena_sum() == sum, "W226", "locking has changed the map");
}

/* Calls that must fail, whatever there is; the map must not change. */
static void absurd(void)
{
    struct range r = random_range(16);
    uint32_t sum = arena_sum();
    DWORD old;

    hold(VirtualAlloc(at(r.base), 0, MEM_COMMIT, PAGE_READWRITE) == NULL, "W11", "size 0");
    hold(VirtualAlloc(at(r.base), r.size, 0, PAGE_READWRITE) == NULL, "W28", "type 0");
    hold(VirtualAlloc(at(r.base), r.size, MEM_COMMIT, 3) == NULL, "W37", "protection 3");
    hold(VirtualAlloc(at(r.base), 0u - r.size, MEM_COMMIT, PAGE_READWRITE) == NULL, "W18", "size");
    hold(!VirtualFree(at(r.base), r.size, MEM_RELEASE), "W44", "release with a size");
    hold(!VirtualFree(at(r.base), 0u - PAGE, MEM_DECOMMIT), "W50", "decommit of nearly 4 GB");
    hold(!VirtualFree(at(r.base), r.size, MEM_RELEASE | MEM_DECOMMIT), "W43", "both types");
    hold(!VirtualProtect(at(r.base), 0, PAGE_READONLY, &old), "W79", "protect: size 0");
    hold(!VirtualProtect(at(r.base), r.size, PAGE_WRITECOPY, &old), "W38", "WRITECOPY");
    hold(!VirtualProtect(at(r.base), r.size, PAGE_READONLY, NULL), "W80", "no old protection");
    hold(arena_sum() == sum, "W226", "a refused call has changed the map");
    failures_wanted += 10;
}

static void trim(void)
{
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
}

static const struct {
    const char *name;
    void (*run)(void);
    unsigned weight;
} operations[] = {
    {"reserve", reserve, 10},    {"commit", commit, 16},   {"decommit", decommit, 5},
    {"release", release_one, 3}, {"protect", protect, 14}, {"write", write_page, 30},
    {"read", read_page, 30},     {"lock", lock, 2},        {"absurd", absurd, 1},
    {"trim", trim, 1},
};

static void one_operation(void)
{
    unsigned ticket = random_below(112), i = 0;

    while (ticket >= operations[i].weight)
        ticket -= operations[i++].weight;
    step = operations[i].name;
    operations[i].run();
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;

    setvbuf(stdout, NULL, _IONBF, 0);
    seed = argc > 2 ? strtoul(argv[2], NULL, 0) : random_seed();
    random_state = seed ? seed : 1;
    printf("%lu operations, seed %lu\n", count, (unsigned long)seed);
    for (unsigned p = 0; p < PAGES; p++)
        model[p].region = -1;
    for (operation = 0; operation < count; operation++) {
        if (operation % WALK_EVERY == 0)
            check_map();
        one_operation();
    }
    check_map();
    printf("%lu walks, %lu refused calls\n", walks, failures_wanted);
    fact("W222", "every walk tiles the address space, no two neighbours alike", walks > 0);
    fact("W223", "allocations are whole units", walks > 0);
    fact("W224", "committed private pages are the charge", walks > 0);
    fact("W225", "what was written was read", operation == count);
    fact("W226", "refused calls changed nothing", failures_wanted > 0);
    fact("W227", "fresh pages were zero", operation == count);
    return facts_end();
}
