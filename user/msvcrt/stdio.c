/* stdio.c - the byte functions of <stdio.h>.  Each enters its stream, works on it with the functions
 * of stream.c, and leaves it.  No stream, or no text, is EINVAL (X18). */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#undef getc
#undef putc
#undef getchar
#undef putchar
#undef feof
#undef ferror
#undef _fileno

/* Is one of the two NULL?  Then errno says so. */
static bool missing(const void *stream, const void *text)
{
    if (!stream || !text)
        crt_fail(EINVAL);
    return !stream || !text;
}

/* ---- opening and closing ------------------------------------------------------------------------- */

FILE *fopen(const char *name, const char *mode)
{
    FILE *stream = missing(name, mode) ? NULL : crt_stream_new();

    return stream ? crt_stream_open(stream, name, mode) : NULL;
}

/* Sharing modes have no effect: the file system of this system lets everyone share. */
FILE *_fsopen(const char *name, const char *mode, int share)
{
    (void)share;
    return fopen(name, mode);
}

int fclose(FILE *stream)
{
    int result;

    if (!stream)
        return crt_fail(EINVAL);
    crt_stream_enter(stream);
    result = crt_stream_close(stream);
    crt_stream_leave(stream);
    return result;
}

/* An error while closing the old file does not count, as the C standard asks. */
FILE *freopen(const char *name, const char *mode, FILE *stream)
{
    FILE *result;

    if (missing(stream, mode) || missing(name, name))
        return NULL;
    crt_stream_enter(stream);
    crt_stream_close(stream);
    result = crt_stream_open(stream, name, mode);
    crt_stream_leave(stream);
    return result;
}

/* ---- single bytes -------------------------------------------------------------------------------- */

int getc(FILE *stream)
{
    int c;

    if (missing(stream, stream))
        return EOF;
    crt_stream_enter(stream);
    c = crt_stream_get(stream);
    crt_stream_leave(stream);
    return c;
}

int getchar(void)
{
    return getc(stdin);
}

int fputc(int c, FILE *stream)
{
    if (missing(stream, stream))
        return EOF;
    crt_stream_enter(stream);
    c = crt_stream_put(c, stream);
    crt_stream_leave(stream);
    return c;
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int ungetc(int c, FILE *stream)
{
    if (missing(stream, stream))
        return EOF;
    crt_stream_enter(stream);
    c = crt_stream_unget(c, stream);
    crt_stream_leave(stream);
    return c;
}

/* ---- blocks -------------------------------------------------------------------------------------- */

/* Whole buffers' worth go straight to the caller's memory.  Returns the bytes that were read. */
static size_t read_bytes(FILE *stream, char *to, size_t wanted)
{
    size_t done = 0;

    while (done < wanted) {
        size_t left = wanted - done;

        if ((stream->_flag & _IOREAD) && stream->_cnt > 0) {
            size_t count = left < (size_t)stream->_cnt ? left : (size_t)stream->_cnt;

            memcpy(to + done, stream->_ptr, count);
            stream->_ptr += count;
            stream->_cnt -= (int)count;
            done += count;
        } else if (crt_stream_start_reading(stream) && left >= (size_t)stream->_bufsiz) {
            int count = _read(stream->_file, to + done, left < INT32_MAX ? left : INT32_MAX);

            stream->_ptr = stream->_base;
            stream->_cnt = 0;
            if (count <= 0) {
                stream->_flag |= count < 0 ? _IOERR : _IOEOF;
                break;
            }
            done += (size_t)count;
        } else {
            int c = crt_stream_get(stream);

            if (c == EOF)
                break;
            to[done++] = (char)c;
        }
    }
    return done;
}

static size_t write_bytes(FILE *stream, const char *from, size_t wanted)
{
    size_t done = 0;

    while (done < wanted) {
        size_t left = wanted - done;

        if ((stream->_flag & _IOWRT) && stream->_cnt > 0) {
            size_t count = left < (size_t)stream->_cnt ? left : (size_t)stream->_cnt;

            memcpy(stream->_ptr, from + done, count);
            stream->_ptr += count;
            stream->_cnt -= (int)count;
            done += count;
        } else if (crt_stream_start_writing(stream) && left >= (size_t)stream->_bufsiz &&
                   crt_stream_flush(stream) == 0) {
            unsigned piece = (unsigned)(left < INT32_MAX ? left : INT32_MAX);
            int count = _write(stream->_file, from + done, piece);

            if (count > 0)
                done += (size_t)count;
            if (count < (int)piece) {
                stream->_flag |= _IOERR;
                break;
            }
        } else if (crt_stream_put(from[done], stream) == EOF) {
            break;
        } else {
            done++;
        }
    }
    return done;
}

/* Complete elements only are counted; a count whose bytes overflow cannot be in memory: 0. */
size_t fread(void *buffer, size_t size, size_t count, FILE *stream)
{
    size_t bytes, done;

    if (size == 0 || __builtin_mul_overflow(size, count, &bytes) || bytes == 0 ||
        missing(stream, buffer))
        return 0;
    crt_stream_enter(stream);
    done = read_bytes(stream, buffer, bytes);
    crt_stream_leave(stream);
    return done / size;
}

size_t fwrite(const void *buffer, size_t size, size_t count, FILE *stream)
{
    size_t bytes, done;

    if (size == 0 || __builtin_mul_overflow(size, count, &bytes) || bytes == 0 ||
        missing(stream, buffer))
        return 0;
    crt_stream_enter(stream);
    done = write_bytes(stream, buffer, bytes);
    crt_stream_leave(stream);
    return done / size;
}

int _getw(FILE *stream)
{
    int value;

    return fread(&value, sizeof value, 1, stream) == 1 ? value : EOF;
}

int _putw(int value, FILE *stream)
{
    return fwrite(&value, sizeof value, 1, stream) == 1 ? value : EOF;
}

/* ---- lines ----------------------------------------------------------------------------------------- */

char *fgets(char *line, int size, FILE *stream)
{
    int length = 0;
    int c = 0;

    if (size <= 0 || missing(stream, line))
        return NULL;
    crt_stream_enter(stream);
    while (length < size - 1 && c != '\n' && (c = crt_stream_get(stream)) != EOF)
        line[length++] = (char)c;
    crt_stream_leave(stream);
    if (length == 0 && size > 1)
        return NULL;
    line[length] = 0;
    return line;
}

char *gets(char *line)
{
    int length = 0;
    int c;

    crt_stream_enter(stdin);
    while ((c = crt_stream_get(stdin)) != EOF && c != '\n')
        line[length++] = (char)c;
    crt_stream_leave(stdin);
    if (c == EOF && length == 0)
        return NULL;
    line[length] = 0;
    return line;
}

int fputs(const char *text, FILE *stream)
{
    size_t length;

    if (missing(stream, text))
        return EOF;
    length = strlen(text);
    return fwrite(text, 1, length, stream) == length ? 0 : EOF;
}

int puts(const char *text)
{
    int result;

    if (missing(text, text))
        return EOF;
    crt_stream_enter(stdout);
    result = fputs(text, stdout) == 0 && crt_stream_put('\n', stdout) != EOF ? 0 : EOF;
    crt_stream_leave(stdout);
    return result;
}

/* ---- state and position ----------------------------------------------------------------------------- */

int feof(FILE *stream)
{
    return missing(stream, stream) ? 0 : stream->_flag & _IOEOF;
}

int ferror(FILE *stream)
{
    return missing(stream, stream) ? 0 : stream->_flag & _IOERR;
}

void clearerr(FILE *stream)
{
    if (!missing(stream, stream))
        stream->_flag &= ~(_IOEOF | _IOERR);
}

int _fileno(FILE *stream)
{
    return missing(stream, stream) ? -1 : stream->_file;
}

int64_t _ftelli64(FILE *stream)
{
    int64_t position;

    if (missing(stream, stream))
        return -1;
    crt_stream_enter(stream);
    position = crt_stream_tell(stream);
    crt_stream_leave(stream);
    return position;
}

int _fseeki64(FILE *stream, int64_t offset, int whence)
{
    int result;

    if (!stream || whence < SEEK_SET || whence > SEEK_END)
        return crt_fail(EINVAL);
    crt_stream_enter(stream);
    result = crt_stream_seek(stream, offset, whence);
    crt_stream_leave(stream);
    return result;
}

long ftell(FILE *stream)
{
    int64_t position = _ftelli64(stream);

    return position > INT32_MAX ? crt_fail(EINVAL) : (long)position;
}

int fseek(FILE *stream, long offset, int whence)
{
    return _fseeki64(stream, offset, whence);
}

void rewind(FILE *stream)
{
    if (missing(stream, stream))
        return;
    crt_stream_enter(stream);
    crt_stream_seek(stream, 0, SEEK_SET);
    stream->_flag &= ~(_IOEOF | _IOERR);
    crt_stream_leave(stream);
}

int fgetpos(FILE *stream, fpos_t *position)
{
    if (missing(stream, position))
        return -1;
    *position = _ftelli64(stream);
    return *position < 0 ? -1 : 0;
}

int fsetpos(FILE *stream, const fpos_t *position)
{
    return missing(stream, position) ? -1 : _fseeki64(stream, *position, SEEK_SET);
}

int _setmaxstdio(int maximum)
{
    return maximum >= 20 && maximum <= 512 ? maximum : crt_fail(EINVAL);
}

int _getmaxstdio(void)
{
    return 512;
}
