/* stat.c - what is known about a file: the _stat() and _fstat() families, and _utime().
 *
 * As with _findfirst(), one question and three record layouts (times and sizes of 32 or 64 bits).
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <io.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utime.h>

/* Everything that any of the layouts holds. */
struct facts {
    unsigned short mode;
    unsigned drive;
    int links;
    int64_t size, accessed, modified, created;
};

static int64_t seconds(const FILETIME *time, int64_t otherwise)
{
    uint64_t ticks = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;

    return ticks ? (int64_t)(ticks / 10000000) - 11644473600 : otherwise;
}

static bool is_program(const char *name)
{
    static const char *const endings[] = {".exe", ".com", ".bat", ".cmd"};
    const char *dot = name ? strrchr(name, '.') : NULL;

    for (unsigned i = 0; dot && i < 4; i++)
        if (_stricmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* Windows has no permissions for owner and group: the bits are repeated for all three. */
static unsigned short mode_of(DWORD attributes, const char *name)
{
    unsigned mode = attributes & FILE_ATTRIBUTE_DIRECTORY ? _S_IFDIR | _S_IEXEC : _S_IFREG;

    mode |= _S_IREAD;
    if (!(attributes & FILE_ATTRIBUTE_READONLY))
        mode |= _S_IWRITE;
    if (is_program(name))
        mode |= _S_IEXEC;
    return (unsigned short)(mode | (mode & 0700) >> 3 | (mode & 0700) >> 6);
}

static void set_times(struct facts *facts, const FILETIME *created, const FILETIME *accessed,
                      const FILETIME *modified)
{
    facts->modified = seconds(modified, 0);
    facts->accessed = seconds(accessed, facts->modified);
    facts->created = seconds(created, facts->modified);
}

static bool facts_by_name(const char *name, struct facts *facts)
{
    WIN32_FIND_DATAA found;
    HANDLE search;
    DWORD attributes = GetFileAttributesA(name);

    memset(facts, 0, sizeof *facts);
    if (strpbrk(name, "?*")) {
        crt_fail(ENOENT);
        return false;
    }
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        crt_fail_os();
        return false;
    }
    facts->mode = mode_of(attributes, name);
    facts->drive = 2;
    facts->links = 1;
    search = FindFirstFileA(name, &found); /* a root directory has attributes but no entry */
    if (search != INVALID_HANDLE_VALUE) {
        set_times(facts, &found.ftCreationTime, &found.ftLastAccessTime, &found.ftLastWriteTime);
        facts->size = (int64_t)((uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow);
        FindClose(search);
    }
    return true;
}

static bool facts_of_descriptor(int fd, struct facts *facts)
{
    HANDLE handle = crt_descriptor_handle(fd);
    BY_HANDLE_FILE_INFORMATION information;
    DWORD type;

    memset(facts, 0, sizeof *facts);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    type = GetFileType(handle);
    facts->links = 1;
    if (type == FILE_TYPE_CHAR || type == FILE_TYPE_PIPE) {
        facts->mode = type == FILE_TYPE_CHAR ? _S_IFCHR : _S_IFIFO;
        facts->drive = (unsigned)fd;
        return true;
    }
    if (!GetFileInformationByHandle(handle, &information)) {
        crt_fail_os();
        return false;
    }
    facts->mode = mode_of(information.dwFileAttributes, NULL);
    set_times(facts, &information.ftCreationTime, &information.ftLastAccessTime,
              &information.ftLastWriteTime);
    facts->size = (int64_t)((uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow);
    return true;
}

/* Exported under their oldest names; the headers rename the one to the other or the other way. */
__typeof__(_stat32i64) _stat32i64 __asm__("__stati64");
__typeof__(_wstat32i64) _wstat32i64 __asm__("__wstati64");
__typeof__(_fstat32i64) _fstat32i64 __asm__("__fstati64");

#define STAT(type, by_name, by_wide_name, by_descriptor, time_type, size_type)                     \
    static int fill_##type(const struct facts *facts, struct type *record)                         \
    {                                                                                              \
        memset(record, 0, sizeof *record);                                                         \
        record->st_dev = record->st_rdev = facts->drive;                                           \
        record->st_mode = facts->mode;                                                             \
        record->st_nlink = (short)facts->links;                                                    \
        record->st_size = (size_type)facts->size;                                                  \
        record->st_atime = (time_type)facts->accessed;                                             \
        record->st_mtime = (time_type)facts->modified;                                             \
        record->st_ctime = (time_type)facts->created;                                              \
        return 0;                                                                                  \
    }                                                                                              \
    int by_name(const char *name, struct type *record)                                             \
    {                                                                                              \
        struct facts facts;                                                                        \
                                                                                                   \
        return facts_by_name(name, &facts) ? fill_##type(&facts, record) : -1;                     \
    }                                                                                              \
    int by_wide_name(const wchar_t *name, struct type *record)                                     \
    {                                                                                              \
        char narrow[MAX_PATH];                                                                     \
                                                                                                   \
        return crt_narrow(name, narrow, MAX_PATH) ? by_name(narrow, record)                        \
                                                  : crt_fail(ENAMETOOLONG);                        \
    }                                                                                              \
    int by_descriptor(int fd, struct type *record)                                                 \
    {                                                                                              \
        struct facts facts;                                                                        \
                                                                                                   \
        return facts_of_descriptor(fd, &facts) ? fill_##type(&facts, record) : -1;                 \
    }

STAT(_stat32, _stat32, _wstat32, _fstat32, __time32_t, _off_t)
STAT(_stat32i64, _stat32i64, _wstat32i64, _fstat32i64, __time32_t, int64_t)
STAT(_stat64, _stat64, _wstat64, _fstat64, __time64_t, int64_t)

/* ---- setting the times ---------------------------------------------------------------------------- */

static FILETIME file_time(int64_t time)
{
    uint64_t ticks = (uint64_t)(time + 11644473600) * 10000000;

    return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

static int set_file_times(const char *name, int64_t accessed, int64_t modified)
{
    FILETIME access = file_time(accessed), write = file_time(modified);
    HANDLE file = CreateFileA(name, FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    BOOL done;

    if (file == INVALID_HANDLE_VALUE)
        return crt_fail_os();
    done = SetFileTime(file, NULL, &access, &write);
    CloseHandle(file);
    return done ? 0 : crt_fail_os();
}

int _utime32(const char *name, struct __utimbuf32 *times)
{
    int64_t now = _time64(NULL);

    return set_file_times(name, times ? times->actime : now, times ? times->modtime : now);
}

int _utime64(const char *name, struct __utimbuf64 *times)
{
    int64_t now = _time64(NULL);

    return set_file_times(name, times ? times->actime : now, times ? times->modtime : now);
}

int _wutime32(const wchar_t *name, struct __utimbuf32 *times)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _utime32(narrow, times) : crt_fail(ENAMETOOLONG);
}

int _wutime64(const wchar_t *name, struct __utimbuf64 *times)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _utime64(narrow, times) : crt_fail(ENAMETOOLONG);
}
