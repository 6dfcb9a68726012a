/* child.h - another program, to its end. */
#pragma once
#include <stdbool.h>
#include <windows.h>

/* Runs the command line `line` (CreateProcess may write in it) in `program`, 0: the first word of the line; its exit
 * status comes back in *status.  False: it can't be started, GetLastError() says why. */
static inline bool child_run(const char *program, char *line, bool inherit, DWORD *status)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION made;

    if (!CreateProcessA(program, line, NULL, NULL, inherit, 0, NULL, NULL, &startup, &made))
        return false;
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, status);
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
    return true;
}
