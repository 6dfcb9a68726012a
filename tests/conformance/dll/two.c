/* two.c - a DLL for dll.c: needed by one.dll, and wanting the same place in memory. */
#include <windows.h>

static int initialised;

__declspec(dllexport) int two_add(int a, int b)
{
    return initialised ? a + b : -1;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        initialised = 1;
        DisableThreadLibraryCalls(module);
    }
    return TRUE;
}
