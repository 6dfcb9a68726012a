/* dll_main.c - kernel32.dll's entry point. */
#include "user/kernel32/kernel32.h"

BOOL WINAPI dll_main(HINSTANCE module, DWORD reason, void *reserved);
BOOL WINAPI dll_main(HINSTANCE module, DWORD reason, void *reserved)
{
    (void)module;
    (void)reserved;
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        exception_start();
        return environment_start();
    case DLL_THREAD_DETACH:
    case DLL_PROCESS_DETACH:
        fls_thread_ends();
        apc_thread_ends();
        return TRUE;
    default:
        return TRUE;
    }
}
