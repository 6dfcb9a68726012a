/* thread.c - threads and waiting: stacks (W109 to W121), events, mutexes, semaphores, critical
 * sections, thread-local storage, suspending.  Runs on Windows, too; Wine's stacks are different.
 */
#include "tests/conformance/fact.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>

static HANDLE start(LPTHREAD_START_ROUTINE function, void *argument)
{
    return CreateThread(NULL, 0, function, argument, 0, NULL);
}

/* Waits for the thread, closes it and returns its exit code. */
static DWORD finish(HANDLE thread)
{
    DWORD code = 0;

    if (WaitForSingleObject(thread, PATIENCE_MS) != WAIT_OBJECT_0) {
        printf("not ok thread a thread didn't end\n");
        TerminateThread(thread, 99);
    }
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

/* --- beginning and end --- */

static DWORD WINAPI return_argument(void *argument)
{
    return (DWORD)argument;
}

static DWORD WINAPI exit_with_7(void *argument)
{
    (void)argument;
    ExitThread(7);
}

static void test_codes(void)
{
    DWORD id = 0, code = 0;
    HANDLE thread = CreateThread(NULL, 0, return_argument, (void *)1234, CREATE_SUSPENDED, &id);
    HANDLE again;

    fact("thread", "CreateThread gives an id", id != 0 && id != GetCurrentThreadId());
    GetExitCodeThread(thread, &code);
    fact_number("thread", "exit code of a running thread", STILL_ACTIVE, code);
    fact_number("thread", "a suspended thread doesn't run", WAIT_TIMEOUT,
                WaitForSingleObject(thread, 30));
    again = OpenThread(THREAD_ALL_ACCESS, FALSE, id);
    fact("thread", "OpenThread by its id", again != NULL && GetThreadId(again) == id);
    fact_number("thread", "ResumeThread returns the count before", 1, ResumeThread(again));
    CloseHandle(again);
    SetLastError(0);
    fact("thread", "OpenThread of a process's id: error 87",
         OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentProcessId()) == NULL &&
             GetLastError() == ERROR_INVALID_PARAMETER);
    fact_number("thread", "what the function returns is the exit code", 1234, finish(thread));
    fact_number("thread", "ExitThread's argument is the exit code", 7,
                finish(start(exit_with_7, 0)));
}

/* --- stacks --- */

struct stack {
    char *base, *limit, *allocation;
    MEMORY_BASIC_INFORMATION reserved, guard, committed;
};

static void look(struct stack *stack)
{
    char *teb;

    __asm__("movl %%fs:0x18, %0" : "=r"(teb));
    stack->base = *(char **)(teb + 4);
    stack->limit = *(char **)(teb + 8);
    stack->allocation = *(char **)(teb + 0xE0C);
    VirtualQuery(stack->allocation, &stack->reserved, sizeof stack->reserved);
    VirtualQuery(stack->allocation + stack->reserved.RegionSize, &stack->guard,
                 sizeof stack->guard);
    VirtualQuery(stack->limit, &stack->committed, sizeof stack->committed);
}

static DWORD WINAPI look_at_stack(void *argument)
{
    look(argument);
    return 0;
}

/* Touches every page of 32 KB, from the top down, as compiled code does. */
static DWORD WINAPI use_32k(void *argument)
{
    volatile char frame[0x8000];

    for (int i = 0x7000; i >= 0; i -= 0x1000)
        frame[i] = 1;
    look(argument);
    return frame[0];
}

static void test_layout(void)
{
    struct stack stack, grown;

    finish(start(look_at_stack, &stack));
    fact("W109", "the stack is one allocation",
         stack.reserved.AllocationBase == stack.allocation &&
             stack.committed.AllocationBase == stack.allocation);
    fact_number("W109", "AllocationProtect", PAGE_READWRITE, stack.reserved.AllocationProtect);
    fact_number("W109", "lowest part: reserved", MEM_RESERVE, stack.reserved.State);
    fact("W109", "then guard pages",
         stack.guard.State == MEM_COMMIT && stack.guard.Protect == (PAGE_READWRITE | PAGE_GUARD) &&
             stack.guard.RegionSize <= 0x3000);
    fact("W109", "then committed pages up to the base",
         stack.committed.State == MEM_COMMIT && stack.committed.Protect == PAGE_READWRITE &&
             stack.limit + stack.committed.RegionSize == stack.base);
    fact_number("W110", "1 MB, from the program's header", 0x100000, stack.base - stack.allocation);
    fact("W111", "at least two pages are committed", stack.base - stack.limit >= 0x2000);
    finish(start(use_32k, &grown));
    fact("W116", "after 32 KB of frame the limit is 9 or 10 pages down",
         grown.base - grown.limit >= 0x9000 && grown.base - grown.limit <= 0xA000);
    fact("W116", "the guard moved down with it",
         (char *)grown.guard.BaseAddress + grown.guard.RegionSize == grown.limit);
}

static void test_sizes(void)
{
    struct stack stack;

    finish(CreateThread(NULL, 0x20000, look_at_stack, &stack, 0, NULL));
    fact("W112", "the size is the commit size",
         stack.base - stack.limit >= 0x20000 && stack.base - stack.allocation == 0x100000);
    finish(CreateThread(NULL, 0x3FF000, look_at_stack, &stack, STACK_SIZE_PARAM_IS_A_RESERVATION,
                        NULL));
    fact_number("W113", "or the reserve, in units of 64 KB", 0x400000,
                stack.base - stack.allocation);
}

static DWORD WINAPI skip_guard(void *argument)
{
    volatile char *sp;

    (void)argument;
    __asm__ volatile("movl %%esp, %0" : "=r"(sp));
    *(sp - 0x10000) = 1; /* far below the guard page */
    return 0;
}

static LONG CALLBACK end_thread(EXCEPTION_POINTERS *exception)
{
    ExitThread(exception->ExceptionRecord->ExceptionCode);
}

static unsigned __attribute__((noinline)) dive(unsigned depth)
{
    volatile char frame[1024];

    frame[0] = (char)depth;
    return dive(depth + 1) + (unsigned)frame[0];
}

static DWORD WINAPI overflow(void *argument)
{
    (void)argument;
    return dive(0);
}

static void test_overflow(void)
{
    void *cookie = AddVectoredExceptionHandler(1, end_thread);

    fact_number("W115", "skipping the guard page is an access violation", 0xC0000005,
                finish(start(skip_guard, NULL)));
    fact_number("W117", "a full stack is a stack overflow", 0xC00000FD,
                finish(start(overflow, NULL)));
    RemoveVectoredExceptionHandler(cookie);
}

/* --- growth step by step, and after the end (W114, W118, W119) --- */

static volatile int handler_calls;

static LONG CALLBACK count_calls(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    handler_calls++;
    return EXCEPTION_CONTINUE_SEARCH;
}

static DWORD WINAPI take_a_step(void *argument)
{
    struct stack *stacks = argument;

    look(&stacks[0]);
    stacks[0].limit[-1] = 1;
    look(&stacks[1]);
    return 0;
}

static void test_step(void)
{
    void *cookie = AddVectoredExceptionHandler(1, count_calls);
    struct stack stacks[2];
    char *touched;

    handler_calls = 0;
    finish(start(take_a_step, stacks));
    touched = stacks[0].limit - 0x1000;
    fact("W114", "the touched guard page is the new limit", stacks[1].limit == touched);
    fact("W114", "and an ordinary page",
         stacks[1].committed.BaseAddress == touched &&
             stacks[1].committed.Protect == PAGE_READWRITE);
    fact("W114", "the page below is the guard now",
         (char *)stacks[1].guard.BaseAddress + stacks[1].guard.RegionSize == touched &&
             stacks[1].guard.Protect == (PAGE_READWRITE | PAGE_GUARD));
    fact_number("W114", "the program was told nothing", 0, handler_calls);
    RemoveVectoredExceptionHandler(cookie);
}

static jmp_buf way_out;
static volatile DWORD last_code;

static LONG CALLBACK note_and_leave(EXCEPTION_POINTERS *exception)
{
    last_code = exception->ExceptionRecord->ExceptionCode;
    longjmp(way_out, 1);
}

static DWORD overflow_once(void)
{
    last_code = 0;
    if (setjmp(way_out) == 0)
        dive(0);
    return last_code;
}

/* The exception of a write to the lowest page of the stack, which it never gets. */
static DWORD touch_the_end(const struct stack *stack)
{
    last_code = 0;
    if (setjmp(way_out) == 0)
        *(volatile char *)(stack->allocation + 0x800) = 1;
    return last_code;
}

static BOOL is_guarded(const struct stack *stack)
{
    MEMORY_BASIC_INFORMATION info;

    for (char *at = stack->allocation; at < stack->base; at += info.RegionSize) {
        VirtualQuery(at, &info, sizeof info);
        if (info.Protect & PAGE_GUARD)
            return TRUE;
    }
    return FALSE;
}

static DWORD WINAPI overflow_twice(void *unused)
{
    struct stack stack;

    (void)unused;
    fact_number("W118", "the first overflow", 0xC00000FD, overflow_once());
    look(&stack);
    fact("W118", "after it no page of the stack is guarded", !is_guarded(&stack));
    fact_number("W118", "touching beyond is a plain access violation", 0xC0000005,
                touch_the_end(&stack));
    fact("W118", "_resetstkoflw makes a guard page again",
         _resetstkoflw() != 0 && is_guarded(&stack));
    fact_number("W118", "so that the next overflow is told as one", 0xC00000FD, overflow_once());
    return 0;
}

static void test_after_overflow(void)
{
    void *cookie = AddVectoredExceptionHandler(1, note_and_leave);

    finish(start(overflow_twice, NULL));
    RemoveVectoredExceptionHandler(cookie);
}

static volatile char *own_limit;

static unsigned use_own_stack(void)
{
    volatile char frame[0x8000];

    for (int i = 0x7000; i >= 0; i -= 0x1000)
        frame[i] = 1;
    __asm__ volatile("movl %%fs:8, %0" : "=r"(own_limit));
    return (unsigned)frame[0];
}

/* Runs use_own_stack() with ESP at `top`. */
static void switch_stack(char *top)
{
    __asm__ volatile("movl %%esp, %%esi\n\t"
                     "movl %0, %%esp\n\t"
                     "call *%1\n\t"
                     "movl %%esi, %%esp"
                     :
                     : "r"(top), "r"(use_own_stack)
                     : "eax", "ecx", "edx", "esi", "cc", "memory");
}

static void set_bounds(char *base, char *limit, char *allocation)
{
    __asm__ volatile("movl %0, %%fs:4\n\tmovl %1, %%fs:8\n\tmovl %2, %%fs:0xE0C"
                     :
                     : "r"(base), "r"(limit), "r"(allocation)
                     : "memory");
}

static DWORD WINAPI make_own_stack(void *unused)
{
    enum { SIZE = 0x40000 };
    char *own = VirtualAlloc(NULL, SIZE, MEM_RESERVE, PAGE_READWRITE), *top = own + SIZE;
    struct stack given;
    MEMORY_BASIC_INFORMATION info;

    (void)unused;
    look(&given);
    VirtualAlloc(top - 0x1000, 0x1000, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    set_bounds(top, top, own);
    switch_stack(top);
    set_bounds(given.base, given.limit, given.allocation);
    fact("W119", "a stack that the program made grows, too",
         own_limit <= top - 0x8000 && own_limit > top - 0xC000);
    VirtualQuery((char *)own_limit - 0x1000, &info, sizeof info);
    fact_number("W119", "and keeps a guard page", PAGE_READWRITE | PAGE_GUARD, info.Protect);
    VirtualFree(own, 0, MEM_RELEASE);
    return 0;
}

static DWORD WINAPI stack_address(void *argument)
{
    __asm__ volatile("movl %%esp, %0" : "=m"(*(void **)argument));
    return 0;
}

static void test_stack_freed(void)
{
    MEMORY_BASIC_INFORMATION info;
    void *at = NULL;

    finish(start(stack_address, &at));
    for (int i = 0; i < 1000; i++) {
        VirtualQuery(at, &info, sizeof info);
        if (info.State == MEM_FREE)
            break;
        Sleep(20);
    }
    fact_number("W121", "the stack goes with its thread", MEM_FREE, info.State);
}

/* --- events --- */

static DWORD WINAPI wait_for(void *handle)
{
    return WaitForSingleObject(handle, PATIENCE_MS);
}

/* Sets the event: exactly one of the threads that wait for it ends.  It is taken from the list. */
static int lets_one_go(HANDLE automatic, HANDLE *threads, DWORD left)
{
    DWORD first, ended = 0;

    SetEvent(automatic);
    first = WaitForMultipleObjects(left, threads, FALSE, PATIENCE_MS);
    Sleep(30);
    for (DWORD i = 0; i < left; i++)
        ended += WaitForSingleObject(threads[i], 0) == WAIT_OBJECT_0;
    if (first >= left || ended != 1 || finish(threads[first]) != WAIT_OBJECT_0)
        return 0;
    threads[first] = threads[left - 1];
    return 1;
}

static void test_events(void)
{
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE threads[3];
    int released = 0;

    fact_number("event", "an event that isn't set: time-out", WAIT_TIMEOUT,
                WaitForSingleObject(manual, 10));
    SetEvent(manual);
    fact_number("event", "manual reset: set for all", WAIT_OBJECT_0,
                WaitForSingleObject(manual, 0));
    fact_number("event", "manual reset: stays set", WAIT_OBJECT_0, WaitForSingleObject(manual, 0));
    ResetEvent(manual);
    fact_number("event", "ResetEvent", WAIT_TIMEOUT, WaitForSingleObject(manual, 0));
    SetEvent(automatic);
    SetEvent(automatic);
    fact_number("event", "automatic reset: lets one go", WAIT_OBJECT_0,
                WaitForSingleObject(automatic, 0));
    fact_number("event", "automatic reset: and no second", WAIT_TIMEOUT,
                WaitForSingleObject(automatic, 0));
    for (int i = 0; i < 3; i++)
        threads[i] = start(wait_for, automatic);
    for (DWORD left = 3; left > 0; left--)
        released += lets_one_go(automatic, threads, left);
    fact_number("event", "automatic reset: each time one of the threads goes on", 3, released);
    CloseHandle(manual);
    CloseHandle(automatic);
    fact_number("event", "a closed handle can't be waited for", (int)WAIT_FAILED,
                (int)WaitForSingleObject(manual, 0));
    fact_number("event", "error 6", ERROR_INVALID_HANDLE, GetLastError());
}

/* --- mutexes --- */

static DWORD WINAPI take_and_die(void *mutex)
{
    WaitForSingleObject(mutex, INFINITE);
    return 0;
}

static DWORD WINAPI try_release(void *mutex)
{
    return ReleaseMutex(mutex) ? 0 : GetLastError();
}

/* Starts a thread that runs when this one waits, and not before. */
static HANDLE start_low(LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, CREATE_SUSPENDED, NULL);

    SetThreadPriority(thread, THREAD_PRIORITY_LOWEST);
    ResumeThread(thread);
    return thread;
}

static HANDLE owned[2]; /* a mutex; an event: it has an owner */

static DWORD WINAPI own_and_die(void *unused)
{
    WaitForSingleObject(owned[0], INFINITE);
    SetEvent(owned[1]);
    return unused != NULL;
}

static void test_abandoned_while_waiting(void)
{
    HANDLE thread;

    owned[0] = CreateMutexA(NULL, FALSE, NULL);
    owned[1] = CreateEventA(NULL, FALSE, FALSE, NULL);
    thread = start_low(own_and_die, NULL);
    WaitForSingleObject(owned[1], PATIENCE_MS);
    fact_number("mutex", "abandoned by a thread that ends while another waits", WAIT_ABANDONED,
                WaitForSingleObject(owned[0], PATIENCE_MS));
    finish(thread);
    ReleaseMutex(owned[0]);
    CloseHandle(owned[0]);
    CloseHandle(owned[1]);
}

static void test_mutexes(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);

    fact_number("mutex", "its owner may take it again", WAIT_OBJECT_0,
                WaitForSingleObject(mutex, 0));
    fact_number("mutex", "another thread may not release it", ERROR_NOT_OWNER,
                finish(start(try_release, mutex)));
    fact("mutex", "released as often as taken", ReleaseMutex(mutex) && ReleaseMutex(mutex));
    fact("mutex", "and not more", !ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    finish(start(take_and_die, mutex));
    fact_number("mutex", "abandoned by a thread that ended", WAIT_ABANDONED,
                WaitForSingleObject(mutex, PATIENCE_MS));
    ReleaseMutex(mutex);
    CloseHandle(mutex);
}

/* --- semaphores --- */

static void test_semaphores(void)
{
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
    LONG previous = -1;

    fact_number("semaphore", "one is there", WAIT_OBJECT_0, WaitForSingleObject(semaphore, 0));
    fact_number("semaphore", "no second", WAIT_TIMEOUT, WaitForSingleObject(semaphore, 0));
    fact("semaphore", "two come back", ReleaseSemaphore(semaphore, 2, &previous) && previous == 0);
    fact("semaphore", "no third",
         !ReleaseSemaphore(semaphore, 1, &previous) && GetLastError() == ERROR_TOO_MANY_POSTS);
    fact("semaphore", "count above the maximum: refused",
         CreateSemaphoreA(NULL, 3, 2, NULL) == NULL && GetLastError() == ERROR_INVALID_PARAMETER);
    CloseHandle(semaphore);
}

/* --- several at once --- */

static DWORD WINAPI set_both(void *events)
{
    SetEvent(((HANDLE *)events)[0]);
    SetEvent(((HANDLE *)events)[1]);
    return 0;
}

static void test_all_while_waiting(void)
{
    HANDLE events[2] = {CreateEventA(NULL, FALSE, FALSE, NULL),
                        CreateEventA(NULL, FALSE, FALSE, NULL)};
    HANDLE thread = start_low(set_both, events);

    fact_number("wait", "all are set one after the other, by another thread", WAIT_OBJECT_0,
                WaitForMultipleObjects(2, events, TRUE, PATIENCE_MS));
    fact_number("wait", "and all are taken", WAIT_TIMEOUT,
                WaitForMultipleObjects(2, events, FALSE, 0));
    finish(thread);
    CloseHandle(events[0]);
    CloseHandle(events[1]);
}

static void test_multiple(void)
{
    HANDLE objects[3] = {CreateEventA(NULL, FALSE, FALSE, NULL),
                         CreateEventA(NULL, FALSE, TRUE, NULL), CreateMutexA(NULL, FALSE, NULL)};

    fact_number("wait", "any: the lowest that is signalled", WAIT_OBJECT_0 + 1,
                WaitForMultipleObjects(3, objects, FALSE, 100));
    fact_number("wait", "any: the event was reset", WAIT_OBJECT_0 + 2,
                WaitForMultipleObjects(3, objects, FALSE, 100));
    ReleaseMutex(objects[2]);
    SetEvent(objects[0]);
    fact_number("wait", "all: not yet, and nothing is taken", WAIT_TIMEOUT,
                WaitForMultipleObjects(3, objects, TRUE, 20));
    SetEvent(objects[1]);
    fact_number("wait", "all", WAIT_OBJECT_0, WaitForMultipleObjects(3, objects, TRUE, 100));
    fact_number("wait", "all: the first event was still set and is taken now", WAIT_TIMEOUT,
                WaitForSingleObject(objects[0], 0));
    fact_number("wait", "none at all: refused", (int)WAIT_FAILED,
                (int)WaitForMultipleObjects(0, objects, FALSE, 0));
    fact_number("wait", "error 87", ERROR_INVALID_PARAMETER, GetLastError());
    for (int i = 0; i < 3; i++)
        CloseHandle(objects[i]);
}

/* --- registers of the floating-point unit --- */

static DWORD control_word(HANDLE thread)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FLOATING_POINT};

    GetThreadContext(thread, &context);
    return context.FloatSave.ControlWord & 0xFFFF;
}

static void test_floating(void)
{
    HANDLE thread = CreateThread(NULL, 0, set_both, NULL, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT};

    GetThreadContext(thread, &context);
    context.FloatSave.ControlWord = 0x0E7F;
    context.ContextFlags = CONTEXT_CONTROL;
    SetThreadContext(thread, &context);
    fact("context", "who does not set the floating-point part leaves it as it is",
         control_word(thread) != 0x0E7F);
    context.ContextFlags = CONTEXT_FLOATING_POINT;
    SetThreadContext(thread, &context);
    fact_number("context", "who sets it changes it", 0x0E7F, control_word(thread));
    TerminateThread(thread, 0);
    CloseHandle(thread);
}

/* --- names --- */

static void test_names(void)
{
    HANDLE first, second;

    SetLastError(5);
    first = CreateEventA(NULL, TRUE, FALSE, "pagoda-event");
    fact_number("W147", "the first of a name: error 0", 0, GetLastError());
    second = CreateEventA(NULL, TRUE, FALSE, "pagoda-event");
    fact_number("W147", "the second of a name: error 183", ERROR_ALREADY_EXISTS, GetLastError());
    SetEvent(first);
    fact_number("W147", "both are the same object", WAIT_OBJECT_0, WaitForSingleObject(second, 0));
    fact("W147", "another kind of object under that name: refused",
         CreateMutexA(NULL, FALSE, "pagoda-event") == NULL &&
             GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(first);
    CloseHandle(second);
    fact("W147", "the name is gone with the last handle",
         OpenEventA(EVENT_ALL_ACCESS, FALSE, "pagoda-event") == NULL &&
             GetLastError() == ERROR_FILE_NOT_FOUND);
}

/* --- critical sections --- */

static CRITICAL_SECTION section;
static volatile int counter;

static DWORD WINAPI count_under_lock(void *argument)
{
    (void)argument;
    for (int i = 0; i < 20000; i++) {
        int seen;

        EnterCriticalSection(&section);
        seen = counter;
        if (i % 100 == 0)
            SwitchToThread();
        counter = seen + 1;
        LeaveCriticalSection(&section);
    }
    return 0;
}

static DWORD WINAPI try_enter(void *argument)
{
    (void)argument;
    return (DWORD)TryEnterCriticalSection(&section);
}

static void test_critical_sections(void)
{
    HANDLE threads[4];

    InitializeCriticalSection(&section);
    for (int i = 0; i < 4; i++)
        threads[i] = start(count_under_lock, NULL);
    for (int i = 0; i < 4; i++)
        finish(threads[i]);
    fact_number("critical", "four threads count without losing one", 80000, counter);
    EnterCriticalSection(&section);
    fact("critical", "its owner may enter again", TryEnterCriticalSection(&section));
    fact_number("critical", "another thread may not", 0, finish(start(try_enter, NULL)));
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
}

/* --- interlocked --- */

static volatile LONG shared_count;

static DWORD WINAPI count_interlocked(void *argument)
{
    (void)argument;
    for (int i = 0; i < 50000; i++)
        InterlockedIncrement(&shared_count);
    return 0;
}

static void test_interlocked(void)
{
    HANDLE threads[3];
    LONG value = 5;

    for (int i = 0; i < 3; i++)
        threads[i] = start(count_interlocked, NULL);
    for (int i = 0; i < 3; i++)
        finish(threads[i]);
    fact_number("interlocked", "three threads count without losing one", 150000, shared_count);
    fact_number("interlocked", "CompareExchange with the wrong value", 5,
                InterlockedCompareExchange(&value, 9, 4));
    fact_number("interlocked", "CompareExchange with the right value", 5,
                InterlockedCompareExchange(&value, 9, 5));
    fact_number("interlocked", "ExchangeAdd", 9, InterlockedExchangeAdd(&value, -2));
    fact_number("interlocked", "in the end", 7, value);
}

/* --- thread-local storage --- */

static DWORD slot;

static DWORD WINAPI own_slot(void *argument)
{
    DWORD before = (DWORD)TlsGetValue(slot);

    TlsSetValue(slot, argument);
    SwitchToThread();
    return before == 0 && TlsGetValue(slot) == argument;
}

static void test_tls(void)
{
    DWORD many[TLS_MINIMUM_AVAILABLE];
    int got = 0;

    slot = TlsAlloc();
    TlsSetValue(slot, (void *)77);
    fact_number("tls", "each thread has its own value, 0 at first", 1,
                finish(start(own_slot, (void *)88)));
    fact_number("tls", "ours is untouched", 77, (int)TlsGetValue(slot));
    TlsFree(slot);
    fact("tls", "a freed slot can't be freed again", !TlsFree(slot));
    while (got < 40 && (many[got] = TlsAlloc()) != TLS_OUT_OF_INDEXES)
        got++;
    fact_number("tls", "40 more slots", 40, got);
    fact_number("tls", "a new slot is 0 although its number was used before", 0,
                (int)TlsGetValue(many[0]));
    while (got > 0)
        TlsFree(many[--got]);
}

/* 1,088 in all, a few of which the C library has. */
static void test_many_slots(void)
{
    static DWORD many[2000];
    int got = 0, wrong = 0;

    while (got < 2000 && (many[got] = TlsAlloc()) != TLS_OUT_OF_INDEXES) {
        TlsSetValue(many[got], (void *)(got + 5000));
        got++;
    }
    fact("tls", "more than 1000 slots, at most 1088", got > 1000 && got <= 1088);
    fact_number("tls", "one too many: error 259", ERROR_NO_MORE_ITEMS, GetLastError());
    for (int i = 0; i < got; i++)
        wrong += (int)TlsGetValue(many[i]) != i + 5000;
    fact_number("tls", "each keeps its own value", 0, wrong);
    slot = many[got - 1];
    fact_number("tls", "the last one is a thread's own, too", 1,
                finish(start(own_slot, (void *)99)));
    TlsFree(slot);
    fact_number("tls", "free and allocate again: the same slot", slot, TlsAlloc());
    fact_number("tls", "and 0", 0, (int)TlsGetValue(slot));
    SetLastError(0);
    fact("tls", "slot 1088 can't be: error 87",
         !TlsSetValue(1088, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    while (got > 0)
        TlsFree(many[--got]);
}

/* Static: the linker gathers .tls$... into the template, with the C library's own part. */
__attribute__((section(".tls$AAB"))) static volatile int template_word = 4711;
extern char _tls_start;
extern ULONG _tls_index;

static volatile int *own_template_word(void)
{
    char **blocks;

    __asm__("movl %%fs:0x2C, %0" : "=r"(blocks));
    return (volatile int *)(blocks[_tls_index] + ((char *)&template_word - &_tls_start));
}

static DWORD WINAPI use_static(void *argument)
{
    DWORD before = (DWORD)*own_template_word();

    *own_template_word() = (int)argument;
    return before;
}

static void test_static_tls(void)
{
    *own_template_word() = 1;
    fact_number("tls", "a new thread has a copy of the template", 4711,
                finish(start(use_static, (void *)2)));
    fact_number("tls", "its changes are its own", 1, *own_template_word());
}

/* --- stopping a thread --- */

static volatile LONG laps;
static volatile BOOL leave_loop;

static DWORD WINAPI run_laps(void *argument)
{
    (void)argument;
    while (!leave_loop)
        laps++;
    return 5;
}

static void go_elsewhere(void)
{
    ExitThread(1717);
}

static void test_suspend(void)
{
    HANDLE thread = start(run_laps, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    LONG before;

    while (laps == 0)
        Sleep(1);
    fact_number("suspend", "SuspendThread returns the count before", 0, SuspendThread(thread));
    before = laps;
    Sleep(30);
    fact("suspend", "it stands still", laps == before && before > 0);
    fact("suspend", "its registers can be read",
         GetThreadContext(thread, &context) && context.Eip - (DWORD)run_laps < 64);
    context.Eip = (DWORD)go_elsewhere;
    fact("suspend", "and set", SetThreadContext(thread, &context));
    fact_number("suspend", "ResumeThread", 1, ResumeThread(thread));
    fact_number("suspend", "it goes on where it was sent", 1717, finish(thread));
}

static void test_terminate(void)
{
    HANDLE thread = start(run_laps, NULL);

    Sleep(10);
    fact("terminate", "TerminateThread", TerminateThread(thread, 66));
    fact_number("terminate", "the exit code is the one given", 66, finish(thread));
    fact("terminate", "a null handle is refused",
         !TerminateThread(NULL, 1) && GetLastError() == ERROR_INVALID_HANDLE);
}

/* --- time --- */

static void test_time(void)
{
    LARGE_INTEGER frequency, before, after;
    DWORD ticks = GetTickCount();
    SYSTEMTIME parts = {.wYear = 2024, .wMonth = 2, .wDay = 29, .wHour = 12, .wSecond = 59};
    SYSTEMTIME again;
    FILETIME time;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&before);
    Sleep(100);
    QueryPerformanceCounter(&after);
    ticks = GetTickCount() - ticks;
    fact("time", "Sleep(100) takes at least 80 ms by the tick count", ticks >= 80);
    fact("time", "and by the performance counter",
         (after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart >= 80);
    fact("time", "a leap day survives the way to file time and back",
         SystemTimeToFileTime(&parts, &time) && FileTimeToSystemTime(&time, &again) &&
             again.wDay == 29 && again.wMonth == 2 && again.wSecond == 59 && again.wDayOfWeek == 4);
    parts.wYear = 2023;
    fact("time", "29 February 2023 is refused",
         !SystemTimeToFileTime(&parts, &time) && GetLastError() == ERROR_INVALID_PARAMETER);
}

/* While all threads sleep the system's own ones run; nothing of a program's registers is lost by that. */
static DWORD WINAPI keep_registers(void *seed)
{
    DWORD lost = 0;

    for (uint32_t i = 0; i < 30; i++) {
        uint32_t kept[4] = {i, (uint32_t)(uintptr_t)seed, ~i, 7}, got[4] = {0};
        double number = i * 1.5 + (double)(uintptr_t)seed, back = 0;

        /* The wait is inside: what the compiler uses meanwhile is its own affair, these two registers are not. */
        __asm__ volatile("movups %0, %%xmm7; fldl %1" : : "m"(kept), "m"(number));
        Sleep(1 + i % 2);
        __asm__ volatile("movups %%xmm7, %0; fstpl %1" : "=m"(got), "=m"(back));
        lost += memcmp(kept, got, sizeof kept) != 0 || back != number;
    }
    return lost;
}

static void test_registers(void)
{
    HANDLE threads[3];
    DWORD lost = 0, all = 0;

    for (int i = 0; i < 3; i++)
        threads[i] = start(keep_registers, (void *)(uintptr_t)(i * 1000));
    for (int i = 0; i < 3; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        GetExitCodeThread(threads[i], &lost);
        all += lost;
        CloseHandle(threads[i]);
    }
    fact_number("thread", "90 sleeps keep the registers of x87 and SSE", 0, (int)all);
}

int main(void)
{
    test_codes();
    test_layout();
    test_sizes();
    test_step();
    test_overflow();
    test_after_overflow();
    finish(start(make_own_stack, NULL));
    test_stack_freed();
    test_events();
    test_mutexes();
    test_abandoned_while_waiting();
    test_semaphores();
    test_multiple();
    test_all_while_waiting();
    test_floating();
    test_names();
    test_critical_sections();
    test_interlocked();
    test_tls();
    test_many_slots();
    test_static_tls();
    test_suspend();
    test_terminate();
    test_registers();
    test_time();
    return facts_end();
}
