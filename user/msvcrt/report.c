/* report.c - errors in words: strerror(), perror(), assert(). */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The texts stand at the place of their number; a gap is a number that Windows does not use. */
char *_sys_errlist[] = {
    "No error",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted function call",
    "Input/output error",
    "No such device or address",
    "Arg list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Not enough space",
    "Permission denied",
    "Bad address",
    "Unknown error",
    "Resource device",
    "File exists",
    "Improper link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate I/O control operation",
    "Unknown error",
    "File too large",
    "No space left on device",
    "Invalid seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Domain error",
    "Result too large",
    "Unknown error",
    "Resource deadlock avoided",
    "Unknown error",
    "Filename too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Illegal byte sequence",
    "Unknown error",
};
enum { TEXTS = sizeof _sys_errlist / sizeof _sys_errlist[0] };

int _sys_nerr = TEXTS - 1;

/* The caller may overwrite the text, hence a copy; valid until the thread asks again. */
char *strerror(int error)
{
    char *text = crt_thread()->error_text;

    if (error < 0 || error >= TEXTS)
        error = TEXTS - 1;
    return strcpy(text, _sys_errlist[error]);
}

wchar_t *_wcserror(int error)
{
    wchar_t *text = crt_thread()->wide_error_text;

    crt_widen(strerror(error), text, 160);
    return text;
}

/* "message: text of errno\n" */
char *_strerror(const char *message)
{
    struct crt_thread *thread = crt_thread();
    const char *text = strerror(thread->error);
    char line[160];

    _snprintf(line, sizeof line - 1, "%s%s%s\n", message ? message : "", message ? ": " : "", text);
    line[sizeof line - 1] = 0;
    return strcpy(thread->error_text, line);
}

void perror(const char *message)
{
    const char *text = strerror(*_errno());

    if (message && *message)
        fprintf(stderr, "%s: %s\n", message, text);
    else
        fprintf(stderr, "%s\n", text);
}

void _wperror(const wchar_t *message)
{
    fwprintf(stderr, L"%s: %hs\n", message, strerror(*_errno()));
}

void _assert(const char *condition, const char *file, unsigned line)
{
    fflush(stdout);
    fprintf(stderr, "Assertion failed: %s, file %s, line %u\n", condition, file, line);
    abort();
}

void _wassert(const wchar_t *condition, const wchar_t *file, unsigned line)
{
    char narrow_condition[256], narrow_file[MAX_PATH];

    crt_narrow(condition, narrow_condition, sizeof narrow_condition);
    crt_narrow(file, narrow_file, sizeof narrow_file);
    _assert(narrow_condition, narrow_file, line);
}
