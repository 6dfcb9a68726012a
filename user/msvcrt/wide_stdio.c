/* wide_stdio.c - the wide-character functions of <stdio.h>.
 *
 * In text mode a wide character is written as the bytes that wctomb() makes of it, in binary mode as
 * its two bytes.  The mode is the descriptor's, so narrow and wide calls on one stream mix, as they
 * do on Windows.
 */
#include "user/msvcrt/crt.h"
#include <ctype.h>
#include <errno.h>
#include <io.h>
#include <stdlib.h>

#undef getwc
#undef putwc
#undef getwchar
#undef putwchar

/* Is one of the two NULL?  Then errno says so (X18). */
static bool missing(const void *stream, const void *text)
{
    if (!stream || !text)
        crt_fail(EINVAL);
    return !stream || !text;
}

static wint_t get_wide(FILE *stream)
{
    int low = crt_stream_get(stream);
    int high;

    if (low == EOF)
        return WEOF;
    if (crt_descriptor_is_text(stream->_file)) {
        char bytes[2] = {(char)low, isleadbyte(low) ? (char)crt_stream_get(stream) : 0};
        wchar_t wide;

        return mbtowc(&wide, bytes, 2) < 0 ? WEOF : wide;
    }
    high = crt_stream_get(stream);
    return high == EOF ? WEOF : (wint_t)(high << 8 | low);
}

/* Two halves of a character above FFFF come one after the other: the first one waits for the second. */
static int to_utf8(char *bytes, wchar_t c)
{
    static wchar_t first;
    wchar_t both[2] = {first, c};

    if (c >= 0xD800 && c < 0xDC00) {
        first = c;
        return 0;
    }
    first = 0;
    if (c >= 0xDC00 && c < 0xE000 && both[0])
        return WideCharToMultiByte(CP_UTF8, 0, both, 2, bytes, 8, NULL, NULL);
    return WideCharToMultiByte(CP_UTF8, 0, &c, 1, bytes, 8, NULL, NULL);
}

/* The console has bytes only, so what is meant to be UTF-16 goes there as UTF-8. */
static wint_t put_wide(wchar_t c, FILE *stream)
{
    enum crt_wide wide = crt_descriptor_wide(stream->_file);
    char bytes[8];
    int count;

    if (wide == CRT_WIDE_UTF16 && crt_descriptor_is_device(stream->_file))
        wide = CRT_WIDE_UTF8;
    if (wide == CRT_WIDE_UTF16 || !crt_descriptor_is_text(stream->_file)) {
        if (crt_stream_put(c & 0xFF, stream) == EOF || crt_stream_put(c >> 8, stream) == EOF)
            return WEOF;
        return c;
    }
    count = wide == CRT_WIDE_UTF8 ? to_utf8(bytes, c) : wctomb(bytes, c);
    if (count < 0) {
        stream->_flag |= _IOERR;
        return WEOF;
    }
    for (int i = 0; i < count; i++)
        if (crt_stream_put((unsigned char)bytes[i], stream) == EOF)
            return WEOF;
    return c;
}

wint_t fgetwc(FILE *stream)
{
    wint_t c;

    if (missing(stream, stream))
        return WEOF;
    crt_stream_enter(stream);
    c = get_wide(stream);
    crt_stream_leave(stream);
    return c;
}

wint_t getwchar(void)
{
    return fgetwc(stdin);
}

wint_t fputwc(wchar_t c, FILE *stream)
{
    wint_t result;

    if (missing(stream, stream))
        return WEOF;
    crt_stream_enter(stream);
    result = put_wide(c, stream);
    crt_stream_leave(stream);
    return result;
}

wint_t putwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

wint_t ungetwc(wint_t c, FILE *stream)
{
    bool done;

    if (c == WEOF)
        return WEOF;
    crt_stream_enter(stream);
    if (crt_descriptor_is_text(stream->_file))
        done = c < 0x100 && crt_stream_unget(c, stream) != EOF;
    else
        done = crt_stream_unget(c >> 8, stream) != EOF && crt_stream_unget(c & 0xFF, stream) != EOF;
    crt_stream_leave(stream);
    return done ? c : WEOF;
}

wchar_t *fgetws(wchar_t *line, int size, FILE *stream)
{
    int length = 0;
    wint_t c = 0;

    if (size <= 0 || missing(stream, line))
        return NULL;
    crt_stream_enter(stream);
    while (length < size - 1 && c != L'\n' && (c = get_wide(stream)) != WEOF)
        line[length++] = c;
    crt_stream_leave(stream);
    if (length == 0 && size > 1)
        return NULL;
    line[length] = 0;
    return line;
}

int fputws(const wchar_t *text, FILE *stream)
{
    int result = 0;

    if (missing(stream, text))
        return -1;
    crt_stream_enter(stream);
    while (*text && result == 0)
        if (put_wide(*text++, stream) == WEOF)
            result = -1;
    crt_stream_leave(stream);
    return result;
}

int _putws(const wchar_t *text)
{
    int result;

    crt_stream_enter(stdout);
    result = fputws(text, stdout) == 0 && put_wide(L'\n', stdout) != WEOF ? 0 : -1;
    crt_stream_leave(stdout);
    return result;
}

FILE *_wfopen(const wchar_t *name, const wchar_t *mode)
{
    char narrow_name[MAX_PATH], narrow_mode[16];

    if (!crt_narrow(name, narrow_name, MAX_PATH) || !crt_narrow(mode, narrow_mode, 16)) {
        crt_fail(EINVAL);
        return NULL;
    }
    return fopen(narrow_name, narrow_mode);
}

FILE *_wfreopen(const wchar_t *name, const wchar_t *mode, FILE *stream)
{
    char narrow_name[MAX_PATH], narrow_mode[16];

    if (!crt_narrow(name, narrow_name, MAX_PATH) || !crt_narrow(mode, narrow_mode, 16)) {
        crt_fail(EINVAL);
        return NULL;
    }
    return freopen(narrow_name, narrow_mode, stream);
}

FILE *_wfdopen(int fd, const wchar_t *mode)
{
    char narrow_mode[16];

    if (!crt_narrow(mode, narrow_mode, 16)) {
        crt_fail(EINVAL);
        return NULL;
    }
    return _fdopen(fd, narrow_mode);
}
