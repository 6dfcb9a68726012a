/* volume.c - the one volume that there is: drive C:, a single directory of files in RAM.
 *
 * The C++ library asks for these.  What the file system doesn't have is refused as Windows does for a
 * file system without it.
 */
#include "user/kernel32/kernel32.h"

static const char volume_name[] = "\\\\?\\Volume{50616730-6461-0000-0000-000000000000}\\";

enum { LONGEST_NAME = 63 }; /* kernel/file/file_name.h */

/* The search's handle: any address of ours. */
static HANDLE the_search(void)
{
    return (HANDLE)(ULONG_PTR)volume_name;
}

HANDLE WINAPI FindFirstVolumeW(LPWSTR name, DWORD size)
{
    if (text_give_wide(name, size, volume_name) < sizeof volume_name)
        return the_search();
    error_fail(ERROR_FILENAME_EXCED_RANGE);
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindNextVolumeW(HANDLE search, LPWSTR name, DWORD size)
{
    (void)name;
    (void)size;
    return error_fail(search == the_search() ? ERROR_NO_MORE_FILES : ERROR_INVALID_HANDLE);
}

BOOL WINAPI FindVolumeClose(HANDLE search)
{
    return search == the_search() ? TRUE : error_fail(ERROR_INVALID_HANDLE);
}

/* A text for a caller who may not want it. */
static bool give(WCHAR *buffer, DWORD size, const char *text)
{
    return buffer == NULL || size == 0 || text_give_wide(buffer, size, text) == strlen(text);
}

static BOOL describe(LPWSTR label, DWORD label_size, LPDWORD serial, LPDWORD longest, LPDWORD flags,
                     LPWSTR system, DWORD system_size)
{
    if (!give(label, label_size, "PAGODA") || !give(system, system_size, "RAMFS"))
        return error_fail(ERROR_MORE_DATA);
    if (serial != NULL)
        *serial = 0x50616730;
    if (longest != NULL)
        *longest = LONGEST_NAME;
    if (flags != NULL)
        *flags = FILE_CASE_PRESERVED_NAMES;
    return TRUE;
}

BOOL WINAPI GetVolumeInformationW(LPCWSTR root, LPWSTR label, DWORD label_size, LPDWORD serial,
                                  LPDWORD longest, LPDWORD flags, LPWSTR system, DWORD system_size)
{
    if (GetDriveTypeW(root) != DRIVE_FIXED)
        return error_fail(ERROR_PATH_NOT_FOUND);
    return describe(label, label_size, serial, longest, flags, system, system_size);
}

BOOL WINAPI GetVolumeInformationByHandleW(HANDLE file, LPWSTR label, DWORD label_size,
                                          LPDWORD serial, LPDWORD longest, LPDWORD flags,
                                          LPWSTR system, DWORD system_size)
{
    DWORD unused;

    return GetHandleInformation(file, &unused) &&
           describe(label, label_size, serial, longest, flags, system, system_size);
}

BOOL WINAPI CreateHardLinkW(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security)
{
    (void)name;
    (void)existing;
    (void)security;
    return error_fail(ERROR_INVALID_FUNCTION); /* as on FAT: a file has one name */
}
