/* refused.c - a call that is refused has changed nothing: not the files, not the handles, not the memory.
 *
 * Each row makes one call fail at one place: a pointer that can't be written, a right that is missing, no room for a
 * handle.  Before and after it the same is counted: bytes and existence of the files that it names, handles, commit
 * charge, threads and processes.  `refused untold` wants a paging file that refuses every read.  Not for Windows: services are called by number.
 */
#include "tests/conformance/fact.h"
#include "tests/conformance/native_call.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h>
#include <winternl.h>

enum {
    MOST = 17000,
    OVERWRITE_IF = 5,
    CREATE = 2,
    DELETE_ON_CLOSE = 0x1000,
    SYNCHRONOUS = 0x20,
    NO_DIRECTORY = 0x40,
    BAD = 0x10
};

struct state {
    DWORD keep, handles;
    SIZE_T charge;
    int made;
};

static HANDLE taken[MOST];
static int taken_count;

static uint32_t at(const void *place)
{
    return (uint32_t)(uintptr_t)place;
}

static DWORD size_of(const char *name)
{
    WIN32_FILE_ATTRIBUTE_DATA data;

    return GetFileAttributesExA(name, GetFileExInfoStandard, &data) ? data.nFileSizeLow
                                                                    : INVALID_FILE_SIZE;
}

static struct state state_now(void)
{
    PROCESS_MEMORY_COUNTERS memory;
    struct state state = {.keep = size_of("keep.txt"),
                          .made = size_of("never.txt") != INVALID_FILE_SIZE};

    GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof memory);
    GetProcessHandleCount(GetCurrentProcess(), &state.handles);
    state.charge = memory.PagefileUsage;
    return state;
}

/* NtCreateFile of C:\NAME; the handle and the I/O block go where the caller says. */
static uint32_t create_file(const WCHAR *name, uint32_t access, uint32_t disposition,
                            uint32_t options, uint32_t handle_at, uint32_t io_at)
{
    static WCHAR path[64];
    UNICODE_STRING string;
    OBJECT_ATTRIBUTES attributes;
    uint32_t words[11] = {handle_at,
                          access,
                          at(&attributes),
                          io_at,
                          0,
                          0,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                          disposition,
                          options};

    lstrcpyW(path, L"\\??\\C:\\");
    lstrcatW(path, name);
    string.Buffer = path;
    string.Length = (USHORT)(lstrlenW(path) * 2);
    string.MaximumLength = string.Length;
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return native_call(ABI_NtCreateFile, words);
}

static uint32_t out[4];
static uint32_t keep_handle;

static uint32_t overwrite_without_delete(void)
{
    return create_file(L"keep.txt", FILE_WRITE_DATA | SYNCHRONIZE, OVERWRITE_IF,
                       DELETE_ON_CLOSE | SYNCHRONOUS | NO_DIRECTORY, at(out), at(out + 1));
}

static uint32_t create_without_delete(void)
{
    return create_file(L"never.txt", FILE_WRITE_DATA | SYNCHRONIZE, CREATE,
                       DELETE_ON_CLOSE | SYNCHRONOUS | NO_DIRECTORY, at(out), at(out + 1));
}

static uint32_t create_bad_handle(void)
{
    return create_file(L"never.txt", FILE_WRITE_DATA | SYNCHRONIZE, CREATE, SYNCHRONOUS, BAD,
                       at(out));
}

static uint32_t create_bad_io(void)
{
    return create_file(L"never.txt", FILE_WRITE_DATA | SYNCHRONIZE, CREATE, SYNCHRONOUS, at(out),
                       BAD);
}

static uint32_t overwrite_any(void)
{
    return create_file(L"keep.txt", FILE_WRITE_DATA | SYNCHRONIZE, OVERWRITE_IF, SYNCHRONOUS,
                       at(out), at(out + 1));
}

static uint32_t create_any(void)
{
    return create_file(L"never.txt", FILE_WRITE_DATA | SYNCHRONIZE, CREATE, SYNCHRONOUS, at(out),
                       at(out + 1));
}

static uint32_t section(uint32_t handle_at)
{
    static uint64_t size = 0x10000;
    uint32_t words[7] = {handle_at,      SECTION_ALL_ACCESS, 0,          at(&size),
                         PAGE_READWRITE, SEC_COMMIT,         keep_handle};

    return native_call(ABI_NtCreateSection, words);
}

static uint32_t section_bad_handle(void)
{
    return section(BAD);
}

static uint32_t section_any(void)
{
    return section(at(out));
}

static uint32_t write_past_everything(void)
{
    static const uint64_t offset = 0x7FFFFFFFFFFFFFFF;
    uint32_t words[9] = {keep_handle, 0, 0, 0, at(out), at("zz"), 2, at(&offset), 0};

    return native_call(ABI_NtWriteFile, words);
}

/* A list that changes between the call's two looks at it would name frames that nobody has checked. */
static uint32_t map_by_clock(void)
{
    void *window = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
    uint32_t words[3] = {at(window), 1, ABI_SHARED_PAGE + 0x400};
    uint32_t status = native_call(ABI_NtMapUserPhysicalPages, words);

    VirtualFree(window, 0, MEM_RELEASE);
    return status;
}

static uint32_t start_process(void)
{
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION made;

    return CreateProcessA("hello.exe", NULL, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL,
                          &start, &made)
               ? 0
               : 0xC0000000;
}

static DWORD WINAPI nothing(void *unused)
{
    return unused != NULL;
}

static uint32_t start_thread(void)
{
    return CreateThread(NULL, 0, nothing, NULL, CREATE_SUSPENDED, NULL) ? 0 : 0xC0000000;
}

static uint32_t duplicate(void)
{
    HANDLE copy;

    return DuplicateHandle(GetCurrentProcess(), (HANDLE)(uintptr_t)keep_handle, GetCurrentProcess(),
                           &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)
               ? 0
               : 0xC0000000;
}

/* --- results that can't be stored: the memory for them goes while the call is under way --- */

static HANDLE ends[2];
static uint32_t *block;

static DWORD WINAPI read_pipe(void *unused)
{
    static char buffer[8];
    uint32_t words[9] = {at(ends[0]), 0, 0, 0, at(block), at(buffer), sizeof buffer, 0, 0};

    return native_call(ABI_NtReadFile, words) + (unused != NULL);
}

/* Another thread frees the I/O block of a call that waits. */
static void test_waiting(void)
{
    HANDLE thread = CreateThread(NULL, 0, read_pipe, NULL, CREATE_SUSPENDED, NULL);
    DWORD status, done, left = 0;

    CreatePipe(&ends[0], &ends[1], NULL, 0);
    block = VirtualAlloc(NULL, 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    SetThreadPriority(thread, THREAD_PRIORITY_HIGHEST);
    ResumeThread(thread); /* it runs until it waits */
    VirtualFree(block, 0, MEM_RELEASE);
    WriteFile(ends[1], "hello", 5, &done, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &status);
    PeekNamedPipe(ends[0], NULL, 0, NULL, &left, NULL);
    fact("refused", "NtReadFile of a pipe, its I/O block goes while it waits: no byte is lost",
         status_failed(status) ? left == 5 : left == 0);
}

/* Three pages of which only two can be in RAM, and what left RAM can't be read back: after a call has looked at all
 * that it needs, the first page is gone.  The word across the two others is 10000. */
static uint32_t *lose_first_page(void)
{
    uint32_t *pages = VirtualAlloc(NULL, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    struct abi_working_set set = {at(pages), 2, 1, 0, "fifo"};
    uint32_t words[4] = {ABI_CONTROL_WORKING_SET, at(&set), sizeof set, 0};

    native_call(ABI_NtPagodaControl, words);
    ((volatile uint32_t *)pages)[0] = 0;
    ((volatile uint32_t *)pages)[0x2000 / 4] = 1;
    return pages;
}

static uint32_t across(const uint32_t *pages)
{
    return at(pages) + 0x1FFE;
}

static uint32_t allocate_untold(uint32_t *pages)
{
    uint32_t words[6] = {UINT32_MAX, at(pages), 0, across(pages), MEM_RESERVE, PAGE_READWRITE};

    return native_call(ABI_NtAllocateVirtualMemory, words);
}

static uint32_t map_untold(uint32_t *pages)
{
    static HANDLE section;
    uint32_t words[10] = {0, UINT32_MAX, at(pages), 0, 0, 0, across(pages), 1, 0, PAGE_READWRITE};

    if (section == NULL)
        section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x10000, NULL);
    words[0] = at(section);
    return native_call(ABI_NtMapViewOfSection, words);
}

static uint32_t create_untold(uint32_t *pages)
{
    return create_file(L"never.txt", FILE_WRITE_DATA | SYNCHRONIZE, CREATE, SYNCHRONOUS, at(pages),
                       across(pages));
}

static uint32_t frames_untold(uint32_t *pages)
{
    uint32_t count = 2 + 0x1000 / 4, words[3] = {UINT32_MAX, at(&count), at(pages) + 0xFFC};

    return native_call(ABI_NtAllocateUserPhysicalPages, words);
}

/* The list of four written pages lies in the first page and the next one: none of them is forgotten. */
static uint32_t watch_untold(uint32_t *pages)
{
    enum { COUNT = 4, RESET = 1 };
    volatile char *watched = VirtualAlloc(
        NULL, COUNT * 0x1000, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    uint32_t array[COUNT], count = COUNT, unit, status;
    uint32_t words[7] = {
        UINT32_MAX, RESET,    at((const void *)watched), COUNT * 0x1000, at(pages) + 0xFF8,
        at(&count), at(&unit)};

    for (int i = 0; i < COUNT; i++)
        watched[i * 0x1000] = 1;
    status = native_call(ABI_NtGetWriteWatch, words);
    count = COUNT;
    words[1] = 0;
    words[4] = at(array);
    native_call(ABI_NtGetWriteWatch, words);
    VirtualFree((void *)watched, 0, MEM_RELEASE);
    return count == COUNT ? status : 0;
}

/* One entry of a directory's listing. */
static uint32_t list(HANDLE directory, uint32_t io, uint32_t buffer, int restart)
{
    enum { NAMES = 12, ROOM = 0x400 };
    uint32_t words[11] = {at(directory), 0, 0, 0, io, buffer, ROOM, NAMES, 1, 0, (uint32_t)restart};

    return native_call(ABI_NtQueryDirectoryFile, words);
}

/* The I/O block lies in the first page: the entry that it does not tell of comes again. */
static uint32_t list_untold(uint32_t *pages)
{
    static char second[0x400], again[0x400];
    HANDLE directory = CreateFileA("C:\\", FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING,
                                   FILE_FLAG_BACKUP_SEMANTICS, NULL);
    uint32_t status;

    list(directory, at(out), at(second), 1);
    list(directory, at(out), at(second), 0);
    list(directory, at(out), at(again), 1);
    status = list(directory, at(pages), at(pages) + 0x1000, 0);
    list(directory, at(out), at(again), 0);
    CloseHandle(directory);
    return memcmp(second, again, sizeof second) == 0 ? status : 0;
}

/* The position comes from the two others, the I/O block is in the first page. */
static uint32_t seek_untold(uint32_t *pages)
{
    enum { POSITION = 14 };
    uint32_t words[5] = {keep_handle, at(pages), across(pages), 8, POSITION}, status;

    status = native_call(ABI_NtSetInformationFile, words);
    return status_failed(status) ==
                   (SetFilePointer((HANDLE)(uintptr_t)keep_handle, 0, NULL, FILE_CURRENT) == 0)
               ? 0xC0000000
               : 0;
}

static uint32_t memory_now(void)
{
    MEMORYSTATUS status;

    GlobalMemoryStatus(&status);
    return status.dwAvailVirtual;
}

static void test_untold(void)
{
    static const struct {
        const char *what;
        uint32_t (*call)(uint32_t *pages);
    } calls[] = {
        {"NtAllocateVirtualMemory: no region is left", allocate_untold},
        {"NtMapViewOfSection: no view is left", map_untold},
        {"NtCreateFile: no file and no handle is left", create_untold},
        {"NtAllocateUserPhysicalPages: no frame is left", frames_untold},
        {"NtGetWriteWatch: no mark is lost", watch_untold},
        {"NtQueryDirectoryFile: no entry is lost", list_untold},
        {"NtSetInformationFile: the position moves if it succeeds", seek_untold},
    };

    map_untold(calloc(0x3000, 1)); /* makes the section */
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        uint32_t *pages = lose_first_page(), memory = memory_now(), status;
        struct state before = state_now(), after;

        status = calls[i].call(pages);
        after = state_now();
        printf("# %08X, %d bytes of address space\n", (unsigned)status,
               (int)(memory - memory_now()));
        fact("untold", calls[i].what,
             status_failed(status) && memcmp(&before, &after, sizeof before) == 0 &&
                 memory == memory_now());
    }
}

static const struct row {
    const char *what;
    uint32_t (*call)(void);
    int full; /* with no room for a handle */
} rows[] = {
    {"NtCreateFile, overwrite, delete on close without the right", overwrite_without_delete, 0},
    {"NtCreateFile, create, delete on close without the right", create_without_delete, 0},
    {"NtCreateFile, the handle can't be stored", create_bad_handle, 0},
    {"NtCreateFile, the I/O block can't be stored", create_bad_io, 0},
    {"NtCreateFile, overwrite, no room for a handle", overwrite_any, 1},
    {"NtCreateFile, create, no room for a handle", create_any, 1},
    {"NtCreateSection, a longer file, the handle can't be stored", section_bad_handle, 0},
    {"NtCreateSection, a longer file, no room for a handle", section_any, 1},
    {"NtWriteFile at the last offset there is", write_past_everything, 0},
    {"NtMapUserPhysicalPages, a list in the page where the clock writes", map_by_clock, 0},
    {"CreateProcess, no room for handles", start_process, 1},
    {"CreateThread, no room for a handle", start_thread, 1},
    {"DuplicateHandle, no room for a handle", duplicate, 1},
};

static void take_all_handles(int full)
{
    while (full && taken_count < MOST &&
           (taken[taken_count] = CreateEventA(NULL, FALSE, FALSE, NULL)) != NULL)
        taken_count++;
}

static void give_back_handles(void)
{
    while (taken_count > 0)
        CloseHandle(taken[--taken_count]);
}

int main(int count, char **words)
{
    HANDLE keep =
        CreateFileA("keep.txt", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD done;

    setvbuf(stdout, NULL, _IONBF, 0);
    keep_handle = at(keep);
    if (count > 1 && strcmp(words[1], "untold") == 0) {
        test_untold();
        return facts_end();
    }
    WriteFile(keep, "precious", 8, &done, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct state before, after;
        uint32_t status;

        take_all_handles(rows[i].full);
        before = state_now();
        status = rows[i].call();
        after = state_now();
        give_back_handles();
        fact("refused", rows[i].what,
             status_failed(status) && memcmp(&before, &after, sizeof before) == 0);
    }
    test_waiting();
    return facts_end();
}
