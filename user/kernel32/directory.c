/* directory.c - files by name: delete, move, copy, attributes, and the listing of the directory. */
#include "user/kernel32/kernel32.h"

/* --- names --- */

static bool widen(WCHAR wide[TEXT_NAME], const char *name)
{
    if (name == NULL || !text_widen(wide, TEXT_NAME, name))
        return error_fail(ERROR_PATH_NOT_FOUND);
    return true;
}

/* The last part of a path. */
static const WCHAR *plain(const WCHAR *path)
{
    const WCHAR *start = path;

    for (; *path != 0; path++)
        if (*path == '\\' || *path == '/' || *path == ':')
            start = path + 1;
    return start;
}

/* Does the path say the directory itself: "C:\", ".", "\"? */
static bool is_directory(const WCHAR *path)
{
    const WCHAR *last = plain(path);

    return *path != 0 && (*last == 0 || (last[0] == '.' && last[1] == 0));
}

/* --- delete, move, copy --- */

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    struct object_name object;

    if (name == NULL || *name == 0 || !object_name(&object, name, NULL, OBJ_CASE_INSENSITIVE))
        return error_fail(ERROR_PATH_NOT_FOUND);
    return error_result(NtDeleteFile(&object.attributes));
}

BOOL WINAPI DeleteFileA(LPCSTR name)
{
    WCHAR wide[TEXT_NAME];

    return widen(wide, name) && DeleteFileW(wide);
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    struct {
        FILE_RENAME_INFORMATION head; /* ends with the first character of the name */
        WCHAR rest[TEXT_NAME];
    } rename = {.head = {.ReplaceIfExists = (flags & MOVEFILE_REPLACE_EXISTING) != 0}};
    const WCHAR *name = to == NULL ? L"" : plain(to);
    size_t bytes = text_length(name) * sizeof *name;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (from == NULL || bytes == 0 || bytes > sizeof rename.rest)
        return error_fail(ERROR_PATH_NOT_FOUND);
    status = file_open(from, DELETE, FILE_NON_DIRECTORY_FILE, &file);
    if (!NT_SUCCESS(status))
        return error_set(status);
    rename.head.FileNameLength = (ULONG)bytes;
    memcpy(rename.head.FileName, name, bytes);
    status = NtSetInformationFile(file, &io, &rename,
                                  (ULONG)(offsetof(FILE_RENAME_INFORMATION, FileName) + bytes),
                                  FileRenameInformation);
    NtClose(file);
    return error_result(status);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    return MoveFileExW(from, to, 0);
}

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags)
{
    WCHAR wide_from[TEXT_NAME], wide_to[TEXT_NAME];

    return widen(wide_from, from) && widen(wide_to, to) && MoveFileExW(wide_from, wide_to, flags);
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    return MoveFileExA(from, to, 0);
}

static BOOL copy_bytes(HANDLE from, HANDLE to)
{
    static const DWORD chunk = 0x10000;
    char *buffer = RtlAllocateHeap(peb()->heap, 0, chunk);
    DWORD got = 1, put;
    BOOL good = buffer != NULL;

    while (good && got != 0) {
        good = ReadFile(from, buffer, chunk, &got, NULL) &&
               (got == 0 || WriteFile(to, buffer, got, &put, NULL));
    }
    text_free(buffer);
    return good;
}

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fail_if_exists)
{
    HANDLE source = CreateFileW(from, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE target;
    BOOL good;

    if (source == INVALID_HANDLE_VALUE)
        return FALSE;
    target = CreateFileW(to, GENERIC_WRITE | DELETE, 0, NULL,
                         fail_if_exists ? CREATE_NEW : CREATE_ALWAYS, 0, NULL);
    if (target == INVALID_HANDLE_VALUE) {
        DWORD error = RtlGetLastWin32Error();

        NtClose(source);
        return error_fail(error);
    }
    good = copy_bytes(source, target);
    if (!good) { /* half a copy is none */
        DWORD error = RtlGetLastWin32Error();
        FILE_DISPOSITION_INFORMATION disposition = {.DoDeleteFile = TRUE};
        IO_STATUS_BLOCK io;

        NtSetInformationFile(target, &io, &disposition, sizeof disposition,
                             FileDispositionInformation);
        RtlSetLastWin32Error(error);
    }
    NtClose(source);
    NtClose(target);
    return good;
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists)
{
    WCHAR wide_from[TEXT_NAME], wide_to[TEXT_NAME];

    return widen(wide_from, from) && widen(wide_to, to) &&
           CopyFileW(wide_from, wide_to, fail_if_exists);
}

/* --- attributes --- */

static BOOL query_name(const WCHAR *name, FILE_NETWORK_OPEN_INFORMATION *facts)
{
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (name == NULL || *name == 0)
        return error_fail(ERROR_PATH_NOT_FOUND);
    status = file_open(name, FILE_READ_ATTRIBUTES, 0, &file);
    if (!NT_SUCCESS(status))
        return error_set(status);
    status = NtQueryInformationFile(file, &io, facts, sizeof *facts, FileNetworkOpenInformation);
    NtClose(file);
    return error_result(status);
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    FILE_NETWORK_OPEN_INFORMATION facts;

    return query_name(name, &facts) ? facts.FileAttributes : INVALID_FILE_ATTRIBUTES;
}

DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
    WCHAR wide[TEXT_NAME];

    return widen(wide, name) ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
}

BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID out)
{
    FILE_NETWORK_OPEN_INFORMATION facts;

    if (level != GetFileExInfoStandard || out == NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!query_name(name, &facts))
        return FALSE;
    *(WIN32_FILE_ATTRIBUTE_DATA *)out = (WIN32_FILE_ATTRIBUTE_DATA){
        .dwFileAttributes = facts.FileAttributes,
        .ftCreationTime = time_file(facts.CreationTime),
        .ftLastAccessTime = time_file(facts.LastAccessTime),
        .ftLastWriteTime = time_file(facts.LastWriteTime),
        .nFileSizeHigh = (DWORD)facts.EndOfFile.HighPart,
        .nFileSizeLow = facts.EndOfFile.LowPart,
    };
    return TRUE;
}

BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID out)
{
    WCHAR wide[TEXT_NAME];

    return widen(wide, name) && GetFileAttributesExW(wide, level, out);
}

/* Files here have no attributes that could change; asking for those they have is fine. */
BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes)
{
    DWORD own = GetFileAttributesW(name);
    DWORD wanted = attributes & ~(DWORD)(FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_ARCHIVE);

    if (own == INVALID_FILE_ATTRIBUTES)
        return FALSE;
    if (wanted != (own & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE))
        return error_fail(ERROR_ACCESS_DENIED);
    return TRUE;
}

BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes)
{
    WCHAR wide[TEXT_NAME];

    return widen(wide, name) && SetFileAttributesW(wide, attributes);
}

/* --- listing --- */

/* A search handle is the address of one of these. */
struct search {
    HANDLE directory;
};

/* One entry and its name. */
struct entry {
    FILE_BOTH_DIR_INFORMATION facts;
    WCHAR rest[TEXT_NAME];
};

static void fill_found(WIN32_FIND_DATAW *found, const struct entry *entry)
{
    size_t bytes = entry->facts.FileNameLength;

    memset(found, 0, sizeof *found);
    found->dwFileAttributes = entry->facts.FileAttributes;
    found->ftCreationTime = time_file(entry->facts.CreationTime);
    found->ftLastAccessTime = time_file(entry->facts.LastAccessTime);
    found->ftLastWriteTime = time_file(entry->facts.LastWriteTime);
    found->nFileSizeHigh = (DWORD)entry->facts.EndOfFile.HighPart;
    found->nFileSizeLow = entry->facts.EndOfFile.LowPart;
    if (bytes < sizeof found->cFileName)
        memcpy(found->cFileName, entry->facts.FileName, bytes);
}

static BOOL find_next(HANDLE directory, const UNICODE_STRING *pattern, WIN32_FIND_DATAW *found)
{
    struct entry entry;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryDirectoryFile(directory, NULL, NULL, NULL, &io, &entry, sizeof entry,
                                           FileBothDirectoryInformation, TRUE, pattern, FALSE);

    if (status != STATUS_SUCCESS) /* the end is a warning */
        return error_set(status);
    fill_found(found, &entry);
    return TRUE;
}

HANDLE WINAPI FindFirstFileW(LPCWSTR path, LPWIN32_FIND_DATAW found)
{
    UNICODE_STRING pattern;
    struct search *search;
    HANDLE directory;
    NTSTATUS status;

    if (path == NULL || *plain(path) == 0 || text_length(path) >= TEXT_NAME)
        return error_invalid(ERROR_FILE_NOT_FOUND);
    pattern.Buffer = (WCHAR *)plain(path);
    pattern.Length = (USHORT)(text_length(pattern.Buffer) * sizeof(WCHAR));
    pattern.MaximumLength = pattern.Length;
    status = file_open(L"C:\\", FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE, &directory);
    if (!NT_SUCCESS(status)) {
        error_set(status);
        return INVALID_HANDLE_VALUE;
    }
    search = RtlAllocateHeap(peb()->heap, 0, sizeof *search);
    if (search == NULL || !find_next(directory, &pattern, found)) {
        DWORD error = RtlGetLastWin32Error();

        NtClose(directory);
        text_free(search);
        error_fail(error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error);
        return INVALID_HANDLE_VALUE;
    }
    search->directory = directory;
    return search;
}

BOOL WINAPI FindNextFileW(HANDLE handle, LPWIN32_FIND_DATAW found)
{
    struct search *search = handle;

    if (handle == INVALID_HANDLE_VALUE || handle == NULL)
        return error_fail(ERROR_INVALID_HANDLE);
    return find_next(search->directory, NULL, found);
}

static void narrow_found(WIN32_FIND_DATAA *to, const WIN32_FIND_DATAW *from)
{
    memset(to, 0, sizeof *to);
    memcpy(to, from, offsetof(WIN32_FIND_DATAA, cFileName)); /* alike up to there */
    text_narrow(to->cFileName, sizeof to->cFileName, from->cFileName);
}

HANDLE WINAPI FindFirstFileA(LPCSTR path, LPWIN32_FIND_DATAA found)
{
    WCHAR wide[TEXT_NAME];
    WIN32_FIND_DATAW wide_found;
    HANDLE handle;

    if (!widen(wide, path))
        return INVALID_HANDLE_VALUE;
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

BOOL WINAPI FindClose(HANDLE handle)
{
    struct search *search = handle;
    HANDLE directory;

    if (handle == INVALID_HANDLE_VALUE || !RtlValidateHeap(peb()->heap, 0, handle))
        return error_fail(ERROR_INVALID_HANDLE);
    directory = search->directory;
    text_free(search);
    return error_result(NtClose(directory));
}

/* --- paths: every name is one of C:\ --- */

/* "C:\" and the plain name; the directory itself has no name. */
static bool full_path(char out[TEXT_NAME], const char *name)
{
    WCHAR wide[TEXT_NAME];
    const char *prefix = "C:\\";

    if (!widen(wide, name))
        return false;
    memcpy(out, prefix, 4);
    return is_directory(wide) || text_narrow(out + 3, TEXT_NAME - 3, plain(wide));
}

DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD size, LPSTR buffer, LPSTR *file_part)
{
    char path[TEXT_NAME];
    DWORD length;

    if (name == NULL || *name == 0 || !full_path(path, name))
        return (DWORD)error_fail(ERROR_INVALID_NAME);
    length = text_give(buffer, size, path);
    if (file_part != NULL)
        *file_part = length < size && path[3] != 0 ? buffer + 3 : NULL;
    return length;
}

DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR buffer, LPWSTR *file_part)
{
    char narrow[TEXT_NAME], path[TEXT_NAME];
    DWORD length;

    if (name == NULL || *name == 0 || !text_narrow(narrow, TEXT_NAME, name) ||
        !full_path(path, narrow))
        return (DWORD)error_fail(ERROR_INVALID_NAME);
    length = text_give_wide(buffer, size, path);
    if (file_part != NULL)
        *file_part = length < size && path[3] != 0 ? buffer + 3 : NULL;
    return length;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR buffer)
{
    return text_give(buffer, size, "C:\\");
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR buffer)
{
    return text_give_wide(buffer, size, "C:\\");
}

BOOL WINAPI SetCurrentDirectoryW(LPCWSTR path)
{
    return path != NULL && is_directory(path) ? TRUE : error_fail(ERROR_FILE_NOT_FOUND);
}

BOOL WINAPI SetCurrentDirectoryA(LPCSTR path)
{
    WCHAR wide[TEXT_NAME];

    return widen(wide, path) && SetCurrentDirectoryW(wide);
}

/* C:\, three letters of the caller's, four hexadecimal digits, .TMP.  With number 0 the first name
 * that is free is taken and the file made. */
UINT WINAPI GetTempFileNameA(LPCSTR directory, LPCSTR prefix, UINT number, LPSTR out)
{
    static const char digits[] = "0123456789abcdef";
    UINT try = number != 0 ? number & 0xFFFF : GetTickCount() & 0xFFFF;

    (void)directory;
    for (UINT tries = 0; tries < 0xFFFF; tries++, try = (try % 0xFFFF) + 1) {
        char *at = out + 3;
        HANDLE file;

        memcpy(out, "C:\\", 3);
        for (int i = 0; i < 3 && prefix != NULL && prefix[i] != 0; i++)
            *at++ = prefix[i];
        for (int shift = 12; shift >= 0; shift -= 4)
            *at++ = digits[try >> shift & 15];
        memcpy(at, ".TMP", 5);
        if (number != 0)
            return try;
        file = CreateFileA(out, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        if (file != INVALID_HANDLE_VALUE) {
            NtClose(file);
            return try;
        }
        if (RtlGetLastWin32Error() != ERROR_FILE_EXISTS)
            return 0;
    }
    return 0;
}

UINT WINAPI GetTempFileNameW(LPCWSTR directory, LPCWSTR prefix, UINT number, LPWSTR out)
{
    char narrow[4] = "", name[TEXT_NAME];
    UINT result;

    (void)directory;
    for (int i = 0; i < 3 && prefix != NULL && prefix[i] != 0; i++) {
        narrow[i] = (char)prefix[i];
        narrow[i + 1] = 0;
    }
    result = GetTempFileNameA(".", narrow, number, name);
    if (result != 0)
        text_widen(out, MAX_PATH, name);
    return result;
}

UINT WINAPI GetDriveTypeA(LPCSTR root)
{
    char path[TEXT_NAME];

    return root == NULL || (full_path(path, root) && path[3] == 0) ? DRIVE_FIXED
                                                                   : DRIVE_NO_ROOT_DIR;
}

UINT WINAPI GetDriveTypeW(LPCWSTR root)
{
    return root == NULL || is_directory(root) ? DRIVE_FIXED : DRIVE_NO_ROOT_DIR;
}

DWORD WINAPI GetLogicalDrives(void)
{
    return 1u << ('C' - 'A');
}
