/* shell.c - system() and _popen(): a line that names a program, its arguments, and where its input and output go.
 *
 * There is no cmd.exe.  Of its language this is here: `program arguments`, with `< file`, `> file`, `>> file`,
 * `2> file` and `2>&1` at the end.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_END, OUTPUT_END, ERROR_END, STANDARD };

/* A program about to be started. */
struct command {
    char *line; /* its program and arguments */
    HANDLE handle[STANDARD];
    HANDLE opened[STANDARD]; /* those that are closed again */
};

struct child {
    struct child *next;
    FILE *stream;
    HANDLE process;
};

static struct child *children;

static SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};

/* Where the redirections begin: behind the quotes. */
static char *first_redirection(char *line)
{
    bool quoted = false;

    for (; *line; line++) {
        quoted ^= *line == '"';
        if (!quoted &&
            (*line == '<' || *line == '>' || (line[0] == '2' && line[1] == '>' && line[-1] == ' ')))
            break;
    }
    return line;
}

static bool redirect(struct command *command, int which, char *name, bool append)
{
    HANDLE file = CreateFileA(name,
                              which == INPUT_END ? GENERIC_READ
                              : append           ? FILE_APPEND_DATA
                                                 : GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                              which == INPUT_END ? OPEN_EXISTING
                              : append           ? OPEN_ALWAYS
                                                 : CREATE_ALWAYS,
                              0, NULL);

    if (file == INVALID_HANDLE_VALUE)
        return crt_fail_os(), false;
    command->handle[which] = command->opened[which] = file;
    return true;
}

/* Take the redirections off the line. */
static bool parse(struct command *command)
{
    char *at = first_redirection(command->line), *start = at;
    bool good = true;

    while (good && *at) {
        int which = *at == '<' ? INPUT_END : *at == '2' ? ERROR_END : OUTPUT_END;
        bool append;
        char *name;

        at += which == ERROR_END ? 2 : 1;
        append = *at == '>';
        at += append + strspn(at + append, " ");
        name = at;
        at += strcspn(at, " <>");
        if (!strncmp(name, "&1", 2)) {
            command->handle[ERROR_END] = command->handle[OUTPUT_END];
        } else {
            char end = *at;

            *at = 0;
            good = redirect(command, which, name, append);
            *at = end;
        }
        at += strspn(at, " ");
    }
    *start = 0;
    return good;
}

/* The process, or NULL and errno. */
static HANDLE start(const char *line, HANDLE in, HANDLE out)
{
    struct command command = {.line = _strdup(line),
                              .handle = {in, out, GetStdHandle(STD_ERROR_HANDLE)}};
    STARTUPINFOA info = {.cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process = {.hProcess = NULL};

    fflush(NULL);
    if (!command.line)
        crt_fail(ENOMEM);
    else if (parse(&command)) {
        info.hStdInput = command.handle[INPUT_END];
        info.hStdOutput = command.handle[OUTPUT_END];
        info.hStdError = command.handle[ERROR_END];
        if (CreateProcessA(NULL, command.line, NULL, NULL, TRUE, 0, NULL, NULL, &info, &process))
            CloseHandle(process.hThread);
        else
            crt_fail_os();
    }
    for (int i = 0; i < STANDARD; i++)
        if (command.opened[i])
            CloseHandle(command.opened[i]);
    free(command.line);
    return process.hProcess;
}

static int finish(HANDLE process)
{
    DWORD code = 0;

    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return (int)code;
}

/* A program that isn't there: cmd.exe would say so and end with 1. */
int system(const char *line)
{
    HANDLE process;

    if (!line)
        return 1;
    process = start(line, GetStdHandle(STD_INPUT_HANDLE), GetStdHandle(STD_OUTPUT_HANDLE));
    return process ? finish(process) : 1;
}

int _pipe(int *ends, unsigned size, int mode)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security,
                                    .bInheritHandle = !(mode & _O_NOINHERIT)};
    HANDLE read, write;

    if (!CreatePipe(&read, &write, &security, size))
        return crt_fail_os();
    ends[0] = _open_osfhandle((intptr_t)read, mode & (_O_TEXT | _O_BINARY));
    ends[1] = _open_osfhandle((intptr_t)write, mode & (_O_TEXT | _O_BINARY));
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static FILE *remember(int fd, const char *mode, HANDLE process)
{
    struct child *child = malloc(sizeof *child);
    FILE *stream = child ? _fdopen(fd, mode) : NULL;

    if (!stream) {
        free(child);
        _close(fd);
        CloseHandle(process);
        return NULL;
    }
    crt_enter(CRT_LOCK_DESCRIPTORS);
    *child = (struct child){children, stream, process};
    children = child;
    crt_leave(CRT_LOCK_DESCRIPTORS);
    return stream;
}

/* The end that stays here isn't inherited: else the child would hold its own input open. */
FILE *_popen(const char *line, const char *mode)
{
    bool reads = mode && *mode == 'r';
    HANDLE ends[2], process;

    if (!line || !mode || (!reads && *mode != 'w'))
        return crt_fail(EINVAL), NULL;
    if (!CreatePipe(&ends[0], &ends[1], &inherited, 0))
        return crt_fail_os(), NULL;
    SetHandleInformation(ends[!reads], HANDLE_FLAG_INHERIT, 0);
    process = start(line, reads ? GetStdHandle(STD_INPUT_HANDLE) : ends[0],
                    reads ? ends[1] : GetStdHandle(STD_OUTPUT_HANDLE));
    CloseHandle(ends[reads]);
    if (!process) {
        CloseHandle(ends[!reads]);
        return NULL;
    }
    return remember(_open_osfhandle((intptr_t)ends[!reads], strchr(mode, 'b') ? _O_BINARY : 0),
                    mode, process);
}

int _pclose(FILE *stream)
{
    struct child **at = &children, *child;
    HANDLE process;

    crt_enter(CRT_LOCK_DESCRIPTORS);
    while (*at && (*at)->stream != stream)
        at = &(*at)->next;
    child = *at;
    if (child)
        *at = child->next;
    crt_leave(CRT_LOCK_DESCRIPTORS);
    if (!child)
        return crt_fail(EINVAL);
    fclose(stream);
    process = child->process;
    free(child);
    return finish(process);
}

/* ---- the same, wide ----------------------------------------------------------------------------------- */

int _wsystem(const wchar_t *line)
{
    char narrow[2048];

    if (!line)
        return 1;
    return crt_narrow(line, narrow, sizeof narrow) ? system(narrow) : 1;
}

FILE *_wpopen(const wchar_t *line, const wchar_t *mode)
{
    char narrow[2048], narrow_mode[8];

    if (!line || !mode || !crt_narrow(line, narrow, sizeof narrow) ||
        !crt_narrow(mode, narrow_mode, sizeof narrow_mode))
        return crt_fail(EINVAL), NULL;
    return _popen(narrow, narrow_mode);
}
