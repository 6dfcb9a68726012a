/* start.c - where threads begin and end in user mode.
 *
 * The kernel starts every thread here (start_door, LdrInitializeThunk) with the CONTEXT it is to go on with.  The
 * first one makes the process ready: default heap, imports, thread-local storage, DllMain of
 * every DLL; the later ones only say hello to the DLLs.  Then NtContinue(context).
 */
#include "user/ntdll/ntdll.h"

/* Who makes the process ready.  A second thread may be there early (somebody made it from outside);
 * it waits. */
enum { RAW, STARTING, READY };
static volatile LONG process_state = RAW;
static bool ending;

typedef DWORD(WINAPI *thread_function)(void *argument);

static void __attribute__((noreturn)) die(NTSTATUS status)
{
    for (;;)
        NtTerminateProcess(CURRENT_PROCESS, status);
}

/* A module that the kernel has mapped: the program and ntdll.dll. */
static NTSTATUS add_mapped(const char *name, void *base, struct module **module)
{
    char plain[MODULE_NAME];
    NTSTATUS status;

    if (!module_plain_name(plain, name))
        return STATUS_OBJECT_NAME_INVALID;
    status = module_add(plain, base, pe_mapped(base), module);
    if (NT_SUCCESS(status)) {
        (*module)->references = 1;
        (*module)->pinned = true;
        ldr_add(*module);
    }
    return status;
}

/* Program and ntdll.dll are known; from the program's imports everything else follows. */
static NTSTATUS load_program(struct module **program)
{
    struct module *ntdll, *module;
    NTSTATUS status =
        add_mapped(peb()->parameters->image_name != 0 ? (const char *)peb()->parameters->image_name
                                                      : "program.exe",
                   peb()->image_base, program);

    if (NT_SUCCESS(status))
        status = add_mapped("ntdll.dll", &__ImageBase, &ntdll);
    if (!NT_SUCCESS(status))
        return status;
    ntdll->visited = true; /* it has no DllMain */
    ldr_initialised(ntdll);
    status = relocate(&(*program)->pe);
    if (NT_SUCCESS(status))
        status = loader_bind(*program);
    if (NT_SUCCESS(status))
        status = tls_add_module(*program);
    else
        missing_report((*program)->name);
    for (module = module_list; module != NULL; module = module->next)
        module->pinned = true;
    return status;
}

static NTSTATUS start_process(void)
{
    struct pe pe;
    struct module *program;
    NTSTATUS status = pe_open(&pe, peb()->image_base, pe_mapped(peb()->image_base));

    say_aloud = true;
    if (NT_SUCCESS(status))
        status = heap_start(pe.headers->OptionalHeader.SizeOfHeapReserve,
                            pe.headers->OptionalHeader.SizeOfHeapCommit);
    if (NT_SUCCESS(status))
        status = load_program(&program);
    if (NT_SUCCESS(status))
        status = tls_add_thread();
    if (NT_SUCCESS(status))
        status = loader_initialise(program);
    say_aloud = false;
    return status;
}

static NTSTATUS start_thread(void)
{
    NTSTATUS status;

    RtlEnterCriticalSection(&module_lock);
    status = tls_add_thread();
    if (NT_SUCCESS(status))
        loader_thread(DLL_THREAD_ATTACH);
    RtlLeaveCriticalSection(&module_lock);
    return status;
}

/* The outermost function of every thread.  The kernel hands over the function in EAX and its
 * argument in EBX; start_run makes a call of it, without a return address. */
void start_thread_function(thread_function function, void *argument) __attribute__((noreturn));
void start_thread_function(thread_function function, void *argument)
{
    RtlExitUserThread((NTSTATUS)function(argument));
}

void start_run(void);
__asm__(".text\n"
        "_start_run:\n"
        "    xorl %ebp, %ebp\n" /* the last frame of a backtrace */
        "    pushl %ebx\n"
        "    pushl %eax\n"
        "    pushl $0\n"
        "    jmp _start_thread_function\n");

/* The entry point of ntdll.dll, where the kernel starts threads, with 0 and CONTEXT * on the stack, and delivers exceptions,
 * with EXCEPTION_RECORD * and CONTEXT *. */
__asm__(".globl _start_door\n"
        "_start_door:\n"
        "    cmpl $0, (%esp)\n"
        "    jne _KiUserExceptionDispatcher@8\n"
        "    jmp _LdrInitializeThunk@4\n");

void NTAPI LdrInitializeThunk(CONTEXT *context) __attribute__((noreturn));
void NTAPI LdrInitializeThunk(CONTEXT *context)
{
    static const LARGE_INTEGER a_tick = {.QuadPart = -100000}; /* 10 ms, relative */
    NTSTATUS status;

    if (InterlockedCompareExchange(&process_state, STARTING, RAW) == RAW) {
        status = start_process();
        if (!NT_SUCCESS(status))
            die(status);
        process_state = READY;
    } else {
        while (process_state != READY)
            NtDelayExecution(FALSE, &a_tick);
        heap_thread_arrives();
        status = start_thread();
        if (!NT_SUCCESS(status))
            NtTerminateThread(NULL, status);
    }
    context->Eip = (DWORD)start_run;
    NtContinue(context, FALSE);
    die(STATUS_BAD_INITIAL_STACK); /* the kernel refused the context it gave us itself */
}

void NTAPI RtlExitUserThread(NTSTATUS status)
{
    ULONG last = 0;

    if (NT_SUCCESS(NtQueryInformationThread(CURRENT_THREAD, ThreadAmILastThread, &last, sizeof last,
                                            NULL)) &&
        last != 0)
        RtlExitUserProcess(status);
    RtlEnterCriticalSection(&module_lock);
    loader_thread(DLL_THREAD_DETACH);
    tls_remove_thread();
    RtlLeaveCriticalSection(&module_lock);
    for (;;)
        NtTerminateThread(NULL, status);
}

/* The other threads are ended while this one holds the two locks that DllMain functions are sure to
 * need; a thread that died inside any other critical section has locked it for good, and
 * critical_shut_down() makes whoever waits for that one end the process instead. */
void NTAPI RtlExitUserProcess(NTSTATUS status)
{
    if (ending) /* a DllMain called ExitProcess() */
        die(status);
    RtlEnterCriticalSection(&module_lock);
    RtlLockHeap(peb()->heap);
    ending = true;
    NtTerminateProcess(NULL, status);
    critical_shut_down(status);
    RtlUnlockHeap(peb()->heap);
    loader_process_detach();
    RtlLeaveCriticalSection(&module_lock);
    die(status);
}
