/* toolhelp.c - lists of processes, threads and modules: snapshots, and the K32 names of psapi.dll.
 *
 * A snapshot is a section that holds the records, so that CloseHandle ends it and a child can inherit it.
 * The modules of any process are what its address space says: its images, each with the name that its
 * table of exports gives, or the process's own.
 */
#include "user/kernel32/kernel32.h"

#include <psapi.h>
#include <tlhelp32.h>

/* --- where modules are found --- */

static bool read_remote(HANDLE process, const void *at, void *to, SIZE_T size)
{
    SIZE_T done;

    return NT_SUCCESS(NtReadVirtualMemory(process, at, to, size, &done)) && done == size;
}

/* The image that begins at or above *at, which moves behind it; 0 at the end of the address space. */
static char *next_image(HANDLE process, char **at)
{
    MEMORY_BASIC_INFORMATION region;
    char *base = NULL;

    while (VirtualQueryEx(process, *at, &region, sizeof region) != 0) {
        if (base != NULL && region.AllocationBase != base)
            return base;
        if (region.State != MEM_FREE && region.Type == MEM_IMAGE)
            base = region.AllocationBase;
        *at = (char *)region.BaseAddress + region.RegionSize;
    }
    return base;
}

static bool read_headers(HANDLE process, const char *base, IMAGE_NT_HEADERS *headers)
{
    IMAGE_DOS_HEADER dos;

    return read_remote(process, base, &dos, sizeof dos) &&
           read_remote(process, base + dos.e_lfanew, headers, sizeof *headers);
}

static const SYSTEM_PROCESS_INFORMATION *find_process(const void *list, DWORD id);
static void *process_list(void);

/* The process's image by the name that it was started under. */
static bool program_name(HANDLE process, WCHAR name[TEXT_NAME])
{
    void *list = process_list();
    const SYSTEM_PROCESS_INFORMATION *facts =
        list == NULL ? NULL : find_process(list, GetProcessId(process));

    if (facts != NULL) {
        memcpy(name, facts->ImageName.Buffer, facts->ImageName.Length);
        name[facts->ImageName.Length / sizeof *name] = 0;
    }
    text_free(list);
    return facts != NULL;
}

/* "kernel32.dll": what the loader knows, else what the exports say, else the program's name. */
static bool module_name(HANDLE process, const char *base, WCHAR name[TEXT_NAME])
{
    const char *own =
        GetProcessId(process) == GetCurrentProcessId() ? LdrPagodaModuleName(base) : NULL;
    char text[64] = "";
    IMAGE_EXPORT_DIRECTORY exports;
    IMAGE_NT_HEADERS headers;
    const IMAGE_DATA_DIRECTORY *where = headers.OptionalHeader.DataDirectory;

    if (own != NULL)
        return text_widen(name, TEXT_NAME, own);
    if (!read_headers(process, base, &headers))
        return false;
    if ((headers.FileHeader.Characteristics & IMAGE_FILE_DLL) == 0)
        return program_name(process, name);
    return where->VirtualAddress != 0 &&
           read_remote(process, base + where->VirtualAddress, &exports, sizeof exports) &&
           read_remote(process, base + exports.Name, text, sizeof text - 1) &&
           text_widen(name, TEXT_NAME, text);
}

/* The `index`th module, the program itself first; 0 behind the last one. */
static char *module_at(HANDLE process, DWORD index)
{
    char *at = NULL, *base;
    IMAGE_NT_HEADERS headers;
    DWORD dlls = 0;

    while ((base = next_image(process, &at)) != NULL) {
        bool program = read_headers(process, base, &headers) &&
                       (headers.FileHeader.Characteristics & IMAGE_FILE_DLL) == 0;

        if (program ? index == 0 : ++dlls == index)
            return base;
    }
    return NULL;
}

/* --- psapi.dll's names --- */

BOOL WINAPI K32EnumProcessModules(HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed)
{
    DWORD count = 0;
    char *base;

    if (GetProcessId(process) == 0)
        return FALSE;
    for (; (base = module_at(process, count)) != NULL; count++)
        if (count < size / sizeof *modules)
            modules[count] = (HMODULE)(void *)base;
    *needed = count * sizeof *modules;
    return TRUE;
}

BOOL WINAPI K32EnumProcessModulesEx(HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed,
                                    DWORD filter)
{
    (void)filter; /* there are only 32-bit ones */
    return K32EnumProcessModules(process, modules, size, needed);
}

BOOL WINAPI K32GetModuleInformation(HANDLE process, HMODULE module, LPMODULEINFO info, DWORD size)
{
    const char *base = module != NULL ? (const char *)module : module_at(process, 0);
    IMAGE_NT_HEADERS headers;

    if (size < sizeof *info)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!read_headers(process, base, &headers))
        return error_fail(ERROR_INVALID_HANDLE);
    *info = (MODULEINFO){.lpBaseOfDll = (void *)base,
                         .SizeOfImage = headers.OptionalHeader.SizeOfImage,
                         .EntryPoint = (void *)(base + headers.OptionalHeader.AddressOfEntryPoint)};
    return TRUE;
}

/* Into the caller's buffer, cut where it ends; returns the characters without the zero. */
static DWORD give_name(HANDLE process, HMODULE module, const WCHAR *folder, WCHAR *out, DWORD size)
{
    const char *base = module != NULL ? (const char *)module : module_at(process, 0);
    WCHAR path[TEXT_NAME + 8];
    size_t prefix = text_length(folder), length;

    memcpy(path, folder, prefix * sizeof *path);
    if (size == 0 || !module_name(process, base, path + prefix))
        return (DWORD)error_fail(ERROR_INVALID_HANDLE);
    length = text_length(path);
    length = length < size ? length : size - 1;
    memcpy(out, path, length * sizeof *out);
    out[length] = 0;
    return (DWORD)length;
}

DWORD WINAPI K32GetModuleBaseNameW(HANDLE process, HMODULE module, LPWSTR out, DWORD size)
{
    return give_name(process, module, L"", out, size);
}

DWORD WINAPI K32GetModuleFileNameExW(HANDLE process, HMODULE module, LPWSTR out, DWORD size)
{
    return give_name(process, module, L"C:\\", out, size);
}

static DWORD give_narrow(HANDLE process, HMODULE module, const WCHAR *folder, char *out, DWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD length = give_name(process, module, folder, wide, size < TEXT_NAME ? size : TEXT_NAME);

    if (length != 0)
        text_narrow(out, size, wide);
    return length;
}

DWORD WINAPI K32GetModuleBaseNameA(HANDLE process, HMODULE module, LPSTR out, DWORD size)
{
    return give_narrow(process, module, L"", out, size);
}

DWORD WINAPI K32GetModuleFileNameExA(HANDLE process, HMODULE module, LPSTR out, DWORD size)
{
    return give_narrow(process, module, L"C:\\", out, size);
}

/* The file that is mapped at the address, by its device; cut if there is no room. */
DWORD WINAPI K32GetMappedFileNameW(HANDLE process, LPVOID address, LPWSTR out, DWORD size)
{
    enum { MAPPED_NAME = 2 };
    struct {
        UNICODE_STRING text;
        WCHAR words[TEXT_NAME + 32];
    } name;
    DWORD length;
    NTSTATUS status = NtQueryVirtualMemory(process, address, MAPPED_NAME, &name, sizeof name, NULL);

    if (!NT_SUCCESS(status))
        return (DWORD)error_result(status);
    if (size == 0)
        return (DWORD)error_fail(ERROR_INSUFFICIENT_BUFFER);
    length = name.text.Length / sizeof(WCHAR);
    length = length < size ? length : size - 1;
    memcpy(out, name.text.Buffer, length * sizeof *out);
    out[length] = 0;
    return length;
}

DWORD WINAPI K32GetMappedFileNameA(HANDLE process, LPVOID address, LPSTR out, DWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD length =
        K32GetMappedFileNameW(process, address, wide, size < TEXT_NAME ? size : TEXT_NAME);

    if (length != 0)
        text_narrow(out, size, wide);
    return length;
}

DWORD WINAPI K32GetProcessImageFileNameW(HANDLE process, LPWSTR out, DWORD size)
{
    return give_name(process, NULL, L"C:\\", out, size);
}

DWORD WINAPI K32GetProcessImageFileNameA(HANDLE process, LPSTR out, DWORD size)
{
    return give_narrow(process, NULL, L"C:\\", out, size);
}

BOOL WINAPI QueryFullProcessImageNameW(HANDLE process, DWORD flags, LPWSTR out, PDWORD size)
{
    DWORD length = give_name(process, NULL, L"C:\\", out, *size);

    (void)flags;
    if (length == 0 || length + 1 == *size)
        return error_fail(length == 0 ? ERROR_INVALID_HANDLE : ERROR_INSUFFICIENT_BUFFER);
    *size = length;
    return TRUE;
}

BOOL WINAPI QueryFullProcessImageNameA(HANDLE process, DWORD flags, LPSTR out, PDWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD length = *size < TEXT_NAME ? *size : TEXT_NAME;

    if (!QueryFullProcessImageNameW(process, flags, wide, &length))
        return FALSE;
    *size = length;
    return text_narrow(out, length + 1, wide);
}

/* --- the list of processes --- */

/* SYSTEM_PROCESS_INFORMATION records on the heap, 0 when there is no memory. */
static void *process_list(void)
{
    ULONG size = 0x1000;

    for (;;) {
        void *list = RtlAllocateHeap(peb()->heap, 0, size);

        if (list == NULL ||
            NT_SUCCESS(NtQuerySystemInformation(SystemProcessInformation, list, size, NULL)))
            return list;
        text_free(list);
        size *= 2;
    }
}

static const SYSTEM_PROCESS_INFORMATION *next_process(const SYSTEM_PROCESS_INFORMATION *process)
{
    return process->NextEntryOffset == 0
               ? NULL
               : (const void *)((const char *)process + process->NextEntryOffset);
}

static const SYSTEM_PROCESS_INFORMATION *find_process(const void *list, DWORD id)
{
    const SYSTEM_PROCESS_INFORMATION *process = list;

    while (process != NULL && (DWORD)process->UniqueProcessId != id)
        process = next_process(process);
    return process;
}

BOOL WINAPI K32EnumProcesses(DWORD *ids, DWORD size, LPDWORD used)
{
    void *list = process_list();
    DWORD count = 0;

    if (list == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    for (const SYSTEM_PROCESS_INFORMATION *p = list; p != NULL && count < size / sizeof *ids;
         p = next_process(p))
        ids[count++] = (DWORD)p->UniqueProcessId;
    *used = count * sizeof *ids;
    text_free(list);
    return TRUE;
}

/* --- snapshots --- */

enum { PROCESSES, THREADS, MODULES, KINDS };
static const DWORD record_size[KINDS] = {sizeof(PROCESSENTRY32W), sizeof(THREADENTRY32),
                                         sizeof(MODULEENTRY32W)};

/* At the section's start; the records of each kind begin at offset[kind]. */
struct snapshot {
    DWORD count[KINDS], offset[KINDS], next[KINDS];
};

/* SYSTEM_THREAD_INFORMATION up to the thread's id: 64 bytes each, behind the process's record. */
enum { THREAD_BYTES = 64, THREAD_ID = 36 };

static void fill_process(PROCESSENTRY32W *out, const SYSTEM_PROCESS_INFORMATION *process)
{
    *out = (PROCESSENTRY32W){
        .dwSize = sizeof *out,
        .th32ProcessID = (DWORD)process->UniqueProcessId,
        .cntThreads = process->NumberOfThreads,
        .pcPriClassBase = 8,
    };
    memcpy(&out->th32ParentProcessID, (const char *)process + 72, sizeof(DWORD));
    memcpy(out->szExeFile, process->ImageName.Buffer, process->ImageName.Length);
}

static void fill_thread(THREADENTRY32 *out, const SYSTEM_PROCESS_INFORMATION *process, DWORD index)
{
    *out = (THREADENTRY32){.dwSize = sizeof *out,
                           .th32OwnerProcessID = (DWORD)process->UniqueProcessId,
                           .tpBasePri = 8};
    memcpy(&out->th32ThreadID,
           (const char *)process + sizeof *process + index * THREAD_BYTES + THREAD_ID,
           sizeof(DWORD));
}

static void fill_module(MODULEENTRY32W *out, HANDLE process, DWORD id, char *base)
{
    MODULEINFO info = {.SizeOfImage = 0};

    K32GetModuleInformation(process, (HMODULE)(void *)base, &info, sizeof info);
    *out = (MODULEENTRY32W){.dwSize = sizeof *out,
                            .th32ModuleID = 1,
                            .th32ProcessID = id,
                            .GlblcntUsage = 1,
                            .ProccntUsage = 1,
                            .modBaseAddr = (BYTE *)base,
                            .modBaseSize = info.SizeOfImage,
                            .hModule = (HMODULE)(void *)base};
    K32GetModuleBaseNameW(process, out->hModule, out->szModule, MAX_MODULE_NAME32 + 1);
    K32GetModuleFileNameExW(process, out->hModule, out->szExePath, MAX_PATH);
}

_Static_assert(sizeof(SYSTEM_PROCESS_INFORMATION) == 184, "the threads stand behind it");

static void count_records(struct snapshot *snapshot, DWORD flags, const void *list, HANDLE process)
{
    for (const SYSTEM_PROCESS_INFORMATION *p = list; p != NULL; p = next_process(p)) {
        snapshot->count[PROCESSES] += (flags & TH32CS_SNAPPROCESS) != 0;
        snapshot->count[THREADS] += (flags & TH32CS_SNAPTHREAD) != 0 ? p->NumberOfThreads : 0;
    }
    while (process != NULL && module_at(process, snapshot->count[MODULES]) != NULL)
        snapshot->count[MODULES]++;
    snapshot->offset[PROCESSES] = sizeof *snapshot;
    for (int kind = THREADS; kind < KINDS; kind++)
        snapshot->offset[kind] =
            snapshot->offset[kind - 1] + snapshot->count[kind - 1] * record_size[kind - 1];
}

static void fill(struct snapshot *snapshot, const void *list, HANDLE process, DWORD id)
{
    PROCESSENTRY32W *processes = (void *)((char *)snapshot + snapshot->offset[PROCESSES]);
    THREADENTRY32 *threads = (void *)((char *)snapshot + snapshot->offset[THREADS]);
    MODULEENTRY32W *modules = (void *)((char *)snapshot + snapshot->offset[MODULES]);

    for (const SYSTEM_PROCESS_INFORMATION *p = list; p != NULL; p = next_process(p)) {
        if (snapshot->count[PROCESSES] != 0)
            fill_process(processes++, p);
        for (DWORD i = 0; snapshot->count[THREADS] != 0 && i < p->NumberOfThreads; i++)
            fill_thread(threads++, p, i);
    }
    for (DWORD i = 0; i < snapshot->count[MODULES]; i++)
        fill_module(modules++, process, id, module_at(process, i));
}

/* Process 0 is the caller's own. */
HANDLE WINAPI CreateToolhelp32Snapshot(DWORD flags, DWORD id)
{
    struct snapshot counted = {.count = {0}}, *snapshot;
    SECURITY_ATTRIBUTES security = {sizeof security, NULL, (flags & TH32CS_INHERIT) != 0};
    void *list = process_list();
    bool modules = (flags & (TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32)) != 0;
    HANDLE process = NULL, section = NULL;

    id = id != 0 ? id : GetCurrentProcessId();
    if (modules)
        process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, id);
    if (list != NULL && (!modules || process != NULL)) {
        DWORD size;

        count_records(&counted, flags, list, process);
        size = counted.offset[MODULES] + counted.count[MODULES] * record_size[MODULES];
        section =
            CreateFileMappingW(INVALID_HANDLE_VALUE, &security, PAGE_READWRITE, 0, size, NULL);
        snapshot = section == NULL ? NULL : MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
        if (snapshot != NULL) {
            *snapshot = counted;
            fill(snapshot, list, process, id);
            UnmapViewOfFile(snapshot);
        }
    }
    text_free(list);
    if (process != NULL)
        NtClose(process);
    return section != NULL ? section : INVALID_HANDLE_VALUE;
}

/* The next record of a kind; `first`: from the start.  The caller's dwSize is the first member. */
static BOOL next_record(HANDLE handle, int kind, void *out, bool first)
{
    struct snapshot *snapshot = MapViewOfFile(handle, FILE_MAP_WRITE, 0, 0, 0);
    BOOL good;

    if (snapshot == NULL)
        return FALSE;
    if (first)
        snapshot->next[kind] = 0;
    if (*(DWORD *)out < record_size[kind]) {
        good = error_fail(ERROR_BAD_LENGTH);
    } else if (snapshot->next[kind] >= snapshot->count[kind]) {
        good = error_fail(ERROR_NO_MORE_FILES);
    } else {
        memcpy(out,
               (char *)snapshot + snapshot->offset[kind] +
                   snapshot->next[kind]++ * record_size[kind],
               record_size[kind]);
        good = TRUE;
    }
    UnmapViewOfFile(snapshot);
    return good;
}

BOOL WINAPI Process32FirstW(HANDLE snapshot, LPPROCESSENTRY32W out)
{
    return next_record(snapshot, PROCESSES, out, true);
}

BOOL WINAPI Process32NextW(HANDLE snapshot, LPPROCESSENTRY32W out)
{
    return next_record(snapshot, PROCESSES, out, false);
}

BOOL WINAPI Thread32First(HANDLE snapshot, LPTHREADENTRY32 out)
{
    return next_record(snapshot, THREADS, out, true);
}

BOOL WINAPI Thread32Next(HANDLE snapshot, LPTHREADENTRY32 out)
{
    return next_record(snapshot, THREADS, out, false);
}

BOOL WINAPI Module32FirstW(HANDLE snapshot, LPMODULEENTRY32W out)
{
    return next_record(snapshot, MODULES, out, true);
}

BOOL WINAPI Module32NextW(HANDLE snapshot, LPMODULEENTRY32W out)
{
    return next_record(snapshot, MODULES, out, false);
}

/* The narrow records are the same but for their names. */
static BOOL narrow_process(HANDLE snapshot, PROCESSENTRY32 *out, bool first)
{
    PROCESSENTRY32W wide = {.dwSize = sizeof wide};

    if (out->dwSize < sizeof *out)
        return error_fail(ERROR_BAD_LENGTH);
    if (!next_record(snapshot, PROCESSES, &wide, first))
        return FALSE;
    memcpy(out, &wide, offsetof(PROCESSENTRY32, szExeFile));
    out->dwSize = sizeof *out;
    return text_narrow(out->szExeFile, sizeof out->szExeFile, wide.szExeFile);
}

BOOL WINAPI Process32First(HANDLE snapshot, LPPROCESSENTRY32 out)
{
    return narrow_process(snapshot, out, true);
}

BOOL WINAPI Process32Next(HANDLE snapshot, LPPROCESSENTRY32 out)
{
    return narrow_process(snapshot, out, false);
}

static BOOL narrow_module(HANDLE snapshot, MODULEENTRY32 *out, bool first)
{
    MODULEENTRY32W wide = {.dwSize = sizeof wide};

    if (out->dwSize < sizeof *out)
        return error_fail(ERROR_BAD_LENGTH);
    if (!next_record(snapshot, MODULES, &wide, first))
        return FALSE;
    memcpy(out, &wide, offsetof(MODULEENTRY32, szModule));
    out->dwSize = sizeof *out;
    return text_narrow(out->szModule, sizeof out->szModule, wide.szModule) &&
           text_narrow(out->szExePath, sizeof out->szExePath, wide.szExePath);
}

BOOL WINAPI Module32First(HANDLE snapshot, LPMODULEENTRY32 out)
{
    return narrow_module(snapshot, out, true);
}

BOOL WINAPI Module32Next(HANDLE snapshot, LPMODULEENTRY32 out)
{
    return narrow_module(snapshot, out, false);
}
