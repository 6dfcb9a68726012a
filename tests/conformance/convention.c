/* convention.c - TLS callbacks and DllMain functions that don't keep the rules of a call (W302, W303).  Needs rude.dll
 * beside it (tests/conformance/dll/).  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <string.h>
#include <windows.h>

static int called, called_after;

/* The first leaves its arguments on the stack, the second raises, the third isn't reached then. */
static void __cdecl impolite(void *module, DWORD reason, void *reserved)
{
    (void)module;
    (void)reserved;
    called += reason == DLL_PROCESS_ATTACH || reason == DLL_THREAD_ATTACH;
}

static void WINAPI raising(void *module, DWORD reason, void *reserved)
{
    (void)module;
    (void)reserved;
    if (reason == DLL_THREAD_ATTACH)
        RaiseException(0xE0000302, 0, 0, NULL);
}

static void WINAPI last(void *module, DWORD reason, void *reserved)
{
    (void)module;
    (void)reserved;
    called_after += reason == DLL_PROCESS_ATTACH || reason == DLL_THREAD_ATTACH;
}

__attribute__((section(".CRT$XLC"), used)) static void *const first_callback = (void *)impolite;
__attribute__((section(".CRT$XLD"), used)) static void *const second_callback = (void *)raising;
__attribute__((section(".CRT$XLE"), used)) static void *const third_callback = (void *)last;

static DWORD WINAPI answer(void *argument)
{
    return (DWORD)argument + 1;
}

static void test_callbacks(void)
{
    HANDLE thread;
    DWORD code = 0;

    fact_number("W302", "a TLS callback that is __cdecl is called, and so is the next", 11,
                10 * called + called_after);
    thread = CreateThread(NULL, 0, answer, (void *)41, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    fact_number("W303", "a thread starts although a TLS callback raised", 42, code);
    fact_number("W303", "the callbacks behind it were left out", 21, 10 * called + called_after);
}

/* Registers that a caller may rely on are where they were. */
static HMODULE load(const char *name)
{
    unsigned kept[3];
    HMODULE module;

    __asm__ volatile("pushl %%ebx\n pushl %%esi\n pushl %%edi\n"
                     "movl $0xB0B0B0B0, %%ebx\n movl $0x51515151, %%esi\n movl $0xD1D1D1D1, %%edi\n"
                     "pushl %%edx\n pushl %%ecx\n call *%%eax\n popl %%edx\n"
                     "movl %%ebx, (%%edx)\n movl %%esi, 4(%%edx)\n movl %%edi, 8(%%edx)\n"
                     "popl %%edi\n popl %%esi\n popl %%ebx\n"
                     : "=a"(module), "+c"(name)
                     : "a"(LoadLibraryA), "d"(kept)
                     : "memory", "cc");
    fact("W302", "LoadLibrary keeps EBX, ESI and EDI",
         kept[0] == 0xB0B0B0B0 && kept[1] == 0x51515151 && kept[2] == 0xD1D1D1D1);
    return module;
}

static void test_dll_main(void)
{
    void *before, *after;
    HMODULE rude;
    unsigned flags;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(before));
    rude = load("rude.dll");
    fact("W302", "a DLL is loaded whose DllMain loses stack and registers", rude != NULL);
    if (rude == NULL)
        return;
    fact_number("W302", "its DllMain ran once", 1,
                *(int *)(void *)GetProcAddress(rude, "rude_calls"));
    __asm__ volatile("movl %%fs:0, %0\n pushfl\n popl %1" : "=r"(after), "=r"(flags));
    fact("W302", "the chain of handlers is as before, and the direction flag is clear",
         before == after && (flags & 0x400) == 0);
    fact("W302", "and it is unloaded", FreeLibrary(rude) && GetModuleHandleA("rude.dll") == NULL);
    SetEnvironmentVariableA("RUDE", "1");
    rude = LoadLibraryA("rude.dll");
    fact("W303", "an exception in DllMain: LoadLibrary fails, and its code is the error",
         rude == NULL && GetLastError() == 0xE0000303);
    fact("W303", "nothing stays", GetModuleHandleA("rude.dll") == NULL);
}

int main(void)
{
    test_callbacks();
    test_dll_main();
    return facts_end();
}
