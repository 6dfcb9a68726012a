/* process.c - starting, finding and ending processes. */
#include "user/kernel32/kernel32.h"

/* --- the command line --- */

/* The program named by a command line: its first word, quoted or not, with ".exe" if it has no
 * extension.  False: there is none, or it is too long. */
static bool first_word(char word[TEXT_NAME], const char *line)
{
    char end = ' ';
    size_t length = 0;
    const char *name;

    while (*line == ' ' || *line == '\t')
        line++;
    if (*line == '"') {
        end = '"';
        line++;
    }
    while (*line != 0 && *line != end && !(end == ' ' && *line == '\t')) {
        if (length == TEXT_NAME - 5)
            return false;
        word[length++] = *line++;
    }
    word[length] = 0;
    name = strrchr(word, '\\') != NULL ? strrchr(word, '\\') : word;
    if (length != 0 && strchr(name, '.') == NULL)
        memcpy(word + length, ".exe", 5);
    return length != 0;
}

/* --- creating --- */

/* The handles that the child finds as its own.  Without a word about them it shares ours. */
static void choose_handles(struct abi_create_process *create, const STARTUPINFOW *startup)
{
    if (startup != NULL && (startup->dwFlags & STARTF_USESTDHANDLES) != 0) {
        create->std_handle[0] = (uint32_t)startup->hStdInput;
        create->std_handle[1] = (uint32_t)startup->hStdOutput;
        create->std_handle[2] = (uint32_t)startup->hStdError;
    } else {
        memcpy(create->std_handle, peb()->parameters->std_handle, sizeof create->std_handle);
    }
}

/* A wide environment as the narrow one that the kernel takes; 0 when there is no memory. */
static char *narrow_environment(const WCHAR *wide)
{
    size_t length = 0;
    char *narrow;

    while (wide[length] != 0 || (length != 0 && wide[length - 1] != 0))
        length++;
    narrow = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, length + 2);
    for (size_t i = 0; narrow != NULL && i < length; i++)
        narrow[i] = wide[i] < 0x80 ? (char)wide[i] : '?';
    return narrow;
}

/* The program is looked for in the current directory, then where all programs are, under its name as it stands. */
static char *find_program(const char *name)
{
    WCHAR wide[TEXT_NAME], full[TEXT_NAME];

    if (!text_widen(wide, TEXT_NAME, name) || !path_full(wide, full) ||
        GetFileAttributesW(full) == INVALID_FILE_ATTRIBUTES)
        return text_narrow_copy(text_widen(wide, TEXT_NAME, name) ? wide : L"");
    return text_narrow_copy(full);
}

/* Whole, and ours when the caller names none. */
static char *find_directory(const char *name)
{
    WCHAR wide[TEXT_NAME] = L".", full[TEXT_NAME];

    if (name != NULL && !text_widen(wide, TEXT_NAME, name))
        return NULL;
    return path_full(wide, full) ? text_narrow_copy(full) : NULL;
}

enum { LONGEST_LINE = 32766 }; /* characters, without the closing zero */

static BOOL create_process(const char *application, const char *line, BOOL inherit, DWORD flags,
                           const char *environment, const char *directory,
                           const STARTUPINFOW *startup, PROCESS_INFORMATION *out)
{
    char word[TEXT_NAME], *program, *folder;
    struct abi_create_process create = {
        .command_line = (uint32_t)(line != NULL ? line : application),
        .environment = (uint32_t)environment,
        .inherit = inherit != FALSE,
        .suspended = (flags & CREATE_SUSPENDED) != 0,
    };
    NTSTATUS status;

    if (line != NULL && strlen(line) > LONGEST_LINE)
        return error_fail(ERROR_FILENAME_EXCED_RANGE); /* X20 */
    if (application == NULL) {
        if (line == NULL || !first_word(word, line))
            return error_fail(ERROR_FILE_NOT_FOUND);
        application = word;
    }
    program = find_program(application);
    folder = find_directory(directory);
    if (program == NULL || folder == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    create.application = (uint32_t)program;
    create.current_directory = (uint32_t)folder;
    choose_handles(&create, startup);
    status = NtPagodaCreateProcess(&create);
    text_free(program);
    text_free(folder);
    if (status == STATUS_IMAGE_SUBSYSTEM_NOT_PRESENT)
        return error_fail(ERROR_CHILD_NOT_COMPLETE);
    if (status == STATUS_INVALID_IMAGE_WIN_64)
        return error_fail(ERROR_EXE_MACHINE_TYPE_MISMATCH);
    if (!NT_SUCCESS(status))
        return error_set(status);
    *out = (PROCESS_INFORMATION){
        .hProcess = (HANDLE)create.process,
        .hThread = (HANDLE)create.thread,
        .dwProcessId = create.process_id,
        .dwThreadId = create.thread_id,
    };
    return TRUE;
}

/* Without an environment of its own the child gets ours as it is now. */
BOOL WINAPI CreateProcessA(LPCSTR application, LPSTR line, LPSECURITY_ATTRIBUTES process_security,
                           LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCSTR directory, LPSTARTUPINFOA startup,
                           LPPROCESS_INFORMATION out)
{
    char *narrow = NULL, *own = NULL;
    BOOL created;

    (void)process_security;
    (void)thread_security;
    if (environment != NULL && (flags & CREATE_UNICODE_ENVIRONMENT) != 0)
        environment = narrow = narrow_environment(environment);
    else if (environment == NULL)
        environment = own = GetEnvironmentStrings();
    /* The records differ only in what their texts point at, and those are not for a console. */
    created = create_process(application, line, inherit, flags, environment, directory,
                             (STARTUPINFOW *)startup, out);
    text_free(narrow);
    if (own != NULL)
        FreeEnvironmentStringsA(own);
    return created;
}

BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR line, LPSECURITY_ATTRIBUTES process_security,
                           LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCWSTR directory, LPSTARTUPINFOW startup,
                           LPPROCESS_INFORMATION out)
{
    char *narrow_application = text_narrow_copy(application);
    char *narrow_line = text_narrow_copy(line);
    char *narrow_directory = text_narrow_copy(directory);
    BOOL created = FALSE;

    /* A text that couldn't be copied must not be taken for one that wasn't given. */
    if ((application == NULL || narrow_application != NULL) &&
        (line == NULL || narrow_line != NULL) && (directory == NULL || narrow_directory != NULL)) {
        created = CreateProcessA(narrow_application, narrow_line, process_security, thread_security,
                                 inherit, flags, environment, narrow_directory,
                                 (STARTUPINFOA *)startup, out);
    }
    text_free(narrow_application);
    text_free(narrow_line);
    text_free(narrow_directory);
    return created;
}

/* --- this process --- */

HANDLE WINAPI GetCurrentProcess(void)
{
    return CURRENT_PROCESS;
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return teb()->process_id;
}

void WINAPI ExitProcess(UINT code)
{
    RtlExitUserProcess((NTSTATUS)code);
}

void WINAPI FatalAppExitA(UINT action, LPCSTR text)
{
    (void)action;
    OutputDebugStringA(text);
    ExitProcess(0);
}

/* --- any process --- */

BOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
    if (process == NULL) /* the service would end our other threads */
        return error_fail(ERROR_INVALID_HANDLE);
    return error_result(NtTerminateProcess(process, (NTSTATUS)code));
}

static BOOL query_basic(HANDLE process, PROCESS_BASIC_INFORMATION *facts)
{
    return error_result(
        NtQueryInformationProcess(process, ProcessBasicInformation, facts, sizeof *facts, NULL));
}

/* <winternl.h> keeps the first member, the exit status, to itself. */
BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code)
{
    PROCESS_BASIC_INFORMATION facts;

    if (!query_basic(process, &facts))
        return FALSE;
    memcpy(code, &facts, sizeof *code);
    return TRUE;
}

DWORD WINAPI GetProcessId(HANDLE process)
{
    PROCESS_BASIC_INFORMATION facts;

    return query_basic(process, &facts) ? (DWORD)facts.UniqueProcessId : 0;
}

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .Attributes = inherit ? OBJ_INHERIT : 0};
    CLIENT_ID client = {.UniqueProcess = (HANDLE)id};
    HANDLE process;

    return object_opened(NtOpenProcess(&process, access, &attributes, &client), &process);
}

BOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME made, LPFILETIME ended, LPFILETIME kernel,
                            LPFILETIME user)
{
    KERNEL_USER_TIMES times;

    if (!error_result(NtQueryInformationProcess(process, ProcessTimes, &times, sizeof times, NULL)))
        return FALSE;
    memcpy(made, &times.CreateTime, sizeof *made);
    memcpy(ended, &times.ExitTime, sizeof *ended);
    memcpy(kernel, &times.KernelTime, sizeof *kernel);
    memcpy(user, &times.UserTime, sizeof *user);
    return TRUE;
}

/* The class moves the priorities of a process's threads as a whole.  Here only those of threads count, so
 * this process's class is remembered, and nothing else. */
static DWORD priority_class = NORMAL_PRIORITY_CLASS;

static bool is_class(DWORD class)
{
    return class == IDLE_PRIORITY_CLASS || class == BELOW_NORMAL_PRIORITY_CLASS ||
           class == NORMAL_PRIORITY_CLASS || class == ABOVE_NORMAL_PRIORITY_CLASS ||
           class == HIGH_PRIORITY_CLASS || class == REALTIME_PRIORITY_CLASS;
}

DWORD WINAPI GetPriorityClass(HANDLE process)
{
    PROCESS_BASIC_INFORMATION facts;

    if (!query_basic(process, &facts))
        return 0;
    return facts.UniqueProcessId == teb()->process_id ? priority_class : NORMAL_PRIORITY_CLASS;
}

BOOL WINAPI SetPriorityClass(HANDLE process, DWORD class)
{
    enum { PRIORITY_CLASS = 18 };
    PROCESS_BASIC_INFORMATION facts;
    DWORD error = RtlGetLastWin32Error();

    if (!is_class(class))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!error_result(NtSetInformationProcess(process, (PROCESSINFOCLASS)PRIORITY_CLASS, &class,
                                              sizeof class)))
        return FALSE;
    if (!query_basic(process, &facts)) /* a handle that may set need not tell whose it is */
        RtlSetLastWin32Error(error);
    else if (facts.UniqueProcessId == teb()->process_id)
        priority_class = class;
    return TRUE;
}

/* Nothing boosts priorities, so switching that off is what one gets anyway. */
BOOL WINAPI SetProcessPriorityBoost(HANDLE process, BOOL off)
{
    PROCESS_BASIC_INFORMATION facts;

    (void)off;
    return query_basic(process, &facts);
}

BOOL WINAPI IsWow64Process(HANDLE process, PBOOL is)
{
    PROCESS_BASIC_INFORMATION facts;

    *is = FALSE;
    return query_basic(process, &facts);
}

DWORD WINAPI GetProcessVersion(DWORD process)
{
    (void)process;
    return ABI_MAJOR_VERSION << 16 | ABI_MINOR_VERSION;
}

/* The process ends at once: no handler, no filter is asked. */
void WINAPI RaiseFailFastException(PEXCEPTION_RECORD record, PCONTEXT context, DWORD flags)
{
    (void)context;
    (void)flags;
    for (;;)
        NtTerminateProcess(CURRENT_PROCESS, record != NULL ? (NTSTATUS)record->ExceptionCode
                                                           : STATUS_FAIL_FAST_EXCEPTION);
}

BOOL WINAPI GetProcessHandleCount(HANDLE process, PDWORD count)
{
    return error_result(
        NtQueryInformationProcess(process, ProcessHandleCount, count, sizeof *count, NULL));
}

/* There is one processor, number 0. */
BOOL WINAPI GetProcessAffinityMask(HANDLE process, PDWORD_PTR mask, PDWORD_PTR system_mask)
{
    PROCESS_BASIC_INFORMATION facts;

    if (!query_basic(process, &facts))
        return FALSE;
    *mask = *system_mask = 1;
    return TRUE;
}

BOOL WINAPI SetProcessAffinityMask(HANDLE process, DWORD_PTR mask)
{
    PROCESS_BASIC_INFORMATION facts;

    return query_basic(process, &facts) && (mask == 1 || error_fail(ERROR_INVALID_PARAMETER));
}
