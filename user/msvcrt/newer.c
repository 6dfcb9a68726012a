/* newer.c - what the Universal C run-time added: handlers that can be asked for, checked opening, characters with
 * a state, calls of compilers with SSE2.
 *
 * A character is a byte, so a state has nothing to remember.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wattributes"

/* ---- handlers ----------------------------------------------------------------------------------------- */

typedef void(__cdecl *handler)(void);

/* Each is kept for who asks; crt_fail() doesn't call the one for wrong arguments: the error comes back, as
 * after an empty handler. */
#define HANDLER(set, get, variable)                                                                \
    static handler variable;                                                                       \
    handler set(handler fresh)                                                                     \
    {                                                                                              \
        handler before = variable;                                                                 \
                                                                                                   \
        variable = fresh;                                                                          \
        return before;                                                                             \
    }                                                                                              \
    handler get(void)                                                                              \
    {                                                                                              \
        return variable;                                                                           \
    }
HANDLER(crt_set_invalid, crt_get_invalid, wrong_argument)
HANDLER(crt_set_terminate, crt_get_terminate, terminator)
HANDLER(crt_set_unexpected, crt_get_unexpected, unexpected_handler)
HANDLER(crt_set_purecall, crt_get_purecall, purecall)
HANDLER(crt_set_se_translator, crt_get_se_translator, translator)

crt_se_translator crt_translator(void)
{
    return (crt_se_translator)(void *)translator;
}

/* A program's own terminate handler is asked first. */
void crt_terminate(void)
{
    if (terminator)
        terminator();
    abort();
}

/* Says that an argument was wrong: with a handler, or the program ends. */
void _invalid_parameter(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                        unsigned line, uintptr_t reserved)
{
    typedef void(__cdecl * full)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned,
                                 uintptr_t);

    if (!wrong_argument)
        TerminateProcess(GetCurrentProcess(), 0xC0000417);
    ((full)(void *)wrong_argument)(expression, function, file, line, reserved);
}

/* Nothing to stop at. */
void _crt_debugger_hook(int reserved)
{
    (void)reserved;
}

unsigned _set_abort_behavior(unsigned flags, unsigned mask)
{
    static unsigned behaviour;
    unsigned before = behaviour;

    behaviour = (behaviour & ~mask) | (flags & mask);
    return before;
}

int __uncaught_exception(void)
{
    return 0; /* asked in destructors, which run here when the search for a handler is over */
}

/* ---- opening, sizes, access --------------------------------------------------------------------------- */

errno_t _sopen_s(int *fd, const char *name, int flags, int share, int mode)
{
    *fd = _sopen(name, flags, share, mode);
    return *fd < 0 ? *_errno() : 0;
}

errno_t _wsopen_s(int *fd, const wchar_t *name, int flags, int share, int mode)
{
    *fd = _wsopen(name, flags, share, mode);
    return *fd < 0 ? *_errno() : 0;
}

errno_t _sopen_dispatch(const char *name, int flags, int share, int mode, int *fd, int secure)
{
    (void)secure;
    return _sopen_s(fd, name, flags, share, mode);
}

errno_t _wsopen_dispatch(const wchar_t *name, int flags, int share, int mode, int *fd, int secure)
{
    (void)secure;
    return _wsopen_s(fd, name, flags, share, mode);
}

int _wcreat(const wchar_t *name, int mode)
{
    return _wopen(name, O_CREAT | O_TRUNC | O_RDWR, mode);
}

errno_t _access_s(const char *name, int mode)
{
    return _access(name, mode) == 0 ? 0 : *_errno();
}

errno_t _waccess_s(const wchar_t *name, int mode)
{
    return _waccess(name, mode) == 0 ? 0 : *_errno();
}

errno_t _umask_s(int mask, int *before)
{
    *before = _umask(mask);
    return 0;
}

errno_t _chsize_s(int fd, int64_t size)
{
    if (size < 0 || size > LONG_MAX)
        return size < 0 ? EINVAL : ENOSPC;
    return _chsize(fd, (long)size) == 0 ? 0 : *_errno();
}

FILE *_wfsopen(const wchar_t *name, const wchar_t *mode, int share)
{
    (void)share;
    return _wfopen(name, mode);
}

errno_t _wfreopen_s(FILE **stream, const wchar_t *name, const wchar_t *mode, FILE *old)
{
    *stream = _wfreopen(name, mode, old);
    return *stream ? 0 : *_errno();
}

size_t fread_s(void *buffer, size_t room, size_t size, size_t count, FILE *stream)
{
    if (size == 0 || count > room / size) {
        crt_fail(ERANGE);
        return 0;
    }
    return fread(buffer, size, count, stream);
}

char *gets_s(char *buffer, size_t size)
{
    char *got = size > 0 && size < INT_MAX ? fgets(buffer, (int)size, stdin) : NULL;
    size_t length = got ? strlen(got) : 0;

    if (length > 0 && got[length - 1] == '\n')
        got[length - 1] = 0;
    return got;
}

/* Where a stream keeps its buffer: the C++ library looks in there. */
errno_t _get_stream_buffer_pointers(FILE *stream, char ***base, char ***at, int **left)
{
    if (base)
        *base = &stream->_base;
    if (at)
        *at = &stream->_ptr;
    if (left)
        *left = &stream->_cnt;
    return 0;
}

/* struct stat with 64-bit times and a 32-bit size. */
static int shorten(int result, const struct _stat64 *from, struct _stat64i32 *to)
{
    if (result == 0 && from->st_size > LONG_MAX)
        return crt_fail(EOVERFLOW);
    if (result == 0)
        *to =
            (struct _stat64i32){from->st_dev,   from->st_ino,   from->st_mode, from->st_nlink,
                                from->st_uid,   from->st_gid,   from->st_rdev, (long)from->st_size,
                                from->st_atime, from->st_mtime, from->st_ctime};
    return result;
}

int crt_stat64i32(const char *name, struct _stat64i32 *out)
{
    struct _stat64 full;

    return shorten(_stat64(name, &full), &full, out);
}

int crt_wstat64i32(const wchar_t *name, struct _stat64i32 *out)
{
    struct _stat64 full;

    return shorten(_wstat64(name, &full), &full, out);
}

int crt_fstat64i32(int fd, struct _stat64i32 *out)
{
    struct _stat64 full;

    return shorten(_fstat64(fd, &full), &full, out);
}

/* ---- facts of the C library that can be asked and set -------------------------------------------------- */

errno_t _get_doserrno(unsigned long *error)
{
    *error = *__doserrno();
    return 0;
}

errno_t _set_doserrno(unsigned long error)
{
    *__doserrno() = error;
    return 0;
}

errno_t crt_get_daylight(int *hours)
{
    *hours = crt_daylight;
    return 0;
}

errno_t crt_get_dstbias(long *seconds)
{
    *seconds = crt_dstbias;
    return 0;
}

errno_t crt_get_timezone(long *seconds)
{
    *seconds = crt_timezone;
    return 0;
}

errno_t crt_get_tzname(size_t *needed, char *buffer, size_t size, int index)
{
    const char *name = crt_tzname[index != 0];

    *needed = strlen(name) + 1;
    if (buffer && size < *needed)
        return ERANGE;
    if (buffer)
        strcpy(buffer, name);
    return 0;
}

/* There is one locale: its handle only has to be something. */
void *_create_locale(int category, const char *name)
{
    static char locale;

    (void)category;
    return !name || (*name && strcmp(name, "C") != 0) ? NULL : &locale;
}

void *_wcreate_locale(int category, const wchar_t *name)
{
    return _create_locale(category, name && (!*name || wcscmp(name, L"C") == 0) ? "C" : NULL);
}

void *_get_current_locale(void)
{
    return _create_locale(0, "C");
}

void _free_locale(void *locale)
{
    (void)locale;
}

int timespec_get(struct _timespec64 *out, int base)
{
    FILETIME now;
    uint64_t ticks;

    if (base != 1)
        return 0;
    GetSystemTimeAsFileTime(&now);
    ticks = ((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - 116444736000000000ull;
    out->tv_sec = (__time64_t)(ticks / 10000000);
    out->tv_nsec = (long)(ticks % 10000000) * 100;
    return base;
}

/* ---- characters with a state -------------------------------------------------------------------------- */

size_t crt_mbrtowc(wchar_t *wide, const char *bytes, size_t size, void *state)
{
    (void)state;
    if (!bytes)
        return 0;
    if (size == 0)
        return (size_t)-2;
    if (wide)
        *wide = (unsigned char)*bytes;
    return *bytes != 0;
}

size_t crt_mbrlen(const char *bytes, size_t size, void *state)
{
    return crt_mbrtowc(NULL, bytes, size, state);
}

size_t crt_wcrtomb(char *bytes, wchar_t wide, void *state)
{
    char spare[8];

    (void)state;
    return bytes ? (size_t)wctomb(bytes, wide) : (size_t)(wctomb(spare, 0) + 1);
}

/* Up to `size` characters; *from moves on, or becomes NULL behind the end. */
size_t crt_mbsrtowcs(wchar_t *to, const char **from, size_t size, void *state)
{
    size_t done = 0;

    (void)state;
    if (!to)
        return strlen(*from);
    for (; done < size; done++) {
        to[done] = (unsigned char)**from;
        if (*(*from)++ == 0) {
            *from = NULL;
            return done;
        }
    }
    return done;
}

size_t crt_wcsrtombs(char *to, const wchar_t **from, size_t size, void *state)
{
    size_t done = 0;

    (void)state;
    if (!to)
        return wcslen(*from);
    for (; done < size; done++) {
        if (**from > 255)
            return (size_t)crt_fail(EILSEQ);
        to[done] = (char)**from;
        if (*(*from)++ == 0) {
            *from = NULL;
            return done;
        }
    }
    return done;
}

/* ---- mathematics in SSE2 registers -------------------------------------------------------------------- */

/* The argument and the result are in XMM0, a second argument in XMM1. */
#define SSE2(name)                                                                                 \
    __asm__(".globl __libm_sse2_" #name "_precise\n"                                               \
            "__libm_sse2_" #name "_precise:\n"                                                     \
            "    subl $16, %esp\n"                                                                 \
            "    movsd %xmm0, (%esp)\n"                                                            \
            "    movsd %xmm1, 8(%esp)\n"                                                           \
            "    call _" #name "\n"                                                                \
            "    fstpl (%esp)\n"                                                                   \
            "    movsd (%esp), %xmm0\n"                                                            \
            "    addl $16, %esp\n"                                                                 \
            "    ret\n")
__asm__(".text");
SSE2(sin);
SSE2(cos);
SSE2(tan);
SSE2(asin);
SSE2(acos);
SSE2(atan);
SSE2(exp);
SSE2(log);
SSE2(log10);
SSE2(pow);
SSE2(sqrt);

int crt_isnanf(float x)
{
    return x != x;
}
