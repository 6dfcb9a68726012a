/* leak.c - no byte of the kernel's, and none of another program's, ever reaches a program.
 *
 * Runs on the probing kernel (tests/probe/probe.c): before each system call the unused kernel stack holds one
 * byte everywhere, another one for the next call, four in turn.  So every call is made four times, and a byte
 * of its buffers that changes in the same turn has come from there.  Freed frames hold 0x96.  And a
 * child fills more memory than the machine has with a word that must never be seen again.
 */
#include "tests/conformance/child.h"
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"
#include "tests/conformance/signatures.h"
#include "tests/probe/probe.h"

enum { TURNS = 4, SLICE = 1024, CLASSES = 64, FRAMES = 16, FLOOD = 24 << 20 };

/* All bits but those of a freed frame's words: the word itself would be found in this program's own code. */
static const volatile uint32_t but_freed = 0x69696969;

static const uint8_t patterns[TURNS] = PROBE_PATTERNS;

/* Each pointer argument has a slice of its own; the pages behind it would be a fault. */
static unsigned char *arena, *turn[TURNS];
static uint32_t file, section, event, mutant, semaphore, thread, directory, process, watched,
    view_of_file;
static ULONG_PTR frames[FRAMES];
static unsigned freed, made[ABI_SERVICE_COUNT], succeeded[ABI_SERVICE_COUNT], leaks;

/* --- all calls --- */

static uint32_t number_of(HANDLE handle)
{
    return (uint32_t)(uintptr_t)handle;
}

static void *map(HANDLE of, SIZE_T size)
{
    HANDLE mapping = CreateFileMappingA(of, NULL, PAGE_READWRITE, 0, (DWORD)size, NULL);

    return MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
}

static void prepare(void)
{
    arena = VirtualAlloc(NULL, MOST_WORDS * SLICE, RESERVE_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; i < TURNS; i++)
        turn[i] = VirtualAlloc(NULL, MOST_WORDS * SLICE, RESERVE_COMMIT, PAGE_READWRITE);
    file = number_of(CreateFileA("leak.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS,
                                 FILE_ATTRIBUTE_NORMAL, NULL));
    directory = number_of(CreateFileA("C:\\", FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING,
                                      FILE_FLAG_BACKUP_SEMANTICS, NULL));
    section = number_of(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4 * PAGE,
                                           "leak section"));
    event = number_of(CreateEventA(NULL, TRUE, TRUE, "leak event"));
    mutant = number_of(CreateMutexA(NULL, TRUE, "leak mutant"));
    semaphore = number_of(CreateSemaphoreA(NULL, 1, 1000, "leak semaphore"));
    thread = number_of(
        CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)prepare, NULL, CREATE_SUSPENDED, NULL));
    watched =
        (uint32_t)(uintptr_t)fresh(4 * PAGE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    view_of_file = (uint32_t)(uintptr_t)map((HANDLE)(uintptr_t)file, PAGE);
    process = number_of(OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId()));
    AllocateUserPhysicalPages(GetCurrentProcess(), &(ULONG_PTR){FRAMES}, frames);
}

/* An object that a service of this kind takes. */
static uint32_t waitable(unsigned service)
{
    if (service == ABI_NtReleaseMutant)
        return mutant;
    return service == ABI_NtReleaseSemaphore ? semaphore : event;
}

static void put_words(unsigned char *slice, uint32_t first, uint32_t second)
{
    memcpy(slice, &first, sizeof first);
    memcpy(slice + 4, &second, sizeof second);
}

/* OBJECT_ATTRIBUTES, UNICODE_STRING and text in one slice. */
static void put_name(unsigned char *slice, const char *name)
{
    uint32_t length = 0, here = (uint32_t)(uintptr_t)slice;

    for (; name[length]; length++)
        slice[64 + 2 * length] = (unsigned char)name[length];
    put_words(slice + 32, length * 2 | length * 2 << 16, here + 64);
    put_words(slice, 24, 0);
    put_words(slice + 8, here + 32, 0x80 /* one that exists will do */);
}

static const char *name_for(unsigned service)
{
    switch (service) {
    case ABI_NtCreateSection:
    case ABI_NtOpenSection:
        return "leak section";
    case ABI_NtCreateMutant:
    case ABI_NtOpenMutant:
        return "leak mutant";
    case ABI_NtCreateSemaphore:
    case ABI_NtOpenSemaphore:
        return "leak semaphore";
    case ABI_NtCreateFile:
        return "leak.tmp";
    case ABI_NtDeleteFile:
        return "leak.gone";
    default:
        return "leak event";
    }
}

/* The records that services take whole. */
static void put_record(unsigned char *slice, char kind)
{
    struct abi_create_process child = {.application = (uint32_t)(uintptr_t) "hello.exe",
                                       .suspended = 1};
    struct abi_create_thread begin = {.process = (uint32_t)-1,
                                      .start = (uint32_t)(uintptr_t)prepare,
                                      .flags = ABI_THREAD_SUSPENDED};

    if (kind == 'P')
        memcpy(slice, &child, sizeof child);
    else
        memcpy(slice, &begin, sizeof begin);
}

/* One argument; what it points to is set up in its slice. */
static uint32_t argument(unsigned service, char kind, unsigned char *slice, uint32_t class,
                         uint32_t length)
{
    const uint32_t here = (uint32_t)(uintptr_t)slice;

    switch (kind) {
    case 'p':
        return (uint32_t)-1;
    case 'f':
        return service == ABI_NtQueryDirectoryFile ? directory : file;
    case 's':
        return section;
    case 'e':
        return waitable(service);
    case 't':
        return thread;
    case 'h':
        return (const uint32_t[]){event, file, section, thread, process}[length / 4 % 5];
    case 'i':
        put_name(slice, name_for(service));
        return here;
    case 'y':
        put_words(slice, GetCurrentProcessId(), GetThreadId((HANDLE)(uintptr_t)thread));
        return here;
    case 'P':
    case 'T':
        put_record(slice, kind);
        return here;
    case 'z':
        put_words(slice, PAGE, 0);
        return here;
    case 'b':
        put_words(slice, here, 0);
        return here;
    case 'l':
        return length;
    case 'c':
        return class;
    case 'm':
        return MEM_RESERVE | MEM_COMMIT;
    case 'r':
        return PAGE_READWRITE;
    case 'n':
        return class % 3;
    case 'x':
        return 0x001F0003;
    case 'd':
        return here;
    default: /* a, o */
        return here;
    }
}

static void set(uint32_t *words, unsigned first, unsigned count, const uint32_t *values)
{
    memcpy(words + first, values, count * sizeof *words);
}
#define SET(words, first, ...)                                                                     \
    set(words, first, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (const uint32_t[]){__VA_ARGS__})

/* What only one service wants. */
static void special(unsigned service, uint32_t *words, uint32_t class)
{
    switch (service) {
    case ABI_NtAllocateVirtualMemory:
        put_words(at(words[1]), 0, 0);
        break;
    case ABI_NtAllocateUserPhysicalPages:
        put_words(at(words[1]), 1, 0);
        break;
    case ABI_NtFreeUserPhysicalPages:
        put_words(at(words[1]), 1, 0);
        put_words(at(words[2]), frames[freed++ % FRAMES], 0);
        break;
    case ABI_NtFlushVirtualMemory:
        put_words(at(words[1]), view_of_file, 0);
        break;
    case ABI_NtGetWriteWatch:
        SET(words, 1, 0, watched, 4 * PAGE);
        break;
    case ABI_NtResetWriteWatch:
        SET(words, 1, watched, 4 * PAGE);
        break;
    case ABI_NtCreateSection:
        SET(words, 5, SEC_COMMIT, class % 2 ? file : 0);
        break;
    case ABI_NtMapViewOfSection:
        memset(arena + 2 * SLICE, 0, 5 * SLICE);
        SET(words, 3, 0, 0, words[5], words[6], 1, 0);
        break;
    case ABI_NtCreateFile:
        SET(words, 5, 0x80, 7, 3 /* open or create */, 0x20 /* synchronous */, 0, 0);
        break;
    case ABI_NtReadFile:
    case ABI_NtWriteFile:
    case ABI_NtQueryDirectoryFile:
        SET(words, 1, 0, 0, 0);
        words[9] = 0;
        break;
    case ABI_NtDuplicateObject:
        words[6] = DUPLICATE_SAME_ACCESS;
        break;
    case ABI_NtGetContextThread:
        put_words(at(words[1]), 0x1003F, 0);
        break;
    case ABI_NtWaitForMultipleObjects:
        put_words(at(words[1]), event, event);
        break;
    case ABI_NtCreateSemaphore:
        SET(words, 3, 1, 2);
        break;
    case ABI_NtPagodaControl:
        words[0] = class;
        put_words(at(words[1]), class == ABI_CONTROL_POLICY ? 0 : (uint32_t)(uintptr_t)arena, 0);
        break;
    }
}

/* Services that do not come back, or after which this program is no longer what it was. */
static int is_skipped(unsigned service, uint32_t class)
{
    switch (service) {
    case ABI_NtTerminateProcess:
    case ABI_NtTerminateThread:
    case ABI_NtContinue:
    case ABI_NtRaiseException:
    case ABI_NtSetContextThread:
    case ABI_NtResumeThread:
    case ABI_NtFreeVirtualMemory:
    case ABI_NtProtectVirtualMemory:
    case ABI_NtUnmapViewOfSection:
    case ABI_NtDeleteFile:
    case ABI_NtClose:
        return 1;
    case ABI_NtPagodaControl:
        return class == ABI_CONTROL_WORKING_SET || class == ABI_CONTROL_PRINT ||
               class >= PROBE_PRESENT;
    default:
        return 0;
    }
}

static uint32_t call(unsigned service, uint32_t class, uint32_t length)
{
    const char *kinds = signatures[service];
    uint32_t words[MOST_WORDS] = {0};

    memset(arena, 0, MOST_WORDS * SLICE);
    for (unsigned i = 0; kinds[i]; i++)
        words[i] = argument(service, kinds[i], arena + i * SLICE, class, length);
    special(service, words, class);
    return native_call(service, words);
}

/* Where the compiler fills variables that nobody has set (make ubsan), it does so with FE. */
static int is_unset(unsigned i)
{
    static const unsigned char unset[4] = {0xFE, 0xFE, 0xFE, 0xFE};

    return i + 4 <= MOST_WORDS * SLICE && memcmp(turn[0] + i, unset, 4) == 0;
}

/* Does byte `i` change from turn to turn as the stack does?  Three turns must fit. */
static int follows(unsigned i)
{
    if (turn[1][i] == turn[2][i])
        return 0;
    for (unsigned first = 0; first < TURNS; first++) {
        unsigned fit = 0;

        for (unsigned t = 0; t < TURNS; t++)
            fit += turn[t][i] == patterns[(first + t) % TURNS];
        if (fit >= TURNS - 1)
            return 1;
    }
    return 0;
}

/* The same call in all turns.  Nothing else calls the system in between. */
static void try_call(unsigned service, uint32_t class, uint32_t length)
{
    for (unsigned t = 0; t < TURNS; t++) {
        succeeded[service] += !status_failed(call(service, class, length));
        memcpy(turn[t], arena, MOST_WORDS * SLICE);
        made[service]++;
    }
    for (unsigned i = 0; i < MOST_WORDS * SLICE; i++) {
        if (!follows(i) && !is_unset(i))
            continue;
        leaks++;
        printf("not ok R14 %s, class %lu, length %lu: byte %u behind argument %u is the kernel's\n",
               services[service].name, (unsigned long)class, (unsigned long)length, i % SLICE,
               i / SLICE);
        break;
    }
}

static void try_service(unsigned service)
{
    static const uint32_t lengths[] = {0,  4,  8,  12, 16, 20,  24,  28,   32,
                                       40, 44, 48, 56, 64, 128, 312, SLICE};
    const char *kinds = signatures[service];
    unsigned classes = strchr(kinds, 'c') || service == ABI_NtPagodaControl ? CLASSES : 4;
    unsigned count = strchr(kinds, 'l') ? sizeof lengths / sizeof *lengths : 1;

    for (unsigned c = 0; c < classes; c++)
        for (unsigned l = 0; l < count && !is_skipped(service, c); l++)
            try_call(service, c, lengths[l]);
}

static void try_all(void)
{
    unsigned calls = 0, never = 0;

    for (unsigned service = 0; service < ABI_SERVICE_COUNT; service++) {
        try_service(service);
        calls += made[service];
        if (!made[service] || succeeded[service])
            continue;
        never++;
        printf("  %s never succeeded\n", services[service].name);
    }
    printf("%u calls of the system, each service in %u turns\n", calls, (unsigned)TURNS);
    fact_number("R14", "bytes of the kernel's stack in a buffer of a call", 0, leaks);
    fact_number("R14", "services that were tried and never succeeded", 0, never);
}

/* --- memory that another program has had --- */

/* Not a constant in this file: its own image must not hold it. */
static uint32_t secret(void)
{
    volatile uint32_t half = 0x0BADF00D;

    return half * 2654435761u;
}

static int flood(void)
{
    uint32_t *words = VirtualAlloc(NULL, FLOOD, RESERVE_COMMIT, PAGE_READWRITE);
    HANDLE out =
        CreateFileA("leak.old", GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD done = 0;

    for (unsigned i = 0; words && i < FLOOD / sizeof *words; i++)
        words[i] = secret();
    if (words)
        WriteFile(out, words, 64 * PAGE, &done, NULL);
    CloseHandle(out);
    DeleteFileA("leak.old");
    return words && done == 64 * PAGE ? 0 : 1;
}

/* Every word that this program can read; returns how many are the secret, or a freed frame's. */
static unsigned look(void)
{
    MEMORY_BASIC_INFORMATION info;
    const uint32_t wanted = secret();
    unsigned found = 0;

    for (uintptr_t va = UNIT; va < 0x7FFF0000u; va += info.RegionSize) {
        if (VirtualQuery(at(va), &info, sizeof info) != sizeof info)
            break;
        if (info.State != MEM_COMMIT || info.Protect & (PAGE_NOACCESS | PAGE_GUARD))
            continue;
        for (uintptr_t w = va; w < va + info.RegionSize; w += 4) {
            uint32_t word = *(volatile uint32_t *)w;

            if ((word != wanted && (word ^ but_freed) != UINT32_MAX) || w == (uintptr_t)&wanted)
                continue;
            if (!found++)
                printf("  %08lx at %08lx\n", (unsigned long)word, (unsigned long)w);
        }
    }
    return found;
}

static DWORD run(const char *what)
{
    char line[40];
    DWORD status = 0;

    snprintf(line, sizeof line, "leak.exe %s", what);
    return child_run("leak.exe", line, false, &status) ? status : 99;
}

static void old_memory(void)
{
    static unsigned char never_written[1 << 20];
    HANDLE grown;
    volatile unsigned char *memory, *view, *tail;

    fact_number("R14", "another program has filled RAM and paging file", 0, run("flood"));
    fact_number("R14", "what a program finds at its start", 0, run("look"));
    memory = fresh(FLOOD / 2, RESERVE_COMMIT, PAGE_READWRITE);
    fact("R14", "fresh memory is zero", all_zero(memory, FLOOD / 2));
    VirtualFree((void *)memory, 0, MEM_RELEASE);
    run("flood");
    view = map(INVALID_HANDLE_VALUE, 4 << 20);
    fact("R14", "a fresh section is zero", view && all_zero(view, 4 << 20));
    grown = CreateFileA("leak.grown", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS,
                        FILE_ATTRIBUTE_NORMAL, NULL);
    SetFilePointer(grown, 0x54321, NULL, FILE_BEGIN);
    SetEndOfFile(grown);
    tail = map(grown, 0x54321);
    fact("R14", "a file that has grown, and its last page behind the end, are zero",
         tail && all_zero(tail, 0x55000));
    fact("R14", "data that the image does not hold is zero",
         all_zero(never_written, sizeof never_written));
    fact_number("R14", "what this program can read", 0, look());
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 1)
        return strcmp(argv[1], "flood") == 0 ? flood() : (int)look();
    if (native_call(ABI_NtPagodaControl, (uint32_t[]){PROBE_PRESENT, 0, 0, 0}) != 1) {
        printf("leak: this needs the probing kernel, KERNEL=probe.elf\n");
        return 2;
    }
    old_memory();
    prepare();
    native_call(ABI_NtPagodaControl, (uint32_t[]){PROBE_POISON, 1, 0, 0});
    try_all();
    return facts_end();
}
