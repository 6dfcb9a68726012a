/* runtimes.c - what the run-times of other tool chains ask of the system: Go, Rust, Visual C++, libuv.
 *
 * Facts X8, the calls that those run-times make when they start, and the small DLLs; none of them is about memory.
 */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"
#include "tests/conformance/shared_page.h"
#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

/* ---- the page at 7FFE0000 --------------------------------------------------------------------------- */

static uint64_t now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static void test_shared_page(void)
{
    uint64_t interrupt = shared_time(0x08), system = shared_time(0x14), ticks = shared_time(0x320),
             since;
    OSVERSIONINFOA version = {.dwOSVersionInfoSize = sizeof version};
    MEMORYSTATUS memory;
    DWORD count;

    while (shared_time(0x320) < ticks + 3)
        Sleep(1);
    fact("X8", "InterruptTime and SystemTime advance alike",
         shared_time(0x08) > interrupt &&
             shared_time(0x08) - interrupt - (shared_time(0x14) - system) + 1000000 < 2000000);
    since = shared_time(0x14);
    fact("X8", "SystemTime is GetSystemTimeAsFileTime's", now() - since < 100000000);
    count = GetTickCount();
    fact("X8", "GetTickCount is TickCount times its multiplier",
         (DWORD)(shared_time(0x320) * *shared(4) >> 24) - count < 10000);
    GetVersionExA(&version);
    fact("X8", "the version is GetVersionEx's",
         *shared(0x26C) == version.dwMajorVersion && *shared(0x270) == version.dwMinorVersion);
    fact("X8", "SSE2 stands in ProcessorFeatures",
         (*shared(0x27C) >> 16 & 0xFF) ==
             (uint32_t)IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    GlobalMemoryStatus(&memory);
    fact_number("X8", "NumberOfPhysicalPages is the machine's RAM", memory.dwTotalPhys / 4096,
                *shared(0x2E8));
}

/* ---- what run-times keep ------------------------------------------------------------------------------ */

static volatile LONG fls_called;

static void WINAPI on_fls(void *value)
{
    fls_called += (LONG)(intptr_t)value;
}

static DWORD WINAPI set_fls(void *slot)
{
    return FlsSetValue((DWORD)(intptr_t)slot, (void *)5);
}

static void run(LPTHREAD_START_ROUTINE function, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, function, argument, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void test_slots(void)
{
    DWORD slot = FlsAlloc(on_fls);
    SLIST_ENTRY entries[3];
    SLIST_HEADER list;

    FlsSetValue(slot, (void *)2);
    fact("fls", "a slot keeps what this thread put there", FlsGetValue(slot) == (void *)2);
    run(set_fls, (void *)(intptr_t)slot);
    fact_number("fls", "the end of a thread calls the function with its value", 5, fls_called);
    FlsFree(slot);
    fact_number("fls", "freeing the slot calls it for who is left", 7, fls_called);
    InitializeSListHead(&list);
    for (int i = 0; i < 3; i++)
        InterlockedPushEntrySList(&list, &entries[i]);
    fact("slist", "last in, first out",
         InterlockedPopEntrySList(&list) == &entries[2] && QueryDepthSList(&list) == 2);
    fact("slist", "a flush gives the rest and leaves nothing",
         InterlockedFlushSList(&list) == &entries[1] && InterlockedPopEntrySList(&list) == NULL);
    fact("pointer", "an encoded pointer is another one and comes back",
         EncodePointer(&list) != &list && DecodePointer(EncodePointer(&list)) == &list);
}

/* ---- waiting ------------------------------------------------------------------------------------------- */

static HANDLE port;
static volatile LONG value;
static BOOL(WINAPI *wait_on)(volatile void *, void *, SIZE_T, DWORD);
static void(WINAPI *wake_all)(void *);

static DWORD WINAPI post(void *unused)
{
    (void)unused;
    return PostQueuedCompletionStatus(port, 11, 12, (OVERLAPPED *)13);
}

static DWORD WINAPI change(void *unused)
{
    (void)unused;
    value = 1;
    wake_all((void *)&value);
    return 0;
}

static void test_waiting(void)
{
    HMODULE set = LoadLibraryA("api-ms-win-core-synch-l1-2-0.dll");
    LARGE_INTEGER due = {.QuadPart = -200000};
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes, zero = 0;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    fact("port", "an empty port times out",
         !GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0) && overlapped == NULL);
    CloseHandle(CreateThread(NULL, 0, post, NULL, 0, NULL));
    SetLastError(0);
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    fact("port", "a packet comes as it was posted",
         bytes == 11 && key == 12 && overlapped == (OVERLAPPED *)13);
    CloseHandle(port);
    fact("port", "a closed port takes none", !PostQueuedCompletionStatus(port, 1, 2, NULL));
    fact("timer", "a timer that isn't set is not signaled",
         WaitForSingleObject(timer, 0) == WAIT_TIMEOUT);
    fact("timer", "a timer rings when it is due",
         SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
             WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    fact("timer", "a manual one stays signaled until it is set again",
         WaitForSingleObject(timer, 0) == WAIT_OBJECT_0 && CancelWaitableTimer(timer) &&
             WaitForSingleObject(timer, 0) == WAIT_TIMEOUT);
    CloseHandle(timer);
    wait_on = (void *)GetProcAddress(set, "WaitOnAddress");
    wake_all = (void *)GetProcAddress(set, "WakeByAddressAll");
    fact("address", "an API set gives its functions", wait_on != NULL && wake_all != NULL);
    fact("address", "a wait for what doesn't change times out",
         !wait_on(&value, &zero, 4, 20) && GetLastError() == ERROR_TIMEOUT);
    CloseHandle(CreateThread(NULL, 0, change, NULL, 0, NULL));
    while (value == 0)
        wait_on(&value, &zero, 4, INFINITE);
    fact("address", "a wait ends with the change", value == 1);
}

/* ---- texts --------------------------------------------------------------------------------------------- */

static void test_locale(void)
{
    WCHAR out[8];
    WORD types[4];
    DWORD page = 0;

    fact("locale", "letters of three alphabets have another case",
         LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_UPPERCASE, L"a\u00e4\u03b1\u0436", 5, out, 8) ==
                 5 &&
             memcmp(out, L"A\u00c4\u0391\u0416", 10) == 0);
    fact("locale", "kinds of characters",
         GetStringTypeW(CT_CTYPE1, L"a1 .", 4, types) && (types[0] & C1_LOWER) &&
             (types[1] & C1_DIGIT) && (types[2] & C1_SPACE) && (types[3] & C1_PUNCT));
    fact("locale", "a comparison sees letters first, then their case",
         CompareStringW(LOCALE_USER_DEFAULT, 0, L"b", -1, L"A", -1) == CSTR_GREATER_THAN &&
             CompareStringW(LOCALE_USER_DEFAULT, 0, L"a", -1, L"A", -1) == CSTR_LESS_THAN &&
             CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, L"a", -1, L"A", -1) ==
                 CSTR_EQUAL);
    fact("locale", "the code page as a number",
         GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER,
                        (WCHAR *)&page, 2) == 2 &&
             page == 1252);
}

static void test_version(void)
{
    OSVERSIONINFOEXA info = {
        .dwOSVersionInfoSize = sizeof info, .dwMajorVersion = 6, .dwMinorVersion = 1};
    ULONGLONG mask =
        VerSetConditionMask(VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL),
                            VER_MINORVERSION, VER_GREATER_EQUAL);

    fact("version", "it is at least 6.1",
         VerifyVersionInfoA(&info, VER_MAJORVERSION | VER_MINORVERSION, mask));
    info.dwMajorVersion = 5, info.dwMinorVersion = 9;
    fact("version", "6.1 is more than 5.9",
         VerifyVersionInfoA(&info, VER_MAJORVERSION | VER_MINORVERSION, mask));
    info.dwMajorVersion = 6, info.dwMinorVersion = 2;
    fact("version", "it is not 6.2",
         !VerifyVersionInfoA(&info, VER_MAJORVERSION | VER_MINORVERSION, mask) &&
             GetLastError() == ERROR_OLD_WIN_VERSION);
}

/* ---- the small DLLs ------------------------------------------------------------------------------------ */

static void test_random(void)
{
    BOOLEAN(WINAPI * fill)
    (void *, ULONG) = (void *)GetProcAddress(LoadLibraryA("advapi32.dll"), "SystemFunction036");
    uint8_t bytes[4096], again[16], first[16];
    int counts[256] = {0}, low = 4096, high = 0;

    fill(bytes, sizeof bytes);
    for (int i = 0; i < 4096; i++)
        counts[bytes[i]]++;
    for (int i = 0; i < 256; i++) {
        low = counts[i] < low ? counts[i] : low;
        high = counts[i] > high ? counts[i] : high;
    }
    fact("random", "each byte comes, none too often", low > 0 && high < 48);
    memcpy(first, bytes, 16);
    fill(again, 16);
    fact("random", "the next bytes are others", memcmp(first, again, 16) != 0);
    fact("random", "the newest name is the same generator",
         GetProcAddress(LoadLibraryA("bcryptprimitives.dll"), "ProcessPrng") ==
             (FARPROC)(void *)fill);
}

static void test_small_dlls(void)
{
    LPWSTR *(WINAPI * split)(LPCWSTR, int *) =
        (void *)GetProcAddress(LoadLibraryA("shell32.dll"), "CommandLineToArgvW");
    HMODULE automation = LoadLibraryA("oleaut32.dll"), sockets = LoadLibraryA("ws2_32.dll");
    WCHAR *(WINAPI * make)(const WCHAR *) = (void *)GetProcAddress(automation, "SysAllocString");
    UINT(WINAPI * length)(WCHAR *) = (void *)GetProcAddress(automation, MAKEINTRESOURCEA(7));
    int(WINAPI * start)(WORD, void *) = (void *)GetProcAddress(sockets, MAKEINTRESOURCEA(115));
    UINT_PTR(WINAPI * new_socket)(int, int, int) = (void *)GetProcAddress(sockets, "socket");
    LONG(WINAPI * open_key)
    (HKEY, LPCWSTR, DWORD, DWORD, HKEY *) =
        (void *)GetProcAddress(LoadLibraryA("advapi32.dll"), "RegOpenKeyExW");
    uint8_t data[512];
    int count = 0;
    LPWSTR *words = split(L"a \"b c\" d\\\\\"e f\"g h\\i", &count);

    fact("shell32", "a command line is taken apart",
         count == 4 && wcscmp(words[1], L"b c") == 0 && wcscmp(words[2], L"d\\e fg") == 0 &&
             wcscmp(words[3], L"h\\i") == 0);
    LocalFree(words);
    fact_number("oleaut32", "a BSTR knows its length", 5, length(make(L"hello")));
    fact_number("ws2_32", "sockets start", 0, start(0x0202, data));
    fact("ws2_32", "and there is no network",
         new_socket(2, 1, 0) == (UINT_PTR)-1 && GetLastError() == 10050);
    fact_number("advapi32", "the registry has no keys", ERROR_FILE_NOT_FOUND,
                open_key(HKEY_LOCAL_MACHINE, L"SOFTWARE", 0, KEY_READ, NULL));
}

/* ---- paths and texts of shlwapi, identifiers --------------------------------------------------------- */

static void *of_shlwapi(const char *name)
{
    return (void *)GetProcAddress(LoadLibraryA("shlwapi.dll"), name);
}

/* What a function that changes its argument makes of it. */
static bool changes(const char *function, const char *from, const char *to)
{
    void(WINAPI * call)(char *) = of_shlwapi(function);
    char path[MAX_PATH];

    strcpy(path, from);
    call(path);
    return strcmp(path, to) == 0;
}

static bool combines(const WCHAR *folder, const WCHAR *name, const WCHAR *to)
{
    WCHAR *(WINAPI * combine)(WCHAR *, const WCHAR *, const WCHAR *) = of_shlwapi("PathCombineW");
    WCHAR out[MAX_PATH];

    return combine(out, folder, name) == out && wcscmp(out, to) == 0;
}

static void test_paths(void)
{
    WCHAR *(WINAPI * combine)(WCHAR *, const WCHAR *, const WCHAR *) = of_shlwapi("PathCombineW");
    BOOL(WINAPI * matches)(const char *, const char *) = of_shlwapi("PathMatchSpecA");
    BOOL(WINAPI * relative)(const WCHAR *) = of_shlwapi("PathIsRelativeW");
    char *(WINAPI * find)(const char *, const char *) = of_shlwapi("StrStrIA");
    int(WINAPI * number)(const WCHAR *) = of_shlwapi("StrToIntW");
    const char *text = "A Word in a Text";
    WCHAR out[MAX_PATH] = L"x", name[MAX_PATH + 1];

    fact("shlwapi", "a path and its parts",
         changes("PathStripPathA", "C:\\a\\b.c", "b.c") &&
             changes("PathRemoveExtensionA", "a.b\\c", "a.b\\c") &&
             changes("PathRemoveExtensionA", "a.b\\c.d.e", "a.b\\c.d") &&
             changes("PathRemoveFileSpecA", "C:\\a\\b", "C:\\a") &&
             changes("PathRemoveFileSpecA", "C:\\a", "C:\\") &&
             changes("PathRemoveFileSpecA", "C:\\", "C:\\") &&
             changes("PathAddBackslashA", "a", "a\\") &&
             changes("PathAddBackslashA", "a\\", "a\\"));
    fact("shlwapi", "paths are put together, . and .. are gone",
         combines(L"C:\\a", L"b", L"C:\\a\\b") &&
             combines(L"C:\\a\\", L"..\\b\\.\\c", L"C:\\b\\c") &&
             combines(L"C:\\a", L"D:\\b", L"D:\\b") && combines(L"C:\\a", L"..\\..\\..", L"C:\\") &&
             combines(L"a", NULL, L"a"));
    wmemset(name, L'n', MAX_PATH);
    name[MAX_PATH] = 0;
    fact("shlwapi", "one that is too long is none",
         combine(out, L"C:\\", name) == NULL && out[0] == 0);
    fact("shlwapi", "relative or not",
         relative(L"a\\b") && relative(L"") && !relative(L"C:a") && !relative(L"\\a"));
    fact("shlwapi", "patterns",
         matches("Read.Me", "*.txt; r??d.*") && !matches("read", "*.*d") && matches("", "*"));
    fact("shlwapi", "a text in another",
         find(text, "WORD") == text + 2 && find(text, "words") == NULL);
    fact("shlwapi", "a number", number(L"-47x") == -47 && number(L" 47") == 0);
}

static void test_identifiers(void)
{
    HMODULE com = LoadLibraryA("ole32.dll");
    HRESULT(WINAPI * create)(GUID *) = (void *)GetProcAddress(com, "CoCreateGuid");
    int(WINAPI * text)(const GUID *, WCHAR *, int) = (void *)GetProcAddress(com, "StringFromGUID2");
    GUID one, other,
        known = {0x01234567, 0x89AB, 0xCDEF, {1, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}};
    WCHAR out[39];

    fact("ole32", "an identifier of version 4, each time another",
         create(&one) == 0 && create(&other) == 0 && memcmp(&one, &other, sizeof one) != 0 &&
             one.Data3 >> 12 == 4 && one.Data4[0] >> 6 == 2);
    fact("ole32", "and its text",
         text(&known, out, 39) == 39 &&
             wcscmp(out, L"{01234567-89AB-CDEF-0123-456789ABCDEF}") == 0 &&
             text(&known, out, 38) == 0);
}

/* A record of msvcrt.dll, as programs that reach through __pioinfo see it. */
struct record {
    intptr_t handle;
    char flags, pipe;
    int lock_is_there;
    CRITICAL_SECTION lock;
};

static void test_descriptors(void)
{
    struct record **records = (void *)GetProcAddress(LoadLibraryA("msvcrt.dll"), "__pioinfo");
    int fd = _open("NUL", _O_RDONLY | _O_BINARY);
    struct record *record = &records[fd / 32][fd % 32];

    fact("msvcrt", "__pioinfo leads to the handle and the flags",
         record->handle == _get_osfhandle(fd) && record->flags == 0x41 &&
             records[0][1].handle == _get_osfhandle(1));
    fact("msvcrt", "and to a lock", TryEnterCriticalSection(&record->lock));
    LeaveCriticalSection(&record->lock);
    _close(fd);
    fact_number("msvcrt", "a closed one has no flags", 0, (uint32_t)record->flags);
}

int main(void)
{
    test_shared_page();
    test_slots();
    test_waiting();
    test_locale();
    test_version();
    test_random();
    test_small_dlls();
    test_paths();
    test_identifiers();
    test_descriptors();
    return facts_end();
}
