/* errors.c - errno: its texts, and which errno a Win32 error becomes. */
#include "user/msvcrt/crt.h"
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

static const struct {
    unsigned short os;
    unsigned short error;
} map[] = {
    {ERROR_INVALID_FUNCTION, EINVAL},
    {ERROR_FILE_NOT_FOUND, ENOENT},
    {ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
    {ERROR_ACCESS_DENIED, EACCES},
    {ERROR_INVALID_HANDLE, EBADF},
    {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
    {ERROR_OUTOFMEMORY, ENOMEM},
    {ERROR_COMMITMENT_LIMIT, ENOMEM},
    {ERROR_BAD_ENVIRONMENT, E2BIG},
    {ERROR_BAD_FORMAT, ENOEXEC},
    {ERROR_BAD_EXE_FORMAT, ENOEXEC},
    {ERROR_INVALID_DRIVE, ENOENT},
    {ERROR_CURRENT_DIRECTORY, EACCES},
    {ERROR_NOT_SAME_DEVICE, EXDEV},
    {ERROR_NO_MORE_FILES, ENOENT},
    {ERROR_WRITE_PROTECT, EROFS},
    {ERROR_SHARING_VIOLATION, EACCES},
    {ERROR_LOCK_VIOLATION, EACCES},
    {ERROR_FILE_EXISTS, EEXIST},
    {ERROR_CANNOT_MAKE, EACCES},
    {ERROR_NOT_LOCKED, EACCES},
    {ERROR_BROKEN_PIPE, EPIPE},
    {ERROR_DISK_FULL, ENOSPC},
    {ERROR_HANDLE_DISK_FULL, ENOSPC},
    {ERROR_CALL_NOT_IMPLEMENTED, ENOSYS},
    {ERROR_NOT_SUPPORTED, ENOSYS},
    {ERROR_WAIT_NO_CHILDREN, ECHILD},
    {ERROR_NEGATIVE_SEEK, EINVAL},
    {ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
    {ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_INVALID_NAME, ENOENT},
    {ERROR_ALREADY_EXISTS, EEXIST},
    {ERROR_FILENAME_EXCED_RANGE, ENOENT},
    {ERROR_IO_DEVICE, EIO},
    {ERROR_SWAPERROR, EIO},
    {ERROR_NOACCESS, EFAULT},
};

int *_errno(void)
{
    return &crt_thread()->error;
}

unsigned long *__doserrno(void)
{
    return &crt_thread()->os_error;
}

int crt_fail(int error)
{
    crt_thread()->error = error;
    return -1;
}

int crt_fail_os(void)
{
    struct crt_thread *thread = crt_thread();

    thread->os_error = GetLastError();
    thread->error = EINVAL;
    for (unsigned i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].os == thread->os_error)
            thread->error = map[i].error;
    return -1;
}

errno_t _get_errno(int *value);
errno_t _get_errno(int *value)
{
    *value = *_errno();
    return 0;
}

errno_t _set_errno(int value);
errno_t _set_errno(int value)
{
    *_errno() = value;
    return 0;
}

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
