/* process.c - starting other programs.
 *
 * A program can be started by name with its arguments.  _exec*() is a start followed by the end of the caller.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>

#undef _P_OVERLAY

enum { MOST_ARGUMENTS = 64, OVERLAY = 2 };

int _getpid(void)
{
    return (int)GetCurrentProcessId();
}

void _sleep(unsigned long milliseconds)
{
    Sleep(milliseconds);
}

/* The arguments with blanks between them, as Windows joins them: quoting is the caller's business. */
static char *command_line(const char *const *arguments)
{
    size_t size = 1;
    char *line;

    for (size_t i = 0; arguments[i]; i++)
        size += strlen(arguments[i]) + 1;
    line = calloc(size, 1);
    for (size_t i = 0; line && arguments[i]; i++) {
        strcat(line, i > 0 ? " " : "");
        strcat(line, arguments[i]);
    }
    return line;
}

/* "NAME=value" strings one behind the other, and a 0 more. */
static char *environment_block(const char *const *strings)
{
    size_t size = 2;
    char *block, *end;

    for (size_t i = 0; strings[i]; i++)
        size += strlen(strings[i]) + 1;
    block = end = calloc(size, 1);
    for (size_t i = 0; block && strings[i]; i++) {
        strcpy(end, strings[i]);
        end += strlen(end) + 1;
    }
    return block;
}

/* What the modes make of a started process: its exit code, its handle, or the caller's end. */
static intptr_t finish(int mode, const PROCESS_INFORMATION *process)
{
    DWORD code = 0;

    CloseHandle(process->hThread);
    if (mode == _P_NOWAIT || mode == _P_NOWAITO)
        return (intptr_t)process->hProcess;
    if (mode == _P_WAIT) {
        WaitForSingleObject(process->hProcess, INFINITE);
        GetExitCodeProcess(process->hProcess, &code);
    }
    CloseHandle(process->hProcess);
    if (mode == OVERLAY)
        _exit(0);
    return (intptr_t)code;
}

static intptr_t spawn(int mode, const char *name, const char *const *arguments,
                      const char *const *environment)
{
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    char *line, *block = NULL;
    char file[MAX_PATH];
    BOOL started;

    if (!name || !arguments || !arguments[0] || mode < _P_WAIT || mode > _P_DETACH)
        return crt_fail(EINVAL);
    _snprintf(file, MAX_PATH - 1, "%s%s", name, strchr(name, '.') ? "" : ".exe");
    file[MAX_PATH - 1] = 0;
    line = command_line(arguments);
    if (environment)
        block = environment_block(environment);
    if (!line || (environment && !block)) {
        free(line);
        return crt_fail(ENOMEM);
    }
    fflush(NULL);
    started = CreateProcessA(file, line, NULL, NULL, TRUE, 0, block, NULL, &start, &process);
    free(line);
    free(block);
    return started ? finish(mode, &process) : crt_fail_os();
}

intptr_t _spawnve(int mode, const char *name, const char *const *arguments,
                  const char *const *environment)
{
    return spawn(mode, name, arguments, environment);
}

intptr_t _spawnv(int mode, const char *name, const char *const *arguments)
{
    return spawn(mode, name, arguments, NULL);
}

intptr_t _execv(const char *name, const char *const *arguments)
{
    return spawn(OVERLAY, name, arguments, NULL);
}

intptr_t _execve(const char *name, const char *const *arguments, const char *const *environment)
{
    return spawn(OVERLAY, name, arguments, environment);
}

static intptr_t spawn_list(int mode, const char *name, const char *first, va_list more)
{
    const char *arguments[MOST_ARGUMENTS + 1] = {first};

    for (int i = 1; i < MOST_ARGUMENTS && arguments[i - 1]; i++)
        arguments[i] = va_arg(more, const char *);
    arguments[MOST_ARGUMENTS] = NULL;
    return spawn(mode, name, arguments, NULL);
}

intptr_t _spawnl(int mode, const char *name, const char *first, ...)
{
    va_list more;
    intptr_t result;

    va_start(more, first);
    result = spawn_list(mode, name, first, more);
    va_end(more);
    return result;
}

intptr_t _execl(const char *name, const char *first, ...)
{
    va_list more;
    intptr_t result;

    va_start(more, first);
    result = spawn_list(OVERLAY, name, first, more);
    va_end(more);
    return result;
}

/* Waits for a process that was started with _P_NOWAIT. */
intptr_t _cwait(int *status, intptr_t process, int action)
{
    DWORD code;

    (void)action;
    if (WaitForSingleObject((HANDLE)process, INFINITE) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess((HANDLE)process, &code))
        return crt_fail(ECHILD);
    if (status)
        *status = (int)code;
    CloseHandle((HANDLE)process);
    return process;
}

/* ---- the same, wide ----------------------------------------------------------------------------------- */

static intptr_t spawn_wide(int mode, const wchar_t *name, const wchar_t *const *arguments,
                           const wchar_t *const *environment)
{
    char narrow_name[MAX_PATH], *copies[MOST_ARGUMENTS + 1], *strings[256];
    intptr_t result = crt_fail(EINVAL);
    size_t count = 0, variables = 0;

    if (!name || !arguments || !crt_narrow(name, narrow_name, sizeof narrow_name))
        return result;
    for (; arguments[count] && count < MOST_ARGUMENTS; count++) {
        int size = (int)wcslen(arguments[count]) + 1;

        copies[count] = malloc((size_t)size);
        if (copies[count])
            crt_narrow(arguments[count], copies[count], size);
    }
    copies[count] = NULL;
    for (; environment && environment[variables] && variables < 255; variables++) {
        int size = (int)wcslen(environment[variables]) + 1;

        strings[variables] = malloc((size_t)size);
        if (strings[variables])
            crt_narrow(environment[variables], strings[variables], size);
    }
    strings[variables] = NULL;
    result = spawn(mode, narrow_name, (const char *const *)copies,
                   environment ? (const char *const *)strings : NULL);
    while (count > 0)
        free(copies[--count]);
    while (variables > 0)
        free(strings[--variables]);
    return result;
}

intptr_t _wspawnve(int mode, const wchar_t *name, const wchar_t *const *arguments,
                   const wchar_t *const *environment)
{
    return spawn_wide(mode, name, arguments, environment);
}

intptr_t _wspawnv(int mode, const wchar_t *name, const wchar_t *const *arguments)
{
    return spawn_wide(mode, name, arguments, NULL);
}

intptr_t _wexecve(const wchar_t *name, const wchar_t *const *arguments,
                  const wchar_t *const *environment)
{
    return spawn_wide(OVERLAY, name, arguments, environment);
}

intptr_t _wexecv(const wchar_t *name, const wchar_t *const *arguments)
{
    return spawn_wide(OVERLAY, name, arguments, NULL);
}

/* The arguments of a call are an array already. */
intptr_t _wspawnl(int mode, const wchar_t *name, const wchar_t *first, ...)
{
    return spawn_wide(mode, name, &first, NULL);
}

intptr_t _wexecl(const wchar_t *name, const wchar_t *first, ...)
{
    return spawn_wide(OVERLAY, name, &first, NULL);
}
