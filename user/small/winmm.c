/* winmm.c - the multimedia clock; there is no sound. */
#include "user/small/small.h"

#include <mmsystem.h>

DWORD WINAPI timeGetTime(void)
{
    return GetTickCount();
}

/* The clock ticks as it does, every 10 ms: finer periods are taken and change nothing. */
MMRESULT WINAPI timeBeginPeriod(UINT milliseconds)
{
    return milliseconds == 0 ? TIMERR_NOCANDO : TIMERR_NOERROR;
}

MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS capabilities, UINT size)
{
    if (size != sizeof *capabilities)
        return TIMERR_NOCANDO;
    capabilities->wPeriodMin = 10;
    capabilities->wPeriodMax = 1000000;
    return TIMERR_NOERROR;
}
