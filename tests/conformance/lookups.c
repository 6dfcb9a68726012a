/* lookups.c - names that ready-made programs look up or import beyond what mingw-w64 does: checked forms of the C
 * library, Visual C++'s types at run time, lists of processes and modules, calls in other threads, dates.
 */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

/* clang-format off: it needs the types of windows.h */
#include <tlhelp32.h>
/* clang-format on */

static void *crt(const char *name)
{
    return (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), name);
}

static void *kernel(const char *name)
{
    return (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), name);
}

/* ---- the C library ------------------------------------------------------------------------------------ */

static int by_context(void *context, const void *a, const void *b)
{
    ++*(int *)context;
    return *(const int *)a - *(const int *)b;
}

static void test_scan(void)
{
    int (*scan)(const char *, const char *, ...) = crt("sscanf_s");
    int (*scan_wide)(const wchar_t *, const wchar_t *, ...) = crt("swscanf_s");
    char word[8] = "", set[8] = "", letter = 0;
    wchar_t wide[8] = L"";
    int number = 0, count;

    count = scan("apple 42 x [bc]", "%s %d %c [%[a-c]]", word, 8, &number, &letter, 1, set, 8);
    fact("scanf_s", "each text has a size behind it",
         count == 4 && !strcmp(word, "apple") && number == 42 && letter == 'x' &&
             !strcmp(set, "bc"));
    word[4] = 'Z';
    scan("aubergine", "%s", word, 4);
    fact("scanf_s", "nothing is written behind the size", word[4] == 'Z');
    fact("scanf_s", "wide",
         scan_wide(L"7 kiwi", L"%d %s", &number, wide, 8) == 2 && number == 7 &&
             !wcscmp(wide, L"kiwi"));
}

static void test_checked(void)
{
    int (*number)(int, char *, size_t, int) = crt("_itoa_s");
    int (*split)(const char *, char *, size_t, char *, size_t, char *, size_t, char *, size_t) =
        crt("_splitpath_s");
    void (*sort)(void *, size_t, size_t, int (*)(void *, const void *, const void *), void *) =
        crt("qsort_s");
    void *(*clear)(void *, size_t, size_t) = crt("_recalloc");
    char text[16] = "", name[16], extension[16];
    int values[100], compared = 0, sorted = 1;
    char *block;

    fact("_itoa_s", "fits, or is empty",
         number(-255, text, 16, 16) == 0 && !strcmp(text, "ffffff01") &&
             number(12345, text, 5, 10) != 0 && !*text);
    fact("_splitpath_s", "parts",
         split("C:\\a\\b.txt", NULL, 0, NULL, 0, name, 16, extension, 16) == 0 &&
             !strcmp(name, "b") && !strcmp(extension, ".txt"));
    for (int i = 0; i < 100; i++)
        values[i] = i * 37 % 101;
    sort(values, 100, sizeof *values, by_context, &compared);
    for (int i = 1; i < 100; i++)
        sorted &= values[i - 1] <= values[i];
    fact("qsort_s", "sorts and passes its context", sorted && compared > 100 && compared < 1000);
    block = malloc(8);
    memset(block, 1, 8);
    block = clear(block, 64, 1);
    fact("_recalloc", "keeps what was and zeroes what comes",
         block[7] == 1 && block[8] == 0 && block[63] == 0);
}

/* ---- Visual C++'s types at run time: the records of two classes, B below A ------------------------------ */

struct type {
    void *table;
    char *name;
    char decorated[16];
};
struct base {
    struct type *type;
    unsigned contained;
    int member, table, entry;
    unsigned attributes;
};
struct hierarchy {
    unsigned signature, attributes, count;
    struct base **bases;
};
struct locator {
    unsigned signature, offset, constructor;
    struct type *type;
    struct hierarchy *hierarchy;
};

static void test_types(void)
{
    static struct type a = {.decorated = ".?AVA@N@@"}, b = {.decorated = ".?AUB@@"},
                       c = {.decorated = ".?AVC@@"};
    static struct base in_b[2] = {{&b, 1, 0, -1, 0, 0}, {&a, 0, 8, -1, 0, 0}};
    static struct base *bases[2] = {&in_b[0], &in_b[1]};
    static struct hierarchy hierarchy = {0, 0, 2, bases};
    static struct locator whole = {0, 0, 0, &b, &hierarchy}, part = {0, 8, 0, &b, &hierarchy};
    static void *whole_table[2] = {&whole}, *part_table[2] = {&part};
    void *object[4] = {&whole_table[1], NULL, &part_table[1], NULL};
    void *(*cast)(void *, int, void *, void *, int) = crt("__RTDynamicCast");
    void *(*type_of)(void *) = crt("__RTtypeid");
    void *(*to_void)(void *) = crt("__RTCastToVoid");
    const char *(*name)(void *, void *) = crt("__std_type_info_name");

    fact("dynamic_cast", "down", cast(&object[2], 0, &a, &b, 0) == object);
    fact("dynamic_cast", "up", cast(object, 0, &b, &a, 0) == &object[2]);
    fact("dynamic_cast", "to a stranger", cast(object, 0, &b, &c, 0) == NULL);
    fact("typeid", "of a part is that of the whole",
         type_of(&object[2]) == &b && to_void(&object[2]) == object);
    fact("typeid", "names",
         !strcmp(name(&a.name, NULL), "class N::A") && !strcmp(name(&b.name, NULL), "struct B"));
}

static double intrinsic(const char *name, double x)
{
    void *function = crt(name);

    __asm__ volatile("fldl %0\n call *%1\n fstpl %0"
                     : "+m"(x)
                     : "r"(function)
                     : "eax", "ecx", "edx", "memory");
    return x;
}

static void test_intrinsics(void)
{
    void *probe = crt("_chkstk");
    uintptr_t before, after;

    fact("_CI...", "mathematics on the coprocessor's stack",
         fabs(intrinsic("_CIsin", 1.0) - sin(1.0)) < 1e-12 &&
             fabs(intrinsic("_CIexp", 2.0) - exp(2.0)) < 1e-9);
    __asm__ volatile("movl %%esp, %0\n"
                     "movl $20000, %%eax\n"
                     "call *%2\n"
                     "movl %%esp, %1\n"
                     "addl $20000, %%esp\n"
                     : "=&S"(before), "=&D"(after)
                     : "b"(probe)
                     : "eax", "ecx", "memory");
    fact_number("_chkstk", "takes the stack it is asked for", 20000, (long long)(before - after));
}

/* ---- processes and modules ------------------------------------------------------------------------------ */

static void test_snapshot(void)
{
    HANDLE snapshot =
        CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD | TH32CS_SNAPMODULE, 0);
    PROCESSENTRY32 process = {.dwSize = sizeof process};
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    MODULEENTRY32 module = {.dwSize = sizeof module};
    int own = 0, own_thread = 0, libraries = 0, first = 0;

    for (BOOL more = Process32First(snapshot, &process); more;
         more = Process32Next(snapshot, &process))
        own += process.th32ProcessID == GetCurrentProcessId() &&
               !_stricmp(process.szExeFile, "lookups.exe");
    for (BOOL more = Thread32First(snapshot, &thread); more; more = Thread32Next(snapshot, &thread))
        own_thread += thread.th32ThreadID == GetCurrentThreadId() &&
                      thread.th32OwnerProcessID == GetCurrentProcessId();
    for (BOOL more = Module32First(snapshot, &module); more;
         more = Module32Next(snapshot, &module)) {
        first += libraries == 0 && module.hModule == GetModuleHandleA(NULL);
        libraries +=
            module.hModule == GetModuleHandleA(module.szModule) && module.modBaseSize > 0x1000;
    }
    fact_number("toolhelp", "this process is listed once", 1, own);
    fact_number("toolhelp", "so is this thread", 1, own_thread);
    fact("toolhelp", "its program is the first module, and the libraries follow",
         first == 1 && libraries >= 4);
    fact("toolhelp", "the end is said",
         GetLastError() == ERROR_NO_MORE_FILES && CloseHandle(snapshot));
}

/* ---- calls in other threads ------------------------------------------------------------------------------ */

static volatile LONG called;
static volatile DWORD caller;

static void WINAPI on_call(ULONG_PTR argument)
{
    called += (LONG)argument;
    caller = GetCurrentThreadId();
}

static DWORD WINAPI wait_alertably(void *ready)
{
    SetEvent(ready);
    return SleepEx(INFINITE, TRUE);
}

static VOID WINAPI on_timer(void *argument, DWORD low, DWORD high)
{
    (void)high;
    called += low != 0 ? (LONG)(intptr_t)argument : 0;
}

static void test_calls(void)
{
    HANDLE ready = CreateEventA(NULL, FALSE, FALSE, NULL),
           timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    LARGE_INTEGER soon = {.QuadPart = -10000};
    DWORD id, code = 0;
    HANDLE thread = CreateThread(NULL, 0, wait_alertably, ready, 0, &id);

    WaitForSingleObject(ready, INFINITE);
    QueueUserAPC(on_call, thread, 5);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    fact("APC", "wakes an alertable sleep of its thread",
         called == 5 && caller == id && code == WAIT_IO_COMPLETION);
    QueueUserAPC(on_call, GetCurrentThread(), 7);
    Sleep(0);
    fact("APC", "waits for an alertable wait", called == 5);
    fact("APC", "is called before the wait begins",
         WaitForSingleObjectEx(ready, INFINITE, TRUE) == WAIT_IO_COMPLETION && called == 12);
    SetWaitableTimer(timer, &soon, 0, on_timer, (void *)100, FALSE);
    fact("APC", "of a timer", SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && called == 112);
}

static volatile LONG rounds;

static void WINAPI on_round(void *event, BOOLEAN timed_out)
{
    if (timed_out && InterlockedIncrement(&rounds) == 3)
        SetEvent(event);
}

static void WINAPI on_signal(void *event, BOOLEAN timed_out)
{
    if (!timed_out)
        SetEvent(event);
}

static DWORD WINAPI work(void *event)
{
    return (DWORD)SetEvent(event);
}

static void test_pool(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), timer, wait,
           object = CreateEventA(NULL, FALSE, FALSE, NULL);

    QueueUserWorkItem(work, event, 0);
    fact("pool", "a work item is done", WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    CreateTimerQueueTimer(&timer, NULL, on_round, event, 1, 1, 0);
    fact("pool", "a timer calls again and again",
         WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    fact("pool", "and ends", DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
    RegisterWaitForSingleObject(&wait, object, on_signal, event, INFINITE, WT_EXECUTEONLYONCE);
    SetEvent(object);
    fact("pool", "a registered wait calls", WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    fact("pool", "and is taken back", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
}

static VOID CALLBACK count_work(PTP_CALLBACK_INSTANCE instance, PVOID count, PTP_WORK work)
{
    (void)instance;
    (void)work;
    InterlockedIncrement(count);
}

static VOID CALLBACK set_later(PTP_CALLBACK_INSTANCE instance, PVOID event)
{
    SetEventWhenCallbackReturns(instance, event);
}

static volatile LONG periods;

static VOID CALLBACK on_time(PTP_CALLBACK_INSTANCE instance, PVOID event, PTP_TIMER timer)
{
    (void)instance;
    (void)timer;
    if (InterlockedIncrement(&periods) == 3)
        SetEvent(event);
}

static VOID CALLBACK on_wait(PTP_CALLBACK_INSTANCE instance, PVOID event, PTP_WAIT wait,
                             TP_WAIT_RESULT result)
{
    (void)instance;
    (void)wait;
    if (result == WAIT_OBJECT_0)
        SetEvent(event);
}

static void test_newer_pool(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL),
           object = CreateEventA(NULL, FALSE, FALSE, NULL);
    ULARGE_INTEGER past = {.QuadPart = (ULONGLONG)-10000};
    FILETIME due = {past.LowPart, past.HighPart};
    LONG count = 0;
    PTP_WORK work = CreateThreadpoolWork(count_work, &count, NULL);
    PTP_TIMER timer = CreateThreadpoolTimer(on_time, event, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(on_wait, event, NULL);

    for (int i = 0; i < 20; i++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    fact_number("pool", "work is done as often as it is submitted", 20, (uint32_t)count);
    CloseThreadpoolWork(work);
    fact("pool", "an event is set when a call returns",
         TrySubmitThreadpoolCallback(set_later, event, NULL) &&
             WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    SetThreadpoolTimer(timer, &due, 1, 0);
    fact("pool", "a timer with a period", WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    fact("pool", "is set no more", !IsThreadpoolTimerSet(timer));
    CloseThreadpoolTimer(timer);
    SetThreadpoolWait(wait, object, NULL);
    SetEvent(object);
    fact("pool", "a wait calls", WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    WaitForThreadpoolWaitCallbacks(wait, TRUE);
    SetEvent(object);
    fact("pool", "once", WaitForSingleObject(object, INFINITE) == WAIT_OBJECT_0);
    CloseThreadpoolWait(wait);
}

/* ---- dates, atoms --------------------------------------------------------------------------------------- */

static void test_dates(void)
{
    SYSTEMTIME day = {
        .wYear = 2024, .wMonth = 2, .wDay = 29, .wHour = 15, .wMinute = 4, .wSecond = 9};
    char text[80];
    ATOM(WINAPI * add)(LPCSTR) = kernel("AddAtomA"), (WINAPI * find)(LPCSTR) = kernel("FindAtomA");

    GetDateFormatA(LOCALE_USER_DEFAULT, DATE_LONGDATE, &day, NULL, text, sizeof text);
    fact("date", "long", !strcmp(text, "Thursday, February 29, 2024"));
    GetDateFormatA(LOCALE_USER_DEFAULT, 0, &day, "ddd dd'.'MM yy", text, sizeof text);
    fact("date", "a picture", !strcmp(text, "Thu 29.02 24"));
    GetTimeFormatA(LOCALE_USER_DEFAULT, 0, &day, NULL, text, sizeof text);
    fact("date", "time", !strcmp(text, "3:04:09 PM"));
    fact("atom", "the same text in other letters is the same atom",
         add("Pagoda") >= 0xC000 && find("PAGODA") == find("pagoda"));
    fact("atom", "who is not there is not found",
         find("nobody") == 0 && GetLastError() == ERROR_FILE_NOT_FOUND);
}

/* ntdll.dll has a part of the C library, for programs that use nothing else. */
static void test_ntdll(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    int (*print)(char *, size_t, const char *, va_list) =
        (void *)GetProcAddress(ntdll, "_vsnprintf");
    int (*print_some)(char *, size_t, const char *, ...) =
        (void *)GetProcAddress(ntdll, "_snprintf");
    size_t (*length)(const wchar_t *) = (void *)GetProcAddress(ntdll, "wcslen");
    char text[8];

    fact("ntdll", "_vsnprintf is there", print != NULL);
    fact("ntdll", "_snprintf prints",
         print_some != NULL && print_some(text, sizeof text, "%d-%s", 42, "x") == 4 &&
             !strcmp(text, "42-x"));
    fact("ntdll", "wcslen counts", length != NULL && length(L"four") == 4);
}

/* What processors find is its own error, as a DLL has it that raised while it was loaded; others have a Win32 one. */
static void test_errors(void)
{
    static const DWORD rows[][2] = {
        {0x00000000, 0},          {0x80000001, 0x80000001}, {0x80000002, ERROR_NOACCESS},
        {0x80000003, 0x80000003}, {0x80000004, 0x80000004}, {0x80000099, ERROR_MR_MID_NOT_FOUND},
        {0xC000001D, 0xC000001D}, {0xC0000025, 0xC0000025}, {0xC000003F, ERROR_CRC},
        {0xC000008C, 0xC000008C}, {0xC000008E, 0xC000008E}, {0xC0000094, 0xC0000094},
        {0xC0000095, 534},        {0xC0000096, 0xC0000096}, {0xC000009C, ERROR_CRC},
        {0xC0000225, 1168},       {0xC00002B5, 0xC00002B5}, {0xC00000AA, ERROR_MR_MID_NOT_FOUND},
        {0xD0000034, 2},          {0xC0010005, 5},          {0x80070005, 5},
        {0xE06D7363, 0xE06D7363},
    };
    DWORD(WINAPI * error)(DWORD);
    int wrong = 0;

    error = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlNtStatusToDosError");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (error(rows[i][0]) != rows[i][1]) {
            printf("status %08lx is error %lu\n", rows[i][0], error(rows[i][0]));
            wrong++;
        }
    fact_number("ntdll", "each status has its error", 0, wrong);
}

int main(void)
{
    test_errors();
    test_ntdll();
    test_scan();
    test_checked();
    test_types();
    test_intrinsics();
    test_snapshot();
    test_calls();
    test_pool();
    test_newer_pool();
    test_dates();
    return facts_end();
}
