/* control.c - handlers for Ctrl-C.
 *
 * The first handler starts a thread that waits for the event which the kernel signals at Ctrl-C.  Without
 * one nobody asked, and the kernel ends the process, as the default handler of Windows does.
 */
#include "user/kernel32/kernel32.h"

enum { HANDLERS = 32, STACK = 0x10000 };

static RTL_CRITICAL_SECTION lock = {.LockCount = -1};
static PHANDLER_ROUTINE handlers[HANDLERS];
static unsigned count;
static bool ignored; /* SetConsoleCtrlHandler(NULL, TRUE) */

/* The handler to be asked after number `index`; 0: none is left. */
static PHANDLER_ROUTINE handler_below(unsigned *index)
{
    PHANDLER_ROUTINE handler = NULL;

    RtlEnterCriticalSection(&lock);
    if (*index > count)
        *index = count;
    if (*index > 0)
        handler = handlers[--*index];
    RtlLeaveCriticalSection(&lock);
    return handler;
}

/* The handler that came last is asked first, until one says that it has dealt with the event. */
static void ask(DWORD event)
{
    unsigned index = HANDLERS;
    PHANDLER_ROUTINE handler;

    do {
        handler = handler_below(&index);
        if (!handler)
            RtlExitUserProcess(STATUS_CONTROL_C_EXIT);
    } while (!handler(event));
}

static DWORD WINAPI watch(void *event)
{
    while (NtWaitForSingleObject(event, FALSE, NULL) == STATUS_SUCCESS)
        if (!ignored)
            ask(CTRL_C_EVENT);
    return 0;
}

/* => the lock is held */
static NTSTATUS start_watching(void)
{
    static bool watching;
    struct abi_create_thread thread = {.process = (uint32_t)(ULONG_PTR)CURRENT_PROCESS,
                                       .start = (uint32_t)(ULONG_PTR)watch,
                                       .stack_size = STACK,
                                       .flags = ABI_THREAD_SIZE_IS_RESERVE};
    HANDLE event;
    NTSTATUS status;

    if (watching)
        return STATUS_SUCCESS;
    status = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 1, FALSE);
    if (!NT_SUCCESS(status))
        return status;
    thread.argument = (uint32_t)(ULONG_PTR)event;
    status = NtPagodaCreateThread(&thread);
    if (!NT_SUCCESS(status)) {
        NtClose(event);
        return status;
    }
    NtClose((HANDLE)(ULONG_PTR)thread.thread);
    watching = true;
    return NtSetInformationProcess(CURRENT_PROCESS, (PROCESSINFOCLASS)ABI_PROCESS_INTERRUPT, &event,
                                   sizeof event);
}

/* => the lock is held */
static NTSTATUS add_handler(PHANDLER_ROUTINE handler)
{
    NTSTATUS status = start_watching();

    if (!NT_SUCCESS(status))
        return status;
    if (!handler)
        ignored = true;
    else if (count == HANDLERS)
        return STATUS_NO_MEMORY;
    else
        handlers[count++] = handler;
    return STATUS_SUCCESS;
}

/* The one that came last, if it is there more than once.  => the lock is held */
static NTSTATUS remove_handler(PHANDLER_ROUTINE handler)
{
    unsigned at = count;

    if (!handler) {
        ignored = false;
        return STATUS_SUCCESS;
    }
    while (at > 0 && handlers[at - 1] != handler)
        at--;
    if (at == 0)
        return STATUS_INVALID_PARAMETER;
    for (; at < count; at++)
        handlers[at - 1] = handlers[at];
    count--;
    return STATUS_SUCCESS;
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handler, BOOL add)
{
    NTSTATUS status;

    RtlEnterCriticalSection(&lock);
    status = add ? add_handler(handler) : remove_handler(handler);
    RtlLeaveCriticalSection(&lock);
    return error_result(status);
}

static DWORD WINAPI tell(void *event)
{
    ask((DWORD)(ULONG_PTR)event);
    return 0;
}

/* This process is told, in a thread of its own, as Ctrl-C would tell it.  Groups have no other members here: a child is its own. */
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD event, DWORD group)
{
    HANDLE thread;

    if (event > CTRL_BREAK_EVENT || (group != 0 && group != GetCurrentProcessId()))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (event == CTRL_C_EVENT && ignored)
        return TRUE;
    thread = CreateThread(NULL, 0, tell, (void *)(ULONG_PTR)event, 0, NULL);
    return thread != NULL && CloseHandle(thread);
}
