/* clock.c - what time it is, and how long the program runs. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <sys/timeb.h>
#include <time.h>

#undef time

static DWORD started; /* GetTickCount() when the DLL was loaded */

void crt_clock_init(void)
{
    started = GetTickCount();
}

/* 100 ns since 1970. */
static int64_t ticks_since_1970(void)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    return (int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - 116444736000000000;
}

__time64_t _time64(__time64_t *result)
{
    __time64_t now = ticks_since_1970() / 10000000;

    if (result)
        *result = now;
    return now;
}

/* Good until January 2038; the start code of 32-bit programs knows no other. */
__time32_t _time32(__time32_t *result)
{
    __time32_t now = (__time32_t)_time64(NULL);

    if (result)
        *result = now;
    return now;
}

double _difftime64(__time64_t later, __time64_t earlier)
{
    return (double)(later - earlier);
}

double _difftime32(__time32_t later, __time32_t earlier)
{
    return (double)later - (double)earlier;
}

/* Milliseconds of wall-clock time since the start: on Windows this is not processor time. */
clock_t clock(void)
{
    return (clock_t)(GetTickCount() - started);
}

void _ftime64(struct __timeb64 *record)
{
    int64_t now = ticks_since_1970();

    _tzset();
    record->time = now / 10000000;
    record->millitm = (unsigned short)(now / 10000 % 1000);
    record->timezone = (short)(crt_timezone / 60);
    record->dstflag = 0;
}

void _ftime32(struct __timeb32 *record)
{
    struct __timeb64 wide;

    _ftime64(&wide);
    record->time = (__time32_t)wide.time;
    record->millitm = wide.millitm;
    record->timezone = wide.timezone;
    record->dstflag = 0;
}
