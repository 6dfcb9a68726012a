/* stream.c - FILE: a descriptor with a buffer.
 *
 * The first eight words of a FILE are public: programs of other compilers read and write _ptr and
 * _cnt themselves and call _filbuf() or _flsbuf() when _cnt runs out.  What they must not see lies in
 * a guard: beside the table for the 20 streams of _iob, behind the FILE for all others.
 *
 * The states of a stream, kept in _flag:
 *
 *            _IOREAD: [_base, _ptr) was read, _cnt bytes follow       --- fseek, fflush --+
 *   open ->                                                                               +-> neither,
 *            _IOWRT:  [_base, _ptr) waits to be written, _cnt is room --- fseek, fflush --+   _cnt = 0
 *
 * A stream that may do both (_IORW) goes from one state to the other through crt_stream_start_*().
 *
 * Unbuffered streams (stderr, and stdout on the console) are buffered for the length of one call:
 * the outermost crt_stream_leave() writes what is pending.  So printf() is one write instead of one a
 * character, and a program that dies between two calls has lost nothing.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    STREAMS = 512,
    FIXED_STREAMS = 20,      /* _iob */
    BUFFER = 4096,           /* bytes, if the program does not say otherwise */
    SLACK = 8,               /* room for ungetc() in front of our own buffers */
    PROGRAMS_BUFFER = 0x100, /* flag: setvbuf() gave it */
    IN_USE = 0x4000,         /* flag: the slot is taken though no file is open yet */
    OPEN_FLAGS = _IOREAD | _IOWRT | _IORW | IN_USE
};

struct guard {
    CRITICAL_SECTION lock;
    unsigned depth; /* calls inside, of the thread that holds the lock */
    int64_t start;  /* text, reading: offset in the file of what became _base[0] */
};

/* mingw-w64's printf enters the lock at this place directly, so it must follow the FILE. */
struct guarded_stream {
    FILE file;
    struct guard guard;
};
_Static_assert(sizeof(FILE) == 32, "the record that programs were compiled for");
_Static_assert(offsetof(struct guarded_stream, guard.lock) == 32,
               "where printf looks for the lock");

FILE _iob[FIXED_STREAMS] = {
    {._flag = _IOREAD, ._file = 0},
    {._flag = _IOWRT, ._file = 1},
    {._flag = _IOWRT | _IONBF, ._file = 2},
};
static struct guard guards[FIXED_STREAMS];
static FILE *streams[STREAMS];

int _filbuf(FILE *stream);
int _flsbuf(int c, FILE *stream);
FILE *__p__iob(void);
FILE *__acrt_iob_func(unsigned index);

FILE *__p__iob(void)
{
    return _iob;
}

/* stdin, stdout and stderr in this DLL, too: the headers say so. */
FILE *__acrt_iob_func(unsigned index)
{
    return &_iob[index];
}

static struct guard *guard_of(FILE *stream)
{
    if (stream >= _iob && stream < _iob + FIXED_STREAMS)
        return &guards[stream - _iob];
    return &((struct guarded_stream *)stream)->guard;
}

void crt_stream_enter(FILE *stream)
{
    struct guard *guard = guard_of(stream);

    EnterCriticalSection(&guard->lock);
    guard->depth++;
}

void crt_stream_leave(FILE *stream)
{
    struct guard *guard = guard_of(stream);

    if (--guard->depth == 0 && (stream->_flag & _IONBF) && (stream->_flag & _IOWRT))
        crt_stream_flush(stream);
    LeaveCriticalSection(&guard->lock);
}

/* ---- buffers --------------------------------------------------------------------------------------- */

static void drop_buffer(FILE *stream)
{
    if (stream->_flag & _IOMYBUF)
        free(stream->_base - SLACK);
    stream->_flag &= ~(_IOMYBUF | PROGRAMS_BUFFER);
    stream->_base = stream->_ptr = NULL;
    stream->_cnt = stream->_bufsiz = 0;
}

static void use_own_buffer(FILE *stream, int size)
{
    char *block = malloc((size_t)size + SLACK);

    if (block) {
        stream->_base = block + SLACK;
        stream->_bufsiz = size;
        stream->_flag |= _IOMYBUF;
    } else { /* slow but right */
        stream->_base = (char *)&stream->_charbuf;
        stream->_bufsiz = 1;
    }
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
}

bool crt_stream_wants_buffer(FILE *stream)
{
    if (stream->_base)
        return false;
    if (stream == stdout && crt_descriptor_is_device(stream->_file))
        stream->_flag |= _IONBF;
    use_own_buffer(stream, BUFFER);
    return true;
}

int setvbuf(FILE *stream, char *buffer, int mode, size_t size)
{
    if ((mode != _IOFBF && mode != _IOLBF && mode != _IONBF) ||
        (mode != _IONBF && (size < 2 || size > INT32_MAX - SLACK)))
        return crt_fail(EINVAL);
    crt_stream_enter(stream);
    crt_stream_flush(stream);
    drop_buffer(stream);
    stream->_flag &= ~_IONBF;
    if (mode == _IONBF) {
        stream->_flag |= _IONBF;
    } else if (buffer) {
        stream->_base = stream->_ptr = buffer;
        stream->_bufsiz = (int)size;
        stream->_flag |= PROGRAMS_BUFFER;
    } else {
        use_own_buffer(stream, (int)size);
    }
    crt_stream_leave(stream);
    return 0;
}

void setbuf(FILE *stream, char *buffer)
{
    setvbuf(stream, buffer, buffer ? _IOFBF : _IONBF, BUFSIZ);
}

/* ---- the two directions ----------------------------------------------------------------------------- */

static bool refuse(FILE *stream)
{
    stream->_flag |= _IOERR;
    crt_fail(EBADF);
    return false;
}

/* Writes what is pending; for a stream that reads, goes back to where the program is.  Afterwards
 * _cnt is 0, and a stream for both directions is in neither state. */
int crt_stream_flush(FILE *stream)
{
    int pending = (int)(stream->_ptr - stream->_base);
    int result = 0;

    if (stream->_flag & _IOREAD) {
        if (stream->_cnt > 0 && !crt_descriptor_is_device(stream->_file))
            _lseeki64(stream->_file, crt_stream_tell(stream), SEEK_SET);
    } else if ((stream->_flag & _IOWRT) && pending > 0 &&
               _write(stream->_file, stream->_base, (unsigned)pending) != pending) {
        stream->_flag |= _IOERR;
        result = EOF;
    }
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
    if (stream->_flag & _IORW)
        stream->_flag &= ~(_IOREAD | _IOWRT);
    return result;
}

bool crt_stream_start_reading(FILE *stream)
{
    if (!(stream->_flag & _IOREAD)) {
        if (!(stream->_flag & _IORW))
            return refuse(stream);
        crt_stream_flush(stream);
        stream->_flag |= _IOREAD;
    }
    crt_stream_wants_buffer(stream);
    return true;
}

bool crt_stream_start_writing(FILE *stream)
{
    if (!(stream->_flag & _IOWRT)) {
        if (!(stream->_flag & _IORW))
            return refuse(stream);
        crt_stream_flush(stream);
        stream->_flag = (stream->_flag & ~_IOEOF) | _IOWRT;
    }
    crt_stream_wants_buffer(stream);
    return true;
}

/* The buffer is empty: reads the next piece and returns its first byte. */
int _filbuf(FILE *stream)
{
    int count;

    stream->_cnt = 0;
    if (!crt_stream_start_reading(stream))
        return EOF;
    if (crt_descriptor_is_text(stream->_file) && !crt_descriptor_is_device(stream->_file))
        guard_of(stream)->start = _telli64(stream->_file);
    stream->_ptr = stream->_base;
    count =
        _read(stream->_file, stream->_base, stream->_flag & _IONBF ? 1 : (unsigned)stream->_bufsiz);
    if (count <= 0) {
        stream->_flag |= count < 0 ? _IOERR : _IOEOF;
        return EOF;
    }
    stream->_cnt = count - 1;
    return (unsigned char)*stream->_ptr++;
}

/* The buffer is full, or was never made: writes it and starts the next one with c. */
int _flsbuf(int c, FILE *stream)
{
    if (!crt_stream_start_writing(stream) || crt_stream_flush(stream) != 0)
        return EOF;
    stream->_flag |= _IOWRT;
    stream->_cnt = stream->_bufsiz - 1;
    *stream->_ptr++ = (char)c;
    if (guard_of(stream)->depth == 0 && (stream->_flag & _IONBF))
        crt_stream_flush(stream);
    return (unsigned char)c;
}

int crt_stream_get(FILE *stream)
{
    if ((stream->_flag & _IOREAD) && stream->_cnt > 0) {
        stream->_cnt--;
        return (unsigned char)*stream->_ptr++;
    }
    return _filbuf(stream);
}

int crt_stream_put(int c, FILE *stream)
{
    if ((stream->_flag & _IOWRT) && stream->_cnt > 0) {
        stream->_cnt--;
        *stream->_ptr++ = (char)c;
        return (unsigned char)c;
    }
    return _flsbuf(c, stream);
}

/* At least SLACK bytes can be given back to a stream with its own buffer, one to any other. */
int crt_stream_unget(int c, FILE *stream)
{
    bool own;

    if (c == EOF || !crt_stream_start_reading(stream))
        return EOF;
    own = stream->_flag & _IOMYBUF;
    if (stream->_cnt == 0 && stream->_ptr == stream->_base) {
        guard_of(stream)->start =
            crt_descriptor_is_device(stream->_file) ? 0 : _telli64(stream->_file);
        if (!own)
            stream->_ptr++;
    }
    if (stream->_ptr == stream->_base - (own ? SLACK : 0))
        return EOF;
    *--stream->_ptr = (char)c;
    stream->_cnt++;
    stream->_flag &= ~_IOEOF;
    return (unsigned char)c;
}

/* ---- the position ------------------------------------------------------------------------------------ */

static int64_t tell_reading(FILE *stream, int64_t position)
{
    int64_t start = guard_of(stream)->start;
    int consumed = (int)(stream->_ptr - stream->_base);

    if (stream->_cnt == 0)
        return position;
    if (!crt_descriptor_is_text(stream->_file))
        return position - stream->_cnt;
    return consumed <= 0 ? start + consumed
                         : crt_descriptor_raw_offset(stream->_file, start, consumed);
}

/* What waits to be written will take one byte more for each "\n" in text mode. */
static int64_t tell_writing(FILE *stream, int64_t position)
{
    int64_t pending = stream->_ptr - stream->_base;

    if (pending > 0 && crt_descriptor_appends(stream->_file))
        position = _filelengthi64(stream->_file);
    if (crt_descriptor_is_text(stream->_file))
        for (const char *p = stream->_base; p < stream->_ptr; p++)
            pending += *p == '\n';
    return position + pending;
}

int64_t crt_stream_tell(FILE *stream)
{
    int64_t position = _telli64(stream->_file);

    if (position < 0)
        return -1;
    if (stream->_flag & _IOREAD)
        return tell_reading(stream, position);
    if (stream->_flag & _IOWRT)
        return tell_writing(stream, position);
    return position;
}

int crt_stream_seek(FILE *stream, int64_t offset, int whence)
{
    if (whence == SEEK_CUR) {
        int64_t here = crt_stream_tell(stream);

        if (here < 0)
            return -1;
        offset += here;
        whence = SEEK_SET;
    }
    if (offset < 0 && whence == SEEK_SET)
        return crt_fail(EINVAL);
    crt_stream_flush(stream);
    stream->_flag &= ~_IOEOF;
    return _lseeki64(stream->_file, offset, whence) < 0 ? -1 : 0;
}

/* ---- opening and closing ------------------------------------------------------------------------------ */

/* A slot of the table: the first 20 lie in _iob, the others are made when they are first needed and
 * kept, because another thread may still look at a stream that was just closed. */
static FILE *slot(int i)
{
    struct guarded_stream *fresh;

    if (!streams[i] && i >= FIXED_STREAMS) {
        fresh = calloc(1, sizeof *fresh);
        if (!fresh)
            return NULL;
        InitializeCriticalSection(&fresh->guard.lock);
        streams[i] = &fresh->file;
    }
    return streams[i];
}

FILE *crt_stream_new(void)
{
    FILE *found = NULL;
    int error = EMFILE;

    crt_enter(CRT_LOCK_STREAMS);
    for (int i = 3; i < STREAMS && !found; i++) {
        FILE *stream = slot(i);

        if (!stream) {
            error = ENOMEM;
            break;
        }
        if (!(stream->_flag & OPEN_FLAGS))
            found = stream;
    }
    if (found) {
        memset(found, 0, sizeof *found);
        found->_flag = IN_USE;
        found->_file = -1;
    } else {
        crt_fail(error);
    }
    crt_leave(CRT_LOCK_STREAMS);
    return found;
}

/* Reads "r+b" and its like.  False and EINVAL when it makes no sense. */
static bool parse_mode(const char *mode, int *open_flags, int *stream_flags)
{
    mode = mode ? mode : "";
    *open_flags = *mode == 'r'   ? _O_RDONLY
                  : *mode == 'w' ? _O_WRONLY | _O_CREAT | _O_TRUNC
                  : *mode == 'a' ? _O_WRONLY | _O_CREAT | _O_APPEND
                                 : -1;
    *stream_flags = *mode == 'r' ? _IOREAD : _IOWRT;
    if (*open_flags == -1) {
        crt_fail(EINVAL);
        return false;
    }
    while (*++mode && *mode != ',') {
        if (*mode == '+') {
            *open_flags = (*open_flags & ~_O_WRONLY) | _O_RDWR;
            *stream_flags = _IORW;
        } else if (*mode == 'b' || *mode == 't') {
            *open_flags |= *mode == 'b' ? _O_BINARY : _O_TEXT;
        } else if (*mode == 'x') {
            *open_flags |= _O_EXCL;
        } else if (*mode == 'D') {
            *open_flags |= _O_TEMPORARY;
        }
    }
    return true;
}

/* Opens in a slot from crt_stream_new(), or in one that was just closed; frees it on failure. */
FILE *crt_stream_open(FILE *stream, const char *name, const char *mode)
{
    int open_flags, stream_flags;

    if (!parse_mode(mode, &open_flags, &stream_flags)) {
        stream->_flag = 0;
        return NULL;
    }
    stream->_file = _open(name, open_flags, _S_IREAD | _S_IWRITE);
    if (stream->_file < 0) {
        stream->_flag = 0;
        return NULL;
    }
    stream->_cnt = 0;
    stream->_flag = stream_flags;
    return stream;
}

FILE *_fdopen(int fd, const char *mode)
{
    int open_flags, stream_flags;
    FILE *stream;

    if (crt_descriptor_handle(fd) == INVALID_HANDLE_VALUE ||
        !parse_mode(mode, &open_flags, &stream_flags))
        return NULL;
    stream = crt_stream_new();
    if (stream) {
        stream->_file = fd;
        stream->_flag = stream_flags;
    }
    return stream;
}

int crt_stream_close(FILE *stream)
{
    int result;

    if (!(stream->_flag & (_IOREAD | _IOWRT | _IORW)))
        return crt_fail(EINVAL);
    result = stream->_flag & _IOREAD ? 0 : crt_stream_flush(stream);
    drop_buffer(stream);
    if (_close(stream->_file) != 0)
        result = EOF;
    if (stream->_tmpfname) {
        DeleteFileA(stream->_tmpfname);
        free(stream->_tmpfname);
        stream->_tmpfname = NULL;
    }
    stream->_file = -1;
    stream->_flag = 0;
    return result;
}

void crt_streams_init(void)
{
    for (int i = 0; i < FIXED_STREAMS; i++) {
        InitializeCriticalSection(&guards[i].lock);
        streams[i] = &_iob[i];
    }
}

/* ---- all streams ---------------------------------------------------------------------------------------- */

/* Does `action` for each open stream; returns how many it returned 0 for. */
static int for_each(int (*action)(FILE *))
{
    int count = 0;

    for (int i = 0; i < STREAMS; i++) {
        FILE *stream = streams[i];

        if (!stream || !(stream->_flag & (_IOREAD | _IOWRT | _IORW)))
            continue;
        crt_stream_enter(stream);
        count += action(stream) == 0;
        crt_stream_leave(stream);
    }
    return count;
}

static int flush_output(FILE *stream)
{
    return stream->_flag & _IOWRT ? crt_stream_flush(stream) : EOF;
}

static int close_if_opened(FILE *stream)
{
    return stream - _iob >= 0 && stream - _iob < 3 ? EOF : crt_stream_close(stream);
}

static int close_temporary(FILE *stream)
{
    return stream->_tmpfname ? crt_stream_close(stream) : EOF;
}

/* NULL: every stream that writes. */
int fflush(FILE *stream)
{
    int result;

    if (!stream) {
        for_each(flush_output);
        return 0;
    }
    crt_stream_enter(stream);
    result = crt_stream_flush(stream);
    crt_stream_leave(stream);
    return result;
}

int _flushall(void)
{
    return for_each(flush_output);
}

int _fcloseall(void)
{
    return for_each(close_if_opened);
}

int _rmtmp(void)
{
    return for_each(close_temporary);
}

void crt_streams_finish(void)
{
    for_each(flush_output);
    for_each(close_temporary);
}
