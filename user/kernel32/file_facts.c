/* file_facts.c - facts about files in the newer forms: by class, final names, long and short names. */
#include "user/kernel32/kernel32.h"

/* --- by class --- */

/* Facts whose record is the service's own. */
static BOOL query(HANDLE file, FILE_INFORMATION_CLASS class, void *out, DWORD size)
{
    IO_STATUS_BLOCK io;

    return error_result(NtQueryInformationFile(file, &io, out, size, class));
}

/* The service's record, of which the last part has another form. */
static BOOL attribute_tag(HANDLE file, FILE_ATTRIBUTE_TAG_INFO *out, DWORD size)
{
    FILE_BASIC_INFORMATION facts;

    if (size < sizeof *out)
        return error_fail(ERROR_BAD_LENGTH);
    if (!query(file, FileBasicInformation, &facts, sizeof facts))
        return FALSE;
    *out = (FILE_ATTRIBUTE_TAG_INFO){.FileAttributes = facts.FileAttributes};
    return TRUE;
}

/* The volume's number and the file's on it. */
struct file_id_info {
    ULONGLONG volume;
    ULONGLONG id[2];
};

static BOOL identity(HANDLE file, struct file_id_info *out, DWORD size)
{
    FILE_INTERNAL_INFORMATION facts;

    if (size < sizeof *out)
        return error_fail(ERROR_BAD_LENGTH);
    if (!query(file, FileInternalInformation, &facts, sizeof facts))
        return FALSE;
    *out =
        (struct file_id_info){.volume = 0x50616730, .id = {(ULONGLONG)facts.IndexNumber.QuadPart}};
    return TRUE;
}

/* The next entries of a directory, as many as fit. */
static BOOL list(HANDLE directory, void *out, DWORD size, bool restart)
{
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryDirectoryFile(directory, NULL, NULL, NULL, &io, out, size,
                                           FileFullDirectoryInformation, FALSE, NULL, restart);

    return status == STATUS_SUCCESS ? TRUE : error_set(status); /* the end is a warning */
}

BOOL WINAPI GetFileInformationByHandleEx(HANDLE file, FILE_INFO_BY_HANDLE_CLASS class, LPVOID out,
                                         DWORD size)
{
    enum { FULL_LIST = 14, FULL_LIST_RESTART = 15, ID_INFO = 18 };

    switch ((int)class) {
    case FileBasicInfo:
        return query(file, FileBasicInformation, out, size);
    case FileStandardInfo:
        return query(file, FileStandardInformation, out, size);
    case FileNameInfo:
        return query(file, FileNameInformation, out, size);
    case FileAttributeTagInfo:
        return attribute_tag(file, out, size);
    case FULL_LIST:
    case FULL_LIST_RESTART:
        return list(file, out, size, (int)class == FULL_LIST_RESTART);
    case ID_INFO:
        return identity(file, out, size);
    default:
        return error_fail(ERROR_INVALID_PARAMETER);
    }
}

BOOL WINAPI SetFileInformationByHandle(HANDLE file, FILE_INFO_BY_HANDLE_CLASS class, LPVOID facts,
                                       DWORD size)
{
    IO_STATUS_BLOCK io;
    FILE_INFORMATION_CLASS service;

    switch (class) {
    case FileBasicInfo:
        service = FileBasicInformation;
        break;
    case FileRenameInfo:
        service = FileRenameInformation;
        break;
    case FileDispositionInfo:
        service = FileDispositionInformation;
        break;
    case FileEndOfFileInfo:
        service = FileEndOfFileInformation;
        break;
    default:
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    return error_result(NtSetInformationFile(file, &io, facts, size, service));
}

/* --- names --- */

static DWORD give(LPWSTR out, DWORD size, const WCHAR *text, DWORD length)
{
    if (length >= size)
        return length + 1;
    memcpy(out, text, (length + 1) * sizeof *out);
    return length;
}

/* "\\?\C:\name". */
DWORD WINAPI GetFinalPathNameByHandleW(HANDLE file, LPWSTR out, DWORD size, DWORD flags)
{
    struct {
        FILE_NAME_INFORMATION head; /* ends with the first character of the name */
        WCHAR rest[TEXT_NAME];
    } name;
    WCHAR path[TEXT_NAME + 8] = L"\\\\?\\C:";
    DWORD length = (flags & VOLUME_NAME_NONE) != 0 ? 0 : 6;

    if (!query(file, FileNameInformation, &name, sizeof name))
        return 0;
    memcpy(path + length, name.head.FileName, name.head.FileNameLength);
    length += name.head.FileNameLength / sizeof(WCHAR);
    path[length] = 0;
    return give(out, size, path, length);
}

/* No file has a short name, so each name is its own long and short form. */
DWORD WINAPI GetLongPathNameW(LPCWSTR name, LPWSTR out, DWORD size)
{
    if (GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES)
        return 0;
    return give(out, size, name, (DWORD)text_length(name));
}

BOOL WINAPI CopyFileExW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID data,
                        LPBOOL cancel, DWORD flags)
{
    (void)progress; /* a copy is done before anybody could be told */
    (void)data;
    if (cancel != NULL && *cancel)
        return error_fail(ERROR_REQUEST_ABORTED);
    return CopyFileW(from, to, (flags & COPY_FILE_FAIL_IF_EXISTS) != 0);
}

/* No additional searches, and each name is exact. */
HANDLE WINAPI FindFirstFileExW(LPCWSTR path, FINDEX_INFO_LEVELS level, LPVOID found,
                               FINDEX_SEARCH_OPS search, LPVOID filter, DWORD flags)
{
    (void)flags;
    if (level > FindExInfoBasic || search > FindExSearchLimitToDirectories || filter != NULL)
        return error_invalid(ERROR_INVALID_PARAMETER);
    return FindFirstFileW(path, found);
}

/* `name` in the directory of the program, which is all of PATH; an extension is added to one without. */
DWORD WINAPI SearchPathW(LPCWSTR path, LPCWSTR name, LPCWSTR extension, DWORD size, LPWSTR out,
                         LPWSTR *part)
{
    WCHAR full[TEXT_NAME];
    const WCHAR *dot = NULL;
    size_t length;

    (void)path;
    if (name == NULL || *name == 0)
        return (DWORD)error_fail(ERROR_INVALID_PARAMETER);
    length = text_length(name);
    for (const WCHAR *at = name; *at != 0; at++)
        dot = *at == '.' ? at : *at == '\\' || *at == '/' ? NULL : dot;
    if (length + (extension == NULL ? 0 : text_length(extension)) >= TEXT_NAME)
        return (DWORD)error_fail(ERROR_FILENAME_EXCED_RANGE);
    memcpy(full, name, (length + 1) * sizeof *full);
    if (dot == NULL && extension != NULL)
        memcpy(full + length, extension, (text_length(extension) + 1) * sizeof *full);
    if (GetFileAttributesW(full) == INVALID_FILE_ATTRIBUTES)
        return 0;
    return GetFullPathNameW(full, size, out, part);
}

DWORD WINAPI GetLogicalDriveStringsW(DWORD size, LPWSTR out)
{
    static const WCHAR drives[] = L"C:\\\0";

    if (size < sizeof drives / sizeof *drives)
        return sizeof drives / sizeof *drives;
    memcpy(out, drives, sizeof drives);
    return 4;
}

/* --- devices: there is none that a program could control --- */

BOOL WINAPI DeviceIoControl(HANDLE device, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                            DWORD out_size, LPDWORD done, LPOVERLAPPED overlapped)
{
    DWORD flags;

    (void)code;
    (void)in;
    (void)in_size;
    (void)out;
    (void)out_size;
    (void)overlapped;
    if (!GetHandleInformation(device, &flags))
        return FALSE;
    if (done != NULL)
        *done = 0;
    return error_fail(ERROR_INVALID_FUNCTION);
}

/* Every transfer has ended when its call returned: nothing is left to cancel. */
BOOL WINAPI CancelIo(HANDLE file)
{
    DWORD flags;

    return GetHandleInformation(file, &flags);
}

BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    return CancelIo(file) && error_fail(ERROR_NOT_FOUND);
}
