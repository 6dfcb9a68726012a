/* dll.c - loading, finding, telling and unloading DLLs.  Needs one.dll, two.dll and refuse.dll beside
 * it (tests/conformance/dll/).  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

typedef int binary(int, int);
typedef int nullary(void);

static HANDLE start(LPTHREAD_START_ROUTINE function)
{
    return CreateThread(NULL, 0, function, NULL, 0, NULL);
}

static DWORD WINAPI nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void run_thread(void)
{
    HANDLE thread = start(nothing);

    WaitForSingleObject(thread, 5000);
    CloseHandle(thread);
    Sleep(20);
}

static void *get(HMODULE module, const char *name)
{
    return (void *)GetProcAddress(module, name);
}

static void test_loading(void)
{
    HMODULE one = LoadLibraryA("one.dll");
    const char *log = get(one, "one_log");
    int *data = get(one, "one_data");
    int **pointer = get(one, "one_pointer");
    nullary *pid = (nullary *)get(one, "one_far");
    HMODULE again;

    fact("dll", "LoadLibrary", one != NULL);
    fact("dll", "it needed two.dll, which is there and was initialised first",
         GetModuleHandleA("two.dll") != NULL && log[0] == 'A');
    fact("dll", "both can't be at the same place", one != GetModuleHandleA("TWO"));
    fact("dll", "a function", ((binary *)get(one, "one_sum"))(20, 22) == 42);
    fact("dll", "data, and a relocated pointer to it", *data == 1234 && *pointer == data);
    fact("dll", "a forwarder", ((binary *)get(one, "one_forwarded"))(2, 3) == 5);
    fact("dll", "a forwarder to a forwarder", pid != NULL && pid() == (int)GetCurrentProcessId());
    fact("dll", "an ordinal", ((nullary *)get(one, (const char *)7))() == 7);
    fact("dll", "the ordinal has no name",
         get(one, "one_seven") == NULL && GetLastError() == ERROR_PROC_NOT_FOUND);
    fact("dll", "no such ordinal",
         get(one, (const char *)999) == NULL && GetLastError() == ERROR_PROC_NOT_FOUND);
    fact("dll", "a forwarder to nothing", get(one, "one_nothing") == NULL);
    fact("dll", "a forwarder to no module", get(one, "one_nowhere") == NULL);
    again = LoadLibraryA("ONE");
    fact("dll", "loading it again gives the same module, in any case, without .dll", again == one);
    run_thread();
    fact("dll", "it is told of threads", strcmp(log, "Atd") == 0);
    FreeLibrary(again);
    fact("dll", "it stays until it was freed as often as loaded",
         GetModuleHandleA("one.dll") == one);
}

static void test_unloading(void)
{
    HANDLE detached = CreateEventA(NULL, TRUE, FALSE, "one-detached");
    HMODULE one = GetModuleHandleA("one.dll");
    MEMORY_BASIC_INFORMATION info;

    fact("dll", "FreeLibrary", FreeLibrary(one));
    fact_number("dll", "DllMain was told", WAIT_OBJECT_0, WaitForSingleObject(detached, 0));
    fact("dll", "the module is gone", GetModuleHandleA("one.dll") == NULL);
    fact_number("dll", "error 126", ERROR_MOD_NOT_FOUND, GetLastError());
    fact("dll", "and what only it needed", GetModuleHandleA("two.dll") == NULL);
    VirtualQuery(one, &info, sizeof info);
    fact_number("dll", "its memory is free", MEM_FREE, info.State);
    fact("dll", "what isn't loaded can't be freed", !FreeLibrary(one));
    CloseHandle(detached);
}

static void test_refusals(void)
{
    fact("dll", "no such file: error 126",
         LoadLibraryA("nothere.dll") == NULL && GetLastError() == ERROR_MOD_NOT_FOUND);
    fact("dll", "DllMain says no: error 1114",
         LoadLibraryA("refuse.dll") == NULL && GetLastError() == ERROR_DLL_INIT_FAILED);
    fact("dll", "it isn't there afterwards", GetModuleHandleA("refuse.dll") == NULL);
    fact("dll", "not a program: error 193",
         LoadLibraryA("bad-text.exe") == NULL && GetLastError() == ERROR_BAD_EXE_FORMAT);
}

static void test_program(void)
{
    char name[MAX_PATH], small[6];
    MEMORY_BASIC_INFORMATION info;

    fact("dll", "GetModuleHandle(0) is the program", *(WORD *)GetModuleHandleA(NULL) == 0x5A4D);
    GetModuleFileNameA(NULL, name, MAX_PATH);
    fact("dll", "its file name",
         strlen(name) > 7 && strcmp(name + strlen(name) - 7, "dll.exe") == 0);
    fact("dll", "a name that doesn't fit is cut, error 122",
         GetModuleFileNameA(NULL, small, 6) == 6 && strlen(small) == 5 &&
             GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    VirtualQuery((void *)test_program, &info, sizeof info);
    fact("W71", "code of the program: an image, EXECUTE_READ, allocated EXECUTE_WRITECOPY",
         info.Type == MEM_IMAGE && info.Protect == PAGE_EXECUTE_READ &&
             info.AllocationProtect == PAGE_EXECUTE_WRITECOPY &&
             info.AllocationBase == GetModuleHandleA(NULL));
    fact("dll", "kernel32.dll can't be unloaded",
         FreeLibrary(GetModuleHandleA("kernel32.dll")) && GetModuleHandleA("kernel32") != NULL);
}

int main(void)
{
    test_loading();
    test_unloading();
    test_loading(); /* all of it works a second time */
    test_unloading();
    test_refusals();
    test_program();
    return facts_end();
}
