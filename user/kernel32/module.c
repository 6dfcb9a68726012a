/* module.c - DLLs by handle: loading, finding functions, names. */
#include "user/kernel32/kernel32.h"

/* --- loading --- */

static void make_string(UNICODE_STRING *string, const WCHAR *text)
{
    string->Buffer = (WCHAR *)text;
    string->Length = (USHORT)(text_length(text) * sizeof *text);
    string->MaximumLength = string->Length;
}

/* A module mapped only to be read is no module: its handle has bit 0 set, and no code runs. */
static HMODULE load_as_data(const WCHAR *name)
{
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    HANDLE section;
    void *view = NULL;

    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    section = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
    NtClose(file);
    if (section != NULL) {
        view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
        NtClose(section);
    }
    return view == NULL ? NULL : (HMODULE)((ULONG_PTR)view | 1);
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
    UNICODE_STRING string;
    void *base;

    if (name == NULL || *name == 0 || file != NULL || (flags & DONT_RESOLVE_DLL_REFERENCES) != 0)
        return error_null(ERROR_INVALID_PARAMETER);
    if (text_length(name) >= TEXT_NAME)
        return error_null(ERROR_FILENAME_EXCED_RANGE);
    if ((flags & (LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE)) != 0)
        return load_as_data(name);
    make_string(&string, name);
    return error_result(LdrLoadDll(NULL, NULL, &string, &base)) ? base : NULL;
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    return LoadLibraryExW(name, NULL, 0);
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    NTSTATUS status;

    if (((ULONG_PTR)module & 1) != 0)
        return UnmapViewOfFile((void *)((ULONG_PTR)module & ~1ul));
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
