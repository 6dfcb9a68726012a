/* directory.c - files by name: delete, move, copy, attributes; directories, and what lies in them. */
#include "user/kernel32/kernel32.h"

/* --- names --- */

/* The last part of a path. */
static const WCHAR *plain(const WCHAR *path)
{
    const WCHAR *start = path;

    for (; *path != 0; path++)
        if (*path == '\\' || *path == '/' || *path == ':')
            start = path + 1;
    return start;
}

/* --- delete, move, copy --- */

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    struct object_name object;
    WCHAR full[TEXT_NAME];

    if (name == NULL || *name == 0 || !path_full(name, full) ||
        !object_name(&object, full, NULL, OBJ_CASE_INSENSITIVE))
        return error_fail(ERROR_PATH_NOT_FOUND);
    return error_result(NtDeleteFile(&object.attributes));
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    struct {
        FILE_RENAME_INFORMATION head; /* ends with the first character of the name */
        WCHAR rest[TEXT_NAME];
    } rename = {.head = {.ReplaceIfExists = (flags & MOVEFILE_REPLACE_EXISTING) != 0}};
    WCHAR name[TEXT_NAME];
    size_t bytes =
        to == NULL || *to == 0 || !path_full(to, name) ? 0 : text_length(name) * sizeof *name;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (from == NULL || bytes == 0 || bytes > sizeof rename.rest)
        return error_fail(ERROR_PATH_NOT_FOUND);
    status = file_open(from, DELETE, 0, &file);
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

/* A file of the disc has those that it has; asking for these is fine. */
BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes)
{
    const DWORD settable = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                           FILE_ATTRIBUTE_ARCHIVE;
    FILE_BASIC_INFORMATION facts = {.FileAttributes = attributes & settable};
    DWORD own = GetFileAttributesW(name);
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (own == INVALID_FILE_ATTRIBUTES)
        return FALSE;
    if (((attributes ^ own) & settable & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE) == 0)
        return TRUE;
    if (facts.FileAttributes == 0)
        facts.FileAttributes = FILE_ATTRIBUTE_NORMAL; /* 0 would leave them */
    status = file_open(name, FILE_WRITE_ATTRIBUTES, 0, &file);
    if (!NT_SUCCESS(status))
        return error_set(status);
    status = NtSetInformationFile(file, &io, &facts, sizeof facts, FileBasicInformation);
    NtClose(file);
    return error_result(status);
}

/* --- directories --- */

BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    HANDLE directory;
    NTSTATUS status;

    if (name == NULL || *name == 0)
        return error_fail(ERROR_PATH_NOT_FOUND);
    status = file_make_directory(name, security, &directory);
    if (!NT_SUCCESS(status))
        return error_set(status);
    NtClose(directory);
    return TRUE;
}

BOOL WINAPI CreateDirectoryExW(LPCWSTR model, LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    return GetFileAttributesW(model) != INVALID_FILE_ATTRIBUTES && CreateDirectoryW(name, security);
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
    FILE_DISPOSITION_INFORMATION disposition = {.DoDeleteFile = TRUE};
    IO_STATUS_BLOCK io;
    HANDLE directory;
    NTSTATUS status;

    if (name == NULL || *name == 0)
        return error_fail(ERROR_PATH_NOT_FOUND);
    status = file_open(name, DELETE, FILE_DIRECTORY_FILE, &directory);
    if (!NT_SUCCESS(status))
        return error_set(status);
    status = NtSetInformationFile(directory, &io, &disposition, sizeof disposition,
                                  FileDispositionInformation);
    NtClose(directory);
    return error_result(status);
}

BOOL WINAPI SetCurrentDirectoryW(LPCWSTR path)
{
    WCHAR full[TEXT_NAME] = L"";
    DWORD attributes;

    if (path == NULL || *path == 0 || !path_full(path, full))
        return error_fail(ERROR_FILE_NOT_FOUND);
    attributes = GetFileAttributesW(full);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return FALSE;
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
        return error_fail(ERROR_DIRECTORY);
    path_set_current(full);
    return TRUE;
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
    WCHAR folder[TEXT_NAME] = L".";
    UNICODE_STRING pattern;
    struct search *search;
    HANDLE directory;
    NTSTATUS status;

    if (path == NULL || *plain(path) == 0 || text_length(path) >= TEXT_NAME)
        return error_invalid(ERROR_FILE_NOT_FOUND);
    pattern.Buffer = (WCHAR *)plain(path);
    pattern.Length = (USHORT)(text_length(pattern.Buffer) * sizeof(WCHAR));
    pattern.MaximumLength = pattern.Length;
    if (pattern.Buffer != path) {
        memcpy(folder, path, (size_t)((const char *)pattern.Buffer - (const char *)path));
        folder[pattern.Buffer - path] = 0;
    }
    status = file_open(folder, FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE, &directory);
    if (!NT_SUCCESS(status)) {
        error_set(status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_OBJECT_PATH_NOT_FOUND : status);
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

/* --- names that are free --- */

/* The directory, three letters of the caller's, four hexadecimal digits, .TMP.  With number 0 the first name that
 * is free is taken and the file made. */
UINT WINAPI GetTempFileNameW(LPCWSTR directory, LPCWSTR prefix, UINT number, LPWSTR out)
{
    static const WCHAR digits[] = L"0123456789abcdef";
    UINT try = number != 0 ? number & 0xFFFF : GetTickCount() & 0xFFFF;
    size_t start;

    if (directory == NULL || text_length(directory) > TEXT_NAME - 14)
        return (UINT)error_fail(ERROR_BUFFER_OVERFLOW);
    if (GetFileAttributesW(directory) == INVALID_FILE_ATTRIBUTES)
        return (UINT)error_fail(ERROR_DIRECTORY);
    path_full(directory, out);
    start = text_length(out);
    if (out[start - 1] != '\\')
        out[start++] = '\\';
    for (UINT tries = 0; tries < 0xFFFF; tries++, try = (try % 0xFFFF) + 1) {
        WCHAR *at = out + start;
        HANDLE file;

        for (int i = 0; i < 3 && prefix != NULL && prefix[i] != 0; i++)
            *at++ = prefix[i];
        for (int shift = 12; shift >= 0; shift -= 4)
            *at++ = digits[try >> shift & 15];
        memcpy(at, L".TMP", 5 * sizeof *out);
        if (number != 0)
            return try;
        file = CreateFileW(out, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        if (file != INVALID_HANDLE_VALUE) {
            NtClose(file);
            return try;
        }
        if (RtlGetLastWin32Error() != ERROR_FILE_EXISTS)
            return 0;
    }
    return 0;
}

/* "C:\", "C:" or any directory, which lies there. */
UINT WINAPI GetDriveTypeW(LPCWSTR root)
{
    DWORD attributes = root == NULL ? FILE_ATTRIBUTE_DIRECTORY : GetFileAttributesW(root);

    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0
               ? DRIVE_FIXED
               : DRIVE_NO_ROOT_DIR;
}

DWORD WINAPI GetLogicalDrives(void)
{
    return 1u << ('C' - 'A');
}
