/* errors.c - errno, and which errno a Win32 error becomes. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdlib.h>

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
