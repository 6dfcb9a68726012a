/* locking.c - parts of a file that one opening keeps for itself, and the rest of what is asked by descriptor. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdarg.h>
#include <sys/locking.h>
#include <sys/stat.h>
#include <sys/utime.h>

enum { TRIES = 10 }; /* a second apart, as on Windows */

/* `count` bytes from the current position on. */
int _locking(int fd, int mode, long count)
{
    HANDLE file = crt_descriptor_handle(fd);
    long start = _lseek(fd, 0, SEEK_CUR);
    int tries = mode == _LK_LOCK || mode == _LK_RLCK ? TRIES : 1;

    if (file == INVALID_HANDLE_VALUE || start < 0)
        return -1;
    if (mode < _LK_UNLCK || mode > _LK_NBRLCK || count < 0)
        return crt_fail(EINVAL);
    if (mode == _LK_UNLCK)
        return UnlockFile(file, (DWORD)start, 0, (DWORD)count, 0) ? 0 : crt_fail_os();
    while (!LockFile(file, (DWORD)start, 0, (DWORD)count, 0)) {
        if (--tries == 0)
            return mode == _LK_NBLCK || mode == _LK_NBRLCK ? crt_fail_os() : crt_fail(EDEADLOCK);
        Sleep(1000);
    }
    return 0;
}

int _wsopen(const wchar_t *name, int flags, int share, ...)
{
    char narrow[MAX_PATH];
    int permissions = _S_IREAD | _S_IWRITE;

    if (flags & _O_CREAT) {
        va_list arguments;

        va_start(arguments, share);
        permissions = va_arg(arguments, int);
        va_end(arguments);
    }
    if (!crt_narrow(name, narrow, MAX_PATH))
        return crt_fail(ENAMETOOLONG);
    return _sopen(narrow, flags, share, permissions);
}

static FILETIME at(int64_t seconds)
{
    uint64_t ticks = (uint64_t)(seconds + 11644473600) * 10000000;

    return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

int _futime64(int fd, struct __utimbuf64 *times)
{
    int64_t now = _time64(NULL);
    FILETIME accessed = at(times ? times->actime : now),
             modified = at(times ? times->modtime : now);
    HANDLE file = crt_descriptor_handle(fd);

    if (file == INVALID_HANDLE_VALUE)
        return -1;
    return SetFileTime(file, NULL, &accessed, &modified) ? 0 : crt_fail_os();
}

int _futime32(int fd, struct __utimbuf32 *times)
{
    struct __utimbuf64 wide;

    if (times)
        wide = (struct __utimbuf64){.actime = times->actime, .modtime = times->modtime};
    return _futime64(fd, times ? &wide : NULL);
}
