/* completion.c - I/O completion ports: a queue of finished work that several threads take from.
 *
 * The handle is a semaphore's, which counts the packets; the packets themselves are a list of this
 * process.  All transfers here have ended when their call returns, so what a port is told about a file is told
 * by ReadFile and WriteFile.
 */
#include "user/kernel32/kernel32.h"

struct packet {
    struct packet *next;
    OVERLAPPED_ENTRY entry;
};

struct port {
    struct port *next;
    HANDLE handle;
    struct packet *first, **end;
};

/* A file whose transfers a port hears of. */
struct member {
    struct member *next;
    HANDLE file, port;
    ULONG_PTR key;
};

static CRITICAL_SECTION guard = {.LockCount = -1};
static struct port *ports;
static struct member *members;

/* => the guard is held */
static struct port *find(HANDLE handle)
{
    struct port *port = ports;

    while (port != NULL && port->handle != handle)
        port = port->next;
    return port;
}

static struct port *make_port(void)
{
    struct port *port = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *port);

    if (port == NULL)
        return error_null(ERROR_NOT_ENOUGH_MEMORY);
    port->handle = CreateSemaphoreW(NULL, 0, LONG_MAX, NULL);
    if (port->handle == NULL) {
        text_free(port);
        return NULL;
    }
    port->end = &port->first;
    RtlEnterCriticalSection(&guard);
    port->next = ports;
    ports = port;
    RtlLeaveCriticalSection(&guard);
    return port;
}

static bool join(HANDLE file, HANDLE port, ULONG_PTR key)
{
    struct member *member = RtlAllocateHeap(peb()->heap, 0, sizeof *member);

    if (member == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    RtlEnterCriticalSection(&guard);
    *member = (struct member){.next = members, .file = file, .port = port, .key = key};
    members = member;
    RtlLeaveCriticalSection(&guard);
    return true;
}

static bool is_file(HANDLE handle)
{
    FILE_STANDARD_INFORMATION facts;
    IO_STATUS_BLOCK io;

    return error_result(
        NtQueryInformationFile(handle, &io, &facts, sizeof facts, FileStandardInformation));
}

/* `port` 0: a new one.  `file` INVALID_HANDLE_VALUE: none joins it yet. */
HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    struct port *made = NULL;

    (void)threads;
    if (file == INVALID_HANDLE_VALUE && port != NULL)
        return error_null(ERROR_INVALID_PARAMETER);
    if (file != INVALID_HANDLE_VALUE && !is_file(file))
        return NULL;
    if (port == NULL) {
        made = make_port();
        if (made == NULL)
            return NULL;
        port = made->handle;
    }
    if (file != INVALID_HANDLE_VALUE && !join(file, port, key)) {
        if (made != NULL) {
            completion_forget(port);
            NtClose(port);
        }
        return NULL;
    }
    return port;
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE handle, DWORD bytes, ULONG_PTR key,
                                       LPOVERLAPPED overlapped)
{
    struct packet *packet = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *packet);
    struct port *port;

    if (packet == NULL)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    packet->entry = (OVERLAPPED_ENTRY){
        .lpCompletionKey = key, .lpOverlapped = overlapped, .dwNumberOfBytesTransferred = bytes};
    RtlEnterCriticalSection(&guard);
    port = find(handle);
    if (port != NULL) {
        *port->end = packet;
        port->end = &packet->next;
    }
    RtlLeaveCriticalSection(&guard);
    if (port == NULL) {
        text_free(packet);
        return error_fail(ERROR_INVALID_HANDLE);
    }
    return ReleaseSemaphore(handle, 1, NULL);
}

/* The first packet, whose count the caller has taken from the semaphore. */
static bool take(HANDLE handle, OVERLAPPED_ENTRY *entry)
{
    struct packet *packet = NULL;
    struct port *port;

    RtlEnterCriticalSection(&guard);
    port = find(handle);
    if (port != NULL && port->first != NULL) {
        packet = port->first;
        port->first = packet->next;
        if (port->first == NULL)
            port->end = &port->first;
    }
    RtlLeaveCriticalSection(&guard);
    if (packet == NULL) /* the port was closed meanwhile */
        return error_fail(ERROR_ABANDONED_WAIT_0);
    *entry = packet->entry;
    text_free(packet);
    return true;
}

BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE handle, LPOVERLAPPED_ENTRY entries, ULONG room,
                                        PULONG count, DWORD timeout, BOOL alertable)
{
    DWORD outcome;

    if (room == 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    *count = 0;
    outcome = WaitForSingleObjectEx(handle, timeout, alertable);
    if (outcome != WAIT_OBJECT_0)
        return outcome == WAIT_TIMEOUT ? error_fail(WAIT_TIMEOUT) : FALSE;
    do {
        if (!take(handle, &entries[*count]))
            return *count != 0;
    } while (++*count < room && WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    return TRUE;
}

/* A transfer that failed is a packet, too: FALSE, with an OVERLAPPED.  Of the OVERLAPPED itself nothing is
 * read: what was posted by hand may be any number. */
BOOL WINAPI GetQueuedCompletionStatus(HANDLE handle, LPDWORD bytes, PULONG_PTR key,
                                      LPOVERLAPPED *overlapped, DWORD timeout)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    *overlapped = NULL;
    if (!GetQueuedCompletionStatusEx(handle, &entry, 1, &count, timeout, FALSE))
        return FALSE;
    *bytes = entry.dwNumberOfBytesTransferred;
    *key = entry.lpCompletionKey;
    *overlapped = entry.lpOverlapped;
    return error_result((NTSTATUS)entry.Internal);
}

void completion_tell(HANDLE file, OVERLAPPED *overlapped)
{
    struct member *member;
    HANDLE port = NULL;
    ULONG_PTR key = 0;

    if (members == NULL)
        return;
    RtlEnterCriticalSection(&guard);
    for (member = members; member != NULL && member->file != file; member = member->next) {
    }
    if (member != NULL) {
        port = member->port;
        key = member->key;
    }
    RtlLeaveCriticalSection(&guard);
    if (port != NULL)
        PostQueuedCompletionStatus(port, (DWORD)overlapped->InternalHigh, key, overlapped);
}

static void drop_port(HANDLE handle)
{
    struct port **link = &ports;

    while (*link != NULL && (*link)->handle != handle)
        link = &(*link)->next;
    if (*link != NULL) {
        struct port *port = *link;

        *link = port->next;
        while (port->first != NULL) {
            struct packet *packet = port->first;

            port->first = packet->next;
            text_free(packet);
        }
        text_free(port);
    }
}

void completion_forget(HANDLE handle)
{
    struct member **link = &members;

    if (ports == NULL && members == NULL)
        return;
    RtlEnterCriticalSection(&guard);
    drop_port(handle);
    while (*link != NULL) {
        struct member *member = *link;

        if (member->file == handle || member->port == handle) {
            *link = member->next;
            text_free(member);
        } else {
            link = &member->next;
        }
    }
    RtlLeaveCriticalSection(&guard);
}
