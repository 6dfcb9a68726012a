/* module.c - DLLs by handle: loading, finding functions, names. */
#include "user/kernel32/kernel32.h"

/* --- loading --- */

static void make_string(UNICODE_STRING *string, const WCHAR *text)
{
    string->Buffer = (WCHAR *)text;
    string->Length = (USHORT)(text_length(text) * sizeof *text);
    string->MaximumLength = string->Length;
}

/* Handles of files that stay open, so that nobody writes to them, while they are loaded as data. */
struct held {
    struct held *next;
    HMODULE module;
    HANDLE file;
};
static struct held *held;
static CRITICAL_SECTION held_guard = {.LockCount = -1};

enum { AS_FILE = 1, AS_IMAGE = 2, AS_DATA = AS_FILE | AS_IMAGE };

static void *base_of(HMODULE module)
{
    return (void *)((ULONG_PTR)module & ~(ULONG_PTR)AS_DATA);
}

/* Takes the file over if it is to be held, else closes it. */
static void hold(HMODULE module, HANDLE file, bool hold_it)
{
    struct held *record =
        hold_it && module != NULL ? RtlAllocateHeap(peb()->heap, 0, sizeof *record) : NULL;

    if (record == NULL) {
        NtClose(file);
        return;
    }
    *record = (struct held){.module = module, .file = file};
    RtlEnterCriticalSection(&held_guard);
    record->next = held;
    held = record;
    RtlLeaveCriticalSection(&held_guard);
}

static BOOL free_data(HMODULE module)
{
    struct held **at = &held, *record;

    RtlEnterCriticalSection(&held_guard);
    while (*at != NULL && (*at)->module != module)
        at = &(*at)->next;
    record = *at;
    if (record != NULL)
        *at = record->next;
    RtlLeaveCriticalSection(&held_guard);
    if (record != NULL) {
        NtClose(record->file);
        RtlFreeHeap(peb()->heap, 0, record);
    }
    return UnmapViewOfFile(base_of(module));
}

/* A file mapped only to be read is no module: the two lowest bits of its handle say so, and how it is mapped; no code
 * runs. */
static HMODULE load_as_data(const WCHAR *name, DWORD flags)
{
    bool image = (flags & LOAD_LIBRARY_AS_IMAGE_RESOURCE) != 0;
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    HANDLE section;
    void *view = NULL;
    HMODULE module = NULL;

    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    section = CreateFileMappingW(file, NULL, PAGE_READONLY | (image ? SEC_IMAGE : 0), 0, 0, NULL);
    if (section != NULL) {
        view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
        NtClose(section);
    }
    if (view != NULL && RtlImageNtHeader(view) == NULL) {
        UnmapViewOfFile(view);
        error_fail(ERROR_BAD_EXE_FORMAT);
    } else if (view != NULL) {
        module = (HMODULE)((ULONG_PTR)view | (image ? AS_IMAGE : AS_FILE));
    }
    hold(module, file, (flags & LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE) != 0);
    return module;
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
    ULONG how = (flags & DONT_RESOLVE_DLL_REFERENCES) != 0 ? LDR_DONT_RESOLVE : 0;
    UNICODE_STRING string;
    void *base;

    if (name == NULL || *name == 0 || file != NULL)
        return error_null(ERROR_INVALID_PARAMETER);
    if (text_length(name) >= TEXT_NAME)
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    make_string(&string, name);
    if ((flags & (LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE |
                  LOAD_LIBRARY_AS_IMAGE_RESOURCE)) != 0 &&
        !NT_SUCCESS(LdrGetDllHandle(NULL, NULL, &string, &base)))
        return load_as_data(name, flags);
    return error_result(LdrLoadDll(NULL, &how, &string, &base)) ? base : NULL;
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    return LoadLibraryExW(name, NULL, 0);
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    NTSTATUS status;

    if (((ULONG_PTR)module & AS_DATA) != 0)
        return free_data(module);
    status = LdrUnloadDll(module);
    return status == STATUS_DLL_NOT_FOUND ? error_fail(ERROR_MOD_NOT_FOUND) : error_result(status);
}

BOOL WINAPI DisableThreadLibraryCalls(HMODULE module)
{
    return error_result(LdrDisableThreadCalloutsForDll(module));
}

/* --- finding --- */

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
    UNICODE_STRING string;
    void *base;

    if (name == NULL)
        return peb()->image_base;
    if (text_length(name) >= TEXT_NAME)
        return error_null(ERROR_MOD_NOT_FOUND);
    make_string(&string, name);
    return error_result(LdrGetDllHandle(NULL, NULL, &string, &base)) ? base : NULL;
}

BOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE *out)
{
    void *base = NULL;

    if ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0)
        RtlPcToFileHeader((void *)name, &base);
    else
        base = GetModuleHandleW(name);
    *out = base;
    if (base == NULL)
        return error_fail(ERROR_MOD_NOT_FOUND);
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT) == 0) { /* one reference more */
        WCHAR wide[TEXT_NAME];
        const char *own = LdrPagodaModuleName(base);

        return own != NULL && text_widen(wide, TEXT_NAME, own) && LoadLibraryW(wide) != NULL;
    }
    return TRUE;
}

/* A "name" below 64 KB is an ordinal. */
FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
    ANSI_STRING string;
    void *base = module != NULL ? (void *)module : peb()->image_base;
    void *address;
    NTSTATUS status;

    if ((ULONG_PTR)name < 0x10000) {
        status = LdrGetProcedureAddress(base, NULL, (ULONG)name, &address);
    } else {
        string.Buffer = (char *)name;
        string.Length = (USHORT)strlen(name);
        string.MaximumLength = string.Length;
        status = LdrGetProcedureAddress(base, &string, 0, &address);
    }
    if (status == STATUS_ORDINAL_NOT_FOUND)
        status = STATUS_ENTRYPOINT_NOT_FOUND; /* one error for both: 127 */
    return error_result(status) ? (FARPROC)address : NULL;
}

/* --- names --- */

/* "C:\" and the file name.  If it doesn't fit, as much as does, ended by a zero, and error 122. */
DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD size)
{
    const char *name = LdrPagodaModuleName(module != NULL ? (void *)module : peb()->image_base);
    WCHAR path[TEXT_NAME] = L"C:\\";
    DWORD length;

    if (name == NULL || !text_widen(path + 3, TEXT_NAME - 3, name))
        return (DWORD)error_fail(ERROR_MOD_NOT_FOUND);
    length = (DWORD)text_length(path);
    if (length < size) {
        memcpy(buffer, path, (length + 1) * sizeof *buffer);
        RtlSetLastWin32Error(ERROR_SUCCESS);
        return length;
    }
    if (size != 0) {
        memcpy(buffer, path, (size - 1) * sizeof *buffer);
        buffer[size - 1] = 0;
    }
    RtlSetLastWin32Error(ERROR_INSUFFICIENT_BUFFER);
    return size;
}
