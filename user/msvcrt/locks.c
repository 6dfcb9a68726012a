/* locks.c - the numbered locks of the run-time, which programs may take with _lock() as well.
 *
 * mingw-w64's own printf takes lock 16 + n around output to stream n of _iob; those numbers are the
 * streams' own locks, which stream.c keeps.
 */
#include "user/msvcrt/crt.h"

void _lock(int number);
void _unlock(int number);
void _lock_file(FILE *stream);
void _unlock_file(FILE *stream);

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

/* A number that is no lock is a program's mistake that cannot be reported here: it is ignored. */
void _lock(int number)
{
    if (number >= CRT_LOCK_FIRST_STREAM && number < CRT_LOCK_COUNT)
        crt_stream_enter(&_iob[number - CRT_LOCK_FIRST_STREAM]);
    else if (number >= 0 && number < CRT_LOCK_FIRST_STREAM)
        crt_enter((unsigned)number);
}

void _unlock(int number)
{
    if (number >= CRT_LOCK_FIRST_STREAM && number < CRT_LOCK_COUNT)
        crt_stream_leave(&_iob[number - CRT_LOCK_FIRST_STREAM]);
    else if (number >= 0 && number < CRT_LOCK_FIRST_STREAM)
        crt_leave((unsigned)number);
}

void _lock_file(FILE *stream)
{
    crt_stream_enter(stream);
}

void _unlock_file(FILE *stream)
{
    crt_stream_leave(stream);
}
