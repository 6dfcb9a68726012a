/* public_locks.c - locks that programs may take: _lock() by number, _lock_file() by stream.
 *
 * mingw-w64's own printf takes lock 16 + n around output to stream n of _iob; those numbers are the
 * streams' own locks, which stream.c keeps.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"

void _lock(int number);
void _unlock(int number);
void _lock_file(FILE *stream);
void _unlock_file(FILE *stream);

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
