/* dllmain.c - where the run-time starts and ends: the loader calls this before the program's start
 * code, for every thread that comes and goes, and at the end. */
#include "user/msvcrt/crt.h"

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved);

/* In the order in which they build on each other: everything below streams needs errno. */
static BOOL start(void)
{
    if (!crt_thread_attach())
        return FALSE;
    crt_heap_init();
    crt_locks_init();
    crt_ctype_init();
    crt_clock_init();
    crt_environment_init();
    crt_arguments_init();
    crt_descriptors_init();
    crt_streams_init();
    return TRUE;
}

/* `reserved` is set when the whole process ends: the other threads are gone, perhaps in the middle of
 * a call, so nothing is cleaned up but what would be lost, the text in the streams. */
static void finish(bool process_ends)
{
    crt_streams_finish();
    if (!process_ends)
        crt_thread_detach();
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance;
    if (reason == DLL_PROCESS_ATTACH)
        return start();
    if (reason == DLL_PROCESS_DETACH)
        finish(reserved != NULL);
    if (reason == DLL_THREAD_DETACH)
        crt_thread_leave();
    return TRUE;
}
