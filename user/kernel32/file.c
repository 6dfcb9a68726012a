/* file.c - files by handle: open, read, write, position, size, times.
 *
 * Files are of two kinds: those of the boot disc, read-only, and those that programs make, in memory
 * (kernel/file/file.h).  All calls are synchronous; an OVERLAPPED
 * only brings the position along.
 */
#include "user/kernel32/kernel32.h"

/* --- opening --- */

static NTSTATUS create(const WCHAR *name, ACCESS_MASK access, DWORD share,
                       const SECURITY_ATTRIBUTES *security, DWORD file_attributes,
                       ULONG disposition, ULONG options, HANDLE *file, ULONG_PTR *outcome)
{
    struct object_name object;
    IO_STATUS_BLOCK io = {.Information = 0};
    WCHAR full[TEXT_NAME];
    NTSTATUS status;

    if (!path_full(name, full) || !object_name(&object, full, security, OBJ_CASE_INSENSITIVE))
        return STATUS_OBJECT_NAME_INVALID;
    status = NtCreateFile(file, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &object.attributes,
                          &io, NULL, file_attributes, share, disposition,
                          options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    *outcome = io.Information;
    return status;
}

NTSTATUS file_make_directory(const WCHAR *name, const SECURITY_ATTRIBUTES *security, HANDLE *file)
{
    ULONG_PTR outcome;

    return create(name, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE, security,
                  FILE_ATTRIBUTE_NORMAL, FILE_CREATE, FILE_DIRECTORY_FILE, file, &outcome);
}

NTSTATUS file_open(const WCHAR *name, ACCESS_MASK access, ULONG options, HANDLE *file)
{
    ULONG_PTR outcome;

    return create(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, 0,
                  FILE_OPEN, options, file, &outcome);
}

/* CREATE_ALWAYS and OPEN_ALWAYS tell by the last error whether the file was there already. */
static HANDLE created(NTSTATUS status, HANDLE file, DWORD disposition, ULONG_PTR outcome)
{
    if (status == STATUS_OBJECT_NAME_COLLISION)
        return error_invalid(ERROR_FILE_EXISTS);
    if (!error_result(status))
        return INVALID_HANDLE_VALUE;
    RtlSetLastWin32Error((disposition == CREATE_ALWAYS && outcome == FILE_OVERWRITTEN) ||
                                 (disposition == OPEN_ALWAYS && outcome == FILE_OPENED)
                             ? ERROR_ALREADY_EXISTS
                             : ERROR_SUCCESS);
    return file;
}

static bool is_console_input(const WCHAR *name)
{
    const WCHAR *with = L"CONIN$";

    while (*with != 0 && (*name == *with || (*with >= 'A' && *name == (*with | 0x20)))) {
        name++;
        with++;
    }
    return *with == *name;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    static const ULONG dispositions[] = {
        [CREATE_NEW] = FILE_CREATE,           [CREATE_ALWAYS] = FILE_OVERWRITE_IF,
        [OPEN_EXISTING] = FILE_OPEN,          [OPEN_ALWAYS] = FILE_OPEN_IF,
        [TRUNCATE_EXISTING] = FILE_OVERWRITE,
    };
    ULONG options = (flags & FILE_FLAG_BACKUP_SEMANTICS) != 0 ? 0 : FILE_NON_DIRECTORY_FILE;
    HANDLE file = NULL;
    ULONG_PTR outcome;
    NTSTATUS status;

    (void)template_file;
    if (name == NULL || *name == 0)
        return error_invalid(ERROR_PATH_NOT_FOUND);
    if (is_console_input(name))
        access &= ~(DWORD)GENERIC_WRITE; /* that is how its handles are known (console.c) */
    if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING ||
        (disposition == TRUNCATE_EXISTING && (access & GENERIC_WRITE) == 0))
        return error_invalid(ERROR_INVALID_PARAMETER);
    if ((flags & FILE_FLAG_DELETE_ON_CLOSE) != 0) {
        options |= FILE_DELETE_ON_CLOSE;
        access |= DELETE;
    }
    status = create(name, access, share, security, flags & 0xFFFF, dispositions[disposition],
                    options, &file, &outcome);
    return created(status, file, disposition, outcome);
}

/* --- reading and writing --- */

/* A transfer's outcome, with an OVERLAPPED filled in as its owner expects. */
static BOOL transferred(HANDLE file, NTSTATUS status, const IO_STATUS_BLOCK *io, LPDWORD done,
                        LPOVERLAPPED overlapped)
{
    if (overlapped != NULL) {
        overlapped->Internal = (ULONG_PTR)status;
        overlapped->InternalHigh = NT_SUCCESS(status) ? io->Information : 0;
        if (NT_SUCCESS(status))
            completion_tell(file, overlapped);
    }
    if (NT_SUCCESS(status) && done != NULL)
        *done = (DWORD)io->Information;
    if (status == STATUS_END_OF_FILE && overlapped == NULL)
        return TRUE; /* 0 bytes */
    if (status == STATUS_CANCELLED && overlapped == NULL) {
        error_result(
            status); /* the console, after a Ctrl-C that a handler dealt with: 0 bytes, and this error */
        return TRUE;
    }
    return error_result(status);
}

static const LARGE_INTEGER *offset_of(const OVERLAPPED *overlapped, LARGE_INTEGER *offset)
{
    if (overlapped == NULL)
        return NULL;
    offset->LowPart = overlapped->Offset;
    offset->HighPart = (LONG)overlapped->OffsetHigh;
    return offset;
}

BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD done, LPOVERLAPPED overlapped)
{
    IO_STATUS_BLOCK io = {.Information = 0};
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (done != NULL)
        *done = 0;
    status = NtReadFile(file, overlapped == NULL ? NULL : overlapped->hEvent, NULL, NULL, &io,
                        buffer, size, offset_of(overlapped, &offset), NULL);
    return transferred(file, status, &io, done, overlapped);
}

void (*file_written)(HANDLE file, const void *text, DWORD size);

BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD done,
                      LPOVERLAPPED overlapped)
{
    IO_STATUS_BLOCK io = {.Information = 0};
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (done != NULL)
        *done = 0;
    status = NtWriteFile(file, overlapped == NULL ? NULL : overlapped->hEvent, NULL, NULL, &io,
                         buffer, size, offset_of(overlapped, &offset), NULL);
    if (NT_SUCCESS(status) && file_written != NULL)
        file_written(file, buffer, size);
    return transferred(file, status, &io, done, overlapped);
}

/* Every transfer has ended when its call returned. */
BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD done, BOOL wait)
{
    (void)file;
    (void)wait;
    *done = (DWORD)overlapped->InternalHigh;
    return error_result((NTSTATUS)overlapped->Internal);
}

BOOL WINAPI FlushFileBuffers(HANDLE file)
{
    IO_STATUS_BLOCK io;

    return error_result(NtFlushBuffersFile(file, &io));
}

/* --- facts about an open file --- */

static BOOL query(HANDLE file, FILE_INFORMATION_CLASS class, void *facts, ULONG size)
{
    IO_STATUS_BLOCK io;

    return error_result(NtQueryInformationFile(file, &io, facts, size, class));
}

static BOOL set(HANDLE file, FILE_INFORMATION_CLASS class, void *facts, ULONG size)
{
    IO_STATUS_BLOCK io;

    return error_result(NtSetInformationFile(file, &io, facts, size, class));
}

BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size)
{
    FILE_STANDARD_INFORMATION facts;

    if (!query(file, FileStandardInformation, &facts, sizeof facts))
        return FALSE;
    *size = facts.EndOfFile;
    return TRUE;
}

/* A size whose low half is the error value is told from an error by the last error. */
DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high)
{
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size))
        return INVALID_FILE_SIZE;
    if (high != NULL)
        *high = (DWORD)size.HighPart;
    if (size.LowPart == INVALID_FILE_SIZE)
        RtlSetLastWin32Error(ERROR_SUCCESS);
    return size.LowPart;
}

BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER result,
                             DWORD method)
{
    FILE_POSITION_INFORMATION position = {.CurrentByteOffset.QuadPart = 0};
    LARGE_INTEGER base = {.QuadPart = 0};

    switch (method) {
    case FILE_BEGIN:
        break;
    case FILE_CURRENT:
        if (!query(file, FilePositionInformation, &position, sizeof position))
            return FALSE;
        base = position.CurrentByteOffset;
        break;
    case FILE_END:
        if (!GetFileSizeEx(file, &base))
            return FALSE;
        break;
    default:
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    if (__builtin_add_overflow(base.QuadPart, distance.QuadPart,
                               &position.CurrentByteOffset.QuadPart))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (position.CurrentByteOffset.QuadPart < 0)
        return error_fail(ERROR_NEGATIVE_SEEK);
    if (!set(file, FilePositionInformation, &position, sizeof position))
        return FALSE;
    if (result != NULL)
        *result = position.CurrentByteOffset;
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE file, LONG low, PLONG high, DWORD method)
{
    LARGE_INTEGER distance = {.QuadPart = low};
    LARGE_INTEGER result;

    if (high != NULL) {
        distance.LowPart = (DWORD)low;
        distance.HighPart = *high;
    }
    if (!SetFilePointerEx(file, distance, &result, method))
        return INVALID_SET_FILE_POINTER;
    if (high != NULL) {
        *high = result.HighPart;
    } else if (result.HighPart != 0) {
        error_fail(ERROR_INVALID_PARAMETER);
        return INVALID_SET_FILE_POINTER;
    }
    if (result.LowPart == INVALID_SET_FILE_POINTER)
        RtlSetLastWin32Error(ERROR_SUCCESS);
    return result.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE file)
{
    FILE_POSITION_INFORMATION position;
    FILE_END_OF_FILE_INFORMATION end;

    if (!query(file, FilePositionInformation, &position, sizeof position))
        return FALSE;
    end.EndOfFile = position.CurrentByteOffset;
    return set(file, FileEndOfFileInformation, &end, sizeof end);
}

BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME made, LPFILETIME read, LPFILETIME written)
{
    FILE_BASIC_INFORMATION facts;

    if (!query(file, FileBasicInformation, &facts, sizeof facts))
        return FALSE;
    if (made != NULL)
        *made = time_file(facts.CreationTime);
    if (read != NULL)
        *read = time_file(facts.LastAccessTime);
    if (written != NULL)
        *written = time_file(facts.LastWriteTime);
    return TRUE;
}

/* 0: leave that time as it is. */
static LARGE_INTEGER from_filetime(const FILETIME *time)
{
    LARGE_INTEGER result = {.QuadPart = 0};

    if (time != NULL) {
        result.LowPart = time->dwLowDateTime;
        result.HighPart = (LONG)time->dwHighDateTime;
    }
    return result;
}

BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *made, const FILETIME *read,
                        const FILETIME *written)
{
    FILE_BASIC_INFORMATION facts = {
        .CreationTime = from_filetime(made),
        .LastAccessTime = from_filetime(read),
        .LastWriteTime = from_filetime(written),
    };

    return set(file, FileBasicInformation, &facts, sizeof facts);
}

BOOL WINAPI GetFileInformationByHandle(HANDLE file, LPBY_HANDLE_FILE_INFORMATION out)
{
    FILE_BASIC_INFORMATION basic;
    FILE_STANDARD_INFORMATION standard;
    FILE_INTERNAL_INFORMATION internal;

    if (!query(file, FileBasicInformation, &basic, sizeof basic) ||
        !query(file, FileStandardInformation, &standard, sizeof standard) ||
        !query(file, FileInternalInformation, &internal, sizeof internal))
        return FALSE;
    *out = (BY_HANDLE_FILE_INFORMATION){
        .dwFileAttributes = basic.FileAttributes,
        .ftCreationTime = time_file(basic.CreationTime),
        .ftLastAccessTime = time_file(basic.LastAccessTime),
        .ftLastWriteTime = time_file(basic.LastWriteTime),
        .nFileSizeHigh = (DWORD)standard.EndOfFile.HighPart,
        .nFileSizeLow = standard.EndOfFile.LowPart,
        .nNumberOfLinks = standard.NumberOfLinks,
        .nFileIndexHigh = (DWORD)internal.IndexNumber.HighPart,
        .nFileIndexLow = internal.IndexNumber.LowPart,
    };
    return TRUE;
}

ULONG file_device(HANDLE file)
{
    FILE_FS_DEVICE_INFORMATION device;
    IO_STATUS_BLOCK io;

    return error_result(NtQueryVolumeInformationFile(file, &io, &device, sizeof device,
                                                     FileFsDeviceInformation))
               ? device.DeviceType
               : 0;
}

DWORD WINAPI GetFileType(HANDLE file)
{
    ULONG device = file_device(file);

    if (device == 0)
        return FILE_TYPE_UNKNOWN;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return device == FILE_DEVICE_DISK         ? FILE_TYPE_DISK
           : device == FILE_DEVICE_NAMED_PIPE ? FILE_TYPE_PIPE
                                              : FILE_TYPE_CHAR;
}
