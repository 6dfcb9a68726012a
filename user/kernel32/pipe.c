/* pipe.c - pipes without a name, between two ends of one program or of several.
 *
 * A pipe begins as a file that is opened at both ends under a name of the moment; then the file becomes a pipe, and
 * its name goes (kernel/file/pipe.h).
 */
#include "user/kernel32/kernel32.h"

/* What the service tells of a pipe; at a reading end the bytes that wait come behind it. */
struct pipe_facts {
    ULONG type, configuration, most_instances, instances, in_room, held, out_room, free;
    ULONG state, end;
    BYTE bytes[4096];
};

enum {
    PIPE_CLASS = 23,
    PIPE_LOCAL_CLASS = 24,
    CLOSING = 4,
    FACTS = offsetof(struct pipe_facts, bytes)
};

static NTSTATUS query(HANDLE pipe, struct pipe_facts *facts, ULONG bytes)
{
    IO_STATUS_BLOCK io;

    return NtQueryInformationFile(pipe, &io, facts, FACTS + bytes,
                                  (FILE_INFORMATION_CLASS)PIPE_LOCAL_CLASS);
}

static void name_next(WCHAR name[TEXT_NAME])
{
    static LONG last;
    uint32_t numbers[] = {GetCurrentProcessId(), (uint32_t)InterlockedIncrement(&last)};
    WCHAR *at = name;

    text_widen(name, TEXT_NAME, "C:\\pipe");
    at += text_length(name);
    for (int i = 0; i < 2; i++) {
        *at++ = '-';
        for (int shift = 28; shift >= 0; shift -= 4)
            *at++ = (WCHAR) "0123456789abcdef"[numbers[i] >> shift & 15];
    }
    *at = 0;
}

BOOL WINAPI CreatePipe(PHANDLE read, PHANDLE write, LPSECURITY_ATTRIBUTES security, DWORD size)
{
    const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    HANDLE in = INVALID_HANDLE_VALUE, out;
    uint32_t facts[2] = {0, 0};
    NTSTATUS status = STATUS_INVALID_HANDLE;
    WCHAR name[TEXT_NAME];
    IO_STATUS_BLOCK io;

    (void)size; /* a wish: there is room for 4,096 bytes */
    do {
        name_next(name);
        out = CreateFileW(name, GENERIC_WRITE, share, security, CREATE_NEW, 0, NULL);
    } while (out == INVALID_HANDLE_VALUE && RtlGetLastWin32Error() == ERROR_FILE_EXISTS);
    if (out != INVALID_HANDLE_VALUE)
        in = CreateFileW(name, GENERIC_READ, share, security, OPEN_EXISTING, 0, NULL);
    if (in == INVALID_HANDLE_VALUE ||
        !error_result(status = NtSetInformationFile(out, &io, facts, sizeof facts,
                                                    (FILE_INFORMATION_CLASS)PIPE_CLASS))) {
        NtClose(out);
        NtClose(in);
        DeleteFileW(name);
        return in == INVALID_HANDLE_VALUE ? error_fail(ERROR_NOT_ENOUGH_MEMORY) : error_set(status);
    }
    *read = in;
    *write = out;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return TRUE;
}

/* What isn't a pipe doesn't know the question. */
static BOOL answer(HANDLE pipe, NTSTATUS status)
{
    DWORD flags;

    if (status != STATUS_INVALID_PARAMETER && status != STATUS_INVALID_DEVICE_REQUEST)
        return error_result(status);
    return GetHandleInformation(pipe, &flags) && error_fail(ERROR_INVALID_FUNCTION);
}

BOOL WINAPI PeekNamedPipe(HANDLE pipe, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD available,
                          LPDWORD left)
{
    struct pipe_facts *facts = RtlAllocateHeap(peb()->heap, 0, sizeof *facts);
    DWORD part = size < sizeof facts->bytes ? size : sizeof facts->bytes;
    BOOL done;

    if (facts == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    done = answer(pipe, query(pipe, facts, buffer != NULL ? part : 0));
    if (done && facts->held == 0 && facts->state == CLOSING)
        done = error_fail(ERROR_BROKEN_PIPE);
    if (done) {
        part = buffer == NULL ? 0 : part < facts->held ? part : facts->held;
        memcpy(buffer, facts->bytes, part);
        if (read != NULL)
            *read = part;
        if (available != NULL)
            *available = facts->held;
        if (left != NULL)
            *left = 0; /* there are no messages */
    }
    text_free(facts);
    return done;
}

BOOL WINAPI GetNamedPipeInfo(HANDLE pipe, LPDWORD flags, LPDWORD out_room, LPDWORD in_room,
                             LPDWORD instances)
{
    struct pipe_facts facts;

    if (!answer(pipe, query(pipe, &facts, 0)))
        return FALSE;
    if (flags != NULL)
        *flags = PIPE_CLIENT_END | PIPE_TYPE_BYTE;
    if (out_room != NULL)
        *out_room = facts.out_room;
    if (in_room != NULL)
        *in_room = facts.in_room;
    if (instances != NULL)
        *instances = facts.most_instances;
    return TRUE;
}

/* Bytes, and calls that wait: there is no other mode. */
BOOL WINAPI SetNamedPipeHandleState(HANDLE pipe, LPDWORD mode, LPDWORD count, LPDWORD time)
{
    struct pipe_facts facts;

    if (!answer(pipe, query(pipe, &facts, 0)))
        return FALSE;
    if (count != NULL || time != NULL || (mode != NULL && *mode != 0))
        return error_fail(ERROR_INVALID_PARAMETER);
    return TRUE;
}
