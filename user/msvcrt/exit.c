/* exit.c - the ways a program ends.
 *
 *            functions of atexit()   streams flushed   process ends
 *   exit             x                     x                x
 *   _cexit           x                     x
 *   _exit                                                   x
 *   _c_exit                                                           (nothing to do)
 *   abort      raises SIGABRT, then as _exit(3): see signals.c
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>

typedef void(__cdecl *exit_function)(void);

static exit_function *functions;
static size_t used, room;

_onexit_t __dllonexit(_onexit_t function, _onexit_t **start, _onexit_t **end);
void _amsg_exit(int number);
int _purecall(void);

/* Returns the function, or NULL when there is no memory for it. */
_onexit_t _onexit(_onexit_t function)
{
    bool done = true;

    crt_enter(CRT_LOCK_EXIT);
    if (used == room) {
        size_t wanted = room ? 2 * room : 32;
        exit_function *longer = realloc(functions, wanted * sizeof *functions);

        done = longer != NULL;
        if (done) {
            functions = longer;
            room = wanted;
        }
    }
    if (done)
        functions[used++] = (exit_function)(void *)function;
    crt_leave(CRT_LOCK_EXIT);
    return done ? function : NULL;
}

int atexit(exit_function function)
{
    return _onexit((_onexit_t)(void *)function) ? 0 : -1;
}

/* The same for a table that belongs to a DLL, which calls it when it is unloaded. */
_onexit_t __dllonexit(_onexit_t function, _onexit_t **start, _onexit_t **end)
{
    size_t count = (size_t)(*end - *start);
    _onexit_t *longer;

    crt_enter(CRT_LOCK_EXIT);
    longer = realloc(*start, (count + 1) * sizeof *longer);
    if (longer) {
        longer[count] = function;
        *start = longer;
        *end = longer + count + 1;
    }
    crt_leave(CRT_LOCK_EXIT);
    return longer ? function : NULL;
}

/* Last registered, first called.  A function may register others: they are called next. */
void crt_run_exit_functions(void)
{
    exit_function function;

    do {
        crt_enter(CRT_LOCK_EXIT);
        function = used > 0 ? functions[--used] : NULL;
        crt_leave(CRT_LOCK_EXIT);
        if (function)
            function();
    } while (function);
}

void _cexit(void)
{
    crt_run_exit_functions();
    crt_streams_finish();
}

void _c_exit(void)
{
}

void exit(int code)
{
    _cexit();
    ExitProcess((UINT)code);
}

void _exit(int code)
{
    ExitProcess((UINT)code);
}

/* Says something on the standard error output without any of the machinery that may be broken. */
static void say(const char *sentence)
{
    DWORD done;

    WriteFile(GetStdHandle(STD_ERROR_HANDLE), sentence, (DWORD)strlen(sentence), &done, NULL);
}

/* The start code gives up; the numbers are those of Windows ("R60nn"). */
void _amsg_exit(int number)
{
    char sentence[80];

    _snprintf(sentence, sizeof sentence, "\r\nThe run-time cannot start the program: R60%02d.\r\n",
              number);
    say(sentence);
    _exit(255);
}

int _purecall(void)
{
    say("\r\nA pure virtual function was called.\r\n");
    abort();
}
