/* locks.c - the numbered locks of the run-time itself. */
#include "user/msvcrt/crt.h"

static CRITICAL_SECTION locks[CRT_LOCK_FIRST_STREAM];

void crt_locks_init(void)
{
    for (unsigned i = 0; i < CRT_LOCK_FIRST_STREAM; i++)
        InitializeCriticalSection(&locks[i]);
}

void crt_enter(unsigned lock)
{
    EnterCriticalSection(&locks[lock]);
}

void crt_leave(unsigned lock)
{
    LeaveCriticalSection(&locks[lock]);
}
