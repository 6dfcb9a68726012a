/* refused.c - a call that is refused has changed nothing: not the files, not the handles, not the memory.
 *
 * Each row makes one call fail at one place: a pointer that can't be written, a right that is missing, no room for a
 * handle.  Before and after it the same is counted: bytes and existence of the files that it names, handles, commit
 * charge, threads and processes.  Not for Windows: services are called by number.
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

int main(void)
{
    HANDLE keep =
        CreateFileA("keep.txt", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD done;

    setvbuf(stdout, NULL, _IONBF, 0);
    WriteFile(keep, "precious", 8, &done, NULL);
    keep_handle = at(keep);
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
    return facts_end();
}
