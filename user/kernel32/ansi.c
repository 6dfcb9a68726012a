/* ansi.c - the functions whose names end in A: the same as those in W, for texts in the ANSI code page.
 *
 * Each widens what it is given and narrows what it gives back.  A text that doesn't fit is refused
 * before anything is done.  (The environment, command lines and error texts are kept as bytes, so there
 * it is the W function that converts; they are in the files of their subjects.)
 */
#include "user/kernel32/kernel32.h"

/* Makes WCHAR *wide of the caller's narrow text; 0 stays 0.  One that is too long ends the function
 * with `refusal`. */
#define WIDEN(wide, narrow, refusal)                                                               \
    WCHAR wide##_text[TEXT_NAME];                                                                  \
    WCHAR *wide = (narrow) == NULL ? NULL : wide##_text;                                           \
    if (wide != NULL && !text_widen(wide, TEXT_NAME, narrow))                                      \
    return refusal

/* For functions that return a text's length, or the size it needs: `length` is what the W function
 * returned for TEXT_NAME characters. */
static DWORD give(LPSTR buffer, DWORD size, const WCHAR *wide, DWORD length)
{
    if (length == 0 || length >= size)
        return length == 0 ? 0 : length + 1;
    text_narrow(buffer, size, wide);
    return length;
}

/* --- files --- */

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    WIDEN(wide, name, error_invalid(ERROR_PATH_NOT_FOUND));
    return CreateFileW(wide, access, share, security, disposition, flags, template_file);
}

BOOL WINAPI DeleteFileA(LPCSTR name)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND));
    return DeleteFileW(wide);
}

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags)
{
    WIDEN(wide_from, from, error_fail(ERROR_PATH_NOT_FOUND));
    WIDEN(wide_to, to, error_fail(ERROR_PATH_NOT_FOUND));
    return MoveFileExW(wide_from, wide_to, flags);
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    return MoveFileExA(from, to, 0);
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists)
{
    WIDEN(wide_from, from, error_fail(ERROR_PATH_NOT_FOUND));
    WIDEN(wide_to, to, error_fail(ERROR_PATH_NOT_FOUND));
    return CopyFileW(wide_from, wide_to, fail_if_exists);
}

DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND) ? 0 : INVALID_FILE_ATTRIBUTES);
    return GetFileAttributesW(wide);
}

BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID out)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND));
    return GetFileAttributesExW(wide, level, out);
}

BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND));
    return SetFileAttributesW(wide, attributes);
}

static void narrow_found(WIN32_FIND_DATAA *to, const WIN32_FIND_DATAW *from)
{
    memset(to, 0, sizeof *to);
    memcpy(to, from, offsetof(WIN32_FIND_DATAA, cFileName)); /* alike up to there */
    text_narrow(to->cFileName, sizeof to->cFileName, from->cFileName);
}

HANDLE WINAPI FindFirstFileA(LPCSTR path, LPWIN32_FIND_DATAA found)
{
    WIN32_FIND_DATAW wide_found;
    HANDLE handle;

    WIDEN(wide, path, error_invalid(ERROR_PATH_NOT_FOUND));
    handle = FindFirstFileW(wide, &wide_found);
    if (handle != INVALID_HANDLE_VALUE)
        narrow_found(found, &wide_found);
    return handle;
}

BOOL WINAPI FindNextFileA(HANDLE handle, LPWIN32_FIND_DATAA found)
{
    WIN32_FIND_DATAW wide_found;

    if (!FindNextFileW(handle, &wide_found))
        return FALSE;
    narrow_found(found, &wide_found);
    return TRUE;
}

DWORD WINAPI GetLongPathNameA(LPCSTR name, LPSTR out, DWORD size)
{
    WCHAR full[TEXT_NAME];

    WIDEN(wide, name, (DWORD)error_fail(ERROR_PATH_NOT_FOUND));
    return give(out, size, full, GetLongPathNameW(wide, full, TEXT_NAME));
}

HANDLE WINAPI FindFirstFileExA(LPCSTR path, FINDEX_INFO_LEVELS level, LPVOID found,
                               FINDEX_SEARCH_OPS search, LPVOID filter, DWORD flags)
{
    (void)flags;
    if (level > FindExInfoBasic || search > FindExSearchLimitToDirectories || filter != NULL)
        return error_invalid(ERROR_INVALID_PARAMETER);
    return FindFirstFileA(path, found);
}

DWORD WINAPI SearchPathA(LPCSTR path, LPCSTR name, LPCSTR extension, DWORD size, LPSTR out,
                         LPSTR *part)
{
    WCHAR full[TEXT_NAME];
    LPWSTR wide_part = NULL;
    DWORD length;

    WIDEN(wide_path, path, (DWORD)error_fail(ERROR_FILENAME_EXCED_RANGE));
    WIDEN(wide, name, (DWORD)error_fail(ERROR_FILENAME_EXCED_RANGE));
    WIDEN(wide_extension, extension, (DWORD)error_fail(ERROR_FILENAME_EXCED_RANGE));
    length = give(out, size, full,
                  SearchPathW(wide_path, wide, wide_extension, TEXT_NAME, full, &wide_part));
    if (part != NULL)
        *part = length < size && wide_part != NULL ? out + (wide_part - full) : NULL;
    return length;
}

/* --- directories and volumes --- */

DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD size, LPSTR buffer, LPSTR *file_part)
{
    WCHAR full[TEXT_NAME];
    LPWSTR part = NULL;
    DWORD length;

    WIDEN(wide, name, (DWORD)error_fail(ERROR_INVALID_NAME));
    length = give(buffer, size, full, GetFullPathNameW(wide, TEXT_NAME, full, &part));
    if (file_part != NULL)
        *file_part = length < size && part != NULL ? buffer + (part - full) : NULL;
    return length;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR buffer)
{
    WCHAR wide[TEXT_NAME];

    return give(buffer, size, wide, GetCurrentDirectoryW(TEXT_NAME, wide));
}

BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND));
    return CreateDirectoryW(wide, security);
}

BOOL WINAPI RemoveDirectoryA(LPCSTR name)
{
    WIDEN(wide, name, error_fail(ERROR_PATH_NOT_FOUND));
    return RemoveDirectoryW(wide);
}

BOOL WINAPI SetCurrentDirectoryA(LPCSTR path)
{
    WIDEN(wide, path, error_fail(ERROR_PATH_NOT_FOUND));
    return SetCurrentDirectoryW(wide);
}

UINT WINAPI GetSystemDirectoryA(LPSTR buffer, UINT size)
{
    WCHAR wide[TEXT_NAME];

    return give(buffer, size, wide, GetSystemDirectoryW(wide, TEXT_NAME));
}

UINT WINAPI GetTempFileNameA(LPCSTR directory, LPCSTR prefix, UINT number, LPSTR out)
{
    WCHAR name[TEXT_NAME];
    UINT result;

    WIDEN(wide, directory, (UINT)error_fail(ERROR_DIRECTORY));
    WIDEN(wide_prefix, prefix, (UINT)error_fail(ERROR_INVALID_PARAMETER));
    result = GetTempFileNameW(wide, wide_prefix, number, name);
    if (result != 0)
        text_narrow(out, MAX_PATH, name);
    return result;
}

UINT WINAPI GetDriveTypeA(LPCSTR root)
{
    WIDEN(wide, root, DRIVE_NO_ROOT_DIR);
    return GetDriveTypeW(wide);
}

BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR path, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free_bytes)
{
    WIDEN(wide, path, error_fail(ERROR_PATH_NOT_FOUND));
    return GetDiskFreeSpaceExW(wide, available, total, free_bytes);
}

BOOL WINAPI GetDiskFreeSpaceA(LPCSTR path, LPDWORD sectors, LPDWORD bytes, LPDWORD free_clusters,
                              LPDWORD clusters)
{
    WIDEN(wide, path, error_fail(ERROR_PATH_NOT_FOUND));
    return GetDiskFreeSpaceW(wide, sectors, bytes, free_clusters, clusters);
}

/* --- named objects --- */

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL state, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return CreateEventW(security, manual, state, wide);
}

HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return OpenEventW(access, inherit, wide);
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return CreateMutexW(security, owned, wide);
}

HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return OpenMutexW(access, inherit, wide);
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
                               LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return CreateSemaphoreW(security, count, maximum, wide);
}

HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return OpenSemaphoreW(access, inherit, wide);
}

HANDLE WINAPI CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                 DWORD high, DWORD low, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_FILENAME_EXCED_RANGE));
    return CreateFileMappingW(file, security, protect, high, low, wide);
}

HANDLE WINAPI OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_INVALID_PARAMETER));
    return OpenFileMappingW(access, inherit, wide);
}

/* --- modules --- */

HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags)
{
    WIDEN(wide, name, error_null(ERROR_INVALID_PARAMETER));
    return LoadLibraryExW(wide, file, flags);
}

HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
    return LoadLibraryExA(name, NULL, 0);
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
    WIDEN(wide, name, error_null(ERROR_MOD_NOT_FOUND));
    return GetModuleHandleW(wide);
}

BOOL WINAPI GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE *out)
{
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0)
        return GetModuleHandleExW(flags, (LPCWSTR)name, out);
    WIDEN(wide, name, error_fail(ERROR_MOD_NOT_FOUND));
    return GetModuleHandleExW(flags, wide, out);
}

/* Cut like the wide text when it doesn't fit, with the same last error. */
DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR buffer, DWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD length = GetModuleFileNameW(module, wide, size < TEXT_NAME ? size : TEXT_NAME);

    if (length != 0)
        text_narrow(buffer, size, wide);
    return length;
}

/* --- texts --- */

int WINAPI CompareStringA(LCID locale, DWORD flags, PCNZCH a, int a_length, PCNZCH b, int b_length)
{
    WCHAR wide_a[TEXT_NAME], wide_b[TEXT_NAME];

    a_length = MultiByteToWideChar(CP_ACP, 0, a, a_length, wide_a, TEXT_NAME);
    b_length = MultiByteToWideChar(CP_ACP, 0, b, b_length, wide_b, TEXT_NAME);
    if (a_length == 0 || b_length == 0)
        return 0;
    return CompareStringW(locale, flags, wide_a, a_length, wide_b, b_length);
}

int WINAPI GetLocaleInfoA(LCID locale, LCTYPE type, LPSTR out, int room)
{
    WCHAR wide[TEXT_NAME];
    int length = GetLocaleInfoW(locale, type, wide, TEXT_NAME);

    if (length == 0 || room == 0)
        return length;
    if (room < length)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    text_narrow(out, (size_t)room, wide);
    return length;
}

/* --- the machine --- */

BOOL WINAPI GetComputerNameA(LPSTR buffer, LPDWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD room = *size < TEXT_NAME ? *size : TEXT_NAME;
    BOOL fits = GetComputerNameW(wide, &room);

    if (fits)
        text_narrow(buffer, *size, wide);
    *size = room;
    return fits;
}

BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT kind, LPSTR buffer, LPDWORD size)
{
    WCHAR wide[TEXT_NAME];
    DWORD room = *size < TEXT_NAME ? *size : TEXT_NAME;
    BOOL fits = GetComputerNameExW(kind, wide, &room);

    if (fits)
        text_narrow(buffer, *size, wide);
    *size = room;
    return fits;
}

/* The two records differ in the service pack's text, which is empty. */
BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA info)
{
    OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof(OSVERSIONINFOEXW)};
    OSVERSIONINFOEXA *extended = (OSVERSIONINFOEXA *)info;
    DWORD size = info->dwOSVersionInfoSize;

    if (size != sizeof *info && size != sizeof *extended)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    GetVersionExW((LPOSVERSIONINFOW)&wide);
    memset(info, 0, size);
    memcpy(info, &wide, offsetof(OSVERSIONINFOA, szCSDVersion));
    info->dwOSVersionInfoSize = size;
    if (size == sizeof *extended)
        extended->wProductType = wide.wProductType;
    return TRUE;
}

BOOL WINAPI SetConsoleTitleA(LPCSTR title)
{
    WIDEN(wide, title, TRUE); /* what is too long is cut, and nobody sees it */
    return SetConsoleTitleW(wide);
}
