/* one.c - a DLL for dll.c: it keeps a list of what it was told, has data, and needs two.dll. */
#include <windows.h>

__declspec(dllimport) int two_add(int a, int b);

__declspec(dllexport) char one_log[256];
__declspec(dllexport) int one_data = 1234;
/* An address in the image: right only if the DLL was relocated where it had to be. */
__declspec(dllexport) int *one_pointer = &one_data;

static void note(char what)
{
    lstrcpynA(one_log + lstrlenA(one_log), (char[]){what, 0}, 2);
}

__declspec(dllexport) int one_sum(int a, int b)
{
    return two_add(a, b);
}

/* Exported by ordinal 7 only, see one.def. */
int one_seven(void);
int one_seven(void)
{
    return 7;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    note(reason == DLL_PROCESS_ATTACH   ? (two_add(1, 2) == 3 && reserved == NULL ? 'A' : '?')
         : reason == DLL_THREAD_ATTACH  ? 't'
         : reason == DLL_THREAD_DETACH  ? 'd'
         : reason == DLL_PROCESS_DETACH ? 'D'
                                        : '?');
    if (reason == DLL_PROCESS_DETACH) {
        HANDLE event = OpenEventA(EVENT_ALL_ACCESS, FALSE, "one-detached");

        if (event != NULL) {
            SetEvent(event);
            CloseHandle(event);
        }
    }
    return TRUE;
}
