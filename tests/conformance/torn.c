/* torn.c - a call reads and writes the program's words more than once; in between they may leave RAM, and the disk may
 * refuse to give them back.  Then the call fails, and has changed nothing.
 *
 * The words lie in four pages of a region that may have one in RAM, so each access to another page is a transfer, of
 * which the disk refuses one in a few (the test says `pagefile fail 5`).  Not for Windows: services are called by number.
 */
#include "tests/conformance/memory.h"
#include "tests/conformance/native_call.h"
/* after windows.h */
#include <psapi.h>
#include <winternl.h>

enum { PAGES = 4, ROUNDS = 60, FRAMES = 4, LIST = 1024, ACCESS = 0x1F0003 };

struct state {
    DWORD handles;
    SIZE_T charge, reserved;
};

static volatile uint32_t *words; /* PAGES * 1024 of them */
static ULONG_PTR frames[FRAMES];
static volatile unsigned char *window;
static HANDLE event, section;

static uint32_t number_of(const volatile void *place)
{
    return (uint32_t)(uintptr_t)place;
}

/* The word at the start of page `i`. */
static volatile uint32_t *word(int i)
{
    return words + i * PAGE / 4;
}

/* The program itself tries again. */
static LONG CALLBACK again(EXCEPTION_POINTERS *what)
{
    return what->ExceptionRecord->ExceptionCode == EXCEPTION_IN_PAGE_ERROR
               ? EXCEPTION_CONTINUE_EXECUTION
               : EXCEPTION_CONTINUE_SEARCH;
}

static struct state state_now(void)
{
    PROCESS_MEMORY_COUNTERS memory;
    MEMORYSTATUS status;
    struct state state;

    GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof memory);
    GetProcessHandleCount(GetCurrentProcess(), &state.handles);
    GlobalMemoryStatus(&status);
    state.charge = memory.PagefileUsage;
    state.reserved = status.dwAvailVirtual;
    return state;
}

/* --- calls; the handle or the address comes back in page 0 --- */

static uint32_t create_event(void)
{
    return native_call(ABI_NtCreateEvent, (uint32_t[]){number_of(word(0)), ACCESS, 0, 0, 0});
}

static uint32_t create_section(void)
{
    *word(1) = PAGE;
    word(1)[1] = 0;
    return native_call(ABI_NtCreateSection,
                       (uint32_t[]){number_of(word(0)), SECTION_ALL_ACCESS, 0, number_of(word(1)),
                                    PAGE_READWRITE, SEC_COMMIT, 0});
}

static uint32_t duplicate(void)
{
    return native_call(ABI_NtDuplicateObject,
                       (uint32_t[]){0xFFFFFFFF, number_of(event), 0xFFFFFFFF, number_of(word(0)), 0,
                                    0, DUPLICATE_SAME_ACCESS});
}

/* The name in page 2, its string in page 1, the I/O block in page 3. */
static uint32_t open_file(void)
{
    static const WCHAR name[] = L"\\??\\C:\\torn.exe";
    UNICODE_STRING *string = (UNICODE_STRING *)word(1);
    OBJECT_ATTRIBUTES *attributes = (OBJECT_ATTRIBUTES *)(word(1) + 16);

    memcpy((void *)word(2), name, sizeof name);
    string->Buffer = (WCHAR *)word(2);
    string->Length = string->MaximumLength = sizeof name - sizeof *name;
    InitializeObjectAttributes(attributes, string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return native_call(ABI_NtCreateFile,
                       (uint32_t[]){number_of(word(0)), FILE_READ_DATA | SYNCHRONIZE,
                                    number_of(attributes), number_of(word(3)), 0, 0, 7, 1, 0x60, 0,
                                    0});
}

static uint32_t allocate(void)
{
    *word(0) = 0;
    *word(1) = PAGE;
    return native_call(ABI_NtAllocateVirtualMemory,
                       (uint32_t[]){0xFFFFFFFF, number_of(word(0)), 0, number_of(word(1)),
                                    RESERVE_COMMIT, PAGE_READWRITE});
}

static uint32_t map_view(void)
{
    *word(0) = 0;
    *word(1) = 0;
    *word(2) = word(2)[1] = 0;
    return native_call(ABI_NtMapViewOfSection,
                       (uint32_t[]){number_of(section), 0xFFFFFFFF, number_of(word(0)), 0, 0,
                                    number_of(word(2)), number_of(word(1)), 2, 0, PAGE_READWRITE});
}

static void close_it(void)
{
    CloseHandle((HANDLE)(uintptr_t)*word(0));
}

static void free_it(void)
{
    VirtualFree((void *)(uintptr_t)*word(0), 0, MEM_RELEASE);
}

static void unmap_it(void)
{
    UnmapViewOfFile((void *)(uintptr_t)*word(0));
}

static const struct {
    const char *name;
    uint32_t (*call)(void);
    void (*undo)(void);
} rows[] = {
    {"NtCreateEvent", create_event, close_it},      {"NtCreateSection", create_section, close_it},
    {"NtDuplicateObject", duplicate, close_it},     {"NtCreateFile", open_file, close_it},
    {"NtAllocateVirtualMemory", allocate, free_it}, {"NtMapViewOfSection", map_view, unmap_it},
};

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof rows / sizeof *rows; r++) {
        int failed = 0, done = 0, changed = 0;

        for (int i = 0; i < 20 * ROUNDS && (failed < ROUNDS || !done); i++) {
            struct state before = state_now(), after;
            uint32_t status = rows[r].call();

            after = state_now();
            if (!status_failed(status)) {
                rows[r]
                    .undo(); /* what it gave; where that could not be told it stays, as on Windows */
                done++;
                continue;
            }
            failed++;
            changed += memcmp(&before, &after, sizeof before) != 0;
        }
        printf("%s: %d refused, %d done\n", rows[r].name, failed, done);
        fact_number("R4", rows[r].name, 0, changed);
    }
}

/* A list of pages to be shown, in two pages: what could not be read again is not promised for ever. */
static void test_list(void)
{
    int failed = 0, shown = 0;

    for (int i = 0; i < 20 * ROUNDS && failed < ROUNDS; i++) {
        uint32_t status;

        for (int k = 0; k < FRAMES; k++)
            word(0)[k] = (uint32_t)frames[(i + k) % FRAMES];
        *word(1) = 0;
        status = native_call(ABI_NtMapUserPhysicalPages,
                             (uint32_t[]){number_of(window), 2 * LIST, number_of(words)});
        failed += status_failed(status);
        MapUserPhysicalPages((void *)window, 2 * LIST, NULL);
    }
    printf("NtMapUserPhysicalPages: %d refused\n", failed);
    for (int k = 0; k < FRAMES; k++)
        shown += MapUserPhysicalPages((void *)(window + k * PAGE), 1, &frames[k]);
    fact_number("R4", "after that each page can be shown", FRAMES, shown);
}

int main(void)
{
    struct abi_working_set cap = {.maximum = 1, .exact = 1};
    ULONG_PTR count = FRAMES;

    AddVectoredExceptionHandler(1, again);
    words = (volatile uint32_t *)fresh(PAGES * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    window = fresh(2 * LIST * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
    fact("R4", "pages of its own",
         AllocateUserPhysicalPages(GetCurrentProcess(), &count, frames) && count == FRAMES);
    cap.address = number_of(words);
    fact_number("R4", "a region that has one page in RAM", 0,
                native_call(ABI_NtPagodaControl,
                            (uint32_t[]){ABI_CONTROL_WORKING_SET, number_of(&cap), sizeof cap, 0}));
    test_rows();
    test_list();
    return facts_end();
}
