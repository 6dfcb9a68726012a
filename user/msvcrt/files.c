/* files.c - files by name: remove, rename, access, temporary files, and the parts of path names.
 *
 * Wide names become narrow ones first: the disc of this system knows only ASCII names, so nothing is
 * lost, and every function exists once.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- remove, rename, access, chmod ------------------------------------------------------------- */

int _unlink(const char *name)
{
    return DeleteFileA(name) ? 0 : crt_fail_os();
}

int rename(const char *old, const char *fresh)
{
    return MoveFileA(old, fresh) ? 0 : crt_fail_os();
}

/* Bit 1 of mode asks for permission to write; existence answers every other question. */
int _access(const char *name, int mode)
{
    DWORD attributes = GetFileAttributesA(name);

    if (attributes == INVALID_FILE_ATTRIBUTES)
        return crt_fail_os();
    if (mode & 2 && attributes & FILE_ATTRIBUTE_READONLY &&
        !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return crt_fail(EACCES);
    return 0;
}

int _chmod(const char *name, int mode)
{
    DWORD attributes = GetFileAttributesA(name);

    if (attributes == INVALID_FILE_ATTRIBUTES)
        return crt_fail_os();
    if (mode & _S_IWRITE)
        attributes &= ~(DWORD)FILE_ATTRIBUTE_READONLY;
    else
        attributes |= FILE_ATTRIBUTE_READONLY;
    return SetFileAttributesA(name, attributes) ? 0 : crt_fail_os();
}

static int creation_mask;

int _umask(int mask)
{
    int before = creation_mask;

    creation_mask = mask & (_S_IREAD | _S_IWRITE);
    return before;
}

int _wunlink(const wchar_t *name)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _unlink(narrow) : crt_fail(ENAMETOOLONG);
}

int _wrename(const wchar_t *old, const wchar_t *fresh)
{
    char narrow_old[MAX_PATH], narrow_fresh[MAX_PATH];

    if (!crt_narrow(old, narrow_old, MAX_PATH) || !crt_narrow(fresh, narrow_fresh, MAX_PATH))
        return crt_fail(ENAMETOOLONG);
    return rename(narrow_old, narrow_fresh);
}

int _waccess(const wchar_t *name, int mode)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _access(narrow, mode) : crt_fail(ENAMETOOLONG);
}

int _wchmod(const wchar_t *name, int mode)
{
    char narrow[MAX_PATH];

    return crt_narrow(name, narrow, MAX_PATH) ? _chmod(narrow, mode) : crt_fail(ENAMETOOLONG);
}

int _wopen(const wchar_t *name, int flags, ...)
{
    char narrow[MAX_PATH];
    int permissions = _S_IREAD | _S_IWRITE;

    if (flags & _O_CREAT) {
        va_list arguments;

        va_start(arguments, flags);
        permissions = va_arg(arguments, int);
        va_end(arguments);
    }
    if (!crt_narrow(name, narrow, MAX_PATH))
        return crt_fail(ENAMETOOLONG);
    return _open(narrow, flags, permissions);
}

/* ---- names for temporary files ------------------------------------------------------------------- */

/* Replaces "XXXXXX" at the end by a letter and digits that no file has.  NULL: none is free. */
char *_mktemp(char *template)
{
    size_t length = strlen(template);
    char *place = template + length - 6;
    unsigned id = GetCurrentThreadId();

    if (length < 6 || strcmp(place, "XXXXXX") != 0) {
        crt_fail(EINVAL);
        return NULL;
    }
    for (char letter = 'a'; letter <= 'z'; letter++) {
        _snprintf(place, 7, "%c%05u", letter, id % 100000);
        if (_access(template, 0) != 0)
            return template;
    }
    crt_fail(EEXIST);
    return NULL;
}

/* A name that no file has now: "s", the process, a counter. */
char *tmpnam(char *buffer)
{
    static volatile LONG counter;
    char *name = buffer ? buffer : crt_thread()->temporary_name;

    do {
        LONG number = InterlockedIncrement(&counter);

        _snprintf(name, 13, "s%lx.%ld", (GetCurrentProcessId() & 0xFFFF), number % 10000);
    } while (_access(name, 0) == 0);
    return name;
}

/* An update stream on a file without a lasting name: it goes when the stream is closed. */
FILE *tmpfile(void)
{
    char *name = tmpnam(NULL);
    FILE *stream = fopen(name, "w+b");

    if (!stream)
        return NULL;
    stream->_tmpfname = _strdup(name);
    return stream;
}

/* The directory is TMP, else the caller's, else the current one; the result comes from malloc(). */
char *_tempnam(const char *directory, const char *prefix)
{
    const char *chosen = getenv("TMP");
    char unique[16];
    char *name = malloc(MAX_PATH);

    if (!name)
        return NULL;
    if (!chosen)
        chosen = directory ? directory : "";
    do {
        tmpnam(unique);
        _snprintf(name, MAX_PATH - 1, "%s%s%s%s", chosen, *chosen ? "\\" : "", prefix ? prefix : "",
                  unique);
        name[MAX_PATH - 1] = 0;
    } while (_access(name, 0) == 0);
    return name;
}

/* ---- the parts of a name -------------------------------------------------------------------------- */

/* "C:\dir\name.ext" -> "C:" "\dir\" "name" ".ext"; a part that is not wanted may be NULL. */
void _splitpath(const char *path, char *drive, char *directory, char *name, char *extension)
{
    const char *start = path[0] && path[1] == ':' ? path + 2 : path;
    const char *file = start;
    const char *dot;

    for (const char *p = start; *p; p++)
        if (*p == '\\' || *p == '/')
            file = p + 1;
    dot = strrchr(file, '.');
    if (!dot)
        dot = file + strlen(file);
    if (drive)
        _snprintf(drive, _MAX_DRIVE, "%.*s", (int)(start - path), path);
    if (directory)
        _snprintf(directory, _MAX_DIR, "%.*s", (int)(file - start), start);
    if (name)
        _snprintf(name, _MAX_FNAME, "%.*s", (int)(dot - file), file);
    if (extension)
        _snprintf(extension, _MAX_EXT, "%s", dot);
}

void _makepath(char *path, const char *drive, const char *directory, const char *name,
               const char *extension)
{
    size_t end = directory ? strlen(directory) : 0;
    bool slash = end && directory[end - 1] != '\\' && directory[end - 1] != '/';
    bool dot = extension && *extension && *extension != '.';

    _snprintf(path, _MAX_PATH, "%.1s%s%s%s%s%s%s", drive ? drive : "", drive && *drive ? ":" : "",
              directory ? directory : "", slash ? "\\" : "", name ? name : "", dot ? "." : "",
              extension ? extension : "");
}
