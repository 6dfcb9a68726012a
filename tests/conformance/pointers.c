/* pointers.c - every system service of kernel/abi.h with every pointer argument bad in 24 ways and
 * more: an error, nothing has changed, the kernel goes on.
 *
 * For each service there is a row that would succeed; one pointer of it is replaced at a time.  A
 * pointer inside a record (a name in its attributes, a string of a new process) counts as one, too.
 */
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"

#include <psapi.h>

/* --- what a row is made of --- */

enum role {
    PLAIN,         /* a number */
    READS,         /* the system reads there */
    WRITES,        /* the system writes there */
    READS_OR_NULL, /* the same, but null is allowed */
    WRITES_OR_NULL,
};

struct argument {
    enum role role;
    uint32_t value;
};

struct row {
    enum abi_service service;
    struct argument words[MOST_WORDS];
};

/* Good places for good pointers. */
static uint32_t one_word = 1, word_a, word_b, word_c, word_d, zero_words[4], io[4], own_id[2];
static uint32_t buffer[256];
static uint64_t size64;
static CONTEXT context;
static EXCEPTION_RECORD record;
static struct abi_create_process new_process;
static struct abi_create_thread new_thread;
static uint16_t file_text[] = L"pointers.tmp", object_text[] = L"an object", no_text[] = L"nothing";
/* Objects that exist: a section, an event, a mutant, a semaphore. */
enum { SECTION, EVENT, MUTANT, SEMAPHORE, LIVE };
static uint16_t live_text[LIVE][9] = {L"a live s", L"a live e", L"a live m", L"a live z"};
/* UNICODE_STRING and OBJECT_ATTRIBUTES as words. */
static uint32_t live_name[LIVE][2], live_attributes[LIVE][6];
static uint32_t file_name[2], object_name[2], absent_name[2];
static uint32_t file_attributes[6], object_attributes[6], absent_attributes[6], no_attributes[6];
static uint32_t event, unset_event, mutant, semaphore, section, file, directory, thread;
static uint32_t handles[1], watched;

#define POINTER(role, name)                                                                        \
    static struct argument name(const volatile void *pointer)                                      \
    {                                                                                              \
        return (struct argument){role, (uint32_t)(uintptr_t)pointer};                              \
    }
POINTER(READS, in)
POINTER(WRITES, out)
POINTER(READS_OR_NULL, in_maybe)
POINTER(WRITES_OR_NULL, out_maybe)

enum { SELF = -1, THIS_THREAD = -2 };
#define ROW(name, ...)                                                                             \
    (struct row)                                                                                   \
    {                                                                                              \
        ABI_##name,                                                                                \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define N(x) ((struct argument){PLAIN, (uint32_t)(x)})

/* --- bad pointers --- */

struct bad {
    const char *what;
    uint32_t address;
    enum { ALWAYS, WHEN_WRITTEN, NOT_FOR_TEXT } when;
};
static struct bad bads[48];
static unsigned bad_count;
static volatile unsigned char *arena;

static void add_bad(const char *what, uint32_t address, unsigned when)
{
    bads[bad_count++] = (struct bad){what, address, when};
}

/* Eight pages: good, NOACCESS, good, reserved, good, READONLY, good, decommitted. */
static void make_arena(void)
{
    arena = fresh(8 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    VirtualFree((void *)(arena + 3 * PAGE), PAGE, MEM_DECOMMIT);
    VirtualFree((void *)(arena + 7 * PAGE), PAGE, MEM_DECOMMIT);
    protect_old(arena + PAGE, PAGE, PAGE_NOACCESS);
    protect_old(arena + 5 * PAGE, PAGE, PAGE_READONLY);
}

static void make_bads(void)
{
    uint32_t base = (uint32_t)(uintptr_t)arena;

    add_bad("null", 0, ALWAYS);
    add_bad("1", 1, ALWAYS);
    add_bad("0x10", 0x10, ALWAYS);
    add_bad("end of the first page", 0xFFF, ALWAYS);
    add_bad("second page", 0x1000, ALWAYS);
    add_bad("end of the null partition", 0xFFFC, ALWAYS);
    add_bad("last byte of the null partition", 0xFFFF, ALWAYS);
    add_bad("NOACCESS", base + PAGE, ALWAYS);
    add_bad("end of NOACCESS", base + 2 * PAGE - 1, ALWAYS);
    add_bad("across into NOACCESS", base + PAGE - 1, ALWAYS);
    add_bad("reserved", base + 3 * PAGE, ALWAYS);
    add_bad("across into reserved", base + 3 * PAGE - 1, ALWAYS);
    add_bad("READONLY", base + 5 * PAGE, WHEN_WRITTEN);
    add_bad("across into READONLY", base + 5 * PAGE - 1, WHEN_WRITTEN);
    add_bad("decommitted", base + 7 * PAGE, ALWAYS);
    add_bad("across the end", base + 7 * PAGE - 1, ALWAYS);
    add_bad("behind the region", base + 8 * PAGE, ALWAYS);
    add_bad("free", PLACE, ALWAYS);
    add_bad("free, odd", PLACE + 0x8765, ALWAYS);
    add_bad("code", (uint32_t)(uintptr_t)make_bads, WHEN_WRITTEN);
    add_bad("shared page", 0x7FFE0000, WHEN_WRITTEN);
    add_bad("end of the shared page", 0x7FFE0FFF, NOT_FOR_TEXT);
    add_bad("above the shared page", 0x7FFE1000, ALWAYS);
    add_bad("end of the user partition", 0x7FFEFFFF, ALWAYS);
    add_bad("no-access partition", 0x7FFF0000, ALWAYS);
    add_bad("last byte below 2 GB", 0x7FFFFFFF, ALWAYS);
    add_bad("across 2 GB", 0x7FFFFFFE, ALWAYS);
    add_bad("kernel", 0x80000000, ALWAYS);
    add_bad("kernel code", 0x80100000, ALWAYS);
    add_bad("direct map's end", 0xBFFFFFFF, ALWAYS);
    add_bad("page tables", 0xC0000000, ALWAYS);
    add_bad("directory", 0xC0300000, ALWAYS);
    add_bad("hyperspace", 0xC0400000, ALWAYS);
    add_bad("kernel space", 0xE1000000, ALWAYS);
    add_bad("kernel stacks", 0xF8000000, ALWAYS);
    add_bad("last page", 0xFFFFF000, ALWAYS);
    add_bad("last word", 0xFFFFFFFC, ALWAYS);
    add_bad("last byte", 0xFFFFFFFF, ALWAYS);
}

/* --- the process's state: everything a failed call must leave alone --- */

struct state {
    uint32_t map, handles, free_commit, private_bytes; /* what there is */
    uint32_t file, file_bytes, file_at, absent;        /* files */
    uint32_t set, unset, count, owned, flags;          /* objects and the event's handle */
    uint32_t suspended, priority, ip, least, most;     /* the thread, the working set */
};

/* Taking the mutant once more and giving it back tells whether it is still ours. */
static uint32_t is_owned(uint32_t object)
{
    HANDLE handle = (HANDLE)(uintptr_t)object;

    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0 && ReleaseMutex(handle) &&
           ReleaseMutex(handle) && WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

static void objects_now(struct state *now)
{
    now->set = WaitForSingleObject((HANDLE)(uintptr_t)event, 0);
    now->unset = WaitForSingleObject((HANDLE)(uintptr_t)unset_event, 0);
    now->count = WaitForSingleObject((HANDLE)(uintptr_t)semaphore, 0);
    now->owned = is_owned(mutant);
    GetHandleInformation((HANDLE)(uintptr_t)event, (DWORD *)&now->flags);
}

static void thread_now(struct state *now)
{
    HANDLE handle = (HANDLE)(uintptr_t)thread;
    CONTEXT registers = {.ContextFlags = CONTEXT_FULL};
    SIZE_T least = 0, most = 0;

    now->suspended = SuspendThread(handle);
    ResumeThread(handle);
    now->priority = (uint32_t)GetThreadPriority(GetCurrentThread());
    GetThreadContext(handle, &registers);
    now->ip = registers.Eip;
    GetProcessWorkingSetSize(GetCurrentProcess(), &least, &most);
    now->least = least;
    now->most = most;
}

static struct state state_now(void)
{
    struct state now = {.map = map_sum()};
    PROCESS_MEMORY_COUNTERS counters;
    MEMORYSTATUSEX machine = {.dwLength = sizeof machine};

    GetProcessHandleCount(GetCurrentProcess(), (DWORD *)&now.handles);
    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    GlobalMemoryStatusEx(&machine);
    now.free_commit = (uint32_t)machine.ullAvailPageFile;
    now.private_bytes = counters.PagefileUsage;
    now.file = GetFileAttributesA("pointers.tmp");
    now.absent = GetFileAttributesA("nothing");
    now.file_bytes = GetFileSize((HANDLE)(uintptr_t)file, NULL);
    now.file_at = SetFilePointer((HANDLE)(uintptr_t)file, 0, NULL, FILE_CURRENT);
    objects_now(&now);
    thread_now(&now);
    return now;
}

/* Prints which words of the two differ. */
static void print_difference(const struct state *before, const struct state *after)
{
    static const char *const names[] = {
        "map",   "handles", "commit left", "private bytes", "file",  "file's bytes",
        "place", "absent",  "set",         "unset",         "count", "owned",
        "flags", "held",    "priority",    "EIP",           "least", "most"};
    const uint32_t *old = (const uint32_t *)before, *new = (const uint32_t *)after;

    for (unsigned i = 0; i < sizeof *before / sizeof *old; i++)
        if (old[i] != new[i])
            printf("    %s: %08lx before, %08lx after\n", names[i], (unsigned long)old[i],
                   (unsigned long)new[i]);
}

/* --- one try --- */

static unsigned tries, pointers, changes;

static uint32_t refused(const struct row *row, const uint32_t *words, const char *where,
                        const struct bad *bad)
{
    struct state before = state_now(), after;
    uint32_t status = native_call(row->service, words);

    tries++;
    after = state_now();
    if (!status_failed(status)) {
        facts_broken++;
        printf("not ok R4 %s, %s %s (%08lx): status %08lx\n", services[row->service].name, where,
               bad->what, (unsigned long)bad->address, (unsigned long)status);
    } else if (memcmp(&before, &after, sizeof before)) {
        facts_broken++;
        changes++;
        printf("not ok R4 %s, %s %s (%08lx): status %08lx, but something has changed\n",
               services[row->service].name, where, bad->what, (unsigned long)bad->address,
               (unsigned long)status);
        print_difference(&before, &after);
    }
    return status;
}

static void fill(const struct row *row, uint32_t *words)
{
    for (unsigned i = 0; i < MOST_WORDS; i++)
        words[i] = row->words[i].value;
}

/* All bad pointers in argument `i` of the row. */
static void try_argument(const struct row *row, unsigned i)
{
    enum role role = row->words[i].role;
    int is_out = role == WRITES || role == WRITES_OR_NULL,
        maybe = role == READS_OR_NULL || role == WRITES_OR_NULL;
    uint32_t words[MOST_WORDS], status;
    unsigned violations = 0;
    char where[24];

    snprintf(where, sizeof where, "argument %u:", i);
    for (unsigned b = 0; b < bad_count; b++) {
        if ((bads[b].when == WHEN_WRITTEN && !is_out) || (maybe && bads[b].address == 0))
            continue;
        fill(row, words);
        words[i] = bads[b].address;
        status = refused(row, words, where, &bads[b]);
        violations += status == (uint32_t)STATUS_ACCESS_VIOLATION ||
                      status == 0xC00000E8u; /* STATUS_INVALID_USER_BUFFER, X6 */
    }
    if (violations < bad_count / 2) { /* the rest of the row is wrong: the pointer was never used */
        facts_broken++;
        printf("not ok R4 %s, argument %u: only %u access violations\n",
               services[row->service].name, i, violations);
    }
    pointers++;
}

static unsigned char tried[ABI_SERVICE_COUNT];

/* The block of arguments itself is a pointer, too. */
static void try_arguments(enum abi_service service)
{
    const struct row row = {.service = service};

    for (unsigned b = 0; b < bad_count; b++)
        if (bads[b].when != WHEN_WRITTEN)
            refused(&row, at(bads[b].address), "the arguments at", &bads[b]);
}

/* Services that have no row: those without a pointer. */
static void other_services(void)
{
    static const enum abi_service without[] = {ABI_NtResetWriteWatch, ABI_NtUnmapViewOfSection,
                                               ABI_NtClose,           ABI_NtTerminateProcess,
                                               ABI_NtTerminateThread, ABI_NtYieldExecution};
    unsigned missing = 0;

    for (unsigned i = 0; i < sizeof without / sizeof *without; i++) {
        tried[without[i]] = 1;
        if (services[without[i]].words > 0)
            try_arguments(without[i]);
    }
    for (unsigned i = 0; i < ABI_SERVICE_COUNT; i++) {
        missing += !tried[i];
        if (!tried[i])
            printf("  %s has no row\n", services[i].name);
    }
    fact_number("R4", "services that nobody tried", 0, missing);
}

static void try_row(const struct row *row)
{
    const struct service_info *service = &services[row->service];
    unsigned before = pointers;
    int broken = facts_broken;
    char what[100];

    for (unsigned i = 0; i < service->words; i++)
        if (row->words[i].role != PLAIN)
            try_argument(row, i);
    try_arguments(row->service);
    tried[row->service] = 1;
    if (broken != facts_broken)
        return;
    snprintf(what, sizeof what, "%s: %u pointers", service->name, pointers - before);
    fact("R4", what, 1);
}

/* A pointer inside a record that the row's good pointer names. */
static void try_inside(const struct row *row, const char *where, uint32_t *field, int maybe)
{
    uint32_t good = *field, words[MOST_WORDS];
    int broken = facts_broken;
    char what[100];

    for (unsigned b = 0; b < bad_count; b++) {
        if (bads[b].when != ALWAYS || (maybe && bads[b].address == 0))
            continue;
        for (unsigned page = 0; page < 8; page += 2) /* no text ends at the end of a page */
            arena[page * PAGE + PAGE - 1] = 'x';
        *field = bads[b].address;
        fill(row, words);
        refused(row, words, where, &bads[b]);
    }
    *field = good;
    pointers++;
    if (broken != facts_broken)
        return;
    snprintf(what, sizeof what, "%s: %s", services[row->service].name, where);
    fact("R4", what, 1);
}

/* --- the rows --- */

static void memory_rows(void)
{
    const struct row rows[] = {
        ROW(NtAllocateVirtualMemory, N(SELF), out(&word_a), N(0), out(&word_b), N(MEM_RESERVE),
            N(PAGE_READWRITE)),
        ROW(NtFreeVirtualMemory, N(SELF), out(&word_c), out(&zero_words[0]), N(MEM_RELEASE)),
        ROW(NtProtectVirtualMemory, N(SELF), out(&word_c), out(&word_b), N(PAGE_READONLY),
            out(&word_d)),
        ROW(NtQueryVirtualMemory, N(SELF), N(&word_a), N(0), out(buffer), N(28),
            out_maybe(&word_d)),
        ROW(NtLockVirtualMemory, N(SELF), out(&word_c), out(&word_b), N(1)),
        ROW(NtUnlockVirtualMemory, N(SELF), out(&word_c), out(&word_b), N(1)),
        ROW(NtReadVirtualMemory, N(SELF), in(&word_c), out(buffer), N(64), out_maybe(&word_d)),
        ROW(NtWriteVirtualMemory, N(SELF), out(buffer), in(&word_c), N(64), out_maybe(&word_d)),
        ROW(NtAllocateUserPhysicalPages, N(SELF), out(&word_b), out(buffer)),
        ROW(NtFreeUserPhysicalPages, N(SELF), out(&one_word), in(buffer)),
        ROW(NtMapUserPhysicalPages, N(PLACE), N(1), in_maybe(buffer)),
        ROW(NtMapUserPhysicalPagesScatter, in(buffer), N(1), in_maybe(buffer)),
        ROW(NtFlushVirtualMemory, N(SELF), out(&word_c), out(&word_b), out(io)),
        ROW(NtGetWriteWatch, N(SELF), N(0), N(watched), N(4 * PAGE), out(buffer), out(&word_b),
            out(&word_d)),
    };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        try_row(&rows[i]);
}

static void section_rows(void)
{
    const struct row create =
        ROW(NtCreateSection, out(&word_d), N(SECTION_ALL_ACCESS), in_maybe(object_attributes),
            in(&size64), N(PAGE_READWRITE), N(SEC_COMMIT), N(0));
    const struct row open =
        ROW(NtOpenSection, out(&word_d), N(SECTION_ALL_ACCESS), in(live_attributes[SECTION]));
    const struct row others[] = {
        ROW(NtQuerySection, N(section), N(0), out(buffer), N(16), out_maybe(&word_d)),
        ROW(NtMapViewOfSection, N(section), N(SELF), out(&word_a), N(0), N(0),
            in_maybe(&zero_words[2]), out(&zero_words[0]), N(1), N(0), N(PAGE_READWRITE)),
    };

    try_row(&create);
    try_inside(&create, "name of the object", &object_attributes[2], 1);
    try_inside(&create, "text of the name", &object_name[1], 0);
    try_row(&open);
    try_inside(&open, "name of the object", &live_attributes[SECTION][2], 0);
    try_inside(&open, "text of the name", &live_name[SECTION][1], 0);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        try_row(&others[i]);
}

static void file_rows(void)
{
    enum { SYNCHRONOUS = 0x20, OPEN_IF = 3, POSITION = 14, BOTH_NAMES = 3 };
    const struct row create =
        ROW(NtCreateFile, out(&word_d), N(GENERIC_READ | SYNCHRONIZE), in(file_attributes), out(io),
            in_maybe(&size64), N(0x80), N(7), N(OPEN_IF), N(SYNCHRONOUS), N(0), N(0));
    const struct row remove = ROW(NtDeleteFile, in(absent_attributes));
    const struct row others[] = {
        ROW(NtReadFile, N(file), N(0), N(0), N(0), out(io), out(buffer), N(64),
            in_maybe(&zero_words[2]), N(0)),
        ROW(NtWriteFile, N(file), N(0), N(0), N(0), out(io), in(buffer), N(64),
            in_maybe(&zero_words[2]), N(0)),
        ROW(NtQueryInformationFile, N(file), out(io), out(buffer), N(64), N(POSITION)),
        ROW(NtSetInformationFile, N(file), out(io), in(&size64), N(8), N(POSITION)),
        ROW(NtFlushBuffersFile, N(file), out(io)),
        ROW(NtQueryDirectoryFile, N(directory), N(0), N(0), N(0), out(io), out(buffer),
            N(sizeof buffer), N(BOTH_NAMES), N(1), in_maybe(file_name), N(1)),
    };

    try_row(&create);
    try_inside(&create, "name of the object", &file_attributes[2], 0);
    try_inside(&create, "text of the name", &file_name[1], 0);
    try_row(&remove);
    try_inside(&remove, "name of the object", &absent_attributes[2], 0);
    try_inside(&remove, "text of the name", &absent_name[1], 0);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        try_row(&others[i]);
}

static void object_rows(void)
{
    enum { FLAGS = 4 };
    const struct row creates[] = {
        ROW(NtCreateEvent, out(&word_d), N(EVENT_ALL_ACCESS), in_maybe(object_attributes), N(0),
            N(0)),
        ROW(NtCreateMutant, out(&word_d), N(MUTEX_ALL_ACCESS), in_maybe(object_attributes), N(0)),
        ROW(NtCreateSemaphore, out(&word_d), N(SEMAPHORE_ALL_ACCESS), in_maybe(object_attributes),
            N(0), N(1)),
    };
    const struct row opens[] = {
        ROW(NtOpenEvent, out(&word_d), N(EVENT_ALL_ACCESS), in(live_attributes[EVENT])),
        ROW(NtOpenMutant, out(&word_d), N(MUTEX_ALL_ACCESS), in(live_attributes[MUTANT])),
        ROW(NtOpenSemaphore, out(&word_d), N(SEMAPHORE_ALL_ACCESS), in(live_attributes[SEMAPHORE])),
    };
    const struct row others[] = {
        ROW(NtDuplicateObject, N(SELF), N(event), N(SELF), out_maybe(&word_d), N(0), N(0), N(2)),
        ROW(NtQueryObject, N(event), N(FLAGS), out(buffer), N(2), out_maybe(&word_d)),
        ROW(NtSetInformationObject, N(event), N(FLAGS), in(zero_words), N(2)),
        ROW(NtSetEvent, N(unset_event), out_maybe(&word_d)),
        ROW(NtResetEvent, N(event), out_maybe(&word_d)),
        ROW(NtPulseEvent, N(event), out_maybe(&word_d)),
        ROW(NtReleaseMutant, N(mutant), out_maybe(&word_d)),
        ROW(NtReleaseSemaphore, N(semaphore), N(1), out_maybe(&word_d)),
        ROW(NtWaitForSingleObject, N(mutant), N(0), in_maybe(zero_words)),
        ROW(NtWaitForMultipleObjects, N(1), in(handles), N(1), N(0), in_maybe(zero_words)),
        ROW(NtDelayExecution, N(0), in_maybe(zero_words)),
    };

    for (unsigned i = 0; i < 3; i++) {
        try_row(&creates[i]);
        try_inside(&creates[i], "text of the name", &object_name[1], 0);
        try_row(&opens[i]);
        try_inside(&opens[i], "text of the name", &live_name[EVENT + i][1], 0);
    }
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        try_row(&others[i]);
}

static void process_rows(void)
{
    enum { QUOTA = 1, PRIORITY = 2 };
    const struct row create = ROW(NtPagodaCreateProcess, out(&new_process));
    const struct row create_thread = ROW(NtPagodaCreateThread, out(&new_thread));
    const struct row others[] = {
        ROW(NtQueryInformationProcess, N(SELF), N(0), out(buffer), N(24), out_maybe(&word_d)),
        ROW(NtSetInformationProcess, N(SELF), N(QUOTA), in(buffer), N(32)),
        ROW(NtOpenProcess, out(&word_d), N(PROCESS_ALL_ACCESS), in_maybe(no_attributes),
            in(own_id)),
        ROW(NtOpenThread, out(&word_d), N(THREAD_ALL_ACCESS), in_maybe(no_attributes), in(own_id)),
        ROW(NtQueryInformationThread, N(THIS_THREAD), N(0), out(buffer), N(28), out_maybe(&word_d)),
        ROW(NtSetInformationThread, N(THIS_THREAD), N(PRIORITY), in(zero_words), N(4)),
        ROW(NtSuspendThread, N(thread), out_maybe(&word_d)),
        ROW(NtResumeThread, N(thread), out_maybe(&word_d)),
        ROW(NtGetContextThread, N(thread), out(&context)),
        ROW(NtSetContextThread, N(thread), in(&context)),
        ROW(NtContinue, in(&context), N(0)),
        ROW(NtRaiseException, in(&record), in(&context), N(1)),
    };

    try_row(&create);
    try_inside(&create, "name of the program", &new_process.application, 0);
    try_inside(&create, "command line", &new_process.command_line, 1);
    try_inside(&create, "directory", &new_process.current_directory, 1);
    try_inside(&create, "environment", &new_process.environment, 1);
    try_row(&create_thread);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        try_row(&others[i]);
}

static void system_rows(void)
{
    const struct row rows[] = {
        ROW(NtQuerySystemInformation, N(0), out(buffer), N(44), out_maybe(&word_d)),
        ROW(NtQueryPerformanceCounter, out(&size64), out_maybe(&zero_words[2])),
        ROW(NtQuerySystemTime, out(&size64)),
        ROW(NtPagodaControl, N(ABI_CONTROL_COUNTERS), out(buffer), N(sizeof buffer),
            out_maybe(&word_d)),
        ROW(NtPagodaControl, N(ABI_CONTROL_WORKING_SET), in(buffer), N(sizeof buffer),
            out_maybe(&word_d)),
        ROW(NtPagodaControl, N(ABI_CONTROL_REGION_COUNTERS), in(buffer), N(sizeof buffer),
            out_maybe(&word_d)),
        ROW(NtPagodaControl, N(ABI_CONTROL_REGION_RING), in(buffer), N(sizeof buffer),
            out_maybe(&word_d)),
        ROW(NtPagodaControl, N(ABI_CONTROL_POLICY), out(zero_words), N(64), out_maybe(&word_d)),
        ROW(NtPagodaControl, N(ABI_CONTROL_PRINT), in(buffer), N(4), out_maybe(&word_d)),
    };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        try_row(&rows[i]);
}

/* --- good values to start from --- */

static void name_object(uint32_t *attributes, uint32_t *name, uint16_t *text, unsigned length)
{
    name[0] = length * 2 | (length * 2 + 2) << 16;
    name[1] = (uint32_t)(uintptr_t)text;
    attributes[0] = 24;
    attributes[2] = (uint32_t)(uintptr_t)name;
}

static DWORD WINAPI sleeper(void *argument)
{
    (void)argument;
    return 0;
}

static void prepare(void)
{
    name_object(file_attributes, file_name, file_text, 12);
    name_object(object_attributes, object_name, object_text, 9);
    name_object(absent_attributes, absent_name, no_text, 7);
    for (unsigned i = 0; i < LIVE; i++)
        name_object(live_attributes[i], live_name[i], live_text[i], 8);
    CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, live_text[SECTION]);
    CreateEventW(NULL, TRUE, TRUE, live_text[EVENT]);
    CreateMutexW(NULL, FALSE, live_text[MUTANT]);
    CreateSemaphoreW(NULL, 0, 1000, live_text[SEMAPHORE]);
    no_attributes[0] = 24;
    own_id[0] = GetCurrentProcessId();
    own_id[1] = GetCurrentThreadId();
    word_b = PAGE;
    word_c = (uint32_t)(uintptr_t)fresh(4 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    watched =
        (uint32_t)(uintptr_t)fresh(4 * PAGE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    event = (uint32_t)(uintptr_t)CreateEventA(NULL, TRUE, TRUE, NULL);
    unset_event = (uint32_t)(uintptr_t)CreateEventA(NULL, TRUE, FALSE, NULL);
    mutant = (uint32_t)(uintptr_t)CreateMutexA(NULL, TRUE, NULL);
    semaphore = (uint32_t)(uintptr_t)CreateSemaphoreA(NULL, 0, 1000, NULL);
    section = (uint32_t)(uintptr_t)CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                                      4 * PAGE, NULL);
    file = (uint32_t)(uintptr_t)CreateFileA("pointers.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL,
                                            CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    directory = (uint32_t)(uintptr_t)CreateFileA("C:\\", FILE_LIST_DIRECTORY, 7, NULL,
                                                 OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    thread = (uint32_t)(uintptr_t)CreateThread(NULL, 0, sleeper, NULL, CREATE_SUSPENDED, NULL);
    handles[0] = event;
    size64 = 2 * PAGE;
    context.ContextFlags = CONTEXT_FULL;
    new_process.application = (uint32_t)(uintptr_t) "hello.exe";
    new_process.command_line = (uint32_t)(uintptr_t) "hello.exe";
    new_process.suspended = 1;
    new_thread.process = (uint32_t)SELF;
    new_thread.start = (uint32_t)(uintptr_t)sleeper;
    new_thread.flags = ABI_THREAD_SUSPENDED;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    make_arena();
    make_bads();
    prepare();
    memory_rows();
    section_rows();
    file_rows();
    object_rows();
    process_rows();
    system_rows();
    other_services();
    native_call(ABI_NtPagodaControl, (uint32_t[]){ABI_CONTROL_AUDIT, 0, 0, 0});
    fact("R4", "the kernel's books agree after all that", 1);
    printf("%u services, %u pointers, %u kinds of bad ones, %u calls, %u changes\n",
           (unsigned)ABI_SERVICE_COUNT, pointers, bad_count, tries, changes);
    return facts_end();
}
