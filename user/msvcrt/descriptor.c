/* descriptor.c - the small integers of _open(), _read() and _write(), and the text mode.
 *
 * A descriptor is a Win32 handle and a few flags.  In text mode "\n" is written as "\r\n", "\r\n" is
 * read as "\n", and Ctrl-Z ends the input; FILE streams sit on top and see only "\n".  Opening and
 * closing take a lock.  Reading and writing do not: two threads that use one descriptor at the same
 * time must agree on an order anyway.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    DESCRIPTORS = 2048, /* as many as Windows has */
    CHUNK = 32,         /* so many behind each pointer of __pioinfo */
    OPEN = 1,
    ENDED = 2, /* Ctrl-Z was read */
    PIPE = 8,
    APPEND = 0x20,
    DEVICE = 0x40, /* console: can't seek */
    TEXT = 0x80,
    NOTHING_HELD = -1,
    CTRL_Z = 0x1A
};

/* Programs such as Ruby reach through __pioinfo: so the handle, the flags and their numbers, the lock and the size are those
 * of Windows' msvcrt.dll. */
struct descriptor {
    HANDLE handle;
    unsigned char flags;
    unsigned char wide; /* what a wide character becomes in it, see crt.h */
    short held;         /* a byte read too far from a device, or NOTHING_HELD */
    int lock_is_there;
    CRITICAL_SECTION lock; /* for programs only */
};

static struct descriptor table[DESCRIPTORS];
struct descriptor *__pioinfo[DESCRIPTORS / CHUNK];

static struct descriptor *find(int fd)
{
    if (fd < 0 || fd >= DESCRIPTORS || !(table[fd].flags & OPEN)) {
        crt_fail(EBADF);
        return NULL;
    }
    return &table[fd];
}

HANDLE crt_descriptor_handle(int fd)
{
    struct descriptor *d = find(fd);

    return d ? d->handle : INVALID_HANDLE_VALUE;
}

static bool has(int fd, int flags)
{
    struct descriptor *d = find(fd);

    return d && (d->flags & flags);
}

enum crt_wide crt_descriptor_wide(int fd)
{
    struct descriptor *d = find(fd);

    return d ? (enum crt_wide)d->wide : CRT_WIDE_LOCALE;
}

bool crt_descriptor_is_text(int fd)
{
    return has(fd, TEXT);
}

bool crt_descriptor_is_device(int fd)
{
    return has(fd, DEVICE);
}

bool crt_descriptor_appends(int fd)
{
    return has(fd, APPEND);
}

int _isatty(int fd)
{
    return has(fd, DEVICE) ? 0x40 : 0;
}

/* ---- opening and closing ----------------------------------------------------------------------- */

static void fill_in(int fd, HANDLE handle, int flags)
{
    DWORD type = GetFileType(handle) & ~(DWORD)FILE_TYPE_REMOTE;

    if (!table[fd].lock_is_there)
        InitializeCriticalSection(&table[fd].lock);
    table[fd].lock_is_there = true;
    table[fd].handle = handle;
    table[fd].held = NOTHING_HELD;
    table[fd].flags = (unsigned char)(OPEN | flags | (type == FILE_TYPE_CHAR ? DEVICE : 0) |
                                      (type == FILE_TYPE_PIPE ? PIPE : 0));
}

/* The lowest free number, or -1 and EMFILE. */
static int claim(HANDLE handle, int flags)
{
    int fd = 0;

    crt_enter(CRT_LOCK_DESCRIPTORS);
    while (fd < DESCRIPTORS && (table[fd].flags & OPEN))
        fd++;
    if (fd < DESCRIPTORS)
        fill_in(fd, handle, flags);
    crt_leave(CRT_LOCK_DESCRIPTORS);
    return fd < DESCRIPTORS ? fd : crt_fail(EMFILE);
}

void crt_descriptors_init(void)
{
    static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

    for (int chunk = 0; chunk < DESCRIPTORS / CHUNK; chunk++)
        __pioinfo[chunk] = &table[chunk * CHUNK];
    for (int fd = 0; fd < 3; fd++) {
        HANDLE handle = GetStdHandle(standard[fd]);

        if (handle && handle != INVALID_HANDLE_VALUE)
            fill_in(fd, handle, TEXT);
    }
}

/* Text unless the caller or the program's _fmode says binary. */
static int mode_flags(int flags)
{
    bool text = flags & _O_TEXT || !(flags & _O_BINARY || _fmode & _O_BINARY);

    return (text ? TEXT : 0) | (flags & _O_APPEND ? APPEND : 0);
}

int _open_osfhandle(intptr_t handle, int flags)
{
    return handle == -1 ? crt_fail(EBADF) : claim((HANDLE)handle, mode_flags(flags));
}

intptr_t _get_osfhandle(int fd)
{
    return (intptr_t)crt_descriptor_handle(fd);
}

static DWORD disposition(int flags)
{
    switch (flags & (_O_CREAT | _O_EXCL | _O_TRUNC)) {
    case _O_CREAT:
        return OPEN_ALWAYS;
    case _O_CREAT | _O_EXCL:
    case _O_CREAT | _O_EXCL | _O_TRUNC:
        return CREATE_NEW;
    case _O_CREAT | _O_TRUNC:
        return CREATE_ALWAYS;
    case _O_TRUNC:
    case _O_TRUNC | _O_EXCL:
        return TRUNCATE_EXISTING;
    default:
        return OPEN_EXISTING;
    }
}

static const DWORD accesses[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, 0};

static DWORD share_of(int share)
{
    switch (share) {
    case _SH_DENYRW:
        return 0;
    case _SH_DENYWR:
        return FILE_SHARE_READ;
    case _SH_DENYRD:
        return FILE_SHARE_WRITE;
    default:
        return FILE_SHARE_READ | FILE_SHARE_WRITE;
    }
}

static int open_file(const char *name, int flags, int share, int permissions)
{
    bool read_only = flags & _O_CREAT && !(permissions & _S_IWRITE);
    DWORD attributes = read_only ? FILE_ATTRIBUTE_READONLY : FILE_ATTRIBUTE_NORMAL;
    DWORD access = accesses[flags & (_O_WRONLY | _O_RDWR)];
    HANDLE handle;
    int fd;

    if (!name || !access)
        return crt_fail(EINVAL);
    if (flags & _O_TEMPORARY) {
        attributes |= FILE_FLAG_DELETE_ON_CLOSE;
        access |= DELETE;
    }
    handle = CreateFileA(name, access, share_of(share), NULL, disposition(flags), attributes, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return crt_fail_os();
    fd = claim(handle, mode_flags(flags));
    if (fd < 0)
        CloseHandle(handle);
    return fd;
}

int _open(const char *name, int flags, ...)
{
    int permissions = _S_IREAD | _S_IWRITE;

    if (flags & _O_CREAT) {
        va_list arguments;

        va_start(arguments, flags);
        permissions = va_arg(arguments, int);
        va_end(arguments);
    }
    return open_file(name, flags, _SH_DENYNO, permissions);
}

int _sopen(const char *name, int flags, int share, ...)
{
    int permissions = _S_IREAD | _S_IWRITE;

    if (flags & _O_CREAT) {
        va_list arguments;

        va_start(arguments, share);
        permissions = va_arg(arguments, int);
        va_end(arguments);
    }
    return open_file(name, flags, share, permissions);
}

int _creat(const char *name, int permissions)
{
    return open_file(name, _O_CREAT | _O_TRUNC | _O_RDWR, _SH_DENYNO, permissions);
}

int _close(int fd)
{
    struct descriptor *d = find(fd);
    HANDLE handle;

    if (!d)
        return -1;
    handle = d->handle;
    d->flags = 0;
    return CloseHandle(handle) ? 0 : crt_fail_os();
}

static HANDLE duplicate(HANDLE handle)
{
    HANDLE copy;

    if (!DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, TRUE,
                         DUPLICATE_SAME_ACCESS)) {
        crt_fail_os();
        return INVALID_HANDLE_VALUE;
    }
    return copy;
}

int _dup(int fd)
{
    struct descriptor *d = find(fd);
    HANDLE copy = d ? duplicate(d->handle) : INVALID_HANDLE_VALUE;
    int result;

    if (copy == INVALID_HANDLE_VALUE)
        return -1;
    result = claim(copy, d->flags & (TEXT | APPEND));
    if (result < 0)
        CloseHandle(copy);
    return result;
}

int _dup2(int from, int to)
{
    struct descriptor *d = find(from);
    HANDLE copy;

    if (!d || to < 0 || to >= DESCRIPTORS)
        return crt_fail(EBADF);
    if (from == to)
        return 0;
    copy = duplicate(d->handle);
    if (copy == INVALID_HANDLE_VALUE)
        return -1;
    if (table[to].flags & OPEN)
        _close(to);
    crt_enter(CRT_LOCK_DESCRIPTORS);
    fill_in(to, copy, d->flags & (TEXT | APPEND));
    crt_leave(CRT_LOCK_DESCRIPTORS);
    return 0;
}

int _setmode(int fd, int mode)
{
    struct descriptor *d = find(fd);
    int before;

    if (!d)
        return -1;
    if (mode != _O_TEXT && mode != _O_BINARY && mode != _O_U8TEXT && mode != _O_U16TEXT &&
        mode != _O_WTEXT)
        return crt_fail(EINVAL);
    before = d->wide == CRT_WIDE_UTF8    ? _O_U8TEXT
             : d->wide == CRT_WIDE_UTF16 ? _O_WTEXT
             : d->flags & TEXT           ? _O_TEXT
                                         : _O_BINARY;
    d->flags = (unsigned char)((d->flags & ~TEXT) | (mode != _O_BINARY ? TEXT : 0));
    d->wide = mode == _O_U8TEXT                        ? CRT_WIDE_UTF8
              : mode == _O_U16TEXT || mode == _O_WTEXT ? CRT_WIDE_UTF16
                                                       : CRT_WIDE_LOCALE;
    return before;
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* One read of the file itself; a pipe whose writers are gone is at its end, not broken. */
static int read_raw(struct descriptor *d, char *buffer, DWORD size)
{
    DWORD done = 0;

    if (size && d->held != NOTHING_HELD) {
        *buffer = (char)d->held;
        d->held = NOTHING_HELD;
        return 1;
    }
    if (!ReadFile(d->handle, buffer, size, &done, NULL) && GetLastError() != ERROR_BROKEN_PIPE &&
        GetLastError() != ERROR_HANDLE_EOF)
        return crt_fail_os();
    return (int)done;
}

/* The buffer ended in "\r": is the next byte its "\n"?  If not, it is given back. */
static bool newline_follows(struct descriptor *d)
{
    char next;

    if (read_raw(d, &next, 1) <= 0)
        return false;
    if (next == '\n')
        return true;
    if (d->flags & (DEVICE | PIPE))
        d->held = (unsigned char)next;
    else
        SetFilePointer(d->handle, -1, NULL, FILE_CURRENT);
    return false;
}

/* Turns `count` raw bytes into text in place; returns how many are left. */
static int translate(struct descriptor *d, char *buffer, int count)
{
    int out = 0;

    for (int in = 0; in < count; in++) {
        if (buffer[in] == CTRL_Z) {
            d->flags |= ENDED;
            break;
        }
        if (buffer[in] == '\r' && in + 1 < count && buffer[in + 1] == '\n')
            continue;
        if (buffer[in] == '\r' && in + 1 == count && newline_follows(d))
            buffer[in] = '\n';
        buffer[out++] = buffer[in];
    }
    return out;
}

/* At least one byte unless the file has ended; less than `size` does not mean the end. */
int _read(int fd, void *buffer, unsigned size)
{
    struct descriptor *d = find(fd);
    int count;

    if (!d)
        return -1;
    if (size == 0 || (d->flags & ENDED))
        return 0;
    if (!buffer || size > INT32_MAX)
        return crt_fail(EINVAL);
    count = read_raw(d, buffer, size);
    if (count > 0 && (d->flags & TEXT))
        count = translate(d, buffer, count);
    return count;
}

/* A text file's length in "\n"s says nothing about its bytes, so the raw bytes are read once more and
 * counted.  Rejected: adding one for each "\n", as is often done, which is wrong in a file that has
 * bare "\n"s. */
int64_t crt_descriptor_raw_offset(int fd, int64_t start, int count)
{
    struct descriptor *d = find(fd);
    int64_t here = _telli64(fd);
    int64_t offset = start;
    char raw[512];
    bool return_pending = false;

    _lseeki64(fd, start, SEEK_SET);
    while (d && (count > 0 || return_pending)) {
        int got = read_raw(d, raw, sizeof raw);

        if (got <= 0)
            break;
        for (int i = 0; i < got && (count > 0 || return_pending); i++) {
            bool second_half = return_pending && raw[i] == '\n';

            return_pending = count > 0 && raw[i] == '\r';
            if (count > 0 || second_half)
                offset++;
            if (count > 0 && !second_half)
                count--;
        }
    }
    _lseeki64(fd, here, SEEK_SET);
    return offset;
}

/* ---- writing ------------------------------------------------------------------------------------ */

static int write_raw(struct descriptor *d, const char *buffer, DWORD size)
{
    DWORD done = 0;

    if (!WriteFile(d->handle, buffer, size, &done, NULL))
        return crt_fail_os();
    if (done == 0 && size > 0)
        return crt_fail(ENOSPC);
    return (int)done;
}

/* Returns how many of the caller's bytes went out, in pieces that have room for every "\r". */
static int write_lines(struct descriptor *d, const char *buffer, int size)
{
    char piece[1024];
    int in = 0;

    while (in < size) {
        int start = in;
        int length = 0;
        int done;

        while (in < size && length < (int)sizeof piece - 1) {
            if (buffer[in] == '\n')
                piece[length++] = '\r';
            piece[length++] = buffer[in++];
        }
        done = write_raw(d, piece, (DWORD)length);
        if (done < 0)
            return start > 0 ? start : -1;
        if (done < length)
            return start + (int)((int64_t)(in - start) * done / length);
    }
    return size;
}

/* The console takes UTF-8; what a program writes in code page 949 is turned into it, as Windows' run-time turns it into the
 * console's code page.  The first half of a character waits for the second one. */
static int write_korean(struct descriptor *d, const char *buffer, int size)
{
    enum { PIECE = 256 };
    static char half;
    char bytes[PIECE + 1], utf8[3 * PIECE + 3];
    wchar_t wide[PIECE + 1];

    for (int at = 0; at < size;) {
        int count = 0;

        if (half)
            bytes[count++] = half;
        half = 0;
        while (at < size && count < PIECE) {
            bytes[count++] = buffer[at++];
            if (!isleadbyte((unsigned char)bytes[count - 1]))
                continue;
            if (at == size)
                half = bytes[--count];
            else
                bytes[count++] = buffer[at++];
        }
        count = MultiByteToWideChar(__lc_codepage, 0, bytes, count, wide, PIECE + 1);
        count = WideCharToMultiByte(CP_UTF8, 0, wide, count, utf8, sizeof utf8, NULL, NULL);
        if (count > 0 && write_lines(d, utf8, count) < count)
            return -1;
    }
    return size;
}

static int write_text(struct descriptor *d, const char *buffer, int size)
{
    return __lc_codepage == CRT_KOREAN && (d->flags & DEVICE) ? write_korean(d, buffer, size)
                                                              : write_lines(d, buffer, size);
}

int _write(int fd, const void *buffer, unsigned size)
{
    struct descriptor *d = find(fd);

    if (!d)
        return -1;
    if (size == 0)
        return 0;
    if (!buffer || size > INT32_MAX)
        return crt_fail(EINVAL);
    if (d->flags & APPEND)
        _lseeki64(fd, 0, SEEK_END);
    if (d->flags & TEXT)
        return write_text(d, buffer, (int)size);
    return write_raw(d, buffer, size);
}

/* ---- position and size -------------------------------------------------------------------------- */

int64_t _lseeki64(int fd, int64_t offset, int whence)
{
    struct descriptor *d = find(fd);
    LONG high = (LONG)(offset >> 32);
    DWORD low;

    if (!d)
        return -1;
    if (whence < SEEK_SET || whence > SEEK_END)
        return crt_fail(EINVAL);
    if (d->flags & (DEVICE | PIPE))
        return crt_fail(ESPIPE);
    SetLastError(NO_ERROR);
    low = SetFilePointer(d->handle, (LONG)offset, &high, (DWORD)whence);
    if (low == INVALID_SET_FILE_POINTER && GetLastError() != NO_ERROR)
        return crt_fail_os();
    d->flags &= (unsigned char)~ENDED;
    return (int64_t)((uint64_t)(uint32_t)high << 32 | low);
}

long _lseek(int fd, long offset, int whence)
{
    int64_t where = _lseeki64(fd, offset, whence);

    return where > INT32_MAX ? crt_fail(EINVAL) : (long)where;
}

int64_t _telli64(int fd)
{
    return _lseeki64(fd, 0, SEEK_CUR);
}

long _tell(int fd)
{
    return _lseek(fd, 0, SEEK_CUR);
}

int64_t _filelengthi64(int fd)
{
    int64_t here = _telli64(fd);
    int64_t length = here < 0 ? -1 : _lseeki64(fd, 0, SEEK_END);

    if (here >= 0)
        _lseeki64(fd, here, SEEK_SET);
    return length;
}

long _filelength(int fd)
{
    return (long)_filelengthi64(fd);
}

int _eof(int fd)
{
    int64_t here = _telli64(fd);

    if (here < 0)
        return -1;
    return has(fd, ENDED) || here >= _filelengthi64(fd);
}

/* Cuts the file or lengthens it with zeros; the position stays. */
int _chsize(int fd, long size)
{
    int64_t here = _telli64(fd);
    int result = 0;

    if (here < 0 || size < 0)
        return crt_fail(here < 0 ? *_errno() : EINVAL);
    _lseeki64(fd, size, SEEK_SET);
    if (!SetEndOfFile(crt_descriptor_handle(fd)))
        result = crt_fail_os();
    _lseeki64(fd, here, SEEK_SET);
    return result;
}

int _commit(int fd)
{
    HANDLE handle = crt_descriptor_handle(fd);

    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    return FlushFileBuffers(handle) ? 0 : crt_fail_os();
}
