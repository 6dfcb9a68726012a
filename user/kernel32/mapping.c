/* mapping.c - file mappings: sections and their views.
 *
 * A section is memory that has no address yet; a view gives it one.  Rights are checked twice, which
 * makes the error tell who was wrong: the section's protection against the file's handle when it is
 * made, the view's protection against the section's handle when it is mapped (W150).
 */
#include "user/kernel32/kernel32.h"

/* The rights a section's handle gets for a protection; 0: not one that a section can have (W144). */
static ACCESS_MASK section_access(DWORD protect)
{
    switch (protect) {
    case PAGE_READONLY:
    case PAGE_WRITECOPY:
        return SECTION_QUERY | SECTION_MAP_READ | STANDARD_RIGHTS_REQUIRED;
    case PAGE_READWRITE:
        return SECTION_QUERY | SECTION_MAP_READ | SECTION_MAP_WRITE | STANDARD_RIGHTS_REQUIRED;
    case PAGE_EXECUTE_READ:
    case PAGE_EXECUTE_WRITECOPY:
        return SECTION_QUERY | SECTION_MAP_READ | SECTION_MAP_EXECUTE | STANDARD_RIGHTS_REQUIRED;
    case PAGE_EXECUTE_READWRITE:
        return SECTION_ALL_ACCESS;
    default:
        return 0;
    }
}

HANDLE WINAPI CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                 DWORD high, DWORD low, LPCWSTR name)
{
    DWORD protection = protect & 0xFF;
    DWORD sec = protect & ~0xFFu;
    ACCESS_MASK access = section_access(protection);
    LARGE_INTEGER size = {.LowPart = low, .HighPart = (LONG)high};
    struct object_name object;
    HANDLE handle;
    NTSTATUS status;

    if (access == 0 || !object_name(&object, name, security, OBJ_OPENIF) ||
        (file == INVALID_HANDLE_VALUE && size.QuadPart == 0 && (sec & SEC_IMAGE) == 0))
        return error_null(ERROR_INVALID_PARAMETER);
    if (sec == 0)
        sec = SEC_COMMIT;
    /* No size means the whole file. */
    status = NtCreateSection(&handle, access, &object.attributes, size.QuadPart == 0 ? NULL : &size,
                             protection, sec, file == INVALID_HANDLE_VALUE ? NULL : file);
    return object_created(status, handle);
}

/* FILE_MAP_COPY is the query right of a section; reading is what it needs. */
static ACCESS_MASK open_access(DWORD access)
{
    ACCESS_MASK rights = access & SECTION_ALL_ACCESS;

    if (access == FILE_MAP_COPY)
        rights = SECTION_MAP_READ;
    if ((access & FILE_MAP_EXECUTE) != 0)
        rights |= SECTION_MAP_EXECUTE;
    return rights;
}

HANDLE WINAPI OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR name)
{
    struct object_name object;
    HANDLE handle;

    if (name == NULL || !object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return error_null(ERROR_INVALID_PARAMETER);
    return object_opened(NtOpenSection(&handle, open_access(access), &object.attributes), &handle);
}

/* W151.  FILE_MAP_COPY counts only where nothing else is asked for (X5). */
static ULONG view_protection(DWORD access)
{
    bool execute = (access & FILE_MAP_EXECUTE) != 0;

    access &= ~(DWORD)FILE_MAP_EXECUTE;
    if (access == FILE_MAP_COPY)
        return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
    if ((access & FILE_MAP_WRITE) != 0)
        return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    if ((access & FILE_MAP_READ) != 0)
        return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
    return PAGE_NOACCESS;
}

/* `size` 0: to the end.  `address` 0: anywhere; else exactly there or nowhere (W148, W149). */
LPVOID WINAPI MapViewOfFileEx(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T size,
                              LPVOID address)
{
    LARGE_INTEGER offset = {.LowPart = low, .HighPart = (LONG)high};
    enum { SHARED_WITH_CHILDREN = 1 };
    void *base = address;
    SIZE_T bytes = size;
    NTSTATUS status = NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, &offset, &bytes,
                                         SHARED_WITH_CHILDREN, 0, view_protection(access));

    return error_result(status) ? base : NULL;
}

LPVOID WINAPI MapViewOfFile(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T size)
{
    return MapViewOfFileEx(section, access, high, low, size, NULL);
}

/* Any address inside the view will do (W158); the section lives on while anybody else uses it. */
BOOL WINAPI UnmapViewOfFile(LPCVOID address)
{
    return error_result(NtUnmapViewOfSection(CURRENT_PROCESS, address));
}

/* Changed pages of a file's view go to the file; `size` 0: from `address` to the view's end. */
BOOL WINAPI FlushViewOfFile(LPCVOID address, SIZE_T size)
{
    const void *base = address;
    SIZE_T bytes = size;
    IO_STATUS_BLOCK io;

    return error_result(NtFlushVirtualMemory(CURRENT_PROCESS, &base, &bytes, &io));
}
