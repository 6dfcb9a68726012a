/* newer.c - forms with more arguments, groups of processors, sessions, where DLLs are looked for: what Windows Vista
 * and 7 added, for a machine of one processor with one directory.
 */
#include "user/kernel32/kernel32.h"

/* --- named objects: flags instead of two truth values; the access is that of the first handle --- */

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    return CreateMutexW(security, (flags & CREATE_MUTEX_INITIAL_OWNER) != 0, name);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return CreateMutexA(security, (flags & CREATE_MUTEX_INITIAL_OWNER) != 0, name);
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    return CreateEventW(security, (flags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (flags & CREATE_EVENT_INITIAL_SET) != 0, name);
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return CreateEventA(security, (flags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (flags & CREATE_EVENT_INITIAL_SET) != 0, name);
}

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
                                 LPCWSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return flags != 0 ? error_null(ERROR_INVALID_PARAMETER)
                      : CreateSemaphoreW(security, count, maximum, name);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
                                 LPCSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return flags != 0 ? error_null(ERROR_INVALID_PARAMETER)
                      : CreateSemaphoreA(security, count, maximum, name);
}

BOOL WINAPI SetWaitableTimerEx(HANDLE timer, const LARGE_INTEGER *due, LONG period,
                               PTIMERAPCROUTINE routine, LPVOID argument, PREASON_CONTEXT reason,
                               ULONG delay)
{
    (void)reason;
    (void)delay;
    return SetWaitableTimer(timer, due, period, routine, argument, FALSE);
}

/* The object is signalled, then the wait begins: others may run in between. */
DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable)
{
    if (!SetEvent(signal) && !ReleaseMutex(signal) && !ReleaseSemaphore(signal, 1, NULL))
        return WAIT_FAILED;
    return WaitForSingleObjectEx(wait, milliseconds, alertable);
}

/* --- threads and processors --- */

DWORD WINAPI SetThreadIdealProcessor(HANDLE thread, DWORD processor)
{
    if (GetThreadId(thread) == 0)
        return (DWORD)-1;
    if (processor != 0 && processor != MAXIMUM_PROCESSORS) {
        error_fail(ERROR_INVALID_PARAMETER);
        return (DWORD)-1;
    }
    return 0;
}

/* Priorities are never boosted for long: switching that off is what one gets anyway. */
BOOL WINAPI GetThreadPriorityBoost(HANDLE thread, PBOOL off)
{
    *off = FALSE;
    return GetThreadId(thread) != 0;
}

BOOL WINAPI SetThreadPriorityBoost(HANDLE thread, BOOL off)
{
    (void)off;
    return GetThreadId(thread) != 0;
}

BOOL WINAPI GetProcessPriorityBoost(HANDLE process, PBOOL off)
{
    *off = FALSE;
    return GetProcessId(process) != 0;
}

DWORD WINAPI GetActiveProcessorCount(WORD group)
{
    return group == 0 || group == ALL_PROCESSOR_GROUPS ? 1
                                                       : (DWORD)error_fail(ERROR_INVALID_PARAMETER);
}

WORD WINAPI GetActiveProcessorGroupCount(void)
{
    return 1;
}

void WINAPI GetCurrentProcessorNumberEx(PPROCESSOR_NUMBER number)
{
    *number = (PROCESSOR_NUMBER){.Group = 0};
}

BOOL WINAPI GetThreadGroupAffinity(HANDLE thread, PGROUP_AFFINITY affinity)
{
    *affinity = (GROUP_AFFINITY){.Mask = 1};
    return GetThreadId(thread) != 0;
}

/* With one processor every write is seen. */
void WINAPI FlushProcessWriteBuffers(void)
{
}

/* Memory of the machine that nobody may sleep away: it never sleeps. */
EXECUTION_STATE WINAPI SetThreadExecutionState(EXECUTION_STATE state)
{
    static EXECUTION_STATE current = ES_CONTINUOUS;
    EXECUTION_STATE before = current;

    if ((state & ES_CONTINUOUS) != 0)
        current = state;
    return before;
}

BOOL WINAPI QueryUnbiasedInterruptTime(PULONGLONG time)
{
    const struct abi_time *now = &SHARED_PAGE->interrupt_time;
    ULONG low, high;

    do {
        high = now->high1;
        low = now->low;
    } while (now->high2 != high);
    *time = (ULONGLONG)high << 32 | low;
    return TRUE;
}

/* --- sessions and editions --- */

BOOL WINAPI ProcessIdToSessionId(DWORD process, DWORD *session)
{
    (void)process;
    *session = 0;
    return TRUE;
}

DWORD WINAPI WTSGetActiveConsoleSessionId(void)
{
    return 0;
}

BOOL WINAPI GetProductInfo(DWORD major, DWORD minor, DWORD pack_major, DWORD pack_minor,
                           PDWORD product)
{
    (void)minor;
    (void)pack_major;
    (void)pack_minor;
    *product = major >= 6 ? PRODUCT_PROFESSIONAL : 0;
    return TRUE;
}

/* Nobody is told when the last handle goes, so a process can be in no job. */
BOOL WINAPI IsProcessInJob(HANDLE process, HANDLE job, PBOOL is)
{
    (void)job;
    *is = FALSE;
    return GetProcessId(process) != 0;
}

/* --- where DLLs are looked for: where the program is, and nowhere else --- */

BOOL WINAPI SetDefaultDllDirectories(DWORD flags)
{
    const DWORD known = LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS |
                        LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_USER_DIRS;

    return flags != 0 && (flags & ~known) == 0 ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI SetDllDirectoryW(LPCWSTR path)
{
    return path == NULL || text_length(path) < TEXT_NAME ? TRUE
                                                         : error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI SetDllDirectoryA(LPCSTR path)
{
    return path == NULL || strlen(path) < TEXT_NAME ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

DWORD WINAPI GetDllDirectoryW(DWORD size, LPWSTR buffer)
{
    return text_give_wide(buffer, size, "");
}

/* --- files --- */

BOOL WINAPI ReplaceFileW(LPCWSTR replaced, LPCWSTR replacement, LPCWSTR backup, DWORD flags,
                         LPVOID exclude, LPVOID reserved)
{
    (void)flags;
    (void)exclude;
    (void)reserved;
    if (GetFileAttributesW(replaced) == INVALID_FILE_ATTRIBUTES)
        return FALSE;
    if (backup != NULL && !CopyFileW(replaced, backup, FALSE))
        return FALSE;
    return MoveFileExW(replacement, replaced, MOVEFILE_REPLACE_EXISTING);
}

BOOL WINAPI ReplaceFileA(LPCSTR replaced, LPCSTR replacement, LPCSTR backup, DWORD flags,
                         LPVOID exclude, LPVOID reserved)
{
    WCHAR *wide[3] = {text_widen_copy(replaced), text_widen_copy(replacement),
                      text_widen_copy(backup)};
    BOOL good = FALSE;

    if (wide[0] != NULL && wide[1] != NULL && (backup == NULL || wide[2] != NULL))
        good = ReplaceFileW(wide[0], wide[1], wide[2], flags, exclude, reserved);
    for (int i = 0; i < 3; i++)
        text_free(wide[i]);
    return good;
}

/* Every file is where its bytes are: it takes as much as it has. */
DWORD WINAPI GetCompressedFileSizeW(LPCWSTR name, LPDWORD high)
{
    WIN32_FILE_ATTRIBUTE_DATA facts;

    if (!GetFileAttributesExW(name, GetFileExInfoStandard, &facts))
        return INVALID_FILE_SIZE;
    if (high != NULL)
        *high = facts.nFileSizeHigh;
    return facts.nFileSizeLow;
}

BOOL WINAPI MoveFileWithProgressW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress,
                                  LPVOID argument, DWORD flags)
{
    (void)progress;
    (void)argument;
    return MoveFileExW(from, to, flags);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD done,
                                  DWORD milliseconds, BOOL alertable)
{
    (void)milliseconds; /* it has ended already */
    (void)alertable;
    return GetOverlappedResult(file, overlapped, done, FALSE);
}

/* 64-bit Windows has a second system directory for 32-bit programs; this is none. */
BOOL WINAPI Wow64DisableWow64FsRedirection(PVOID *before)
{
    (void)before;
    return error_fail(ERROR_INVALID_FUNCTION);
}

BOOL WINAPI Wow64RevertWow64FsRedirection(PVOID before)
{
    (void)before;
    return error_fail(ERROR_INVALID_FUNCTION);
}

UINT WINAPI GetSystemWow64DirectoryW(LPWSTR buffer, UINT size)
{
    (void)buffer;
    (void)size;
    return (UINT)error_fail(ERROR_CALL_NOT_IMPLEMENTED);
}

/* --- texts and code pages --- */

BOOL WINAPI SetThreadLocale(LCID locale)
{
    return IsValidLocale(locale, LCID_INSTALLED) ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

/* Digits, compatibility characters and composed ones are what they are in the letters that are here. */
int WINAPI FoldStringW(DWORD flags, LPCWSTR text, int length, LPWSTR out, int room)
{
    const DWORD known = MAP_FOLDCZONE | MAP_FOLDDIGITS | MAP_PRECOMPOSED | MAP_COMPOSITE;
    int count = length < 0 ? (int)text_length(text) + 1 : length;

    if (flags == 0 || (flags & ~known) != 0 || text == NULL)
        return error_fail(flags == 0 ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
    if (room == 0)
        return count;
    if (count > room)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    for (int i = 0; i < count; i++) {
        WCHAR c = text[i];

        if ((flags & MAP_FOLDCZONE) != 0 && c >= 0xFF01 && c <= 0xFF5E)
            c = (WCHAR)(c - 0xFF01 + '!');
        if ((flags & MAP_FOLDDIGITS) != 0 && c >= 0xFF10 && c <= 0xFF19)
            c = (WCHAR)(c - 0xFF10 + '0');
        out[i] = c;
    }
    return count;
}

/* The narrow forms work in the ANSI code page, a part at a time: a byte is a character there. */
BOOL WINAPI GetStringTypeA(LCID locale, DWORD kind, LPCSTR text, int length, LPWORD types)
{
    int count = length < 0 ? (int)strlen(text) + 1 : length;

    (void)locale;
    for (int i = 0; i < count; i++) {
        WCHAR wide;

        if (MultiByteToWideChar(CP_ACP, 0, text + i, 1, &wide, 1) != 1 ||
            !GetStringTypeW(kind, &wide, 1, types + i))
            return FALSE;
    }
    return TRUE;
}

int WINAPI LCMapStringA(LCID locale, DWORD flags, LPCSTR text, int length, LPSTR out, int room)
{
    int count = length < 0 ? (int)strlen(text) + 1 : length, result;
    WCHAR *wide, *mapped;

    if (count == 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    wide = RtlAllocateHeap(peb()->heap, 0, (SIZE_T)count * 4 * sizeof *wide);
    if (wide == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    mapped = wide + count;
    MultiByteToWideChar(CP_ACP, 0, text, count, wide, count);
    result = LCMapStringW(locale, flags, wide, count, mapped, 3 * count);
    if (result != 0 && room != 0 && (flags & LCMAP_SORTKEY) == 0)
        result = WideCharToMultiByte(CP_ACP, 0, mapped, result, out, room, NULL, NULL);
    else if (result != 0 && room != 0 && result <= room)
        memcpy(out, mapped, (size_t)result);
    text_free(wide);
    return result;
}

BOOL WINAPI GetCPInfoExW(UINT page, DWORD flags, LPCPINFOEXW info)
{
    (void)flags;
    memset(info, 0, sizeof *info);
    if (!GetCPInfo(page, (CPINFO *)info))
        return FALSE;
    info->UnicodeDefaultChar = '?';
    info->CodePage = page == CP_ACP ? GetACP() : page == CP_OEMCP ? GetOEMCP() : page;
    return text_widen(info->CodePageName, MAX_PATH, info->CodePage == CP_UTF8 ? "UTF-8" : "ANSI");
}

BOOL WINAPI EnumSystemLocalesA(LOCALE_ENUMPROCA tell, DWORD flags)
{
    char name[] = "00000409";

    (void)flags;
    tell(name);
    return TRUE;
}
