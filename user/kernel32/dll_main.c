/* dll_main.c - kernel32.dll's entry point. */
#include "user/kernel32/kernel32.h"

BOOL WINAPI dll_main(HINSTANCE module, DWORD reason, void *reserved);
BOOL WINAPI dll_main(HINSTANCE module, DWORD reason, void *reserved)
{
    (void)reserved;
    if (reason != DLL_PROCESS_ATTACH)
        return TRUE;
    LdrDisableThreadCalloutsForDll(module);
    exception_start();
    return environment_start();
}
