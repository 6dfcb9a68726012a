/* record.c - what every thread has of its own.
 *
 * errno, the position of strtok() and the result of localtime() must not be shared by threads.  One
 * TLS index finds the record; it is made at the first use, so a thread that never calls such a
 * function costs nothing.
 */
#include "user/msvcrt/crt.h"

static DWORD tls_index = TLS_OUT_OF_INDEXES;

/* What a thread gets when there is no memory for a record: better a shared errno than a crash. */
static struct crt_thread emergency;

bool crt_thread_attach(void)
{
    tls_index = TlsAlloc();
    return tls_index != TLS_OUT_OF_INDEXES;
}

static struct crt_thread *make_record(void)
{
    struct crt_thread *thread = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *thread);

    if (!thread)
        return &emergency;
    thread->random = 1;
    TlsSetValue(tls_index, thread);
    return thread;
}

/* TlsGetValue() clears the last error to tell "zero" from "failed"; programs that look at errno
 * between a failure and their GetLastError() must not lose it. */
struct crt_thread *crt_thread(void)
{
    DWORD last = GetLastError();
    struct crt_thread *thread = TlsGetValue(tls_index);

    if (!thread)
        thread = make_record();
    SetLastError(last);
    return thread;
}

void crt_thread_adopt(struct crt_thread *thread)
{
    TlsSetValue(tls_index, thread);
}

void crt_thread_leave(void)
{
    struct crt_thread *thread = TlsGetValue(tls_index);

    if (thread) {
        TlsSetValue(tls_index, NULL);
        HeapFree(GetProcessHeap(), 0, thread);
    }
}

void crt_thread_detach(void)
{
    crt_thread_leave();
    TlsFree(tls_index);
    tls_index = TLS_OUT_OF_INDEXES;
}
