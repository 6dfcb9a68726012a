/* process.c - processes: starting, handles, environment, memory of others, ends; and what a process
 * can ask about itself and the machine.  Starts itself as its own child.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h> /* needs the types of windows.h */

static char own_name[MAX_PATH];

static BOOL start(const char *arguments, STARTUPINFOA *startup, BOOL inherit, DWORD flags,
                  void *environment, PROCESS_INFORMATION *process)
{
    char line[MAX_PATH + 100];

    snprintf(line, sizeof line, "\"%s\" %s", own_name, arguments);
    return CreateProcessA(NULL, line, NULL, NULL, inherit, flags, environment, NULL, startup,
                          process);
}

static DWORD finish(PROCESS_INFORMATION *process)
{
    DWORD code = 0;

    if (WaitForSingleObject(process->hProcess, PATIENCE_MS) != WAIT_OBJECT_0)
        TerminateProcess(process->hProcess, 99);
    GetExitCodeProcess(process->hProcess, &code);
    CloseHandle(process->hProcess);
    CloseHandle(process->hThread);
    return code;
}

/* Starts a child with these arguments and returns its exit code. */
static DWORD run(const char *arguments)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;

    return start(arguments, &startup, FALSE, 0, NULL, &process) ? finish(&process) : ~0u;
}

/* --- start and end --- */

static DWORD WINAPI sleep_long(void *unused)
{
    (void)unused;
    Sleep(60000);
    return 0;
}

static void test_ends(void)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    HANDLE opened;
    DWORD code;

    fact_number("process", "what main returns is the exit code", 33, run("return 33"));
    fact_number("process", "so is ExitProcess's argument, though another thread runs", 44,
                run("exit 44"));
    fact("process", "a child that sleeps", start("sleep", &startup, FALSE, 0, NULL, &process));
    GetExitCodeProcess(process.hProcess, &code);
    fact_number("process", "exit code while it runs", STILL_ACTIVE, code);
    opened = OpenProcess(PROCESS_TERMINATE, FALSE, process.dwProcessId);
    fact("process", "OpenProcess by id, TerminateProcess", TerminateProcess(opened, 55));
    CloseHandle(opened);
    fact_number("process", "the exit code given there", 55, finish(&process));
    fact("process", "OpenProcess of no process: error 87",
         OpenProcess(PROCESS_TERMINATE, FALSE, 0x7FFFFFF0) == NULL &&
             GetLastError() == ERROR_INVALID_PARAMETER);
    fact("process", "no such program: error 2",
         !CreateProcessA(NULL, (char[]){"nothere.exe"}, NULL, NULL, FALSE, 0, NULL, NULL, &startup,
                         &process) &&
             GetLastError() == ERROR_FILE_NOT_FOUND);
    fact("process", "TerminateProcess of a null handle: error 6",
         !TerminateProcess(NULL, 1) && GetLastError() == ERROR_INVALID_HANDLE);
}

/* --- what a child gets --- */

static void test_environment(void)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char value[20];

    fact("environment", "a variable that isn't set: error 203",
         GetEnvironmentVariableA("NOT_SET", value, 20) == 0 &&
             GetLastError() == ERROR_ENVVAR_NOT_FOUND);
    fact("environment", "set and get, in any case",
         SetEnvironmentVariableA("Pagoda_X", "1234") &&
             GetEnvironmentVariableA("PAGODA_x", value, 20) == 4 && strcmp(value, "1234") == 0);
    fact_number("environment", "a buffer that is too small: the size it should have", 5,
                GetEnvironmentVariableA("PAGODA_X", value, 4));
    fact_number("environment", "a child inherits it", 4, run("variable"));
    fact("environment", "or gets another",
         start("variable", &startup, FALSE, 0, (char[]){"PAGODA_X=abcdefg\0"}, &process));
    fact_number("environment", "which is what it then has", 7, finish(&process));
    SetEnvironmentVariableA("PAGODA_X", NULL);
    fact("environment", "null takes it away", GetEnvironmentVariableA("PAGODA_X", value, 20) == 0);
}

static void test_handles(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    HANDLE file =
        CreateFileA("out.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                    &inheritable, CREATE_ALWAYS, 0, NULL);
    HANDLE event = CreateEventA(&inheritable, TRUE, FALSE, NULL);
    STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    char text[40] = "", arguments[40];
    DWORD done;

    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = startup.hStdError = file;
    start("print", &startup, TRUE, 0, NULL, &process);
    finish(&process);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, sizeof text - 1, &done, NULL);
    fact("handles", "a child's standard output can be a file of ours",
         strncmp(text, "from the child", 14) == 0);
    CloseHandle(file);
    DeleteFileA("out.txt");
    snprintf(arguments, sizeof arguments, "set %u", (unsigned)(uintptr_t)event);
    startup = (STARTUPINFOA){.cb = sizeof startup};
    start(arguments, &startup, TRUE, 0, NULL, &process);
    fact_number("handles", "an inherited handle works in the child under the same number", 1,
                finish(&process));
    fact_number("handles", "and is the same object", WAIT_OBJECT_0, WaitForSingleObject(event, 0));
    CloseHandle(event);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    fact("handles", "a handle has no flags, if nobody asks for one",
         GetHandleInformation(event, &done) && done == 0);
    snprintf(arguments, sizeof arguments, "set %u", (unsigned)(uintptr_t)event);
    start(arguments, &startup, TRUE, 0, NULL, &process);
    finish(&process);
    fact_number("handles", "and no child has it", WAIT_TIMEOUT, WaitForSingleObject(event, 0));
    CloseHandle(event);
}

static void test_duplicate(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), copy = NULL;

    fact("handles", "DuplicateHandle",
         DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE,
                         DUPLICATE_SAME_ACCESS));
    CloseHandle(event);
    fact("handles", "the copy lives on", SetEvent(copy));
    CloseHandle(copy);
    fact("handles", "twice closed: error 6",
         !CloseHandle(copy) && GetLastError() == ERROR_INVALID_HANDLE);
}

/* A value names one object at a time: closed, it names nothing, until another object gets it. */
static void test_values_again(void)
{
    static HANDLE open[64];
    int wrong = 0, again = 0;

    for (int i = 0; i < 64; i++)
        open[i] = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 20000; i++) {
        HANDLE old = open[i % 64], *made = &open[(i + 31) % 64];

        wrong += !CloseHandle(old) || SetEvent(old) || CloseHandle(old);
        open[i % 64] =
            i & 1 ? CreateEventA(NULL, TRUE, FALSE, NULL) : CreateSemaphoreA(NULL, 0, 1, NULL);
        again += open[i % 64] == old;
        wrong +=
            !open[i % 64] || *made == open[i % 64] || WaitForSingleObject(*made, 0) != WAIT_TIMEOUT;
    }
    for (int i = 0; i < 64; i++)
        wrong += !CloseHandle(open[i]);
    fact_number("handles", "20,000 closed and made, of 64 at a time: none is another's", 0, wrong);
    fact("handles", "and closed values are used again", again > 0);
}

/* --- memory of another process --- */

static void test_memory(void)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    MEMORY_BASIC_INFORMATION info;
    char *there, text[16] = "";
    SIZE_T done = 0;

    start("return 1", &startup, FALSE, CREATE_SUSPENDED, NULL, &process);
    there =
        VirtualAllocEx(process.hProcess, NULL, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    fact("other", "VirtualAllocEx in a suspended child", there != NULL);
    fact("other", "WriteProcessMemory",
         WriteProcessMemory(process.hProcess, there + 0xFFC, "over a line", 12, &done) &&
             done == 12);
    fact("other", "ReadProcessMemory",
         ReadProcessMemory(process.hProcess, there + 0xFFC, text, 12, &done) &&
             strcmp(text, "over a line") == 0);
    fact("other", "VirtualQueryEx",
         VirtualQueryEx(process.hProcess, there, &info, sizeof info) == sizeof info &&
             info.State == MEM_COMMIT && info.RegionSize == 0x3000);
    VirtualFreeEx(process.hProcess, there + 0x1000, 0x1000, MEM_DECOMMIT);
    fact("W107", "over a hole: error 299 or 998",
         !ReadProcessMemory(process.hProcess, there + 0xFFC, text, 12, &done) &&
             (GetLastError() == ERROR_PARTIAL_COPY || GetLastError() == ERROR_NOACCESS));
    fact("other", "the child's code can be written",
         WriteProcessMemory(process.hProcess, (void *)test_memory, text, 1, &done) && done == 1);
    TerminateProcess(process.hProcess, 5);
    fact_number("other", "a process that never ran can be ended", 5, finish(&process));
    fact("W36", "a null handle: error 6",
         VirtualAllocEx(NULL, NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE) == NULL &&
             GetLastError() == ERROR_INVALID_HANDLE);
}

/* --- shared memory --- */

static void test_sharing(void)
{
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, "pagoda-shared");
    volatile LONG *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

    *view = 100;
    fact_number("share", "a child adds to a named section", 0, run("add"));
    fact_number("share", "and we see it", 123, *view);
    UnmapViewOfFile((void *)view);
    CloseHandle(mapping);
}

/* --- facts about memory (W126 to W134) --- */

static void test_counters(void)
{
    PROCESS_MEMORY_COUNTERS before, after;
    MEMORYSTATUSEX status = {.dwLength = 63};
    MEMORYSTATUS old;
    SIZE_T minimum, maximum;
    char *memory;

    fact("W132", "GlobalMemoryStatusEx wants its size: error 87",
         !GlobalMemoryStatusEx(&status) && GetLastError() == ERROR_INVALID_PARAMETER);
    status.dwLength = sizeof status;
    fact("W133", "GlobalMemoryStatusEx",
         GlobalMemoryStatusEx(&status) && status.ullTotalVirtual == 0x7FFE0000 &&
             status.ullAvailPhys <= status.ullTotalPhys && status.dwMemoryLoad <= 100);
    SetLastError(77);
    GlobalMemoryStatus(&old);
    fact("W132", "GlobalMemoryStatus never sets the last error",
         GetLastError() == 77 && old.dwLength == sizeof old);
    GetProcessMemoryInfo(GetCurrentProcess(), &before, sizeof before);
    memory = VirtualAlloc(NULL, 100 * 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    GetProcessMemoryInfo(GetCurrentProcess(), &after, sizeof after);
    fact_number("W130", "committing 100 pages charges 100 pages", 100 * 4096,
                (long long)(after.PagefileUsage - before.PagefileUsage));
    for (int i = 0; i < 60; i++)
        memory[i * 4096] = 1;
    before = after;
    GetProcessMemoryInfo(GetCurrentProcess(), &after, sizeof after);
    fact("W130", "touching 60 of them: at least 60 faults",
         after.PageFaultCount - before.PageFaultCount >= 60);
    fact("W129", "the peak is at least the working set",
         after.PeakWorkingSetSize >= after.WorkingSetSize);
    fact("W127", "the working set's limits: 50 and 345 pages",
         GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum) &&
             minimum == 50 * 4096 && maximum == 345 * 4096);
    fact("W127", "minimum above maximum: error 87",
         !SetProcessWorkingSetSize(GetCurrentProcess(), 0x200000, 0x100000) &&
             GetLastError() == ERROR_INVALID_PARAMETER);
    fact("W128", "EmptyWorkingSet", EmptyWorkingSet(GetCurrentProcess()));
    fact("W128", "nothing is lost by it", memory[59 * 4096] == 1 && memory[0] == 1);
    VirtualFree(memory, 0, MEM_RELEASE);
}

static void test_working_set(void)
{
    char *memory = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    PSAPI_WORKING_SET_EX_INFORMATION info[2] = {{.VirtualAddress = memory},
                                                {.VirtualAddress = memory + 0x1000}};

    memory[0] = 1;
    fact("W131", "QueryWorkingSetEx", QueryWorkingSetEx(GetCurrentProcess(), info, sizeof info));
    fact("W131", "a touched page is valid, the other isn't",
         info[0].VirtualAttributes.Valid && !info[1].VirtualAttributes.Valid);
    VirtualFree(memory, 0, MEM_RELEASE);
}

/* --- the children --- */

static int child(int argc, char **argv)
{
    if (strcmp(argv[1], "return") == 0)
        return atoi(argv[2]);
    if (strcmp(argv[1], "exit") == 0) {
        CreateThread(NULL, 0, sleep_long, NULL, 0, NULL);
        Sleep(20);
        ExitProcess((UINT)atoi(argv[2]));
    }
    if (strcmp(argv[1], "sleep") == 0)
        Sleep(60000);
    if (strcmp(argv[1], "variable") == 0) {
        char value[20];

        return (int)GetEnvironmentVariableA("PAGODA_X", value, 20);
    }
    if (strcmp(argv[1], "print") == 0)
        printf("from the child\n");
    if (strcmp(argv[1], "set") == 0)
        return SetEvent((HANDLE)(uintptr_t)atoi(argv[2]));
    if (strcmp(argv[1], "add") == 0) {
        HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, "pagoda-shared");
        LONG *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

        *view += 23;
    }
    (void)argc;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argc, argv);
    GetModuleFileNameA(NULL, own_name, MAX_PATH);
    test_ends();
    test_environment();
    test_handles();
    test_duplicate();
    test_values_again();
    test_memory();
    test_sharing();
    test_counters();
    test_working_set();
    return facts_end();
}
