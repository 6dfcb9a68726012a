/* greed.c - reliability R12: a committed page always materialises, whatever else programs ask for.
 *
 * Children take what can't be taken away again, until it is refused: locked pages, page tables,
 * regions (objects of the kernel's pool).  All of it still held, their parent writes and reads
 * everything that it has committed.  Then the same for a region with a cap of its own.
 */
#include "kernel/abi.h"
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"

enum { MINE = 2048, CAPPED = 40, CAP = 4, REFUSALS = 3, ROLES = 3, TWO_MINUTES = 120000 };

static HANDLE done, go_on;

/* Write every page and read it back; returns how many did not do as they should. */
static unsigned thrash(volatile unsigned char *base, unsigned pages)
{
    unsigned bad = 0;

    for (unsigned i = 0; i < pages; i++)
        *(volatile uint32_t *)(base + i * PAGE) = i * 7 + 1;
    for (unsigned i = 0; i < pages; i++)
        bad += *(volatile uint32_t *)(base + i * PAGE) != i * 7 + 1;
    return bad;
}

static unsigned grab_locks(void)
{
    SIZE_T most = 64 << 20;
    volatile unsigned char *base;
    unsigned got = 0, refused = 0;

    while (most > UNIT && !SetProcessWorkingSetSize(GetCurrentProcess(), most, most))
        most -= UNIT;
    base = fresh(most, RESERVE_COMMIT, PAGE_READWRITE);
    for (SIZE_T at = 0; at < most && refused < REFUSALS; at += PAGE) {
        if (VirtualLock((void *)(base + at), PAGE))
            got++;
        else
            refused++;
    }
    return refused == REFUSALS ? got : 0;
}

/* One committed page in each 4 MB: one page table each. */
static unsigned grab_tables(void)
{
    unsigned got = 0, refused = 0;

    while (refused < REFUSALS) {
        void *base = VirtualAlloc(NULL, 4 << 20, MEM_RESERVE, PAGE_READWRITE);

        if (base != NULL && VirtualAlloc(base, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL)
            got++;
        else
            refused++;
    }
    return got;
}

static unsigned grab_regions(void)
{
    unsigned got = 0, refused = 0;

    while (refused < REFUSALS) {
        if (VirtualAlloc(NULL, UNIT, MEM_RESERVE, PAGE_READWRITE) != NULL)
            got++;
        else
            refused++;
    }
    return got;
}

static unsigned (*const roles[ROLES])(void) = {grab_locks, grab_tables, grab_regions};
static const char *const names[ROLES] = {"locked pages", "page tables", "regions"};

static int child(unsigned role)
{
    printf("  a child holds %u %s\n", roles[role](), names[role]);
    ReleaseSemaphore(done, 1, NULL);
    WaitForSingleObject(go_on, TWO_MINUTES);
    return 0;
}

static HANDLE start(unsigned role)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char line[32];

    snprintf(line, sizeof line, "greed.exe %u", role);
    if (!CreateProcessA("greed.exe", line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        return NULL;
    CloseHandle(process.hThread);
    return process.hProcess;
}

/* The children start in the order of `first`, `first` + 1, ...: each finds what those before leave. */
static void test_order(unsigned first)
{
    volatile unsigned char *mine = fresh(MINE * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    HANDLE children[ROLES];
    unsigned started = 0;

    ResetEvent(go_on);
    for (unsigned i = 0; i < ROLES; i++) {
        children[started] = start((first + i) % ROLES);
        if (children[started] != NULL && WaitForSingleObject(done, TWO_MINUTES) == WAIT_OBJECT_0)
            started++;
    }
    fact("R12", "children take all they get", started > 0);
    fact_number("R12", "beside them no promise is broken", 0, thrash(mine, MINE));
    SetEvent(go_on);
    for (unsigned i = 0; i < started; i++) {
        WaitForSingleObject(children[i], TWO_MINUTES);
        CloseHandle(children[i]);
    }
    release(mine);
}

static uint32_t cap(volatile unsigned char *base, uint32_t maximum, uint32_t exact,
                    uint32_t standby)
{
    struct abi_working_set set = {.address = (uint32_t)(uintptr_t)base,
                                  .maximum = maximum,
                                  .exact = exact,
                                  .standby = standby,
                                  .policy = "adaptive"};
    const uint32_t words[4] = {ABI_CONTROL_WORKING_SET, (uint32_t)(uintptr_t)&set, sizeof set, 0};

    return native_call(ABI_NtPagodaControl, words);
}

static void test_cap(uint32_t exact)
{
    volatile unsigned char *base = fresh(CAPPED * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    fact_number("R12", "a region with a cap", 0, cap(base, CAP, exact, 0));
    SetLastError(0);
    fact_number("R12", "can't be locked whole: error 1453", 1453,
                VirtualLock((void *)base, CAP * PAGE) ? 0 : GetLastError());
    fact("R12", "one page fewer can be", VirtualLock((void *)base, (CAP - 1) * PAGE));
    fact_number("R12", "and no promise is broken", 0, thrash(base, CAPPED));
    fact_number("R12", "a cap as small as what is locked is refused", 0xC00000A1,
                cap(base, CAP - 1, exact, 0));
    release(base);
}

/* Policies count with the pages that may stand by: so many that the sum is less than nothing. */
static void test_standby(void)
{
    unsigned bad = 0;

    for (uint32_t less = 1; less < 4; less++) {
        volatile unsigned char *base = fresh(CAPPED * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

        bad += cap(base, CAP, 0, 0u - 16 * less - CAP) || thrash(base, CAPPED);
        release(base);
    }
    fact_number("R12", "4,294,967,276 pages may stand by", 0, bad);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    done = CreateSemaphoreA(NULL, 0, ROLES, "greed done");
    go_on = CreateEventA(NULL, TRUE, FALSE, "greed go on");
    if (argc > 1)
        return child((unsigned)atoi(argv[1]) % ROLES);
    for (unsigned first = 0; first < ROLES; first++)
        test_order(first);
    test_cap(0);
    test_cap(1);
    test_standby();
    return facts_end();
}
