/* thread.c - threads, and the words each of them has for itself. */
#include "user/kernel32/kernel32.h"

/* --- creating and ending --- */

HANDLE WINAPI CreateRemoteThread(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack_size,
                                 LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags,
                                 LPDWORD id)
{
    struct abi_create_thread create = {
        .process = (uint32_t)process,
        .start = (uint32_t)start,
        .argument = (uint32_t)argument,
        .stack_size = stack_size,
        .flags =
            ((flags & CREATE_SUSPENDED) != 0 ? ABI_THREAD_SUSPENDED : 0u) |
            ((flags & STACK_SIZE_PARAM_IS_A_RESERVATION) != 0 ? ABI_THREAD_SIZE_IS_RESERVE : 0u),
    };

    (void)security;
    if (!error_result(NtPagodaCreateThread(&create)))
        return NULL;
    if (id != NULL)
        *id = create.thread_id;
    return (HANDLE)create.thread;
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack_size,
                           LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, LPDWORD id)
{
    return CreateRemoteThread(CURRENT_PROCESS, security, stack_size, start, argument, flags, id);
}

void WINAPI ExitThread(DWORD code)
{
    RtlExitUserThread((NTSTATUS)code);
}

/* A DLL's last act: the thread that runs in it takes it away and ends. */
void WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code)
{
    FreeLibrary(module);
    ExitThread(code);
}

BOOL WINAPI TerminateThread(HANDLE thread, DWORD code)
{
    if (thread == NULL) /* to the service that is the calling thread */
        return error_fail(ERROR_INVALID_HANDLE);
    return error_result(NtTerminateThread(thread, (NTSTATUS)code));
}

/* --- facts --- */

HANDLE WINAPI GetCurrentThread(void)
{
    return CURRENT_THREAD;
}

DWORD WINAPI GetCurrentThreadId(void)
{
    return teb()->thread_id;
}

static BOOL query_basic(HANDLE thread, struct thread_basic_information *facts)
{
    return error_result(
        NtQueryInformationThread(thread, ThreadBasicInformation, facts, sizeof *facts, NULL));
}

BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code)
{
    struct thread_basic_information facts;

    if (!query_basic(thread, &facts))
        return FALSE;
    *code = (DWORD)facts.exit_status;
    return TRUE;
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .Attributes = inherit ? OBJ_INHERIT : 0};
    CLIENT_ID client = {.UniqueThread = (HANDLE)id};
    HANDLE thread;

    return object_opened(NtOpenThread(&thread, access, &attributes, &client), &thread);
}

DWORD WINAPI GetThreadId(HANDLE thread)
{
    struct thread_basic_information facts;

    return query_basic(thread, &facts) ? (DWORD)facts.id.UniqueThread : 0;
}

DWORD WINAPI GetProcessIdOfThread(HANDLE thread)
{
    struct thread_basic_information facts;

    return query_basic(thread, &facts) ? (DWORD)facts.id.UniqueProcess : 0;
}

BOOL WINAPI GetThreadTimes(HANDLE thread, LPFILETIME made, LPFILETIME ended, LPFILETIME kernel,
                           LPFILETIME user)
{
    KERNEL_USER_TIMES times;

    if (!error_result(NtQueryInformationThread(thread, ThreadTimes, &times, sizeof times, NULL)))
        return FALSE;
    memcpy(made, &times.CreateTime, sizeof *made);
    memcpy(ended, &times.ExitTime, sizeof *ended);
    memcpy(kernel, &times.KernelTime, sizeof *kernel);
    memcpy(user, &times.UserTime, sizeof *user);
    return TRUE;
}

int WINAPI GetThreadPriority(HANDLE thread)
{
    struct thread_basic_information facts;

    return query_basic(thread, &facts) ? facts.base_priority : THREAD_PRIORITY_ERROR_RETURN;
}

BOOL WINAPI SetThreadPriority(HANDLE thread, int priority)
{
    LONG value = priority;

    return error_result(NtSetInformationThread(thread, ThreadBasePriority, &value, sizeof value));
}

/* There is one processor.  Returns the mask before. */
DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE thread, DWORD_PTR mask)
{
    struct thread_basic_information facts;

    if (!query_basic(thread, &facts))
        return 0;
    return mask == 1 ? 1 : (DWORD_PTR)error_fail(ERROR_INVALID_PARAMETER);
}

/* --- stopping, and the registers of a stopped thread --- */

DWORD WINAPI SuspendThread(HANDLE thread)
{
    ULONG previous;

    return error_result(NtSuspendThread(thread, &previous)) ? previous : (DWORD)-1;
}

DWORD WINAPI ResumeThread(HANDLE thread)
{
    ULONG previous;

    return error_result(NtResumeThread(thread, &previous)) ? previous : (DWORD)-1;
}

BOOL WINAPI GetThreadContext(HANDLE thread, LPCONTEXT context)
{
    return error_result(NtGetContextThread(thread, context));
}

BOOL WINAPI SetThreadContext(HANDLE thread, const CONTEXT *context)
{
    return error_result(NtSetContextThread(thread, context));
}

BOOL WINAPI SwitchToThread(void)
{
    return NtYieldExecution() == STATUS_SUCCESS; /* a success of another kind: nobody was waiting */
}

/* --- thread-local slots --- */

DWORD WINAPI TlsAlloc(void)
{
    ULONG slot = LdrPagodaTlsAlloc();

    if (slot == TLS_OUT_OF_INDEXES)
        RtlSetLastWin32Error(ERROR_NO_MORE_ITEMS);
    return slot;
}

BOOL WINAPI TlsFree(DWORD slot)
{
    return LdrPagodaTlsFree(slot) ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

/* Where the calling thread keeps the value of a slot; 0 with a last error: there is no such slot, or, to
 * `make` it, no memory.  0 without one: it was never set. */
static void **slot_word(DWORD slot, bool make)
{
    struct teb *own = teb();

    if (slot < TLS_SLOTS)
        return &own->tls_slots[slot];
    if (slot >= TLS_SLOTS + TLS_EXPANSION_SLOTS) {
        error_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (own->tls_expansion_slots == NULL && make) {
        own->tls_expansion_slots =
            RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, TLS_EXPANSION_SLOTS * sizeof(void *));
        if (own->tls_expansion_slots == NULL)
            error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return own->tls_expansion_slots == NULL ? NULL : &own->tls_expansion_slots[slot - TLS_SLOTS];
}

/* 0 is a value like any other; the last error says that it is no failure. */
LPVOID WINAPI TlsGetValue(DWORD slot)
{
    void **word;

    RtlSetLastWin32Error(ERROR_SUCCESS);
    word = slot_word(slot, false);
    return word == NULL ? NULL : *word;
}

BOOL WINAPI TlsSetValue(DWORD slot, LPVOID value)
{
    void **word = slot_word(slot, true);

    if (word != NULL)
        *word = value;
    return word != NULL;
}
