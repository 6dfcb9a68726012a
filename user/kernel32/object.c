/* object.c - handles: names, duplicating, flags. */
#include "user/kernel32/kernel32.h"

static const WCHAR *without(const WCHAR *name, const WCHAR *prefix)
{
    size_t length = text_length(prefix);

    for (size_t i = 0; i < length; i++)
        if (name[i] != prefix[i])
            return name;
    return name + length;
}

bool object_name(struct object_name *object, const WCHAR *name, const SECURITY_ATTRIBUTES *security,
                 ULONG attributes)
{
    size_t length;

    /* There is one session: its names and those of all sessions are the same.  (File names have no case.) */
    if (name != NULL && (attributes & OBJ_CASE_INSENSITIVE) == 0)
        name = without(without(name, L"Local\\"), L"Global\\");
    length = name == NULL ? 0 : text_length(name);
    if (length >= TEXT_NAME)
        return false;
    if (security != NULL && security->bInheritHandle)
        attributes |= OBJ_INHERIT;
    memcpy(object->text, name, length * sizeof *name);
    if (length > 4 && memcmp(name, L"\\\\?\\", 4 * sizeof *name) == 0)
        object->text[1] = '?'; /* "\\?\C:\x" is "\??\C:\x" below: a name that nobody edits */
    object->string.Buffer = object->text;
    object->string.Length = (USHORT)(length * sizeof *name);
    object->string.MaximumLength = object->string.Length;
    object->attributes = (OBJECT_ATTRIBUTES){
        .Length = sizeof object->attributes,
        .ObjectName = length == 0 ? NULL : &object->string,
        .Attributes = attributes,
    };
    return true;
}

/* A name that is taken already gives the same object, and says so in the last error (W147). */
HANDLE object_created(NTSTATUS status, HANDLE handle)
{
    if (status == STATUS_OBJECT_TYPE_MISMATCH) { /* the name belongs to another kind of object */
        error_fail(ERROR_INVALID_HANDLE);
        return NULL;
    }
    if (!error_result(status))
        return NULL;
    RtlSetLastWin32Error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS
                                                             : ERROR_SUCCESS);
    return handle;
}

HANDLE object_opened(NTSTATUS status, const HANDLE *handle)
{
    return error_result(status) ? *handle : NULL;
}

BOOL WINAPI DuplicateHandle(HANDLE from_process, HANDLE from, HANDLE to_process, LPHANDLE to,
                            DWORD access, BOOL inherit, DWORD options)
{
    return error_result(NtDuplicateObject(from_process, from, to_process, to, access,
                                          inherit ? OBJ_INHERIT : 0, options));
}

BOOL WINAPI GetHandleInformation(HANDLE handle, LPDWORD flags)
{
    OBJECT_DATA_INFORMATION facts;
    NTSTATUS status = NtQueryObject(handle, (OBJECT_INFORMATION_CLASS)ObjectHandleFlagInformation,
                                    &facts, sizeof facts, NULL);

    if (!error_result(status))
        return FALSE;
    *flags = (facts.InheritHandle ? HANDLE_FLAG_INHERIT : 0u) |
             (facts.ProtectFromClose ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0u);
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags)
{
    OBJECT_DATA_INFORMATION facts;
    DWORD now;

    if (!GetHandleInformation(handle, &now))
        return FALSE;
    now = (now & ~mask) | (flags & mask);
    facts.InheritHandle = (now & HANDLE_FLAG_INHERIT) != 0;
    facts.ProtectFromClose = (now & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0;
    return error_result(
        NtSetInformationObject(handle, ObjectHandleFlagInformation, &facts, sizeof facts));
}
