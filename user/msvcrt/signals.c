/* signals.c - signal(), raise() and abort().
 *
 * There are no signals below: the run-time turns Ctrl-C of the console into SIGINT, the program's own
 * start code turns exceptions into SIGSEGV, SIGFPE and SIGILL, and everything else is raise().  A
 * handler is called once and is SIG_DFL again.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

static const int numbers[] = {SIGINT,  SIGILL,   SIGFPE,  SIGSEGV,
                              SIGTERM, SIGBREAK, SIGABRT, SIGABRT2};
enum { SIGNALS = sizeof numbers / sizeof numbers[0] };

static __p_sig_fn_t handlers[SIGNALS]; /* SIG_DFL is 0 */

int _XcptFilter(unsigned long code, EXCEPTION_POINTERS *pointers);

static __p_sig_fn_t *find(int number)
{
    for (int i = 0; i < SIGNALS; i++)
        if (numbers[i] == number)
            return &handlers[i];
    crt_fail(EINVAL);
    return NULL;
}

/* The handler for SIGINT or SIGBREAK runs in the thread that the console makes for the event. */
static BOOL WINAPI on_console_event(DWORD event)
{
    int number = event == CTRL_C_EVENT ? SIGINT : event == CTRL_BREAK_EVENT ? SIGBREAK : 0;

    if (!number || *find(number) == SIG_DFL)
        return FALSE;
    raise(number);
    return TRUE;
}

__p_sig_fn_t signal(int number, __p_sig_fn_t handler)
{
    static bool console_watched;
    __p_sig_fn_t *place = find(number);
    __p_sig_fn_t before;

    if (!place || handler == SIG_SGE || handler == SIG_ACK)
        return SIG_ERR;
    crt_enter(CRT_LOCK_SIGNALS);
    if ((number == SIGINT || number == SIGBREAK) && !console_watched)
        console_watched = SetConsoleCtrlHandler(on_console_event, TRUE);
    before = *place;
    *place = handler;
    crt_leave(CRT_LOCK_SIGNALS);
    return before;
}

/* Without a handler a signal ends the program with exit code 3. */
int raise(int number)
{
    __p_sig_fn_t *place = find(number);
    __p_sig_fn_t handler;

    if (!place)
        return -1;
    crt_enter(CRT_LOCK_SIGNALS);
    handler = *place;
    if (handler != SIG_IGN)
        *place = SIG_DFL;
    crt_leave(CRT_LOCK_SIGNALS);
    if (handler == SIG_DFL)
        ExitProcess(3);
    if (handler != SIG_IGN)
        handler(number);
    return 0;
}

void abort(void)
{
    static const char sentence[] =
        "\r\nThe program has called abort() and ends with exit code 3.\r\n";
    DWORD done;

    /* without any of the machinery that may be broken */
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), sentence, sizeof sentence - 1, &done, NULL);
    raise(SIGABRT);
    ExitProcess(3);
}

static int signal_of(unsigned long code)
{
    switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:
        return SIGSEGV;
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION:
        return SIGILL;
    case EXCEPTION_FLT_DENORMAL_OPERAND:
    case EXCEPTION_FLT_DIVIDE_BY_ZERO:
    case EXCEPTION_FLT_INEXACT_RESULT:
    case EXCEPTION_FLT_INVALID_OPERATION:
    case EXCEPTION_FLT_OVERFLOW:
    case EXCEPTION_FLT_STACK_CHECK:
    case EXCEPTION_FLT_UNDERFLOW:
        return SIGFPE;
    default:
        return 0;
    }
}

/* The exception filter of start code: an exception with a signal handler goes there, any other is
 * left to the system. */
int _XcptFilter(unsigned long code, EXCEPTION_POINTERS *pointers)
{
    int number = signal_of(code);
    __p_sig_fn_t handler = number ? *find(number) : SIG_DFL;

    if (handler == SIG_DFL)
        return UnhandledExceptionFilter(pointers);
    raise(number);
    return EXCEPTION_CONTINUE_EXECUTION;
}
