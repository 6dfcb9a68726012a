/* rights.c - the matrix of handle rights (X12): each call that takes a handle, tried with handles that have exactly one
 * right.  It must succeed with the right that it names, and with each other fail with "access denied".
 *
 * Where Windows documents two rights of which one is enough, or one that implies another, the row says so.
 */
#include "tests/conformance/fact.h"

#include <string.h>
#include <windows.h>

#include <psapi.h>

/* 0: it worked; else the last error.  What a call needs besides is made here and given back. */
typedef DWORD attempt(HANDLE handle);

static DWORD outcome(BOOL worked)
{
    return worked ? 0 : GetLastError();
}

/* --- processes --- */

static char *memory; /* a committed page of ours */

static DWORD alloc_ex(HANDLE h)
{
    void *p = VirtualAllocEx(h, NULL, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
    DWORD error = outcome(p != NULL);

    if (p != NULL)
        VirtualFree(p, 0, MEM_RELEASE);
    return error;
}

static DWORD free_ex(HANDLE h)
{
    void *p = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
    DWORD error = outcome(VirtualFreeEx(h, p, 0, MEM_RELEASE));

    if (error)
        VirtualFree(p, 0, MEM_RELEASE);
    return error;
}

static DWORD protect_ex(HANDLE h)
{
    DWORD old;

    return outcome(VirtualProtectEx(h, memory, 0x1000, PAGE_READWRITE, &old));
}

static DWORD query_ex(HANDLE h)
{
    MEMORY_BASIC_INFORMATION info;

    return outcome(VirtualQueryEx(h, memory, &info, sizeof info) != 0);
}

static DWORD read_memory(HANDLE h)
{
    char byte;

    return outcome(ReadProcessMemory(h, memory, &byte, 1, NULL));
}

static DWORD write_memory(HANDLE h)
{
    LONG WINAPI (*write)(HANDLE, void *, const void *, SIZE_T, SIZE_T *) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtWriteVirtualMemory");
    LONG status = write(h, memory, "x", 1, NULL); /* WriteProcessMemory() also protects the pages */

    return status == 0 ? 0 : status == (LONG)0xC0000022 ? ERROR_ACCESS_DENIED : 1;
}

static DWORD memory_info(HANDLE h)
{
    PROCESS_MEMORY_COUNTERS counters;

    return outcome(GetProcessMemoryInfo(h, &counters, sizeof counters));
}

static DWORD empty_set(HANDLE h)
{
    return outcome(EmptyWorkingSet(h));
}

static DWORD priority_class(HANDLE h)
{
    return outcome(SetPriorityClass(h, NORMAL_PRIORITY_CLASS));
}

static DWORD exit_code_process(HANDLE h)
{
    DWORD code;

    return outcome(GetExitCodeProcess(h, &code));
}

static DWORD duplicate(HANDLE h)
{
    HANDLE copy;
    DWORD error = outcome(DuplicateHandle(h, GetCurrentProcess(), GetCurrentProcess(), &copy, 0,
                                          FALSE, DUPLICATE_SAME_ACCESS));

    if (!error)
        CloseHandle(copy);
    return error;
}

static DWORD map_view(HANDLE h)
{
    LONG WINAPI (*map)(HANDLE, HANDLE, void **, ULONG_PTR, SIZE_T, LARGE_INTEGER *, SIZE_T *, int,
                       ULONG, ULONG) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtMapViewOfSection");
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, NULL);
    void *base = NULL;
    SIZE_T size = 0;
    LONG status = map(section, h, &base, 0, 0, NULL, &size, 1, 0, PAGE_READWRITE);

    if (status == 0)
        UnmapViewOfFile(base);
    CloseHandle(section);
    return status == 0 ? 0 : status == (LONG)0xC0000022 ? ERROR_ACCESS_DENIED : 1;
}

static DWORD wait_for(HANDLE h)
{
    return outcome(WaitForSingleObject(h, 0) != WAIT_FAILED);
}

static DWORD wait_for_many(HANDLE h)
{
    return outcome(WaitForMultipleObjects(1, &h, FALSE, 0) != WAIT_FAILED);
}

/* --- threads --- */

static DWORD suspend(HANDLE h)
{
    return outcome(SuspendThread(h) != (DWORD)-1);
}

static DWORD resume(HANDLE h)
{
    return outcome(ResumeThread(h) != (DWORD)-1);
}

static DWORD get_context(HANDLE h)
{
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};

    return outcome(GetThreadContext(h, &context));
}

static DWORD set_context(HANDLE h)
{
    CONTEXT context = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};

    return outcome(SetThreadContext(h, &context));
}

static DWORD set_priority(HANDLE h)
{
    return outcome(SetThreadPriority(h, THREAD_PRIORITY_NORMAL));
}

static DWORD exit_code_thread(HANDLE h)
{
    DWORD code;

    return outcome(GetExitCodeThread(h, &code));
}

/* --- events, semaphores, mutants --- */

static DWORD set_event(HANDLE h)
{
    return outcome(SetEvent(h));
}

static DWORD reset_event(HANDLE h)
{
    return outcome(ResetEvent(h));
}

static DWORD pulse_event(HANDLE h)
{
    return outcome(PulseEvent(h));
}

static DWORD release_semaphore(HANDLE h)
{
    return outcome(ReleaseSemaphore(h, 1, NULL));
}

/* The mutex belongs to nobody: who has the right is told so. */
static DWORD release_mutex(HANDLE h)
{
    DWORD error = outcome(ReleaseMutex(h));

    return error == ERROR_NOT_OWNER ? 0 : error;
}

/* --- sections --- */

static DWORD view_read(HANDLE h)
{
    void *view = MapViewOfFile(h, FILE_MAP_READ, 0, 0, 0);
    DWORD error = outcome(view != NULL);

    if (view != NULL)
        UnmapViewOfFile(view);
    return error;
}

static DWORD view_write(HANDLE h)
{
    void *view = MapViewOfFile(h, FILE_MAP_WRITE, 0, 0, 0);
    DWORD error = outcome(view != NULL);

    if (view != NULL)
        UnmapViewOfFile(view);
    return error;
}

static DWORD query_section(HANDLE h)
{
    LONG WINAPI (*query)(HANDLE, int, void *, SIZE_T, SIZE_T *) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQuerySection");
    ULONG record[4];
    LONG status = query(h, 0, record, sizeof record, NULL);

    return status == 0 ? 0 : status == (LONG)0xC0000022 ? ERROR_ACCESS_DENIED : 1;
}

/* --- the table --- */

enum kind { PROCESS, THREAD, EVENT, SEMAPHORE, MUTEX, SECTION };
static const struct {
    enum kind kind;
    const char *name;
    attempt *attempt;
    DWORD rights; /* each of them is enough */
} rows[] = {
    {PROCESS, "VirtualAllocEx", alloc_ex, PROCESS_VM_OPERATION},
    {PROCESS, "VirtualFreeEx", free_ex, PROCESS_VM_OPERATION},
    {PROCESS, "VirtualProtectEx", protect_ex, PROCESS_VM_OPERATION},
    {PROCESS, "NtMapViewOfSection", map_view, PROCESS_VM_OPERATION},
    {PROCESS, "VirtualQueryEx", query_ex, PROCESS_QUERY_INFORMATION},
    {PROCESS, "ReadProcessMemory", read_memory, PROCESS_VM_READ},
    {PROCESS, "NtWriteVirtualMemory", write_memory, PROCESS_VM_WRITE},
    {PROCESS, "GetProcessMemoryInfo", memory_info,
     PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION},
    {PROCESS, "EmptyWorkingSet", empty_set, PROCESS_SET_QUOTA},
    {PROCESS, "SetPriorityClass", priority_class, PROCESS_SET_INFORMATION},
    {PROCESS, "GetExitCodeProcess", exit_code_process,
     PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION},
    {PROCESS, "DuplicateHandle", duplicate, PROCESS_DUP_HANDLE},
    {PROCESS, "WaitForSingleObject", wait_for, SYNCHRONIZE},
    {PROCESS, "WaitForMultipleObjects", wait_for_many, SYNCHRONIZE},
    {THREAD, "SuspendThread", suspend, THREAD_SUSPEND_RESUME},
    {THREAD, "ResumeThread", resume, THREAD_SUSPEND_RESUME},
    {THREAD, "GetThreadContext", get_context, THREAD_GET_CONTEXT},
    {THREAD, "SetThreadContext", set_context, THREAD_SET_CONTEXT},
    {THREAD, "SetThreadPriority", set_priority, THREAD_SET_INFORMATION},
    {THREAD, "GetExitCodeThread", exit_code_thread,
     THREAD_QUERY_INFORMATION | THREAD_QUERY_LIMITED_INFORMATION},
    {THREAD, "WaitForSingleObject", wait_for, SYNCHRONIZE},
    {EVENT, "SetEvent", set_event, EVENT_MODIFY_STATE},
    {EVENT, "ResetEvent", reset_event, EVENT_MODIFY_STATE},
    {EVENT, "PulseEvent", pulse_event, EVENT_MODIFY_STATE},
    {EVENT, "WaitForSingleObject", wait_for, SYNCHRONIZE},
    {SEMAPHORE, "ReleaseSemaphore", release_semaphore, SEMAPHORE_MODIFY_STATE},
    {SEMAPHORE, "WaitForSingleObject", wait_for, SYNCHRONIZE},
    {MUTEX, "ReleaseMutex", release_mutex, MUTANT_QUERY_STATE},
    {MUTEX, "WaitForMultipleObjects", wait_for_many, SYNCHRONIZE},
    {SECTION, "MapViewOfFile for reading", view_read, SECTION_MAP_READ},
    {SECTION, "MapViewOfFile for writing", view_write, SECTION_MAP_WRITE},
    {SECTION, "NtQuerySection", query_section, SECTION_QUERY},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* The rights that a kind has, bit by bit; waiting is tried with all. */
static const DWORD rights_of[] = {
    [PROCESS] = 0x1FFF & ~0x0004u,
    [THREAD] = 0x0C7B & ~0x0380u,
    [EVENT] = 3,
    [SEMAPHORE] = 3,
    [MUTEX] = 1,
    [SECTION] = 0xE,
};

static DWORD id_of_thread;

static HANDLE open(enum kind kind, DWORD access)
{
    switch (kind) {
    case PROCESS:
        return OpenProcess(access, FALSE, GetCurrentProcessId());
    case THREAD:
        return OpenThread(access, FALSE, id_of_thread);
    case EVENT:
        return OpenEventA(access, FALSE, "rights-event");
    case SEMAPHORE:
        return OpenSemaphoreA(access, FALSE, "rights-semaphore");
    case MUTEX:
        return OpenMutexA(access, FALSE, "rights-mutex");
    default:
        return OpenFileMappingA(access, FALSE, "rights-section");
    }
}

static int cells, wrong;

static void try(unsigned row, DWORD access)
{
    HANDLE handle = open(rows[row].kind, access);
    DWORD wanted = access & rows[row].rights ? 0 : ERROR_ACCESS_DENIED, got;

    SetLastError(0);
    got = handle != NULL ? rows[row].attempt(handle) : 0xDEAD;
    cells++;
    if (got != wanted) {
        printf("  %s with right %lX: %lu, wanted %lu\n", rows[row].name, (unsigned long)access,
               (unsigned long)got, (unsigned long)wanted);
        wrong++;
    }
    CloseHandle(handle);
}

static void test_matrix(void)
{
    for (unsigned row = 0; row < ROWS; row++) {
        int before = wrong;
        char what[80];

        for (DWORD right = 1; right <= SYNCHRONIZE; right <<= 1)
            if (right &
                (rights_of[rows[row].kind] | (rows[row].kind != SECTION ? SYNCHRONIZE : 0u)))
                try(row, right);
        snprintf(what, sizeof what, "%s: exactly the right that it names", rows[row].name);
        fact_number("X12", what, 0, wrong - before);
    }
    printf("# matrix: %d calls, %d pairs of call and right, %d wrong\n", ROWS, cells, wrong);
}

/* --- opening --- */

static void test_opening(void)
{
    static const struct {
        enum kind kind;
        DWORD generic;
        attempt *attempt;
        DWORD wanted;
        const char *what;
    } generic[] = {
        {PROCESS, GENERIC_READ, read_memory, 0, "GENERIC_READ of a process reads its memory"},
        {PROCESS, GENERIC_READ, write_memory, 5, "and does not write it"},
        {PROCESS, GENERIC_WRITE, write_memory, 0, "GENERIC_WRITE writes it"},
        {PROCESS, GENERIC_EXECUTE, wait_for, 0, "GENERIC_EXECUTE waits"},
        {PROCESS, GENERIC_ALL, alloc_ex, 0, "GENERIC_ALL does everything"},
        {PROCESS, MAXIMUM_ALLOWED, alloc_ex, 0, "MAXIMUM_ALLOWED, too"},
        {MUTEX, GENERIC_READ | GENERIC_WRITE, wait_for, 5,
         "GENERIC_READ and _WRITE of a mutex do not wait"},
        {MUTEX, GENERIC_EXECUTE, wait_for, 0, "GENERIC_EXECUTE of a mutex waits"},
        {EVENT, GENERIC_WRITE, set_event, 0, "GENERIC_WRITE of an event sets it"},
        {EVENT, GENERIC_READ, set_event, 5, "GENERIC_READ does not"},
    };
    HANDLE none, copy, section;

    for (unsigned i = 0; i < sizeof generic / sizeof *generic; i++) {
        HANDLE handle = open(generic[i].kind, generic[i].generic);

        fact_number("X12", generic[i].what, generic[i].wanted, generic[i].attempt(handle));
        if (generic[i].kind == MUTEX)
            ReleaseMutex(handle);
        CloseHandle(handle);
    }
    section = open(SECTION, SECTION_QUERY | SECTION_MAP_READ);
    fact_number("X12", "SECTION_QUERY asks about a section", 0, query_section(section));
    CloseHandle(section);
    SetLastError(0);
    none = OpenMutexA(0, FALSE, "rights-mutex");
    fact("X12", "a handle without any right is not given: error 5",
         none == NULL && GetLastError() == 5);
    none = open(PROCESS, PROCESS_QUERY_INFORMATION);
    DuplicateHandle(GetCurrentProcess(), none, GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    fact_number("X12", "a copy has the rights of its original", ERROR_ACCESS_DENIED,
                alloc_ex(copy));
    fact_number("X12", "the pseudo handle has all", 0, alloc_ex(GetCurrentProcess()));
    CloseHandle(none);
    CloseHandle(copy);
}

static DWORD WINAPI idle(void *nothing)
{
    (void)nothing;
    Sleep(INFINITE);
    return 0;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    memory = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CreateThread(NULL, 0, idle, NULL, CREATE_SUSPENDED, &id_of_thread);
    CreateEventA(NULL, TRUE, FALSE, "rights-event");
    CreateSemaphoreA(NULL, 1, 1000, "rights-semaphore");
    CreateMutexA(NULL, FALSE, "rights-mutex");
    CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, "rights-section");
    test_matrix();
    test_opening();
    return facts_end();
}
