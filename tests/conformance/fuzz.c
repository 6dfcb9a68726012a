/* fuzz.c - random system calls; the kernel must survive, and get everything back.
 *
 *     fuzz.exe [calls] [seed] [beside]    200,000 calls; the seed is printed; "beside" others, see parent()
 *
 * The calls are made by children: what a child does to itself ends it at most, and the next one goes
 * on with another seed.  A child knows roughly what a service expects (`signatures`), so that most
 * calls get past the first check, and breaks that rule at every sixteenth argument.  In the end commit
 * charge, pool and frames must be what they were, and the kernel checks its own books.
 */
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"
#include "tests/conformance/random.h"
#include "tests/conformance/signatures.h"

enum { ARENA_PAGES = 64, ONCE = 1000, AUDIT_EVERY = 20, SILENT_MS = 3000 };
/* A child that has freed and closed what it had does nothing interesting any more. */
enum { CALLS_OF_CHILD = 4000 };

/* --- a child: places and handles --- */

static uint32_t arena, own_file, own_section, own_event, own_mutant, own_semaphore, own_thread;
static int beside; /* other programs run: what they need is left to them */
static uint32_t address_word, size_words[2], own_id[2];
static const uint32_t no_time[2] = {0, 0}; /* in a page that can't be written */
static struct abi_create_process new_process;
static struct abi_create_thread new_thread;
static uint16_t names[4][12] = {L"fuzz1.tmp", L"fuzz2.tmp", L"fuzz object", L"hello.exe"};
static uint32_t strings[4][2], attributes[4][6];

static uint32_t bad_pointer(void)
{
    static const uint32_t some[] = {0,          1,          0xFFFF,     PLACE,      0x7FFE0000,
                                    0x7FFE1000, 0x7FFEFFFF, 0x7FFFFFFF, 0x80000000, 0x80100000,
                                    0xC0000000, 0xC0300000, 0xE1000000, 0xFFFFFFFF};

    return some[random_below(sizeof some / sizeof *some)];
}

static uint32_t in_arena(void)
{
    return arena + (random_below(ARENA_PAGES + 1) << 12) +
           (random_below(3) ? 0 : random_below(0x1000));
}

static uint32_t any_address(void)
{
    return random_below(8) ? in_arena() : bad_pointer();
}

static uint32_t any_length(void)
{
    static const uint32_t some[] = {0,  1,      4,       24,         28,         32,        44,
                                    64, 0x1000, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};

    return random_below(3) ? some[random_below(sizeof some / sizeof *some)] : random_below(0x12000);
}

static uint32_t any_handle(void)
{
    const uint32_t own[] = {own_file,      own_section, own_event, own_mutant,
                            own_semaphore, own_thread,  0,         (uint32_t)-1};

    return random_below(4) ? own[random_below(8)] : random_below(64) * 4;
}

static uint32_t memory_type(void)
{
    static const uint32_t some[] = {MEM_RESERVE,
                                    MEM_COMMIT,
                                    RESERVE_COMMIT,
                                    MEM_DECOMMIT,
                                    MEM_RELEASE,
                                    MEM_RESET,
                                    RESERVE_COMMIT | MEM_WRITE_WATCH,
                                    MEM_RESERVE | MEM_TOP_DOWN,
                                    MEM_COMMIT | MEM_TOP_DOWN,
                                    0};

    return some[random_below(10)];
}

static uint32_t anything(void)
{
    switch (random_below(5)) {
    case 0:
        return random_word();
    case 1:
        return 1u << random_below(32);
    case 2:
        return bad_pointer();
    case 3:
        return random_below(64);
    default:
        return any_address();
    }
}

static uint32_t pointer_to(uint32_t *word, uint32_t value)
{
    *word = value;
    return (uint32_t)(uintptr_t)word;
}

static uint32_t by_kind(char kind)
{
    switch (kind) {
    case 'p':
        return random_below(20) ? (uint32_t)-1 : any_handle();
    case 'f':
        return random_below(8) ? own_file : any_handle();
    case 's':
        return random_below(8) ? own_section : any_handle();
    case 'e':
        return random_below(2) ? own_event + random_below(3) * 4 : any_handle();
    case 't':
        return random_below(8) ? own_thread : any_handle();
    case 'h':
        return any_handle();
    case 'b':
        return pointer_to(&address_word, random_below(6) ? any_address() : 0);
    case 'z':
        size_words[1] = random_below(8) ? 0 : random_word();
        return pointer_to(&size_words[0], any_length());
    case 'i':
        return (uint32_t)(uintptr_t)attributes[random_below(3)];
    case 'y':
        return (uint32_t)(uintptr_t)own_id;
    case 'P':
        new_process.application =
            (uint32_t)(uintptr_t)(random_below(2) ? "hello.exe" : "fuzz1.tmp");
        new_process.suspended = 0;
        return (uint32_t)(uintptr_t)&new_process;
    case 'T':
        new_thread.stack_size = any_length();
        new_thread.flags = ABI_THREAD_SUSPENDED | random_below(2) * ABI_THREAD_SIZE_IS_RESERVE;
        return (uint32_t)(uintptr_t)&new_thread;
    case 'l':
        return any_length();
    case 'c':
        return random_below(40);
    case 'm':
        return memory_type();
    case 'r':
        return random_below(8) ? 1u << random_below(8) : random_below(0x800);
    case 'n':
        return random_below(9);
    case 'x':
        return random_below(2) ? 0x001F03FF /* all rights */ : anything();
    default: /* a, o */
        return any_address();
    }
}

static uint32_t argument(char kind)
{
    if (kind == 'd') /* never null: that would be for ever */
        return random_below(8) ? (uint32_t)(uintptr_t)no_time : 0x7FFF0000;
    if (kind == 'P' || kind == 'T' || kind == 'y')
        return random_below(8) ? by_kind(kind) : 0x7FFF0000;
    return random_below(16) ? by_kind(kind) : anything();
}

/* Calls that end the caller, make it wait, or take long: only now and then, or never. */
static int skipped(unsigned service, const uint32_t *words)
{
    switch (service) {
    case ABI_NtTerminateProcess:
    case ABI_NtTerminateThread:
    case ABI_NtContinue:
    case ABI_NtRaiseException:
    case ABI_NtSetContextThread:
    case ABI_NtPagodaCreateProcess:
        return random_below(ONCE) != 0;
    case ABI_NtPagodaCreateThread:
        return random_below(100) != 0;
    case ABI_NtSuspendThread:
        return words[0] != own_thread;
    case ABI_NtPagodaControl:
        return words[0] == ABI_CONTROL_PRINT || words[0] == ABI_CONTROL_AUDIT;
    case ABI_NtLockVirtualMemory:
    case ABI_NtAllocateUserPhysicalPages:
        return beside; /* RAM that nobody can take away: the others' threads would not start */
    case ABI_NtClose:  /* the child needs its own handles for a while */
        return words[0] <= own_thread && random_below(100) != 0;
    default:
        return 0;
    }
}

/* Makes one call; true: it succeeded. */
static int one_call(void)
{
    unsigned service = random_below(ABI_SERVICE_COUNT);
    uint32_t words[MOST_WORDS] = {0};

    for (unsigned i = 0; i < services[service].words; i++)
        words[i] = argument(signatures[service] ? signatures[service][i] : 'x');
    if (skipped(service, words))
        return 0;
    return !status_failed(native_call(service, random_below(200) ? words : at(bad_pointer())));
}

static DWORD WINAPI idle_thread(void *argument_of_thread)
{
    (void)argument_of_thread;
    return 0;
}

static uint32_t number_of(HANDLE handle)
{
    return (uint32_t)(uintptr_t)handle;
}

static void prepare_child(void)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t length = 0;

        while (names[i][length])
            length++;
        strings[i][0] = length * 2 | (length * 2 + 2) << 16;
        strings[i][1] = (uint32_t)(uintptr_t)names[i];
        attributes[i][0] = 24;
        attributes[i][2] = (uint32_t)(uintptr_t)strings[i];
        attributes[i][3] = 0x80; /* an object that exists will do */
    }
    CloseHandle(GetStdHandle(STD_INPUT_HANDLE)); /* reading the keyboard would wait */
    CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
    CloseHandle(GetStdHandle(STD_ERROR_HANDLE));
    arena = (uint32_t)(uintptr_t)fresh(ARENA_PAGES * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; i < ARENA_PAGES * PAGE / 4; i++)
        ((uint32_t *)at(arena))[i] = anything();
    own_file = number_of(CreateFileA("fuzz1.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL,
                                     OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL));
    own_section = number_of(
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, 16 * PAGE, NULL));
    own_event = number_of(CreateEventA(NULL, TRUE, TRUE, NULL));
    own_mutant = number_of(CreateMutexA(NULL, FALSE, NULL));
    own_semaphore = number_of(CreateSemaphoreA(NULL, 1, 1000, NULL));
    own_thread = number_of(CreateThread(NULL, 0, idle_thread, NULL, CREATE_SUSPENDED, NULL));
    own_id[0] = GetCurrentProcessId();
    own_id[1] = GetThreadId((HANDLE)own_thread);
    new_thread.process = (uint32_t)-1;
    new_thread.start = (uint32_t)(uintptr_t)idle_thread;
}

/* --- parent and child share a page: how many calls were made,
 * how many of them succeeded, and are there others --- */

static volatile uint32_t *open_counter(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, "fuzz counter");

    return MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
}

static int child(uint32_t seed, uint32_t calls)
{
    volatile uint32_t *counter = open_counter();
    uint32_t succeeded = 0;

    random_state = seed | 1;
    beside = counter[2] != 0;
    prepare_child();
    for (uint32_t i = 0; i < calls; i++) {
        succeeded += (uint32_t)one_call();
        counter[1] = succeeded;
        counter[0] = i + 1;
    }
    return 0;
}

/* --- the parent --- */

struct totals {
    uint32_t available, committed, pool;
};

static struct totals totals_now(void)
{
    static uint32_t record[78]; /* SYSTEM_PERFORMANCE_INFORMATION */
    const uint32_t words[4] = {2, (uint32_t)(uintptr_t)record, sizeof record, 0};

    native_call(ABI_NtQuerySystemInformation, words);
    return (struct totals){record[11], record[12], record[29]};
}

/* Wait for the child; end it when it makes no calls any more. */
static void wait_for(HANDLE process, const volatile uint32_t *counter, unsigned *stuck)
{
    uint32_t before = counter[0];

    while (WaitForSingleObject(process, SILENT_MS) == WAIT_TIMEOUT) {
        if (counter[0] == before) {
            TerminateProcess(process, 99);
            ++*stuck;
        }
        before = counter[0];
    }
}

/* Takes away what children have left: files, perhaps read-only, and folders. */
static void tidy(void)
{
    static const char *const left[] = {"fuzz1.tmp", "fuzz2.tmp", "fuzz object"};

    for (unsigned i = 0; i < 3; i++) {
        SetFileAttributesA(left[i], FILE_ATTRIBUTE_NORMAL);
        if (!DeleteFileA(left[i]))
            RemoveDirectoryA(left[i]);
    }
}

/* One child; returns how many calls it made. */
static uint32_t run_child(uint32_t seed, uint32_t calls, volatile uint32_t *counter,
                          unsigned *stuck)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char line[64];

    snprintf(line, sizeof line, "fuzz.exe child %lu %lu", (unsigned long)seed,
             (unsigned long)calls);
    counter[0] = counter[1] = 0;
    if (!CreateProcessA("fuzz.exe", line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
        printf("not ok R5 a child can't be started, error %lu\n", (unsigned long)GetLastError());
        ExitProcess(1);
    }
    wait_for(process.hProcess, counter, stuck);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    tidy();
    return counter[0] < calls ? counter[0] : calls;
}

static void audit(void)
{
    native_call(ABI_NtPagodaControl, (uint32_t[]){ABI_CONTROL_AUDIT, 0, 0, 0});
}

static uint32_t difference(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* `beside`: other programs run, so the machine's totals are not ours to judge. */
static int parent(uint32_t calls, uint32_t seed)
{
    volatile uint32_t *counter = open_counter();
    unsigned children = 0, stuck = 0;
    uint32_t done = 0, succeeded = 0;
    struct totals before, after;

    counter[2] = (uint32_t)beside;
    printf("%lu calls, seed %lu\n", (unsigned long)calls, (unsigned long)seed);
    run_child(seed, CALLS_OF_CHILD, counter,
              &stuck); /* fills what the system keeps for the next time */
    Sleep(100);
    totals_now();
    before = totals_now();
    while (done < calls) {
        uint32_t left = calls - done, part = left < CALLS_OF_CHILD ? left : CALLS_OF_CHILD;
        uint32_t made = run_child(seed + ++children, part, counter, &stuck);

        done += made ? made : 1;
        succeeded += counter[1] < made ? counter[1] : made; /* a wild call may have hit the page */
        if (children % AUDIT_EVERY == 0)
            audit();
    }
    Sleep(500); /* programs that children have started come to their ends */
    audit();
    after = totals_now();
    printf("%lu calls by %u children, %u of them stuck; %lu calls succeeded\n", (unsigned long)done,
           children, stuck, (unsigned long)succeeded);
    printf("before: %lu available, %lu committed, %lu pool; after: %lu, %lu, %lu\n",
           (unsigned long)before.available, (unsigned long)before.committed,
           (unsigned long)before.pool, (unsigned long)after.available,
           (unsigned long)after.committed, (unsigned long)after.pool);
    fact("R5", "the kernel's books agree", 1);
    if (beside)
        return facts_end();
    fact_number("R5", "commit charge is what it was", before.committed, after.committed);
    fact("R5", "the pool is what it was", difference(before.pool, after.pool) <= 2);
    /* More is fine: this program's own pages may be in the paging file now. */
    fact("R5", "frames are what they were",
         after.available + 16 >= before.available && after.available <= before.available + 64);
    return facts_end();
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc == 4 && strcmp(argv[1], "child") == 0)
        return child(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
    beside = argc > 3 && strcmp(argv[3], "beside") == 0;
    return parent(argc > 1 ? strtoul(argv[1], NULL, 0) : 200000,
                  argc > 2 ? strtoul(argv[2], NULL, 0) : random_seed());
}
