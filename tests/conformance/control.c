/* control.c - Ctrl-C and the handlers of SetConsoleCtrlHandler().  Somebody has to press Ctrl-C when the
 * program says so: three times, and the third time ends it.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <windows.h>

enum { TEN_SECONDS = 10000 };

static HANDLE pressed;
static char order[16];
static volatile int length;

static BOOL note(char who, DWORD event, BOOL done)
{
    order[length++ % 15] = event == CTRL_C_EVENT ? who : '?';
    if (done)
        SetEvent(pressed);
    return done;
}

static BOOL WINAPI first(DWORD event)
{
    return note('1', event, TRUE);
}

static BOOL WINAPI second(DWORD event)
{
    return note('2', event, FALSE);
}

static BOOL WINAPI unknown(DWORD event)
{
    return event == 99;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    pressed = CreateEventA(NULL, FALSE, FALSE, NULL);
    SetLastError(0);
    fact("control", "removing what was never added: error 87",
         !SetConsoleCtrlHandler(unknown, FALSE) && GetLastError() == ERROR_INVALID_PARAMETER);
    fact("control", "two handlers",
         SetConsoleCtrlHandler(first, TRUE) && SetConsoleCtrlHandler(second, TRUE));
    printf("press Ctrl-C\n");
    fact("control", "Ctrl-C comes", WaitForSingleObject(pressed, TEN_SECONDS) == WAIT_OBJECT_0);
    fact("control", "last added, first asked", order[0] == '2' && order[1] == '1' && length == 2);
    length = 0;
    fact("control", "the program itself can send it",
         GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) &&
             WaitForSingleObject(pressed, TEN_SECONDS) == WAIT_OBJECT_0 && order[0] == '2' &&
             order[1] == '1' && length == 2);
    fact("control", "to nobody else", !GenerateConsoleCtrlEvent(CTRL_C_EVENT, 99999));
    fact("control", "now ignored", SetConsoleCtrlHandler(NULL, TRUE));
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    printf("press Ctrl-C again\n");
    fact("control", "nobody is asked", WaitForSingleObject(pressed, 2000) == WAIT_TIMEOUT);
    fact_number("control", "really nobody", 2, length);
    fact("control", "heard again, but no handler deals with it",
         SetConsoleCtrlHandler(NULL, FALSE) && SetConsoleCtrlHandler(first, FALSE));
    facts_end();
    printf("press Ctrl-C for the last time\n");
    Sleep(TEN_SECONDS);
    return 1;
}
